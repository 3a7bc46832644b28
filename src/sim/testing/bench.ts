/** A site on a test bench: scripted load, sun and limits, and a record of what it did each second. */
import { seededRandom } from '../../base/random';
import { type EvSession } from '../devices/evse';
import { type LimitReading, type LimitSource, type Mutable } from '../limits';
import { Site, type Surroundings } from '../site';
import { siteSpec, type Customer, type SiteSpec } from '../site-spec';

/** A limit source a test can write to. Contact is kept up unless `cut`. */
export class ScriptedLimits implements LimitSource {
  cut = false;
  readonly reading: Mutable<LimitReading> = { source: 'event', importW: 10_000, exportW: 5000 };

  current(now: number): LimitReading {
    if (!this.cut) this.reading.lastContact = now;
    return this.reading;
  }
}

export interface Bench {
  readonly site: Site;
  readonly limits: ScriptedLimits;
  readonly around: Surroundings;
  /** Seconds since the start. */
  readonly now: number;
  /** Runs `seconds` and returns the net power of each, W. `each` may change things before each second. */
  run(seconds: number, each?: (second: number) => void): number[];
}

export const customer: Customer = {
  id: 'site',
  bus: 'b',
  phases: [1],
  kind: 'pcs',
  serviceW: 14_000,
  firmImportW: 4000,
  firmExportW: 1500,
};

/** Chargers on one phase of 240 V. */
export const chargers = (...amps: number[]) => amps.map(maxA => ({ maxA, voltageV: 240, phases: [1] as const }));

/** A meter with no error, limits that apply at once, no flicker. */
export function quiet(spec: SiteSpec): SiteSpec {
  return {
    ...spec,
    meter: { gainDeviation: 0, offsetW: 0, dropout: 0 },
    comms: { ...spec.comms, recoverSpreadS: 0, setGradW: 10_000 },
  };
}

export interface BenchOptions {
  readonly customer?: Partial<Customer>;
  readonly change?: (spec: SiteSpec) => SiteSpec;
  readonly sessions?: readonly (readonly EvSession[])[];
  readonly seed?: number;
}

export function bench({ customer: more = {}, change = quiet, sessions = [], seed = 1 }: BenchOptions = {}): Bench {
  const limits = new ScriptedLimits();
  const spec = change(siteSpec({ ...customer, ...more }));
  const site = new Site(spec, sessions, seededRandom(seed), limits);
  const around: Surroundings = { loadW: 500, irradianceWm2: 0, hour: 12 };
  let now = 0;
  return {
    site,
    limits,
    around,
    get now() {
      return now;
    },
    run(seconds, each) {
      const net: number[] = [];
      for (let i = 0; i < seconds; i++) {
        each?.(i);
        net.push(site.step(now++, around));
      }
      return net;
    },
  };
}

/** A car that is there from the first second on and never gets full. */
export const hungryCar: readonly EvSession[] = [{ arrive: 0, depart: 1e9, needWh: 1e9 }];

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds until the five-second mean is at or below `bound` and stays there. */
export function settlingS(net: readonly number[], bound: number): number {
  for (let i = net.length - 1; i >= 0; i--) {
    const window = net.slice(Math.max(0, i - 4), i + 1);
    if (mean(window) > bound) return i + 1;
  }
  return 0;
}

/** Largest number of sign changes of the movement of `net` in any minute; moves under `deadW` count as none. */
export function signChanges(net: readonly number[], deadW = 20): number {
  const turns: number[] = [];
  let direction = 0;
  for (let i = 1; i < net.length; i++) {
    const move = (net[i] ?? 0) - (net[i - 1] ?? 0);
    if (Math.abs(move) < deadW) continue;
    if (direction !== 0 && Math.sign(move) !== direction) turns.push(i);
    direction = Math.sign(move);
  }
  return Math.max(0, ...turns.map(start => turns.filter(t => t >= start && t < start + 60).length));
}
