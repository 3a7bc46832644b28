import { type Clock, ScaledClock } from '../base/clock';
import { Problem } from '../base/problem';

/** `--clock START,SPEED,WALL`: a clock that other processes can share. */
export function scaledClock(text: string): Clock {
  const [startMs, speed, wallStartMs, ...more] = text.split(',').map(Number);
  if (
    startMs === undefined ||
    speed === undefined ||
    wallStartMs === undefined ||
    more.length > 0 ||
    ![startMs, speed, wallStartMs].every(Number.isFinite) ||
    speed <= 0
  )
    throw new Problem('BAD_USAGE', {
      at: '--clock',
      want: 'three numbers: start in ms, speed above 0, wall time of the start in ms',
      got: text,
    });
  return new ScaledClock(startMs, speed, wallStartMs);
}
