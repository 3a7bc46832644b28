/**
 * Steps that are as they were are not computed again. For engines whose steps are apart (`Engine.stepsApart`) answers are kept by a hash of
 * each step's inputs; the engine is asked only for stretches that have no answer yet. Of a rolling horizon that is one step a run.
 */
import {
  type Envelope,
  type GroupEnvelope,
  type Notice,
  type Proposal,
  type Snapshot,
  envelopesOf,
  groupsIn,
  noticesOf,
} from '../engines/api';
import { type Stretch, joinStretches, joinedNotices, stretchOf } from '../engines/steps-apart';
import { stepHashes } from './inputs-hash';

/** The answer for one step, in columns: a horizon of ten thousand sites has close to a million cells. */
interface Column {
  readonly devices: readonly string[];
  readonly importW: Float64Array;
  readonly exportW: Float64Array;
  readonly bound: readonly Envelope['bound'][number][];
  readonly notices: readonly Notice[];
  readonly groups: readonly GroupEnvelope[];
}

export class EngineMemory {
  private readonly columns = new Map<string, Column>();
  private cells = 0;

  /** @param mostCells cells (devices × steps) kept at most; those of the default are about 100 MB */
  constructor(private readonly mostCells = 4_000_000) {}

  /** Answers a snapshot, asking `compute` only for what is not known. `computed` is told how many steps that were. */
  async answer(
    snapshot: Snapshot,
    compute: (part: Snapshot) => Promise<unknown>,
    computed: (steps: number) => void = () => undefined,
  ): Promise<unknown> {
    const keys = stepHashes(snapshot);
    const missing = runsOf(keys, key => !this.columns.has(key));
    // Taken before anything else can push them out.
    const found = keys.map(key => this.columns.get(key));
    computed(missing.reduce((sum, { steps }) => sum + steps, 0));
    const answers = await Promise.all(
      missing.map(async stretch => ({ stretch, answer: await compute(stretchOf(snapshot, stretch)) })),
    );
    const [only] = answers;
    if (only && answers.length === 1 && only.stretch.steps === snapshot.steps) {
      this.keep(only.answer, only.stretch, snapshot, keys);
      return only.answer;
    }
    for (const { answer, stretch } of answers) {
      const columns = columnsOf(answer, stretch.steps);
      if (!columns) return answer; // not what was asked for: the safety net is to see it as it is
      this.keep(answer, stretch, snapshot, keys);
      columns.forEach((column, i) => (found[stretch.first + i] = column));
    }
    const told = answers.flatMap(({ answer }) => noticesOf(answer as Proposal));
    return proposalOf(found as Column[], told, snapshot);
  }

  private keep(answer: unknown, { first, steps }: Stretch, { start, stepS }: Snapshot, keys: readonly string[]): void {
    const columns = columnsOf(answer, steps);
    if (!columns) return;
    const notices = noticesOf(answer as Proposal);
    const timed = notices.filter(({ from }) => from !== undefined);
    const always = notices.filter(({ from }) => from === undefined);
    columns.forEach((column, i) => {
      const at = start + (first + i) * stepS;
      // A notice over several steps has the worst figure of all of them: what it is in each is not known.
      if (timed.some(({ from = 0, to = from }) => at >= from && at < to)) return;
      const key = keys[first + i] as string;
      this.forget(key); // another run may have kept it meanwhile
      this.columns.set(key, { ...column, notices: always });
      this.cells += column.devices.length;
    });
    for (const key of this.columns.keys()) {
      if (this.cells <= this.mostCells || this.columns.size <= 1) break;
      this.forget(key);
    }
  }

  private forget(key: string): void {
    this.cells -= this.columns.get(key)?.devices.length ?? 0;
    this.columns.delete(key);
  }
}

/** Stretches of what is wanted. */
function runsOf(keys: readonly string[], wanted: (key: string) => boolean): Stretch[] {
  const runs: { first: number; steps: number }[] = [];
  keys.forEach((key, step) => {
    if (!wanted(key)) return;
    const run = runs.at(-1);
    if (run && run.first + run.steps === step) run.steps++;
    else runs.push({ first: step, steps: 1 });
  });
  return runs;
}

/** An answer step by step; undefined where it is not a whole answer. */
function columnsOf(answer: unknown, steps: number): Column[] | undefined {
  const { envelopes: inner } = (answer ?? {}) as { envelopes?: unknown };
  if (!Array.isArray(answer) && !Array.isArray(inner)) return undefined;
  const envelopes = envelopesOf(answer as Proposal);
  const groups = groupsIn(answer as Proposal);
  const whole = ({ bound, exportW, importW }: Pick<Envelope, 'importW' | 'exportW' | 'bound'>): boolean =>
    [importW, exportW, bound].every(list => Array.isArray(list) && list.length === steps);
  if (!envelopes.every(whole) || !groups.every(whole)) return undefined;
  const devices = envelopes.map(({ device }) => device);
  return Array.from({ length: steps }, (_, step) => ({
    devices,
    importW: Float64Array.from(envelopes, ({ importW }) => importW[step] as number),
    exportW: Float64Array.from(envelopes, ({ exportW }) => exportW[step] as number),
    bound: envelopes.map(({ bound }) => bound[step] as Envelope['bound'][number]),
    notices: [],
    groups: groups.map(group => ({
      ...group,
      importW: [group.importW[step] as number],
      exportW: [group.exportW[step] as number],
      bound: [group.bound[step] as Envelope['bound'][number]],
    })),
  }));
}

function proposalOf(columns: readonly Column[], told: readonly Notice[], { steps }: Snapshot): Proposal {
  const devices = columns[0]?.devices ?? [];
  const envelopes = devices.map((device, k): Envelope => {
    const importW = new Array<number>(steps);
    const exportW = new Array<number>(steps);
    const bound = new Array<Envelope['bound'][number]>(steps);
    for (let step = 0; step < steps; step++) {
      const column = columns[step] as Column;
      importW[step] = column.importW[k] as number;
      exportW[step] = column.exportW[k] as number;
      bound[step] = column.bound[k] as Envelope['bound'][number];
    }
    return { device, importW, exportW, bound };
  });
  const notices = joinedNotices([...columns.flatMap(column => column.notices), ...told]);
  const groups = groupsIn(
    joinStretches(columns.map(column => ({ envelopes: [], notices: [], groups: column.groups }))),
  );
  return { envelopes, notices, ...(groups.length > 0 && { groups }) };
}
