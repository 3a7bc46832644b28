/**
 * What assets have left, shared out by a policy (envelopes reference 3.2), per phase and in total over the asset tree. All policies keep
 * firm limits; they differ in who gets the rest.
 *
 *     hierarchical   firm, then the rest in equal steps by weight, until each is stopped by its own asset (as `equal-share`)
 *     firm-first     the same with equal weights
 *     max-min        firm counts towards the share: levels rise from zero, and whoever has firm above the level waits
 *     equal          one level for everybody, set by the first asset that is full
 *     proportional   one share of everybody's rating, set by the first asset that is full
 */
import { type Device, type Engine, type EngineFactory } from './api';
import { type Direction } from './headroom-formula';
import { type Draws, type Tree, capOrder, maxMin, ownCap } from './max-min';
import { readOptions } from './options';
import { type Fill, type Filling, type SharePolicy, shareOut } from './share-out';

export const policies = ['hierarchical', 'firm-first', 'max-min', 'equal', 'proportional'] as const;
export type Policy = (typeof policies)[number];

export const headroom: EngineFactory = options => {
  const read = readOptions('headroom', options);
  const policy = read.oneOf('policy', 'hierarchical', policies);
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  read.done();
  return {
    name: 'headroom',
    api: 1,
    stepsApart: true,
    moreRoom: 'least',
    compute: (snapshot, signal) => shareOut(snapshot, { lossShare, ...sharing(policy) }, signal),
  } satisfies Engine;
};

/** What a policy means for `shareOut`. */
export function sharing(policy: Policy): Pick<SharePolicy, 'fill' | 'weight'> {
  if (policy === 'hierarchical') return {};
  if (policy === 'firm-first') return { weight: () => 1 };
  if (policy === 'max-min') return { fill: fromZero(rising) };
  if (policy === 'equal') return { weight: () => 1, fill: fromZero(uniform) };
  return { weight: rating, fill: fromZero(uniform) };
}

const rating = ({ maxExportW, maxImportW }: Device, direction: Direction): number =>
  direction === 'import' ? maxImportW : maxExportW;

type Level = (tree: Tree, roomW: Float64Array, capW: Float64Array, weights: Float64Array) => ReturnType<Fill>;

const rising: Level = (tree, roomW, capW, weights) => maxMin(tree, roomW, capW, weights, capOrder(capW, weights));

/** The level rises for all together and stops for all at the first constraint that is full. */
const uniform: Level = (tree, roomW, capW, weights) => {
  const used = new Float64Array(tree.constraints.length);
  const load = (level: number): number => {
    used.fill(0);
    for (let k = 0; k < capW.length; k++) {
      const w = Math.min(capW[k] as number, level * (weights[k] as number));
      const { on, share } = tree.draws[k] as Draws;
      for (let i = 0; i < on.length; i++)
        used[on[i] as number] = (used[on[i] as number] as number) + w * (share[i] as number);
    }
    return used.findIndex((w, g) => w > (roomW[g] as number) + 1e-9);
  };
  const most = capW.reduce((top, w, k) => Math.max(top, w / (weights[k] as number)), 0);
  let [low, high] = [0, most];
  let full = load(most);
  if (full < 0) low = most;
  // Fifty halvings: a millionth of a watt of a megawatt.
  else
    for (let i = 0; i < 50; i++) {
      const level = (low + high) / 2;
      const at = load(level);
      if (at < 0) low = level;
      else [high, full] = [level, at];
    }
  const takeW = capW.map((w, k) => Math.min(w, low * (weights[k] as number)));
  const stoppedBy = Int32Array.from(takeW, (w, k) => (w < (capW[k] as number) ? full : ownCap));
  return { takeW, stoppedBy };
};

/**
 * Makes firm count towards the share: whoever's level would be below its firm limit keeps firm and leaves the sharing, which leaves
 * less for the others, until nobody else drops out.
 */
function fromZero(level: Level): Fill {
  return (tree, { capW, firmW, roomW, weights }: Filling) => {
    const pinned = new Uint8Array(firmW.length);
    const whole = firmW.map((w, k) => w + (capW[k] as number));
    for (;;) {
      const room = roomW.slice();
      for (let k = 0; k < firmW.length; k++) if (!pinned[k]) give(room, tree.draws[k] as Draws, firmW[k] as number);
      const found = level(
        tree,
        room,
        whole.map((w, k) => (pinned[k] ? 0 : w)),
        weights,
      );
      let more = false;
      for (let k = 0; k < firmW.length; k++)
        if (!pinned[k] && (found.takeW[k] as number) < (firmW[k] as number) - 1e-9) [pinned[k], more] = [1, true];
      if (more) continue;
      const takeW = found.takeW.map((w, k) => (pinned[k] ? 0 : Math.max(0, w - (firmW[k] as number))));
      return { takeW, stoppedBy: found.stoppedBy.map((by, k) => (pinned[k] ? busiest(tree, room, k) : by)) };
    }
  };
}

/** Firm of a device that shares is part of its share, so its room comes back. */
function give(roomW: Float64Array, { on, share }: Draws, w: number): void {
  for (let i = 0; i < on.length; i++)
    roomW[on[i] as number] = (roomW[on[i] as number] as number) + w * (share[i] as number);
}

/** The constraint with the least room among those a device draws on. */
function busiest(tree: Tree, roomW: Float64Array, k: number): number {
  const { on } = tree.draws[k] as Draws;
  return on.reduce((least, g) => ((roomW[g] as number) < (roomW[least] as number) ? g : least), on[0] ?? 0);
}
