/** How limits of each kind may change in a run, and how far ahead and since when they are published. */
import { type Seconds } from '../base/clock';
import { type Snapshot } from '../engines/api';
import { type Collection, collectionHead, dueCollection } from './collections';
import { type liveControls } from './envelopes/controls';
import { type NewEnvelope } from './envelopes/publication';
import { type Product, versionAt } from './products/version';
import { type Standing } from './publisher';
import { type ReasonCode, isReason } from './reasons';
import { type FallbackReason } from './run-result';
import { type RunAsk, type RunnerParts } from './runner-parts';
import { type SafeEnvelope } from './safety-net';
import { type Scene } from './scenes';
import { type Turn } from './site-plan';
import { scheduledEnd } from './timeline';
import { boundByWithdrawal } from './withdrawn';

export interface CollectionState {
  readonly due: Pick<Collection, 'number' | 'effectiveAt' | 'until'> | undefined;
  readonly last: Collection | undefined;
}

/** What of a run decides about turns. */
export interface Turning {
  readonly snapshot: Snapshot;
  readonly ask: RunAsk;
  readonly scenes: readonly Scene[];
  readonly collection: CollectionState;
  readonly horizonS?: Seconds | undefined;
}

/** Whether a collection of variable limits is due: only where any site has such. */
export async function collectionDue(
  { clock, store, variable }: RunnerParts,
  { versions }: Standing,
): Promise<CollectionState> {
  const now = clock.now();
  const any = [...versions.values()].some(list => versionAt(list, now)?.product === 'variable');
  const head = variable && any ? await store.get<Collection>(collectionHead) : undefined;
  const due = variable && any ? dueCollection(head?.body, variable, now) : undefined;
  return { due, last: head?.body };
}

export const failedTurn: Turn = { lowerFor: () => 'engine-failure', raises: true };

/**
 * How limits of that kind may change in this run. Dynamic ones follow conditions; static ones change with the contract alone; variable ones
 * at the turn of a collection, and in between only downwards and for a reason.
 */
export function turnOf(
  kind: Product,
  { ask, collection, plain, scenes, snapshot, strict }: Turning & { readonly plain: boolean; readonly strict: boolean },
): Turn {
  const switching = (from: Seconds): ReasonCode | undefined => {
    const scene = scenes.find(({ first, steps }) => from < snapshot.start + (first + steps) * snapshot.stepS);
    return scene?.reason;
  };
  const always = (by: string): ReasonCode | undefined => {
    const [, withdrawn = ''] = withdrawal.exec(by) ?? [];
    return isReason(withdrawn) ? withdrawn : by.startsWith('firm, verification') ? 'verification' : undefined;
  };
  const { due } = collection;
  const asked = (from: Seconds, by: string) => always(by) ?? switching(from) ?? ask.reason;
  if (ask.lowerOnly === true) return { lowerFor: asked, raises: false };
  if (strict) return { lowerFor: asked, raises: true };
  if (kind === 'static') return { lowerFor: (from, by) => asked(from, by) ?? 'contract', raises: true };
  if (kind === 'variable' && !due) return { lowerFor: asked, raises: false };
  if (kind === 'variable' && due)
    return {
      lowerFor: (from, by) => asked(from, by) ?? (from >= due.effectiveAt ? 'forecast' : undefined),
      raises: true,
      from: due.effectiveAt,
    };
  return { lowerFor: (from, by) => asked(from, by) ?? 'forecast', raises: true, free: plain };
}

const withdrawal = new RegExp(`^${boundByWithdrawal({ reason: 'test' }).replace('test', '([a-z-]+)')}$`);

/** How far a site's limits are published in this run. */
export function reachOf(kind: Product, { collection, horizonS, snapshot }: Turning): Seconds {
  const { due, last } = collection;
  const end = snapshot.start + snapshot.steps * snapshot.stepS;
  if (kind === 'variable') return due?.until ?? last?.until ?? end;
  return due && horizonS !== undefined ? Math.min(end, snapshot.now + horizonS) : end;
}

export function cutTo(envelope: SafeEnvelope, { start, stepS }: Snapshot, until: Seconds): NewEnvelope | undefined {
  const steps = Math.min(envelope.importW.length, Math.ceil((until - start) / stepS));
  if (steps <= 0) return undefined;
  const { bound, exportW, importW } = envelope;
  return {
    start,
    stepS,
    importW: importW.subarray(0, steps),
    exportW: exportW.subarray(0, steps),
    bound: bound.slice(0, steps),
  };
}

/**
 * Firm for a site, from the step under way to the end of the last control it holds: those are replaced at once, for nobody vouches for
 * them any more. After them, and where it holds none, DefaultDERControl carries firm by itself, so there is nothing to publish.
 */
export function firmFor(
  envelope: SafeEnvelope,
  reason: FallbackReason,
  {
    live,
    now,
    snapshot: { start, stepS },
  }: { live: ReturnType<typeof liveControls>; now: Seconds; snapshot: Snapshot },
): NewEnvelope | undefined {
  const end = Math.max(...live.map(scheduledEnd));
  if (live.length === 0 || envelope.importW.length === 0) return undefined;
  const first = start + Math.floor((now - start) / stepS) * stepS;
  const steps = Math.ceil((end - first) / stepS);
  const by = `firm, engine ${reason}`;
  return {
    start: first,
    stepS,
    // Where a contract has other figures hour by hour, the plan for the site raises the least of them to those of the hour.
    importW: new Int32Array(steps).fill(Math.min(...envelope.importW)),
    exportW: new Int32Array(steps).fill(Math.min(...envelope.exportW)),
    bound: new Array<{ import: string; export: string }>(steps).fill({ import: by, export: by }),
  };
}
