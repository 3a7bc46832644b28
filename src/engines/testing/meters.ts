import { seededRandom } from '../../base/random';

/** A quarter-hourly history of meters whose voltage is 242 − 0.5 × kW − 0.2 × kvar, and a little noise, as CSV. */
export function meterHistory(devices: readonly string[], count: number, noiseV = 0.02): string {
  const random = seededRandom(11);
  const rows = devices.flatMap(device =>
    Array.from({ length: count }, (_, i) => {
      const kw = 4 * random.next();
      const kvar = random.next();
      const volts = 242 - 0.5 * kw - 0.2 * kvar + random.normal(0, noiseV);
      return `${device},${new Date(1_767_225_600_000 + i * 900_000).toISOString()},${volts},${kw},${kvar}`;
    }),
  );
  return ['device,datetime,voltageV,kW,kvar', ...rows].join('\n');
}
