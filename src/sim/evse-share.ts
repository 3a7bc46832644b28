import { type Seconds } from '../base/clock';
import { type Evse } from './devices/evse';

/**
 * Shares `capW` among the chargers with a car. Those that charge keep their floor before others start, so that a small cap does not make
 * chargers take turns every second; what is left over the floors is shared evenly. Returns what the cars will draw, W.
 */
export function shareAmong(evses: readonly Evse[], capW: number, now: Seconds): number {
  let left = capW;
  let sharing = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < evses.length; i++) {
      const evse = evses[i];
      if (evse === undefined || (pass === 0) !== evse.targetW > 0) continue;
      const starts = evse.ready(now) && left >= evse.floorW;
      evse.offerW = starts ? evse.floorW : 0;
      if (!starts) continue;
      left -= evse.floorW;
      sharing++;
    }
  }
  let sum = 0;
  for (let i = 0; i < evses.length; i++) {
    const evse = evses[i];
    if (evse === undefined) continue;
    if (evse.offerW > 0) {
      const more = Math.min(evse.wishW - evse.floorW, left / sharing--);
      evse.offerW += more;
      left -= more;
    }
    evse.offer(evse.offerW, now);
    sum += evse.targetW;
  }
  return sum;
}

/** The most the cars at hand would draw if nothing limited them, W. */
export function wantedByCars(evses: readonly Evse[]): number {
  let sum = 0;
  for (let i = 0; i < evses.length; i++) sum += evses[i]?.wishW ?? 0;
  return sum;
}

/** Where their draws are going together, W, and where they will be at the end of this second. */
export function drawTarget(evses: readonly Evse[]): number {
  let sum = 0;
  for (let i = 0; i < evses.length; i++) sum += evses[i]?.targetW ?? 0;
  return sum;
}

export function drawNext(evses: readonly Evse[]): number {
  let sum = 0;
  for (let i = 0; i < evses.length; i++) sum += evses[i]?.nextW ?? 0;
  return sum;
}

/** Floors of the chargers that charge, W: the least the cap can go to without a pause. */
export function chargingFloor(evses: readonly Evse[]): number {
  let sum = 0;
  for (let i = 0; i < evses.length; i++) if ((evses[i]?.targetW ?? 0) > 0) sum += evses[i]?.floorW ?? 0;
  return sum;
}

/** Floor of the first charger that could start, W; Infinity when there is none. */
export function nextFloor(evses: readonly Evse[], now: Seconds): number {
  for (let i = 0; i < evses.length; i++) {
    const evse = evses[i];
    if (evse !== undefined && evse.targetW === 0 && evse.ready(now)) return evse.floorW;
  }
  return Infinity;
}

/** Floor of the last charger that charges, W: the one that pauses next; 0 when none charges. */
export function lastFloor(evses: readonly Evse[]): number {
  for (let i = evses.length - 1; i >= 0; i--) {
    const evse = evses[i];
    if (evse !== undefined && evse.targetW > 0) return evse.floorW;
  }
  return 0;
}
