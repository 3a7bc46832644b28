/**
 * Equal shares of what transformers and lines have left: firm limits first, then hierarchical max-min of the rest by weight,
 * over the asset tree, in total and per phase. Needs no power flow and no topology finer than assets. Limits are rounded down
 * to what 2030.5 can carry. It bounds loading, not voltage.
 */
import { nextTurn } from '../base/turn';
import { wireWatts } from '../base/units';
import { type Device, type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
import { type Direction, directions, headroomW } from './headroom';
import { type Draws, type Tree, capOrder, maxMin, ownCap, treeOf } from './max-min';
import { readOptions } from './options';

export const equalShare: EngineFactory = options => {
  const read = readOptions('equal-share', options);
  // The passive flow of `grid` has the losses that envelopes will cause in it; one made elsewhere may not.
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  read.done();
  return {
    name: 'equal-share',
    api: 1,
    moreRoom: 'least',
    compute: (snapshot, signal) => share(snapshot, lossShare, signal),
  } satisfies Engine;
};

/** One direction: what is ready for all steps, and what came out, in the order of the tree and then of steps. */
interface Way {
  readonly direction: Direction;
  /** Firm and cap as the wire can carry them, W, in the order of the tree. */
  readonly firmW: Float64Array;
  readonly capW: Float64Array;
  readonly byCap: Uint32Array;
  /** Firm watts that each constraint carries. */
  readonly firmBelowW: Float64Array;
  readonly limitW: Float64Array;
  /** 2 × (constraint + 1), 0 for the site's own cap; plus 1 where there was no room beyond firm. */
  readonly reason: Uint32Array;
}

async function share(snapshot: Snapshot, lossShare: number, signal: AbortSignal) {
  const { steps } = snapshot;
  const tree = treeOf(snapshot.assets, snapshot.devices);
  // A device of weight 0 gets its firm limit, and more only when all others are at their caps.
  const weights = perDevice(tree, device => (device.weight > 0 ? device.weight : 1e-9));
  const ways = directions.map(direction => prepare(tree, weights, direction, steps));
  const short = new Map<string, Shortfall>();
  const roomW = new Float64Array(tree.constraints.length);

  for (let step = 0; step < steps; step++) {
    await new Promise<void>(nextTurn); // hear an abort, and let a server in the same process answer
    signal.throwIfAborted();
    for (const way of ways) {
      const efficiency = way.direction === 'import' ? 1 / (1 + lossShare) : 1;
      for (const [g, { asset, phase }] of tree.constraints.entries()) {
        const leftW = headroomW(asset, way.direction, step, phase) * efficiency - (way.firmBelowW[g] ?? 0);
        roomW[g] = Math.max(0, leftW);
        if (leftW < -tolerableW) noteShort(short, g, way.direction, step, -leftW);
      }
      const { takeW, stoppedBy } = maxMin(tree, roomW, way.capW, weights, way.byCap);
      for (let k = 0; k < takeW.length; k++) {
        const firmW = way.firmW[k] ?? 0;
        const extraW = takeW[k] ?? 0;
        const by = stoppedBy[k] ?? ownCap;
        const noRoom = by !== ownCap && extraW < 1 && firmW > 0;
        // 4 × 2500 of 10,000 is 2500 whatever the float says, hence the millionth
        way.limitW[k * steps + step] = Math.max(firmW, wireWatts(firmW + extraW + 1e-6));
        way.reason[k * steps + step] = 2 * (by + 1) + (noRoom ? 1 : 0);
      }
    }
  }

  const [imports, exports] = ways as [Way, Way];
  const pairs = new Map<number, { import: string; export: string }>(); // one object for each pair of reasons
  const boundBy = (i: number) => {
    const [a, b] = [imports.reason[i] ?? 0, exports.reason[i] ?? 0];
    const key = a * (2 * tree.constraints.length + 2) + b;
    const pair = pairs.get(key) ?? { import: reasonText(tree, a), export: reasonText(tree, b) };
    pairs.set(key, pair);
    return pair;
  };
  const envelopes = tree.devices.map((device, k) => {
    const importW = new Array<number>(steps);
    const exportW = new Array<number>(steps);
    const bound = new Array<{ import: string; export: string }>(steps);
    for (let step = 0, i = k * steps; step < steps; step++, i++) {
      importW[step] = imports.limitW[i] ?? 0;
      exportW[step] = exports.limitW[i] ?? 0;
      bound[step] = boundBy(i);
    }
    return { device: device.id, importW, exportW, bound };
  });
  return { envelopes, notices: [...short.values()].map(s => noticeOf(s, tree, snapshot)) };
}

function reasonText(tree: Tree, reason: number): string {
  const name = tree.constraints[(reason >> 1) - 1]?.name ?? 'site rating';
  return reason & 1 ? `firm, no room at ${name}` : name;
}

function prepare(tree: Tree, weights: Float64Array, direction: Direction, steps: number): Way {
  const isImport = direction === 'import';
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
  return { direction, firmW, capW, byCap: capOrder(capW, weights), firmBelowW, ...out };
}

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
