/**
 * A simulated customer: devices, meter, limits and controller, advanced a second at a time. A second does a constant amount of work and
 * allocates nothing, so that fleets of thousands run many times faster than time.
 */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';
import { CommsMachine } from './comms';
import { Battery } from './devices/battery';
import { Circuits } from './devices/circuits';
import { type SiteDevices, ownW } from './devices/devices';
import { type EvSession, Evse } from './devices/evse';
import { Meter } from './devices/meter';
import { Pv } from './devices/pv';
import { InverterController } from './inverter';
import { EffectiveLimits, type LimitSource, silentLimits } from './limits';
import { PcsController } from './pcs';
import { Plausibility } from './plausibility';
import { exportRatingW, type SiteSpec } from './site-spec';

/** What happens to a site from outside in one second: the same for the site and for its unlimited twin. */
export interface Surroundings {
  /** Draw of the customer with all circuits closed, W. */
  loadW: number;
  irradianceWm2: number;
  /** Local hour of day. */
  hour: number;
}

export class Site {
  /** True net power at the point of connection over the last second, W, import positive; and its parts. */
  netW = 0;
  loadW = 0;
  pvW = 0;
  batteryW = 0;
  evseW = 0;
  readonly devices: SiteDevices;
  readonly meter: Meter;
  readonly comms: CommsMachine;
  readonly limits: EffectiveLimits;
  /** Misbehaviour: it acknowledges what it is told and ignores it. */
  disobeys = false;
  sensorOk = true;
  source: LimitSource;
  private readonly pcs: PcsController | undefined;
  private readonly inverter: InverterController | undefined;
  private readonly plausibility = new Plausibility();

  /** `sessions`: for each charger of the spec, its cars. `random` must be the same stream for a site and its twin. */
  constructor(
    readonly spec: SiteSpec,
    sessions: readonly (readonly EvSession[])[],
    random: Random,
    source: LimitSource = silentLimits,
  ) {
    this.source = source;
    this.devices = {
      battery: spec.battery && new Battery(spec.battery),
      pv: spec.pv && new Pv(spec.pv),
      evses: spec.evses.map((evse, i) => new Evse(evse, sessions[i] ?? [])),
      circuits: spec.circuits && new Circuits(spec.circuits),
    };
    this.meter = new Meter(spec.meter, random.fork('meter'));
    this.comms = new CommsMachine(spec.comms, spec, random.fork('comms'));
    this.limits = new EffectiveLimits(spec.serviceW);
    if (spec.kind === 'pcs') this.pcs = new PcsController(spec.pcs, spec.serviceW, spec.plan, this.devices);
    else this.inverter = new InverterController(spec.inverter, spec.plan, this.devices);
  }

  /** Lives through the second that begins at `now`. Returns its net power, W, import positive. */
  step(now: Seconds, around: Surroundings): number {
    const { battery, pv, evses, circuits } = this.devices;
    pv?.see(around.irradianceWm2);
    circuits?.see(around.loadW);
    for (let i = 0; i < evses.length; i++) evses[i]?.see(now);

    // The controller sees the mean of the second that has passed, and acts on the one that begins.
    const sample = this.meter.sample(this.netW);
    this.sensorOk = this.plausibility.step(sample, ownW(this.devices));
    const reading = this.source.current(now);
    this.comms.step(now, reading, this.sensorOk);
    if (this.disobeys) this.limits.compose(Infinity, Infinity, 'firm', now);
    else
      this.limits.compose(
        this.comms.importW,
        this.comms.exportW,
        reading.source === 'event' && this.comms.state !== 'FALLBACK' ? 'envelope' : 'firm',
        now,
      );
    if (!this.sensorOk) {
      this.limits.importBinding = 'sensor';
      this.limits.exportBinding = 'sensor';
      this.pcs?.blind(now, this.limits);
      this.inverter?.blind(this.limits);
    } else if (sample === sample) {
      // A single lost sample leaves everything as it is.
      if (this.pcs !== undefined) this.pcs.step(now, around.hour, sample, this.meter.mean5W, this.limits);
      else this.inverter?.step(around.hour, sample, this.limits, reading.setGradW);
    }
    if (this.comms.generationW < Infinity && !this.disobeys) this.capGeneration(this.comms.generationW);

    this.loadW = circuits === undefined ? around.loadW : circuits.step();
    this.pvW = pv === undefined ? 0 : pv.step();
    this.batteryW = battery === undefined ? 0 : battery.step();
    let evseW = 0;
    for (let i = 0; i < evses.length; i++) evseW += evses[i]?.step() ?? 0;
    this.evseW = evseW;
    this.netW = this.loadW + evseW + this.batteryW - this.pvW;
    return this.netW;
  }

  /** Holds the devices' own generation, battery first to give way, to `mostW` on top of what the controller decided. */
  private capGeneration(mostW: number): void {
    const { battery, pv } = this.devices;
    const sunW = pv === undefined ? 0 : Math.min(pv.targetW, mostW);
    if (pv !== undefined) pv.capW = Math.min(pv.capW, mostW);
    if (battery !== undefined) battery.setW = Math.max(battery.setW, sunW - mostW);
  }

  /** The device loses power and comes back: the schedule it had cached does not count until it has heard again. */
  restart(now: Seconds): void {
    this.comms.restart(now);
  }

  /** Watts the controller could not take off in the last second: above 0 the site cannot comply. */
  get lackW(): number {
    const controller = this.pcs ?? this.inverter;
    return controller === undefined ? 0 : Math.max(controller.importLackW, controller.exportLackW);
  }

  /** Energy cars go without, energy circuits were denied and energy held back from PV up to `now`, Wh. */
  lostWh(now: Seconds): number {
    const { pv, evses, circuits } = this.devices;
    let sum = (circuits?.shedWh ?? 0) + (pv?.curtailedWh ?? 0);
    for (let i = 0; i < evses.length; i++) sum += evses[i]?.unservedWh(now) ?? 0;
    return sum;
  }

  /** The most the site can export, W. */
  get exportRatingW(): number {
    return exportRatingW(this.spec);
  }
}
