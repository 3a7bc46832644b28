/**
 * Hierarchical max-min with caps by progressive filling (envelopes reference 3.2). The level λ rises for all devices together,
 * each taking weight × λ; a device stops at its cap, and all devices below an asset stop when that asset, or one phase of it, is full.
 *
 * Full levels only rise as devices stop, so a heap with lazy refresh finds the next one: O(n log n + n × depth) for n devices.
 */
import { type Phase } from '../grid/network';
import { type Asset, type AssetId, type Device } from './api';
import { Problem } from '../base/problem';
import { allPhases, assetName } from './headroom-formula';

/** One limit: an asset over all phases, or one of its phases. */
export interface Constraint {
  readonly asset: Asset;
  readonly phase?: Phase;
  readonly name: string;
  /** Positions [first, last) in `Tree.devices` of what hangs below the asset. */
  readonly first: number;
  readonly last: number;
}

/** Assets and devices made ready for filling: what hangs below an asset stands together. */
export interface Tree {
  readonly devices: readonly Device[];
  readonly constraints: readonly Constraint[];
  /** Per device, the constraints it draws on; devices of the same place and phases share one. */
  readonly draws: readonly Draws[];
}

/** Constraints, and the share of a device's power that each sees: 1, or 1/n in each of n phases. */
export interface Draws {
  readonly on: Uint32Array;
  readonly share: Float64Array;
}

/** @throws Problem BAD_NETWORK when an asset or parent is unknown, an id is used twice, or parents go in a circle. */
export function treeOf(assets: readonly Asset[], devices: readonly Device[]): Tree {
  const byId = new Map(assets.map(asset => [asset.id, asset]));
  if (byId.size < assets.length) throw new Problem('BAD_NETWORK', { at: 'assets', note: 'an asset id is used twice' });
  const below = new Map<AssetId | undefined, Asset[]>();
  for (const asset of assets) {
    if (asset.parent !== undefined && !byId.has(asset.parent)) throw unknownAsset(`asset ${asset.id}`, asset.parent);
    push(below, asset.parent, asset);
  }
  const members = new Map<AssetId, Device[]>();
  for (const device of devices) {
    if (!byId.has(device.asset)) throw unknownAsset(`device ${device.id}`, device.asset);
    push(members, device.asset, device);
  }

  const ordered: Device[] = [];
  const constraints: Constraint[] = [];
  const draws: Draws[] = [];
  let visited = 0;
  const visit = (asset: Asset, above: readonly number[]): void => {
    visited++;
    const own = constraints.length;
    const path = [...above, own];
    const first = ordered.length;
    for (const phase of [undefined, ...allPhases])
      constraints.push({ asset, ...(phase && { phase }), name: assetName(asset, phase), first, last: first });
    const known = new Map<string, Draws>();
    for (const device of members.get(asset.id) ?? []) {
      ordered.push(device);
      const key = device.phases.join();
      const shared = known.get(key) ?? drawsOf(path, device.phases);
      known.set(key, shared);
      draws.push(shared);
    }
    for (const child of below.get(asset.id) ?? []) visit(child, path);
    for (let i = own; i < own + 4; i++) constraints[i] = { ...(constraints[i] as Constraint), last: ordered.length };
  };
  for (const root of below.get(undefined) ?? []) visit(root, []);
  if (visited < assets.length) throw new Problem('BAD_NETWORK', { at: 'assets', note: 'parents go in a circle' });
  return { devices: ordered, constraints, draws };
}

/**
 * Fills. `roomW` is what each constraint may still carry, `capW` the most each device may take, `weights` its share weight
 * (above 0); all in the order of the tree, W, 0 or above. `byCap` lists devices by ascending cap over weight (`capOrder`).
 * Gives what each device takes, and the index of the constraint that stopped it, or −1 where its own cap did.
 */
export function maxMin(
  tree: Tree,
  roomW: Float64Array,
  capW: Float64Array,
  weights: Float64Array,
  byCap: Uint32Array,
): { takeW: Float64Array; stoppedBy: Int32Array } {
  const { constraints, draws } = tree;
  const takeW = new Float64Array(draws.length);
  const stoppedBy = new Int32Array(draws.length).fill(running);
  const leftW = Float64Array.from(roomW);
  const pull = new Float64Array(constraints.length); // watts per unit of level
  const count = new Uint32Array(constraints.length);
  for (let k = 0; k < draws.length; k++) {
    const { on, share } = draws[k] as Draws;
    const weight = weights[k] ?? 0;
    for (let i = 0; i < on.length; i++) {
      const g = on[i] as number;
      pull[g] = (pull[g] as number) + (share[i] as number) * weight;
      count[g] = (count[g] as number) + 1;
    }
  }
  const fullAt = (g: number) => Math.max(0, (leftW[g] ?? 0) / (pull[g] ?? 0));
  const heap = new LevelHeap();
  for (let g = 0; g < constraints.length; g++) if (count[g]) heap.push(fullAt(g), g);

  let level = 0;
  let active = draws.length;
  const stop = (k: number, w: number, by: number): void => {
    takeW[k] = w;
    stoppedBy[k] = by;
    active--;
    const { on, share } = draws[k] as Draws;
    const weight = weights[k] ?? 0;
    for (let i = 0; i < on.length; i++) {
      const g = on[i] as number;
      const part = share[i] as number;
      leftW[g] = (leftW[g] as number) - part * w;
      pull[g] = (pull[g] as number) - part * weight;
      count[g] = (count[g] as number) - 1;
    }
  };

  for (let next = 0; active > 0;) {
    while (next < byCap.length && stoppedBy[byCap[next] ?? 0] !== running) next++;
    const k = byCap[next] ?? 0;
    const capLevel = (capW[k] ?? 0) / (weights[k] ?? 1);
    const g = heap.lowest(h => (count[h] ? Math.max(level, fullAt(h)) : undefined));
    if (g === undefined || capLevel <= heap.lowestLevel) {
      level = Math.max(level, capLevel);
      stop(k, capW[k] ?? 0, ownCap);
      continue;
    }
    level = heap.lowestLevel;
    const { first, last } = constraints[g] as Constraint;
    for (let j = first; j < last; j++)
      if (stoppedBy[j] === running && draws[j]?.on.includes(g))
        stop(j, Math.min(capW[j] ?? 0, level * (weights[j] ?? 0)), g);
  }
  return { takeW, stoppedBy };
}

export const ownCap = -1;
const running = -2;

/** Devices in ascending order of cap over weight. */
export function capOrder(capW: Float64Array, weights: Float64Array): Uint32Array {
  const levels = capW.map((w, k) => w / (weights[k] ?? 1));
  return Uint32Array.from(capW.keys()).sort((a, b) => (levels[a] ?? 0) - (levels[b] ?? 0) || a - b);
}

/** A binary heap of constraints by the level at which each is full; entries are refreshed when they come to the top. */
class LevelHeap {
  private readonly levels: number[] = [];
  private readonly items: number[] = [];
  /** Level of the item that `lowest` gave last. */
  lowestLevel = Infinity;

  push(level: number, item: number): void {
    let at = this.items.length;
    this.levels.push(level);
    this.items.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((this.levels[up] ?? 0) <= (this.levels[at] ?? 0)) break;
      this.swap(at, up);
      at = up;
    }
  }

  /** The item with the lowest level as `now` tells it; items for which it tells nothing are dropped. */
  lowest(now: (item: number) => number | undefined): number | undefined {
    for (;;) {
      const item = this.items[0];
      if (item === undefined) return undefined;
      const level = now(item);
      if (level !== undefined && level <= (this.levels[0] ?? 0)) {
        this.lowestLevel = level;
        return item;
      }
      if (level === undefined) this.drop();
      else this.levels[0] = level;
      this.sink();
    }
  }

  private drop(): void {
    const item = this.items.pop();
    const level = this.levels.pop();
    if (item === undefined || level === undefined || this.items.length === 0) return;
    this.items[0] = item;
    this.levels[0] = level;
  }

  private sink(): void {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.items.length && (this.levels[child] ?? 0) < (this.levels[least] ?? 0)) least = child;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    [this.levels[a], this.levels[b]] = [this.levels[b] ?? 0, this.levels[a] ?? 0];
    [this.items[a], this.items[b]] = [this.items[b] ?? 0, this.items[a] ?? 0];
  }
}

/** `path` holds, for each asset from the root down, the index of its constraint over all phases; those of the phases follow. */
function drawsOf(path: readonly number[], phases: readonly Phase[]): Draws {
  return {
    on: Uint32Array.from(path.flatMap(total => [total, ...phases.map(phase => total + phase)])),
    share: Float64Array.from(path.flatMap(() => [1, ...phases.map(() => 1 / phases.length)])),
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const unknownAsset = (who: string, asset: AssetId) =>
  new Problem('BAD_NETWORK', { at: who, got: asset, note: 'there is no such asset' });
