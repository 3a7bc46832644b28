/**
 * What a site does about its limits as contact with the server comes and goes. The states are those of a power control system
 * that must never be without a limit: a lost server leaves the cached schedule, an exhausted or outlived schedule leaves the
 * firm limits, and a device that restarts begins at firm and asks again.
 */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';
import { type LimitReading } from './limits';
import { type SourceOfLimit } from './report/record';

export type CommsState = 'NORMAL' | 'STALE' | 'FALLBACK' | 'RECOVER' | 'SENSOR_FAIL' | 'RESTART';

export interface CommsSpec {
  /** The server's poll rate. Contact counts as lost after two polls without an answer. */
  readonly pollRateS: number;
  /**
   * How long after the last contact a cached schedule may still be followed, 0 to 72 h. The utilities differ: the schedule
   * stays until replaced (72 h), or loss of communication ends it (0).
   */
  readonly firmAfterLossS: number;
  /** After an outage, limits rise at this rate, hundredths of a percent of the service rating per second (setGradW). */
  readonly setGradW: number;
  /** The rise begins after a random wait of up to this long, so that a feeder's sites do not rebound together. */
  readonly recoverSpreadS: number;
}

export const commsDefaults: CommsSpec = {
  pollRateS: 300,
  firmAfterLossS: 72 * 3600,
  setGradW: 167, // full range in a minute
  recoverSpreadS: 60,
};

export interface StandingLimits {
  readonly serviceW: number;
  readonly firmImportW: number;
  readonly firmExportW: number;
}

export class CommsMachine {
  state: CommsState = 'RESTART';
  /** Limits granted now, W: always numbers between 0 and the service rating. */
  importW: number;
  exportW: number;
  /** Cap on generation by itself, W; Infinity when none was told. */
  generationW = Infinity;
  source: SourceOfLimit = 'none';
  private restartedAt: Seconds = -Infinity;
  private heardOnce = false;
  private recovering = false;
  private holdUntil: Seconds = -Infinity;

  constructor(
    private readonly spec: CommsSpec,
    private readonly standing: StandingLimits,
    private readonly random: Random,
  ) {
    this.importW = this.sane(undefined, standing.firmImportW);
    this.exportW = this.sane(undefined, standing.firmExportW);
  }

  /** The device lost power: what is cached and not firm is forgotten until the server has been heard again. */
  restart(now: Seconds): void {
    this.state = 'RESTART';
    this.restartedAt = now;
    this.recovering = false;
    this.heardOnce = false;
  }

  /** One second. `sensorOk` is the meter's plausibility. */
  step(now: Seconds, reading: LimitReading, sensorOk: boolean, dtS = 1): void {
    const { firmImportW, firmExportW } = this.standing;
    const heard = reading.lastContact ?? -Infinity;
    if (heard > this.restartedAt) this.heardOnce = true;
    const age = now - heard;
    const lostAfter = 2 * this.spec.pollRateS;
    const connected = this.heardOnce && age <= lostAfter;

    let told: LimitReading | undefined;
    let link: CommsState;
    if (!this.heardOnce) link = 'RESTART';
    else if (connected) {
      link = 'NORMAL';
      told = reading;
    } else if (reading.source === 'event' && age < Math.max(lostAfter, this.spec.firmAfterLossS)) {
      link = 'STALE';
      told = reading;
    } else link = 'FALLBACK';

    const before = this.state;
    const wasDark = before === 'FALLBACK' || before === 'RESTART' || before === 'SENSOR_FAIL';
    if (told !== undefined && sensorOk && wasDark) {
      this.recovering = true;
      this.holdUntil = now + this.random.next() * this.spec.recoverSpreadS;
    } else if (told === undefined) this.recovering = false;

    const generationW = told?.connected === false ? 0 : (told?.generationW ?? Infinity);
    this.generationW = generationW === generationW ? Math.max(0, generationW) : 0;
    let wantImport: number;
    let wantExport: number;
    if (told !== undefined) {
      wantImport = this.sane(told.importW, told.defaultImportW ?? firmImportW);
      wantExport = this.sane(told.exportW, told.defaultExportW ?? firmExportW);
      this.source = told.source;
    } else {
      // After a restart the contract counts; the default as last read may be old, so only a tighter one is believed.
      const restart = link === 'RESTART';
      const standingImport = this.sane(reading.defaultImportW, firmImportW);
      const standingExport = this.sane(reading.defaultExportW, firmExportW);
      wantImport = restart ? Math.min(standingImport, this.sane(firmImportW, 0)) : standingImport;
      wantExport = restart ? Math.min(standingExport, this.sane(firmExportW, 0)) : standingExport;
      this.source = reading.lastContact === undefined ? 'none' : 'fallback';
    }
    if (!sensorOk) {
      // Blind: hold the lesser of what is told and firm; the controller sheds on top of it.
      this.state = 'SENSOR_FAIL';
      this.importW = Math.min(wantImport, this.sane(firmImportW, 0));
      this.exportW = Math.min(wantExport, this.sane(firmExportW, 0));
      return;
    }
    if (!this.recovering) {
      this.state = link;
      this.importW = wantImport;
      this.exportW = wantExport;
      return;
    }
    // Down at once, up by the ramp and only after the wait.
    const grad = reading.setGradW ?? this.spec.setGradW;
    const rate = grad > 0 ? (grad / 10_000) * this.standing.serviceW : Infinity;
    const rise = now >= this.holdUntil ? rate * dtS : 0;
    this.importW = Math.min(wantImport, this.importW + rise);
    this.exportW = Math.min(wantExport, this.exportW + rise);
    this.recovering = this.importW < wantImport || this.exportW < wantExport;
    this.state = this.recovering ? 'RECOVER' : link;
  }

  /** A limit that can be used: what was told if it is a number, else the standing one; never below 0 nor above the service. */
  private sane(told: number | undefined, standing: number): number {
    const value = told !== undefined && told === told ? told : standing;
    const usable = value === value ? value : 0;
    return Math.max(0, Math.min(this.standing.serviceW, usable));
  }
}
