/** What BASIC-015 to BASIC-026 and AGG-002 to AGG-012 share: events of a system-wide program SY and of stronger ones below it. */
import { responses123, type EventSpec } from '../scenario';
import { powerFactor } from './curves';

export const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });

/** 60 % for the system, 50 % for what stands below it. */
export const event = (
  name: string,
  program: string,
  startS: number,
  durationS: number,
  more: Partial<EventSpec> = {},
): EventSpec => ({
  ...limit(program === 'SY' ? 6000 : 5000),
  name,
  program,
  startS,
  durationS,
  responses: responses123,
  ...more,
});

export type Overlap = 'similar' | 'independent';

export interface OverlapShape {
  /** Words for the title. */
  readonly how: string;
  readonly events: readonly EventSpec[];
}

/**
 * The three shapes in which SY (+2 to +4 min) and a stronger program (+3 to +4 min) overlap: SY made first, the stronger one
 * made first, and the stronger one made while SY runs. Events of the same mode are `similar`.
 * @param weak what differs for SY in each shape: what its devices respond
 */
export function overlapping(kind: Overlap, strong: string, weak: readonly Partial<EventSpec>[]): OverlapShape[] {
  const mode = kind === 'similar' ? {} : { base: { opModFixedPFInjectW: powerFactor(950) } };
  const sy = (shape: number) => event('SY', 'SY', 120, 120, weak[shape]);
  const above = (more: Partial<EventSpec> = {}) => event(strong, strong, 180, 60, { ...mode, ...more });
  return [
    { how: 'SY made first', events: [sy(0), above()] },
    { how: `${strong} made first`, events: [above(), sy(1)] },
    { how: `${strong} made while SY runs`, events: [sy(2), above({ createdS: 140 })] },
  ];
}
