/**
 * The robust boxes of a snapshot, step by step as they are asked for, for engines that share out what is left beside them.
 */
import { type Seconds } from '../base/clock';
import { localTime } from '../base/local-time';
import { type Device, type Notice, type Snapshot } from './api';
import { type Bounds, equalLevels, exportOf, importOf } from './box-levels';
import { BoxModel } from './box-model';
import { type SharePolicyOfBox, type Shares, robustShares } from './box-shares';
import { type Direction } from './headroom-formula';
import { type Solver } from './linear-program';
import { type Tree } from './max-min';
import { type Caps } from './share-out';
import { joinedNotices } from './steps-apart';

export interface BoxOptions {
  /** Kept clear of every limit, per unit. */
  readonly margin: number;
  readonly policy: 'equal' | SharePolicyOfBox;
  /** Of the sum policy: the part of the max-min answer that everybody keeps. */
  readonly leastShare?: number;
  /** Local hours in which export is offered and not import, where only one direction is offered at a time. */
  readonly oneWay?: { readonly timeZone: string; readonly from: number; readonly to: number };
  /** Looks at voltages only, for engines that bound loading by another way. */
  readonly only?: 'voltage';
}

/** The boxes of each step as they are asked for. */
export class Steps {
  private readonly model: BoxModel;
  private readonly placed: readonly Device[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly bounds: readonly Bounds[];
  private readonly broken: { step: number; name: string }[] = [];
  private last: { step: number; shares: Shares } | undefined;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly options: BoxOptions,
    private readonly known: Memory,
    private readonly solver: Solver | undefined,
  ) {
    const { devices, network, passive } = snapshot as Required<Pick<Snapshot, 'network' | 'passive'>> & Snapshot;
    const all = new BoxModel(network, passive, devices, options);
    this.placed = devices.filter((_, k) => (all.nodes[k]?.length ?? 0) > 0);
    this.model = this.placed.length === devices.length ? all : new BoxModel(network, passive, this.placed, options);
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

  /** One for each limit that firm alone can break. */
  notices(): Notice[] {
    const { start, stepS } = this.snapshot;
    return joinedNotices(
      this.broken.map(({ name, step }) => ({
        code: 'firm-shortfall',
        text: `firm limits alone can break ${name}; they are kept`,
        from: start + step * stepS,
        to: start + (step + 1) * stepS,
      })),
    );
  }

  private shares(step: number): Shares {
    if (this.last?.step === step) return this.last.shares;
    const { leastShare = 0, margin, only = '', policy } = this.options;
    const offered = this.offered(step);
    const key = JSON.stringify([
      margin,
      policy,
      leastShare,
      only,
      offered,
      this.bounds,
      this.placed.map(({ bus, phases, terminals = phases }) => [bus, terminals]),
      (this.snapshot.passive ?? []).map(({ bus, highW, lowW, phases, var: q, w }) => [
        bus,
        phases,
        w[step],
        q[step],
        highW?.[step],
        lowW?.[step],
      ]),
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
export class Memory {
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
