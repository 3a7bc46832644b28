/** What the server of a demo has to tell of its own part: what it published, what came back, what it noted. */
import { type Seconds } from '../../base/clock';
import { responseNames } from '../../functions/response';
import { type Period } from '../../sim/fallback';
import { many } from '../../sim/report/figures';
import { type RunEvent, type Summary } from '../../sim/report/record';
import { type OperatorApi } from '../operator-api';

export interface Told {
  readonly controlsPublished: number;
  readonly responses: Summary['responses'];
  readonly events: readonly RunEvent[];
  /** When the engine failed every site, to the run that was good again; `to` is Infinity where none was. */
  readonly failures: readonly Period[];
}

export interface EnvelopeRun {
  readonly at: Seconds;
  readonly outcome: string;
  readonly controlsPublished: number;
  readonly notes: readonly { readonly what: RunEvent['what']; readonly text: string }[];
}

export async function told(api: Pick<OperatorApi, 'get'>): Promise<Told> {
  const { byStatus } = await api.get<{ byStatus: Record<string, number> }>('/api/responses/counts');
  const { runs } = await api.get<{ runs: EnvelopeRun[] }>('/api/envelopes/runs');
  return {
    controlsPublished: runs.reduce((sum, run) => sum + run.controlsPublished, 0),
    responses: responseCounts(byStatus),
    events: runs.flatMap(eventsOf),
    failures: failuresIn(runs),
  };
}

function eventsOf({ at, outcome, controlsPublished, notes }: EnvelopeRun): RunEvent[] {
  const how = outcome === 'published' ? '' : ` (${outcome})`;
  const text = `${many(controlsPublished, 'control')}${how}`;
  return [
    ...(controlsPublished > 0 ? [{ at, what: 'published' as const, text }] : []),
    ...notes.map(note => ({ at, ...note })),
  ];
}

/** `runs` in order of time. */
function failuresIn(runs: readonly EnvelopeRun[]): Period[] {
  const found: Period[] = [];
  let from: Seconds | undefined;
  for (const { at, outcome } of runs) {
    if (outcome === 'fallback') from ??= at;
    else if (from !== undefined) {
      found.push({ from, to: at });
      from = undefined;
    }
  }
  return from === undefined ? found : [...found, { from, to: Infinity }];
}

const named = ['received', 'started', 'completed', 'superseded', 'cancelled'] as const;

function responseCounts(byStatus: Readonly<Record<string, number>>): Summary['responses'] {
  const other = Object.values(responseNames)
    .filter(name => !(named as readonly string[]).includes(name))
    .reduce((sum, name) => sum + (byStatus[name] ?? 0), 0);
  const of = (name: (typeof named)[number]) => byStatus[name] ?? 0;
  return {
    received: of('received'),
    started: of('started'),
    completed: of('completed'),
    superseded: of('superseded'),
    cancelled: of('cancelled'),
    other,
  };
}
