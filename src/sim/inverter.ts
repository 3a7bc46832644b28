/**
 * The controller of an inverter site: PV, perhaps a battery, an uncontrolled load and a meter at the point of connection. It knows
 * the load from the meter and its own output, so it can set its output straight to what the limits leave ("dynamic
 * export limiting"), cautious by the least load of the last seconds.
 */
import { plannedW, type PlanSpec } from './battery-plan';
import { ownW, type SiteDevices } from './devices/devices';
import { type EffectiveLimits } from './limits';
import { aimW, type PcsSpec } from './pcs';

export interface InverterSpec {
  /** Margin to the limit, as a PCS. */
  readonly margin: Pick<PcsSpec, 'marginShare' | 'marginW'>;
  /** Default setGradW: ramp of rising output, hundredths of a percent of rating per second. */
  readonly setGradW: number;
}

export const inverterDefaults: InverterSpec = { margin: { marginShare: 0.02, marginW: 100 }, setGradW: 167 };

const window = 5;

export class InverterController {
  importLackW = 0;
  exportLackW = 0;
  private readonly loads = new Float64Array(window);
  private at = 0;
  private filled = 0;
  private readonly spec: PcsSpec;

  constructor(
    private readonly inverter: InverterSpec,
    private readonly plan: PlanSpec,
    private readonly devices: SiteDevices,
  ) {
    this.spec = { ...inverter.margin, deadbandW: 0, holdS: 0, stepShare: 0, stepEveryS: 0 };
  }

  /** One second: `sampleW` is the meter's latest good sample; `setGradW` as told by the server, if it told. */
  step(hour: number, sampleW: number, limits: EffectiveLimits, setGradW = this.inverter.setGradW): void {
    const { battery, pv } = this.devices;
    const loadW = sampleW - ownW(this.devices);
    this.loads[this.at] = loadW;
    this.at = this.at === window - 1 ? 0 : this.at + 1;
    if (this.filled < window) this.filled++;
    let least = loadW;
    let most = loadW;
    for (let i = 0; i < this.filled; i++) {
      const seen = this.loads[i] ?? loadW;
      if (seen < least) least = seen;
      if (seen > most) most = seen;
    }
    const ramp = setGradW > 0 ? setGradW / 10_000 : 1;
    const sunW = pv === undefined ? 0 : Math.min(pv.availableW, pv.capW + ramp * pv.ratedW);
    let battW = 0;
    if (battery !== undefined)
      battW = plannedW(this.plan, hour, loadW - sunW, battery.chargeableW(), battery.dischargeableW());

    // Import first: discharging for it can at worst take the site to the load's least, where the export check looks again.
    let lack = most + battW - sunW - aimW(this.spec, limits.importW);
    if (lack > 0 && battery !== undefined) {
      const set = Math.max(-battery.dischargeableW(), battW - lack);
      lack -= battW - set;
      battW = set;
    }
    this.importLackW = Math.max(0, lack);

    let excess = sunW - battW - least - aimW(this.spec, limits.exportW);
    if (excess > 0 && battery !== undefined) {
      const set = Math.min(battery.chargeableW(), battW + excess);
      excess -= set - battW;
      battW = set;
    }
    if (pv !== undefined) {
      if (excess > 0) {
        pv.capW = Math.max(0, sunW - excess);
        excess -= sunW - pv.capW;
      } else pv.capW = Math.min(pv.ratedW, pv.capW + ramp * pv.ratedW);
    }
    this.exportLackW = Math.max(0, excess);
    if (battery !== undefined) battery.setW = battW;
  }

  /** The meter cannot be believed: no battery power, PV at most the export limit even with no load at all. */
  blind(limits: EffectiveLimits): void {
    const { battery, pv } = this.devices;
    if (battery !== undefined) battery.setW = 0;
    if (pv !== undefined) pv.capW = Math.min(pv.capW, aimW(this.spec, limits.exportW));
    this.filled = 0;
    this.at = 0;
  }
}
