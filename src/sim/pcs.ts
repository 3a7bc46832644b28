/**
 * A UL 3141 style power control system: a loop of one second that keeps the meter at the point of connection inside the
 * limits by acting on the devices behind it. It sheds at once and in a fixed order, and gives back slowly.
 *
 * Import: EVSE taper to the floor, battery (stop charging, then discharge), EVSE pause, circuits behind contactors; given back circuits
 * first, then battery, then EVSE. Export: battery (stop discharging, then charge), PV; given back PV first.
 */
import { type Seconds } from '../base/clock';
import { plannedW, type PlanSpec } from './battery-plan';
import { ownW, type SiteDevices } from './devices/devices';
import { chargingFloor, drawNext, drawTarget, lastFloor, nextFloor, shareAmong, wantedByCars } from './evse-share';
import { type EffectiveLimits } from './limits';

export interface PcsSpec {
  /** Control aims below a limit by the larger of this share of it and `marginW`. */
  readonly marginShare: number;
  readonly marginW: number;
  /** No giving back unless at least this much room is left, W. */
  readonly deadbandW: number;
  /** … for this long; then one step of `stepShare` of the service rating every `stepEveryS`. */
  readonly holdS: number;
  readonly stepShare: number;
  readonly stepEveryS: number;
}

export const pcsDefaults: PcsSpec = {
  marginShare: 0.02,
  marginW: 100,
  deadbandW: 100,
  holdS: 30,
  stepShare: 0.1,
  stepEveryS: 10,
};

/** Where control aims for a limit, W: never below 0. */
export function aimW(spec: PcsSpec, limitW: number): number {
  return Math.max(0, limitW - Math.max(spec.marginShare * limitW, spec.marginW));
}

export class PcsController {
  /** Watts it could not shed or absorb in the last second: above 0 it cannot comply. */
  importLackW = 0;
  exportLackW = 0;
  /** What the chargers may draw together, W; Infinity when they are free. */
  evseCapW = Infinity;
  /** Highest and lowest battery power allowed, W, charging positive. */
  batteryCeilW = Infinity;
  batteryFloorW = -Infinity;
  /** Battery power once the cars are where they are going: a battery that helps them must not run ahead of their ramps. */
  private settledW = 0;
  /** Load taken off this second by opening circuits, W: the next sample will show it. */
  private openedW = 0;
  private importRoomS = 0;
  private exportRoomS = 0;
  private importRoomW = Infinity;
  private exportRoomW = Infinity;
  private importStepAt: Seconds = -Infinity;
  private exportStepAt: Seconds = -Infinity;
  private readonly stepW: number;

  constructor(
    private readonly spec: PcsSpec,
    serviceW: number,
    private readonly plan: PlanSpec,
    private readonly devices: SiteDevices,
  ) {
    this.stepW = spec.stepShare * serviceW;
  }

  /** One second: `sampleW` is the meter's latest good sample. */
  step(now: Seconds, hour: number, sampleW: number, mean5W: number, limits: EffectiveLimits): void {
    const { evses } = this.devices;
    let restW = sampleW - ownW(this.devices); // the load, by the meter
    this.openedW = 0;
    if (evses.length > 0) {
      if (wantedByCars(evses) === 0) this.evseCapW = Infinity;
      shareAmong(evses, this.evseCapW, now);
    }
    const beforeEvseW = restW - (this.devices.pv?.targetW ?? 0);
    this.planBattery(hour, beforeEvseW);

    // Import counts where things will settle, export where they will be a second from now.
    const importAim = aimW(this.spec, limits.importW);
    const exportAim = aimW(this.spec, limits.exportW);
    let comingW = beforeEvseW + drawTarget(evses) + this.settledW;
    this.importLackW = comingW > importAim ? this.shedImport(comingW - importAim, now) : 0;
    restW -= this.openedW;
    let nextW = restW - (this.devices.pv?.targetW ?? 0) + drawNext(evses) + this.batteryW;
    this.exportLackW = nextW < -exportAim ? this.shedExport(-exportAim - nextW) : 0;

    const pvW = this.devices.pv?.targetW ?? 0;
    comingW = restW - pvW + drawTarget(evses) + this.settledW;
    nextW = restW - pvW + drawNext(evses) + this.batteryW;
    if (this.importLackW === 0) comingW = this.makeRoom(importAim, comingW, now);
    this.giveBackImport(importAim - Math.max(comingW, sampleW, mean5W), now);
    this.giveBackExport(exportAim + Math.min(comingW, nextW, sampleW, mean5W), now);
  }

  /** The meter cannot be believed: all controlled load off, no battery power, PV at most the firm export even with no load at all. */
  blind(now: Seconds, limits: EffectiveLimits): void {
    const { battery, pv, evses, circuits } = this.devices;
    this.evseCapW = 0;
    shareAmong(evses, 0, now);
    this.batteryCeilW = 0;
    this.batteryFloorW = 0;
    if (battery !== undefined) battery.setW = 0;
    circuits?.shedAll(now);
    if (pv !== undefined) pv.capW = Math.min(pv.capW, aimW(this.spec, limits.exportW));
    this.importRoomS = 0;
    this.exportRoomS = 0;
  }

  private get batteryW(): number {
    return this.devices.battery?.setW ?? 0;
  }

  private planBattery(hour: number, beforeEvseW: number): void {
    const { battery, evses } = this.devices;
    if (battery === undefined) return;
    const up = battery.chargeableW();
    const down = battery.dischargeableW();
    const wanted = plannedW(this.plan, hour, beforeEvseW + drawNext(evses), up, down);
    const settled = plannedW(this.plan, hour, beforeEvseW + drawTarget(evses), up, down);
    // The plan itself is inside: the bound has done its work.
    const most = Math.max(wanted, settled);
    const least = Math.min(wanted, settled);
    if (most <= this.batteryCeilW && this.batteryCeilW > 0) this.batteryCeilW = Infinity;
    if (least >= this.batteryFloorW && this.batteryFloorW < 0) this.batteryFloorW = -Infinity;
    const low = Math.min(up, Math.max(-down, this.batteryFloorW));
    const high = Math.max(-down, Math.min(up, this.batteryCeilW));
    battery.setW = Math.max(low, Math.min(high, wanted));
    this.settledW = Math.max(low, Math.min(high, settled));
  }

  /** Takes off `needW` of import; returns what could not be. */
  private shedImport(needW: number, now: Seconds): number {
    const { battery, evses, circuits } = this.devices;
    let need = needW;
    this.importRoomS = 0;
    this.importRoomW = Infinity;
    if (evses.length > 0) need = this.taper(need, now);
    if (battery !== undefined && need > 0) {
      const set = Math.max(-battery.dischargeableW(), this.settledW - need);
      if (set < this.settledW) {
        need -= this.settledW - set;
        this.settledW = set;
        battery.setW = Math.min(battery.setW, set);
        this.batteryCeilW = set;
        if (this.batteryFloorW > set) this.batteryFloorW = set;
      }
    }
    while (need > 0) {
      const floor = lastFloor(evses);
      if (floor === 0) break;
      this.evseCapW = chargingFloor(evses) - floor;
      need -= drawTarget(evses) - shareAmong(evses, this.evseCapW, now);
    }
    if (need > 0 && circuits !== undefined) {
      this.openedW = circuits.shed(need, now);
      need -= this.openedW;
    }
    return Math.max(0, need);
  }

  /** The customer's circuits come before car and battery: takes from these what a circuit that waits to be closed needs. */
  private makeRoom(aimW: number, comingW: number, now: Seconds): number {
    const { battery, evses, circuits } = this.devices;
    const waiting = circuits?.waitingW(now) ?? 0;
    if (waiting === 0) return comingW;
    const need = waiting + this.spec.deadbandW - (aimW - comingW);
    const movable = drawTarget(evses) + (battery === undefined ? 0 : this.settledW + battery.dischargeableW());
    if (need <= 0 || movable < need) return comingW;
    this.shedImport(need, now);
    return comingW - need;
  }

  private taper(need: number, now: Seconds): number {
    const { evses } = this.devices;
    const drawing = drawTarget(evses);
    const cap = Math.max(chargingFloor(evses), drawing - need);
    if (cap >= drawing) return need;
    this.evseCapW = cap;
    return need - (drawing - shareAmong(evses, cap, now));
  }

  /** Takes off `needW` of export; returns what could not be. */
  private shedExport(needW: number): number {
    const { battery, pv } = this.devices;
    let need = needW;
    this.exportRoomS = 0;
    this.exportRoomW = Infinity;
    if (battery !== undefined) {
      const set = Math.min(battery.chargeableW(), battery.setW + need);
      if (set > battery.setW) {
        need -= set - battery.setW;
        battery.setW = set;
        this.settledW = Math.max(this.settledW, set);
        this.batteryFloorW = set;
        if (this.batteryCeilW < set) this.batteryCeilW = set;
      }
    }
    if (pv !== undefined && need > 0) {
      const target = pv.targetW;
      pv.capW = Math.max(0, target - need);
      need -= target - pv.capW;
    }
    return Math.max(0, need);
  }

  private giveBackImport(roomW: number, now: Seconds): void {
    if (roomW < this.spec.deadbandW) {
      this.importRoomS = 0;
      this.importRoomW = Infinity;
      return;
    }
    // The least room of the waiting time counts: a load that comes and goes must not be met with shedding each time.
    this.importRoomW = Math.min(this.importRoomW, roomW);
    if (++this.importRoomS <= this.spec.holdS || now - this.importStepAt < this.spec.stepEveryS) return;
    this.importStepAt = now;
    this.restoreImport(this.importRoomW, now);
    this.importRoomW = Infinity;
  }

  private restoreImport(roomW: number, now: Seconds): void {
    const { battery, evses, circuits } = this.devices;
    if (circuits !== undefined && circuits.openCount > 0 && circuits.restore(roomW, now) >= 0) return;
    // What open circuits will want is kept free for them.
    const freeW = roomW - (circuits?.deniedW ?? 0);
    if (freeW < this.spec.deadbandW) return;
    const step = Math.min(this.stepW, freeW);
    if (battery !== undefined && this.batteryCeilW < battery.spec.maxChargeW) {
      this.batteryCeilW += step;
      return;
    }
    if (this.evseCapW === Infinity) return;
    const start = nextFloor(evses, now);
    if (start <= freeW) {
      // One that was paused starts at its floor, if that fits; those that charge are not touched.
      this.evseCapW = drawTarget(evses) + start;
    } else if (start === Infinity) {
      this.evseCapW += step;
      if (this.evseCapW >= wantedByCars(evses)) this.evseCapW = Infinity;
    } else if (chargingFloor(evses) > 0) this.evseCapW += step;
  }

  private giveBackExport(roomW: number, now: Seconds): void {
    if (roomW < this.spec.deadbandW) {
      this.exportRoomS = 0;
      this.exportRoomW = Infinity;
      return;
    }
    this.exportRoomW = Math.min(this.exportRoomW, roomW);
    if (++this.exportRoomS <= this.spec.holdS || now - this.exportStepAt < this.spec.stepEveryS) return;
    this.exportStepAt = now;
    const { battery, pv } = this.devices;
    const step = Math.min(this.stepW, this.exportRoomW);
    if (pv !== undefined && pv.capW < pv.ratedW) pv.capW = Math.min(pv.ratedW, Math.max(pv.capW, 0) + step);
    else if (battery !== undefined && this.batteryFloorW > -battery.spec.maxDischargeW) this.batteryFloorW -= step;
    this.exportRoomW = Infinity;
  }
}
