/**
 * What an operator does in a day, drawn by chance: controls issued, changed and cancelled, defaults set, programs placed anew,
 * sites and whole subtrees moved, sites that come and go. Everything goes through the operator API.
 */
import { type Random } from '../../../base/random';
import { activePower } from '../../../base/units';
import { type DERControlBase } from '../../../model/der';
import { type Node } from './town';
import { type World } from './world';

export interface Deeds {
  issued: number;
  changed: number;
  cancelled: number;
  defaults: number;
  moves: number;
  subtrees: number;
  joinsOfPools: number;
  joined: number;
  left: number;
}

export const noDeeds = (): Deeds => ({
  issued: 0,
  changed: 0,
  cancelled: 0,
  defaults: 0,
  moves: 0,
  subtrees: 0,
  joinsOfPools: 0,
  joined: 0,
  left: 0,
});

export interface Placed {
  readonly derp: string;
  /** Strong enough that it may begin at once: nothing it takes from others can be lost on the way. */
  readonly urgent: boolean;
}

export interface Operator {
  readonly world: World;
  readonly random: Random;
  readonly deeds: Deeds;
  readonly programs: readonly Placed[];
  readonly nodes: readonly Node[];
}

const quarterS = 900;

function base(random: Random): DERControlBase {
  const power = () => activePower(random.integer(0, 80) * 100);
  const kinds: (() => DERControlBase)[] = [
    () => ({ opModExpLimW: power() }),
    () => ({ opModImpLimW: power() }),
    () => ({ opModImpLimW: power(), opModExpLimW: power() }),
    () => ({ opModMaxLimW: random.integer(0, 100) * 100 }),
    () => ({ opModMaxLimW: random.integer(0, 100) * 100, opModExpLimW: power() }),
    () => ({ opModConnect: random.next() < 0.5 }),
    () => ({ opModEnergize: random.next() < 0.5, opModExpLimW: power() }),
    () => ({ opModFixedW: random.integer(-100, 100) * 100 }),
    () => ({ opModTargetW: power(), opModMaxLimW: 5000 }),
  ];
  return random.pick(kinds)();
}

const within = (random: Random, ...values: number[]): number => random.pick(values);

/** Begins and ends with a quarter of an hour, or at once and ends with one; so that nobody is told of it while it begins. */
export async function issue({ world, random, deeds, programs }: Operator): Promise<void> {
  const place = random.pick(programs);
  const now = world.clock.now();
  const quarter = Math.floor(now / quarterS) * quarterS;
  const atOnce = place.urgent && random.next() < 0.4;
  const start = atOnce ? now : quarter + quarterS * random.integer(1, 8);
  const end = (atOnce ? quarter + quarterS : start) + quarterS * random.integer(atOnce ? 0 : 1, 8);
  const randomized = !atOnce && random.next() < 0.3;
  await world.operator('POST', `/api/programs/${place.derp}/controls`, {
    start,
    durationS: end - start,
    base: base(random),
    ...(randomized && {
      randomizeStart: within(random, 0, -20, 60),
      randomizeDuration: within(random, 0, -20, 60, 120),
    }),
  });
  deeds.issued++;
}

/** Cancels a control that stands, or puts another in its place. */
export async function cancelOrChange({ world, random, deeds, programs }: Operator): Promise<void> {
  const place = random.pick(programs);
  const { controls } = await world.operator<{
    controls: { mRID: string; status: number; start: number; durationS: number; creationTime: number }[];
  }>('GET', `/api/programs/${place.derp}/controls`);
  const now = world.clock.now();
  // What was issued a moment ago stays for a quarter: who never heard of it could not tell what it took from others.
  const standing = controls.filter(
    ({ status, start, durationS, creationTime }) =>
      status <= 1 && start + durationS > now + quarterS && creationTime < now - quarterS,
  );
  if (standing.length === 0) return;
  const control = random.pick(standing);
  if (control.status === 0 && random.next() < 0.4) {
    await world.operator('PATCH', `/api/controls/${control.mRID}`, { base: base(random) });
    deeds.changed++;
    return;
  }
  await world.operator('POST', `/api/controls/${control.mRID}/cancel`, { randomized: random.next() < 0.4 });
  deeds.cancelled++;
}

export async function setDefault({ world, random, deeds, programs }: Operator): Promise<void> {
  const place = random.pick(programs);
  await world.operator('PUT', `/api/programs/${place.derp}/default`, {
    base: random.next() < 0.5 ? { opModMaxLimW: random.integer(10, 100) * 100 } : { opModConnect: true },
    setGradW: random.integer(10, 200),
  });
  deeds.defaults++;
}

/** A segment to another feeder, or a feeder to another substation, with all that is below. */
export async function moveSubtree({ world, random, deeds, nodes }: Operator): Promise<void> {
  const level = random.next() < 0.7 ? 'segment' : 'feeder';
  const node = random.pick(nodes.filter(each => each.level === level));
  const to = random.pick(nodes.filter(each => each.level === (level === 'segment' ? 'feeder' : 'substation')));
  if (to.name === node.parent) return;
  await world.operator('POST', '/api/groups/moves', { moves: [{ group: node.name, to: to.name }] });
  node.parent = to.name;
  deeds.subtrees++;
}

export async function moveSites({ world, random, deeds, nodes }: Operator, names: readonly string[]): Promise<void> {
  const segments = nodes.filter(each => each.level === 'segment');
  const moves = names.map(site => ({ site, to: random.pick(segments).name }));
  await world.operator('POST', '/api/groups/moves', { moves });
  deeds.moves += moves.length;
}
