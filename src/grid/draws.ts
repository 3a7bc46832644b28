/** What loads draw at a moment, from their shapes. */
import { type Seconds } from '../base/clock';
import { type Draw, type Load, type LoadShape, type Network, type Phase } from './network';

/** Watts and vars of one load, over all its phases. */
export interface LoadPower {
  readonly w: number;
  readonly var: number;
}

/** Answers what a load draws `t` seconds after the start of the shapes; a load without shape draws its base all day. */
export function powerOf(network: Pick<Network, 'shapes'>): (load: Load, t: Seconds) => LoadPower {
  const shapes = new Map(network.shapes.map(shape => [shape.name.toLowerCase(), shape]));
  return (load, t) => {
    const shape = load.shape === undefined ? undefined : shapes.get(load.shape.toLowerCase());
    if (!shape) return { w: load.baseW, var: load.baseVar };
    const at = shapeIndex(shape, t);
    const multiplier = shape.values[at] ?? 0;
    return { w: load.baseW * multiplier, var: load.baseVar * (shape.varValues?.[at] ?? multiplier) };
  };
}

/** Draws of all loads, or of those given, `t` seconds after the start of the shapes. A load draws the same in each of its phases. */
export function drawsAt(network: Network, t: Seconds, loads: readonly Load[] = network.loads): Draw[] {
  const power = powerOf(network);
  return loads.flatMap(load => {
    const { w, var: reactive } = power(load, t);
    return drawsOf(load, w, reactive);
  });
}

/** One load's power shared out to its phases, or to the pairs of phases it lies between. */
export function drawsOf(
  load: Pick<Load, 'bus' | 'phases' | 'connection' | 'model' | 'ratedV'>,
  w: number,
  reactive: number,
): Draw[] {
  const { bus, connection, model, phases, ratedV } = load;
  const how = {
    ...(model === undefined || model === 'power' ? {} : { model }),
    ...(ratedV === undefined ? {} : { ratedV }),
  };
  if (connection !== 'delta')
    return phases.map(phase => ({ bus, phase, w: w / phases.length, var: reactive / phases.length, ...how }));
  const pairs: readonly (readonly [Phase, Phase])[] =
    phases.length === 3
      ? [
          [1, 2],
          [2, 3],
          [3, 1],
        ]
      : [[phases[0] as Phase, phases[1] as Phase]];
  return pairs.map(([phase, to]) => ({ bus, phase, to, w: w / pairs.length, var: reactive / pairs.length, ...how }));
}

/** Minute N of a day as published results count them: 1 is the first value of a one-minute shape. */
export const minuteStart = (minute: number): Seconds => (minute - 1) * 60;

function shapeIndex({ stepS, values }: LoadShape, t: Seconds): number {
  const count = Math.max(1, values.length);
  const at = Math.floor(t / stepS) % count;
  return at < 0 ? at + count : at;
}
