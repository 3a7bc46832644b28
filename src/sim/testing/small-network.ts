/** A street of twelve customers behind a small transformer, and an operator who shares its rating. */
import { type Load, type Network, type Phase } from '../../grid/network';
import { type Random } from '../../base/random';
import { type LimitReading, type LimitSource, type Mutable } from '../limits';
import { type SiteSpec } from '../site-spec';

const diagonal = (z: number) => [0, 1, 2].map(row => [0, 1, 2].map(column => (row === column ? z : 0.25 * z)));

/** Half-hourly shape of a household, multipliers of its base. */
const evening = Array.from({ length: 48 }, (_, i) => 0.4 + 1.1 * Math.exp(-(((i - 37) / 5) ** 2)));

export function smallNetwork(customers = 12, ratingKva = 30): Network {
  const loads: Load[] = Array.from({ length: customers }, (_, i) => ({
    name: `home ${i + 1}`,
    bus: `b${1 + (i % 4)}`,
    phases: [((i % 3) + 1) as Phase],
    baseW: 900,
    baseVar: 200,
    shape: 'evening',
  }));
  return {
    name: 'street',
    source: { bus: 'source', baseKv: 11, pu: 1.02, angleDeg: 0, isc3A: 10_000, xOverR: 5 },
    transformers: [
      {
        name: 'TX',
        from: 'source',
        to: 'b0',
        connection: 'delta-wye',
        primaryKv: 11,
        secondaryKv: 0.416,
        ratingKva,
        xPercent: 4,
        rPercent: 1,
      },
    ],
    lines: [0, 1, 2, 3].map(i => ({
      name: `line ${i}`,
      from: `b${i}`,
      to: `b${i + 1}`,
      lengthM: 40,
      phases: [1, 2, 3],
      z: { r: diagonal(0.02), x: diagonal(0.008) },
      ampacityA: 200,
    })),
    loads,
    shapes: [{ name: 'evening', stepS: 1800, values: evening }],
    voltageBand: { minPu: 0.94, maxPu: 1.1 },
  };
}

/** An operator who tells everyone the same, by the hour, and answers every minute. */
export function sameForAll(limits: (hour: number) => { importW: number; exportW: number }): LimitSource {
  const reading: Mutable<LimitReading> = { source: 'event' };
  let hour = -1;
  return {
    current(now) {
      reading.lastContact = now - (now % 60);
      const at = Math.floor(now / 3600);
      if (at !== hour) {
        hour = at;
        Object.assign(reading, limits(at % 24));
      }
      return reading;
    },
  };
}

/** An operator whose limits jump every `stepS` between a site's firm limits and its service; inverters get export limits only. */
export function capricious(spec: SiteSpec, stepS: number, random: Random): LimitSource {
  const reading: Mutable<LimitReading> = { source: 'event' };
  let step = -1;
  return {
    current(now) {
      reading.lastContact = now - (now % 60);
      const at = Math.floor(now / stepS);
      if (at !== step) {
        step = at;
        const between = (firmW: number) => firmW + random.next() ** 2 * (spec.serviceW - firmW);
        if (spec.kind === 'pcs') reading.importW = between(spec.firmImportW);
        reading.exportW = between(spec.firmExportW);
      }
      return reading;
    },
  };
}
