/** 2030.5 ActivePower: `value` × 10^`multiplier` watts; value Int16, multiplier −9 … 9. */
export interface ActivePowerW {
  multiplier: number;
  value: number;
}

const int16Max = 32767;

/**
 * Watts as ActivePower, rounded towards zero, so that a limit on the wire is never wider than the limit computed.
 * The multiplier is the smallest that fits: 40,009 W becomes 4000 × 10^1.
 * @throws RangeError when `watts` is not finite or needs a multiplier above 9.
 */
export function activePower(watts: number): ActivePowerW {
  if (!Number.isFinite(watts)) throw new RangeError(`not a power: ${watts}`);
  for (let multiplier = 0; multiplier <= 9; multiplier++) {
    const value = Math.trunc(watts / 10 ** multiplier);
    if (Math.abs(value) <= int16Max) return { multiplier, value: value === 0 ? 0 : value };
  }
  throw new RangeError(`beyond ActivePower: ${watts} W`);
}

/** The watts of an ActivePower (or of any {multiplier, value} quantity). */
export function watts(power: ActivePowerW): number {
  // Dividing by a power of ten is exact where multiplying by its inexact inverse is not.
  return power.multiplier < 0 ? power.value / 10 ** -power.multiplier : power.value * 10 ** power.multiplier;
}

/** The largest limit at or below `watts` that ActivePower can carry. */
export function wireWatts(limitW: number): number {
  return watts(activePower(limitW));
}
