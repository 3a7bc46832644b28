/**
 * Group envelopes (envelopes reference 3.2): an aggregator that speaks for several sites under one asset gets a limit for their sum, and each of
 * its sites a cap that is wider than its fair share, so that what one does not use another may. Everybody else gets the fair split.
 *
 *     fair split a of all sites     G = sum of a over the group     cap of a member ≤ min(rating, G)
 *
 * A gate (an asset, or a phase of it) that carries the whole group alike is safe by G. One that carries only some of the members, or
 * them unequally, is kept safe by the caps: they rise above a only as far as that gate has room left after the fair split. Where the network
 * is known, a cap also stays within what is safe in voltage whatever all others do.
 */
import { type Device, type Engine, type EngineFactory, type GroupEnvelope, type Snapshot } from './api';
import { Memory, Steps } from './box-steps';
import { type Direction } from './headroom-formula';
import { type Draws, type Tree, capOrder, maxMin, ownCap } from './max-min';
import { readOptions } from './options';
import { type Caps, type Filling, shareOut } from './share-out';
import { wireWatts } from '../base/units';

interface Group {
  readonly aggregator: string;
  readonly asset: string;
  readonly members: readonly Device[];
}

export const group: EngineFactory = options => {
  const read = readOptions('group', options);
  // Sums are used to the full: losses and reactive power that they leave out would be an overload.
  const lossShare = read.number('lossShare', 0.03, 0, 0.3);
  const reactiveShare = read.number('reactiveShare', 0.15, 0, 0.5);
  const margin = read.number('marginPu', 0.0005, 0, 0.05);
  read.done();
  const known = new Memory();
  return {
    name: 'group',
    api: 1,
    stepsApart: true,
    slow: true,
    moreRoom: 'least',
    guards: 'groups',
    compute: (snapshot, signal) => compute(snapshot, { lossShare, reactiveShare, margin }, known, signal),
  } satisfies Engine;
};

/**
 * One group for each aggregator, for a limit for a sum reaches it on its own EndDevice, which can carry one: its sites under the lowest asset
 * that carries most of them (more than half), or else under the one that carries more than any other; two at least.
 */
export function groupsOf({ assets, devices }: Pick<Snapshot, 'assets' | 'devices'>): Group[] {
  const parents = new Map(assets.map(({ id, parent }) => [id, parent]));
  const above = (asset: string): string[] => {
    const path = new Set<string>();
    for (let at: string | undefined = asset; at !== undefined && !path.has(at); at = parents.get(at)) path.add(at);
    return [...path];
  };
  const by = new Map<string, { readonly count: number; readonly places: Map<string, Device[]> }>();
  for (const device of devices) {
    if (device.aggregator === undefined) continue;
    const { count, places } = by.get(device.aggregator) ?? { count: 0, places: new Map<string, Device[]>() };
    by.set(device.aggregator, { count: count + 1, places });
    for (const asset of above(device.asset)) places.set(asset, [...(places.get(asset) ?? []), device]);
  }
  return [...by].flatMap(([aggregator, { count, places }]): Group[] => {
    const ranked = [...places].map(([asset, members]) => ({ asset, members, depth: above(asset).length }));
    const most = Math.max(...ranked.map(({ members }) => members.length));
    const [found] = ranked
      .filter(({ members }) => members.length > 1 && (members.length === most || members.length > count / 2))
      .sort((x, y) => y.depth - x.depth || y.members.length - x.members.length || (x.asset < y.asset ? -1 : 1));
    return found ? [{ aggregator, asset: found.asset, members: found.members }] : [];
  });
}

async function compute(
  snapshot: Snapshot,
  { lossShare, reactiveShare, margin }: { lossShare: number; reactiveShare: number; margin: number },
  known: Memory,
  signal: AbortSignal,
) {
  const { devices, network, passive, steps } = snapshot;
  const groups = groupsOf(snapshot);
  const boxes =
    network && passive && devices.length > 0
      ? new Steps(snapshot, { margin, policy: 'max-min', only: 'voltage' }, known, undefined)
      : undefined;
  const sums = groups.map(() => ({
    import: new Array<number>(steps).fill(0),
    export: new Array<number>(steps).fill(0),
  }));
  let at: { step: number; direction: Direction } = { step: 0, direction: 'import' };
  const shared = await shareOut(
    snapshot,
    {
      lossShare,
      reactiveShare,
      capsAt: (step, direction, tree): Caps | undefined => {
        at = { step, direction };
        return boxes?.caps(step, direction, tree);
      },
      fill: (tree, filling) => {
        const fair = maxMin(tree, filling.roomW, filling.capW, filling.weights, filling.byCap);
        if (groups.length === 0) return fair;
        const places = placesOf(tree, groups);
        const extraW = widened(tree, filling, fair.takeW, places);
        places.members.forEach((own, g) => {
          let sum = 0;
          for (const k of own) sum += (filling.firmW[k] as number) + (fair.takeW[k] as number);
          const sumW = wireWatts(sum + 1e-6);
          (sums[g] as (typeof sums)[number])[at.direction][at.step] = sumW;
          for (const k of own) {
            const most = Math.max(fair.takeW[k] as number, sumW - (filling.firmW[k] as number));
            const takeW = Math.min((fair.takeW[k] as number) + (extraW[k] as number), most);
            if (takeW >= (filling.capW[k] as number) - 1e-6) fair.stoppedBy[k] = ownCap;
            fair.takeW[k] = takeW;
          }
        });
        return fair;
      },
    },
    signal,
  );
  const proposed = groups.map(({ aggregator, asset, members }, g): GroupEnvelope => {
    const by = `sum of the fair shares of ${members.length} sites under ${asset}`.slice(0, 120);
    return {
      aggregator,
      asset,
      devices: members.map(({ id }) => id),
      importW: sums[g]?.import ?? [],
      exportW: sums[g]?.export ?? [],
      bound: Array.from({ length: steps }, () => ({ import: by, export: by })),
    };
  });
  const notices = [...shared.notices, ...(boxes?.notices() ?? [])];
  return { ...shared, notices, ...(proposed.length > 0 && { groups: proposed }) };
}

/** Positions in the tree of the members of each group, and the group of each position, −1 for none. */
function placesOf(tree: Tree, groups: readonly Group[]) {
  const groupOf = new Map(groups.flatMap(({ members }, g) => members.map(({ id }) => [id, g] as const)));
  const of = Int32Array.from(tree.devices, ({ id }) => groupOf.get(id) ?? -1);
  const members = groups.map(() => [] as number[]);
  of.forEach((g, k) => members[g]?.push(k));
  return { of, members };
}

/** What each member may have above its fair share: a second filling of what is left, at gates that do not carry its whole group alike. */
function widened(
  tree: Tree,
  { capW, roomW, weights }: Filling,
  fairW: Float64Array,
  { members, of }: ReturnType<typeof placesOf>,
): Float64Array {
  const left = roomW.slice();
  for (let k = 0; k < fairW.length; k++) {
    const { on, share } = tree.draws[k] as Draws;
    for (let i = 0; i < on.length; i++)
      left[on[i] as number] = (left[on[i] as number] as number) - (share[i] as number) * (fairW[k] as number);
  }
  const alike = members.map(own => gatesAlike(tree, own));
  const draws = tree.draws.map(({ on, share }, k): Draws => {
    const g = of[k] as number;
    const partial = [...on.keys()].filter(i => g >= 0 && !alike[g]?.has(on[i] as number));
    return {
      on: Uint32Array.from(partial, i => on[i] as number),
      share: Float64Array.from(partial, i => share[i] as number),
    };
  });
  const more = capW.map((w, k) => ((of[k] as number) < 0 ? 0 : Math.max(0, w - (fairW[k] as number))));
  const room = left.map(w => Math.max(0, w));
  return maxMin({ ...tree, draws }, room, more, weights, capOrder(more, weights)).takeW;
}

/** Constraints that see the same share of every member: for them only the sum counts. */
function gatesAlike(tree: Tree, own: readonly number[]): Set<number> {
  const seen = new Map<number, { share: number; count: number; same: boolean }>();
  for (const k of own) {
    const { on, share } = tree.draws[k] as Draws;
    on.forEach((gate, i) => {
      const before = seen.get(gate) ?? { share: share[i] as number, count: 0, same: true };
      seen.set(gate, { ...before, count: before.count + 1, same: before.same && before.share === share[i] });
    });
  }
  return new Set([...seen].filter(([, { count, same }]) => same && count === own.length).map(([gate]) => gate));
}

/** The largest flow at a gate that members within their caps and their sum can make: those with the largest share first. */
export function groupPeakW(
  members: readonly { readonly capW: number; readonly share: number }[],
  sumW: number,
): number {
  let [left, flow] = [sumW, 0];
  for (const { capW, share } of [...members].sort((a, b) => b.share - a.share)) {
    const w = Math.min(capW, Math.max(0, left));
    flow += share * w;
    left -= w;
  }
  return flow;
}
