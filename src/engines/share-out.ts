/**
 * Shares what transformers and lines have left among the devices below them, step by step and in both directions: what every engine that
 * allocates headroom has in common. How the room is filled is the engine's choice (`Fill`), and so are limits of its own for each
 * device (`capsAt`). Firm limits are kept whatever comes; limits are rounded down to what 2030.5 can carry.
 */
import { nextTurn } from '../base/turn';
import { wireWatts } from '../base/units';
import { type Device, type Notice, type Snapshot } from './api';
import { type Direction, directions, headroomW } from './headroom-formula';
import { type Draws, type Tree, capOrder, maxMin, ownCap, treeOf } from './max-min';

export interface SharePolicy {
  /** Losses of imports that the passive forecast leaves out, as a share of them; 0 unless given. */
  readonly lossShare?: number;
  /**
   * Reactive power that lines and transformers take up when they are full and the passive forecast leaves out, as a share of what
   * they carry; 0 unless given. It leaves √(1 − share²) for watts.
   */
  readonly reactiveShare?: number;
  /** Share weight of a device, above 0; by `Device.weight` unless given. */
  readonly weight?: (device: Device, direction: Direction) => number;
  /** What each device takes beyond firm; progressive filling unless given. */
  readonly fill?: Fill;
  /** Limits of the engine's own in one step, for devices in the order of the tree; firm is kept where they are below it. */
  readonly capsAt?: (step: number, direction: Direction, tree: Tree) => Caps | undefined;
}

export interface Caps {
  readonly limitW: ArrayLike<number>;
  /** What set each of them, in an operator's words. */
  readonly by: (k: number) => string;
}

/** Watts beyond firm for each device, and the constraint that stopped it or `ownCap`. */
export type Fill = (tree: Tree, way: Filling) => { takeW: Float64Array; stoppedBy: Int32Array };

export interface Filling {
  /** What each constraint can carry beyond the firm limits below it. */
  readonly roomW: Float64Array;
  /** Of each device: firm, the most it may take beyond firm, and its weight. */
  readonly firmW: Float64Array;
  readonly capW: Float64Array;
  readonly weights: Float64Array;
  /** Devices by ascending cap over weight. */
  readonly byCap: Uint32Array;
}

const progressive: Fill = (tree, { byCap, capW, roomW, weights }) => maxMin(tree, roomW, capW, weights, byCap);

/** One direction: what is ready for all steps, and what came out, in the order of the tree and then of steps. */
interface Way {
  readonly direction: Direction;
  /** Firm and cap as the wire can carry them, W, in the order of the tree. */
  readonly firmW: Float64Array;
  readonly capW: Float64Array;
  readonly weights: Float64Array;
  readonly byCap: Uint32Array;
  /** Firm watts that each constraint carries. */
  readonly firmBelowW: Float64Array;
  readonly limitW: Float64Array;
  /** What bound each, as an index of `Reasons`. */
  readonly reason: Uint32Array;
}

/** @throws the reason of `signal` when it is aborted */
export async function shareOut(snapshot: Snapshot, policy: SharePolicy, signal: AbortSignal) {
  const { steps } = snapshot;
  const { capsAt, fill = progressive, lossShare = 0, reactiveShare = 0 } = policy;
  const tree = treeOf(snapshot.assets, snapshot.devices);
  const ways = directions.map(direction => prepare(tree, direction, steps, policy));
  const short = new Map<string, Shortfall>();
  const reasons = new Reasons();
  const roomW = new Float64Array(tree.constraints.length);

  for (let step = 0; step < steps; step++) {
    await new Promise<void>(nextTurn); // hear an abort, and let a server in the same process answer
    signal.throwIfAborted();
    for (const way of ways) {
      const { direction, firmW, weights } = way;
      const watts = Math.sqrt(1 - reactiveShare ** 2);
      const efficiency = direction === 'import' ? watts / (1 + lossShare) : watts;
      for (const [g, { asset, phase }] of tree.constraints.entries()) {
        const leftW = headroomW(asset, direction, step, phase) * efficiency - (way.firmBelowW[g] ?? 0);
        roomW[g] = Math.max(0, leftW);
        if (leftW < -tolerableW) noteShort(short, g, direction, step, -leftW);
      }
      const caps = capsAt?.(step, direction, tree);
      const capW = caps
        ? way.capW.map((w, k) => Math.max(0, Math.min(w, (caps.limitW[k] ?? 0) - (firmW[k] ?? 0))))
        : way.capW;
      const byCap = caps ? capOrder(capW, weights) : way.byCap;
      const { takeW, stoppedBy } = fill(tree, { roomW, firmW, capW, weights, byCap });
      for (let k = 0; k < takeW.length; k++) {
        const own = firmW[k] ?? 0;
        const extraW = takeW[k] ?? 0;
        const by = stoppedBy[k] ?? ownCap;
        const byEngine = by === ownCap && caps && (capW[k] ?? 0) < (way.capW[k] ?? 0) - 0.5;
        const noRoom = (by !== ownCap || byEngine) && extraW < 1 && own > 0;
        const name = byEngine ? caps.by(k) : (tree.constraints[by]?.name ?? 'site rating');
        // 4 × 2500 of 10,000 is 2500 whatever the float says, hence the millionth
        way.limitW[k * steps + step] = Math.max(own, wireWatts(own + extraW + 1e-6));
        way.reason[k * steps + step] = reasons.of(noRoom ? `firm, no room at ${name}` : name);
      }
    }
  }

  const [imports, exports] = ways as [Way, Way];
  const envelopes = tree.devices.map((device, k) => {
    const importW = new Array<number>(steps);
    const exportW = new Array<number>(steps);
    const bound = new Array<{ import: string; export: string }>(steps);
    for (let step = 0, i = k * steps; step < steps; step++, i++) {
      importW[step] = imports.limitW[i] ?? 0;
      exportW[step] = exports.limitW[i] ?? 0;
      bound[step] = reasons.pair(imports.reason[i] ?? 0, exports.reason[i] ?? 0);
    }
    return { device: device.id, importW, exportW, bound };
  });
  return { envelopes, notices: [...short.values()].map(s => noticeOf(s, tree, snapshot)) };
}

/** Texts by number, and one object for each pair of them: millions of steps share a few. */
class Reasons {
  private readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly pairs = new Map<number, { import: string; export: string }>();

  of(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  pair(a: number, b: number): { import: string; export: string } {
    const key = a * 2 ** 26 + b;
    const pair = this.pairs.get(key) ?? { import: this.texts[a] ?? '', export: this.texts[b] ?? '' };
    this.pairs.set(key, pair);
    return pair;
  }
}

function prepare(tree: Tree, direction: Direction, steps: number, { weight = byWeight }: SharePolicy): Way {
  const isImport = direction === 'import';
  // A device of weight 0 gets its firm limit, and more only when all others are at their caps.
  const weights = perDevice(tree, device => Math.max(1e-9, weight(device, direction)));
  const firm = (d: Device) =>
    Math.min(isImport ? d.firmImportW : d.firmExportW, isImport ? d.maxImportW : d.maxExportW);
  const firmW = perDevice(tree, d => wireWatts(Math.max(0, firm(d))));
  const capW = perDevice(tree, (d, k) =>
    Math.max(0, wireWatts(isImport ? d.maxImportW : d.maxExportW) - (firmW[k] ?? 0)),
  );
  const firmBelowW = new Float64Array(tree.constraints.length);
  for (let k = 0; k < firmW.length; k++) {
    const { on, share } = tree.draws[k] as Draws;
    for (let i = 0; i < on.length; i++) {
      const g = on[i] as number;
      firmBelowW[g] = (firmBelowW[g] as number) + (share[i] as number) * (firmW[k] as number);
    }
  }
  const cells = tree.devices.length * steps;
  const out = { limitW: new Float64Array(cells), reason: new Uint32Array(cells) };
  return { direction, firmW, capW, weights, byCap: capOrder(capW, weights), firmBelowW, ...out };
}

const byWeight = (device: Device): number => device.weight;

/** A number for each device. A plain loop: typed arrays made `from` a list take ten times as long. */
function perDevice(tree: Tree, of: (device: Device, k: number) => number): Float64Array {
  const numbers = new Float64Array(tree.devices.length);
  for (let k = 0; k < numbers.length; k++) numbers[k] = of(tree.devices[k] as Device, k);
  return numbers;
}

/** Firm limits that fill an asset to the brim are no shortfall. */
const tolerableW = 0.5;

interface Shortfall {
  constraint: number;
  direction: Direction;
  first: number;
  last: number;
  shortW: number;
}

function noteShort(
  all: Map<string, Shortfall>,
  constraint: number,
  direction: Direction,
  step: number,
  shortW: number,
) {
  const key = `${constraint} ${direction}`;
  const known = all.get(key) ?? { constraint, direction, first: step, last: step, shortW };
  all.set(key, { ...known, last: step, shortW: Math.max(known.shortW, shortW) });
}

function noticeOf({ constraint, direction, first, last, shortW }: Shortfall, tree: Tree, snapshot: Snapshot): Notice {
  const { asset, name } = tree.constraints[constraint] ?? { asset: { id: '' }, name: '' };
  const from = snapshot.start + first * snapshot.stepS;
  const watts = Math.ceil(shortW);
  return {
    code: 'firm-shortfall',
    text: `firm ${direction} limits below ${name} exceed its room by up to ${watts} W; they are kept`,
    asset: asset.id,
    direction,
    from,
    to: snapshot.start + (last + 1) * snapshot.stepS,
    shortW: watts,
  };
}
