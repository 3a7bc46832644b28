/**
 * Limits that are safe wherever sites sit inside them, in voltage and in current, whatever the others do: not only where all sit at their
 * limits, which is where the usual method looks (envelopes reference 3.4). Needs the network and what is drawn besides; without
 * them it shares out headroom, and says that voltage is not bounded.
 */
import { type Seconds } from '../base/clock';
import { isTimeZone, localTime } from '../base/local-time';
import { Problem } from '../base/problem';
import { type Device, type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
import { type Bounds, equalLevels, exportOf, importOf } from './box-levels';
import { BoxModel } from './box-model';
import { type SharePolicyOfBox, type Shares, robustShares } from './box-shares';
import { type Solver, withSolver } from './linear-program';
import { readOptions } from './options';
import { type Caps, shareOut } from './share-out';
import { type Direction } from './headroom-formula';
import { type Tree } from './max-min';

interface Options {
  readonly margin: number;
  readonly lossShare: number;
  readonly policy: 'equal' | SharePolicyOfBox;
  /** Of the sum policy: the part of the max-min answer that everybody keeps. */
  readonly leastShare: number;
  /** Local hours in which export is offered and not import, where only one direction is offered at a time. */
  readonly oneWay?: { readonly timeZone: string; readonly from: number; readonly to: number };
}

export const boxRobust: EngineFactory = options => {
  const read = readOptions('box-robust', options);
  const margin = read.number('marginPu', 0.0005, 0, 0.05);
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  const policy = read.oneOf('policy', 'equal', ['equal', 'max-min', 'proportional', 'sum']);
  const leastShare = read.number('leastShare', 0, 0, 1);
  const direction = read.oneOf('direction', 'both', ['both', 'one']);
  const timeZone = read.optionalText('timeZone') ?? 'UTC';
  const from = read.number('exportFromHour', 9, 0, 24);
  const to = read.number('exportToHour', 15, 0, 24);
  read.done();
  if (!isTimeZone(timeZone))
    throw new Problem('BAD_CONFIG', {
      at: 'engineOptions.timeZone',
      want: 'a time zone such as America/Los_Angeles',
      got: timeZone,
    });
  const known = new Memory();
  return {
    name: 'box-robust',
    api: 1,
    moreRoom: 'least',
    compute: (snapshot, signal) =>
      compute(
        snapshot,
        { margin, lossShare, policy, leastShare, ...(direction === 'one' ? { oneWay: { timeZone, from, to } } : {}) },
        known,
        signal,
      ),
  } satisfies Engine;
};

async function compute(snapshot: Snapshot, options: Options, known: Memory, signal: AbortSignal) {
  const { devices, network, passive } = snapshot;
  const { lossShare } = options;
  if (!network || !passive || devices.length === 0) {
    const shared = await shareOut(snapshot, { lossShare }, signal);
    const text = 'no network to solve: limits bound the loading of assets, not voltage';
    return devices.length === 0
      ? shared
      : { ...shared, notices: [...shared.notices, { code: 'remark' as const, text }] };
  }
  const within = async (solver?: Solver) => {
    const steps = new Steps(snapshot, options, known, solver);
    const shared = await shareOut(
      snapshot,
      { lossShare, capsAt: (step, direction, tree) => steps.caps(step, direction, tree) },
      signal,
    );
    return { ...shared, notices: [...shared.notices, ...steps.notices()] };
  };
  return options.policy === 'sum' ? withSolver(within) : within();
}

/** The boxes of each step as they are asked for. */
class Steps {
  private readonly model: BoxModel;
  private readonly placed: readonly Device[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly bounds: readonly Bounds[];
  private readonly broken: { step: number; name: string }[] = [];
  private last: { step: number; shares: Shares } | undefined;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly options: Options,
    private readonly known: Memory,
    private readonly solver: Solver | undefined,
  ) {
    const { devices, network, passive } = snapshot as Required<Pick<Snapshot, 'network' | 'passive'>> & Snapshot;
    const all = new BoxModel(network, passive, devices, options.margin);
    this.placed = devices.filter((_, k) => (all.nodes[k]?.length ?? 0) > 0);
    this.model =
      this.placed.length === devices.length ? all : new BoxModel(network, passive, this.placed, options.margin);
    this.index = new Map(this.placed.map((device, k) => [device.id, k]));
    const keys = [...new Set(this.placed.map(groupOf))].sort();
    this.bounds = this.placed.map(device => ({
      firmImportW: Math.min(device.firmImportW, device.maxImportW),
      firmExportW: Math.min(device.firmExportW, device.maxExportW),
      maxImportW: device.maxImportW,
      maxExportW: device.maxExportW,
      weight: Math.max(1e-9, device.weight),
      group: keys.indexOf(groupOf(device)),
    }));
    known.about(network);
  }

  caps(step: number, direction: Direction, tree: Tree): Caps {
    const shares = this.shares(step);
    const isImport = direction === 'import';
    const [limitW, by] = isImport ? [shares.importW, shares.importBy] : [shares.exportW, shares.exportBy];
    const offered = this.offered(step)[direction];
    const at = tree.devices.map(({ id }) => this.index.get(id) ?? -1);
    return {
      // A device without a place in the feeder cannot be judged: it keeps firm.
      limitW: at.map(k => limitW[k] ?? 0),
      by: i => {
        const k = at[i] ?? -1;
        const limit = by[k] ?? -1;
        if (k < 0) return 'no place in the network';
        if (!offered) return 'policy, one direction at a time';
        return limit < 0 ? 'site rating' : this.model.name(limit);
      },
    };
  }

  notices(): Notice[] {
    const [first] = this.broken;
    if (!first) return [];
    const { start, stepS } = this.snapshot;
    const worst = [...new Set(this.broken.map(({ name }) => name))].slice(0, 3).join(', ');
    return [
      {
        code: 'firm-shortfall',
        text: `firm limits alone can break ${worst} in ${this.broken.length} steps; they are kept`,
        from: start + first.step * stepS,
        to: start + ((this.broken.at(-1)?.step ?? first.step) + 1) * stepS,
      },
    ];
  }

  private shares(step: number): Shares {
    if (this.last?.step === step) return this.last.shares;
    const { leastShare, margin, policy } = this.options;
    const offered = this.offered(step);
    const key = JSON.stringify([
      margin,
      policy,
      leastShare,
      offered,
      this.bounds,
      this.placed.map(({ bus, phases, terminals = phases }) => [bus, terminals]),
      (this.snapshot.passive ?? []).map(({ bus, phases, var: q, w }) => [bus, phases, w[step], q[step]]),
    ]);
    const shares = this.known.of(key, () => {
      this.model.begin(step);
      if (policy === 'equal') return this.equal(offered);
      return robustShares(this.model, this.bounds, offered, {
        policy,
        leastShare,
        ...(this.solver && { solver: this.solver }),
      });
    });
    if (shares.firmBreaks) this.broken.push({ step, name: this.model.name(shares.importBy[0] ?? -1) });
    this.last = { step, shares };
    return shares;
  }

  private equal(offered: { import: boolean; export: boolean }): Shares {
    const { exportBy, exportLevel, firmBreaks, importBy, importLevel } = equalLevels(this.model, this.bounds, offered);
    return {
      importW: Float64Array.from(this.bounds, b => importOf(b, importLevel)),
      exportW: Float64Array.from(this.bounds, b => exportOf(b, exportLevel)),
      importBy: new Int32Array(this.bounds.length).fill(importBy),
      exportBy: new Int32Array(this.bounds.length).fill(exportBy),
      firmBreaks,
    };
  }

  private offered(step: number): { import: boolean; export: boolean } {
    const { oneWay } = this.options;
    if (!oneWay) return { import: true, export: true };
    const { start, stepS } = this.snapshot;
    const at: Seconds = start + step * stepS;
    const { hour } = localTime(oneWay.timeZone, at);
    const isExport = hour >= oneWay.from && hour < oneWay.to;
    return { import: !isExport, export: isExport };
  }
}

const groupOf = ({ phases, terminals }: Device): string => `${phases.join('.')}/${(terminals ?? phases).join('.')}`;

/** Shares found before, by all they depend on: most steps of a rolling horizon are those of the last run. */
class Memory {
  private network: unknown;
  private readonly shares = new Map<string, Shares>();

  about(network: unknown): void {
    if (network !== this.network) this.shares.clear();
    this.network = network;
  }

  of(key: string, find: () => Shares): Shares {
    const known = this.shares.get(key) ?? find();
    this.shares.delete(key);
    this.shares.set(key, known);
    const oldest = this.shares.keys().next();
    if (this.shares.size > 2000 && !oldest.done) this.shares.delete(oldest.value);
    return known;
  }
}
