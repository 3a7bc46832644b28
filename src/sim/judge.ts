/**
 * Does a site keep its limits? Judged by true power, not by the site's own meter, on the five-second mean.
 *
 * The tolerance is 4 % of the limit, 100 W at least. A site has 30 s to answer to a step of the limit or of what it does not
 * control. The excuse covers the beginning of an excursion only: one that lasts longer counts from its 31st second on, and
 * another load step in its course does not prolong it; a tighter limit does.
 */
import { type Seconds } from '../base/clock';

export interface JudgeSpec {
  readonly toleranceShare: number;
  readonly toleranceW: number;
  readonly responseS: number;
  /** How recent a load step must be at the start of an excursion to excuse it, s: the five-second mean itself lags by up to five. */
  readonly stepWithinS: number;
}

export const judgeDefaults: JudgeSpec = { toleranceShare: 0.04, toleranceW: 100, responseS: 30, stepWithinS: 10 };

/** Longest inadvertent export that is nobody's business, and the longest that may happen at all, s; and how often in a day. */
export const inadvertent = { ignoreS: 2, atMostS: 60, perDay: 2 };

const window = 5;
const stepMemory = 16;

export class Judge {
  /** Accumulated since `take`: seconds outside with no excuse, seconds judged, largest excess over the limit itself, W. */
  outsideS = 0;
  judgedS = 0;
  overshootW = 0;
  /** Over the run: energy above the limits, Wh, whatever the excuse; exports above the limit by length. */
  overshootWh = 0;
  shortExports = 0;
  longExports = 0;
  /** Length of the longest excursion beyond tolerance, excused or not, s. */
  longestS = 0;
  private readonly ring = new Float64Array(window);
  private readonly natural = new Float64Array(stepMemory);
  private second = 0;
  private at = 0;
  private sum = 0;
  private filled = 0;
  private beyondS = 0;
  private excusedUntil: Seconds = -Infinity;
  private lastImportW = Infinity;
  private lastExportW = Infinity;
  private exportingS = 0;

  constructor(private readonly spec: JudgeSpec = judgeDefaults) {}

  /** One second of true net power against the limits granted; `naturalW` is what the site does not control: load less sun,
   * and what the cars would take. */
  step(now: Seconds, netW: number, importW: number, exportW: number, naturalW: number): void {
    this.judgedS++;
    const over = Math.max(netW - importW, -netW - exportW, 0);
    if (over > this.overshootW) this.overshootW = over;
    this.overshootWh += over / 3600;
    this.countExport(netW, exportW);

    const moved = this.naturalStep(naturalW);
    this.sum += netW - (this.ring[this.at] ?? 0);
    this.ring[this.at] = netW;
    this.natural[this.second++ % stepMemory] = naturalW;
    this.at = this.at === window - 1 ? 0 : this.at + 1;
    if (this.filled < window) this.filled++;
    const mean = this.sum / this.filled;
    const beyondImport = mean - importW - this.toleranceOf(importW);
    const beyondExport = -mean - exportW - this.toleranceOf(exportW);
    const beyond = Math.max(beyondImport, beyondExport);
    const tightened = importW < this.lastImportW || exportW < this.lastExportW;
    this.lastImportW = importW;
    this.lastExportW = exportW;
    if (tightened) this.excusedUntil = now + this.spec.responseS;
    if (beyond <= 0) {
      this.beyondS = 0;
      return;
    }
    if (this.beyondS === 0 && moved > this.toleranceOf(beyondImport > 0 ? importW : exportW))
      this.excusedUntil = Math.max(this.excusedUntil, now + this.spec.responseS);
    this.beyondS++;
    if (this.beyondS > this.longestS) this.longestS = this.beyondS;
    if (now >= this.excusedUntil) this.outsideS++;
  }

  /** Forgets the accumulated figures of the minute. */
  take(): void {
    this.outsideS = 0;
    this.judgedS = 0;
    this.overshootW = 0;
  }

  private toleranceOf(limitW: number): number {
    return Math.max(this.spec.toleranceShare * limitW, this.spec.toleranceW);
  }

  /** The largest move of the natural power within the last seconds, W. */
  private naturalStep(naturalW: number): number {
    let most = 0;
    const count = Math.min(this.second, this.spec.stepWithinS, stepMemory);
    for (let i = 1; i <= count; i++) {
      const move = Math.abs(naturalW - (this.natural[(this.second - i) % stepMemory] ?? naturalW));
      if (move > most) most = move;
    }
    return most;
  }

  private countExport(netW: number, exportW: number): void {
    if (-netW > exportW + this.toleranceOf(exportW)) {
      this.exportingS++;
      return;
    }
    if (this.exportingS > inadvertent.atMostS) this.longExports++;
    else if (this.exportingS > inadvertent.ignoreS) this.shortExports++;
    this.exportingS = 0;
  }
}
