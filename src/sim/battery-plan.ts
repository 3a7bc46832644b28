/** What a battery would do if nothing limited it. */
export type BatteryPlan = 'self-consumption' | 'night-charge' | 'idle';

export interface PlanSpec {
  readonly plan: BatteryPlan;
  /** Night tariff: local hours in which `night-charge` fills up from the grid, and hours in which it discharges at full power. */
  readonly chargeHours: readonly [number, number];
  readonly dischargeHours: readonly [number, number];
}

export const planDefaults: PlanSpec = { plan: 'self-consumption', chargeHours: [0, 5], dischargeHours: [17, 21] };

/**
 * Wanted battery power, W, charging positive, before the battery's own limits. `restW` is the net power of the site without its battery,
 * import positive; `hour` the local hour of day.
 */
export function plannedW(
  spec: PlanSpec,
  hour: number,
  restW: number,
  maxChargeW: number,
  maxDischargeW: number,
): number {
  if (spec.plan === 'idle') return 0;
  if (spec.plan === 'night-charge') {
    if (hour >= spec.chargeHours[0] && hour < spec.chargeHours[1]) return maxChargeW;
    if (hour >= spec.dischargeHours[0] && hour < spec.dischargeHours[1]) return -maxDischargeW;
  }
  // Bring the meter to zero: charge from surplus, discharge into load.
  return Math.max(-maxDischargeW, Math.min(maxChargeW, -restW));
}
