/**
 * Robust rows of a feeder known from its meters alone: what `box-rows.ts` makes of a network, made of a joint regression. Each coefficient is
 * taken at the worse end of two standard errors, in both directions, so a neighbour of whom little is known counts against both.
 */
import { type JointFit } from './ami-joint';
import { quantile } from './ami-fit';
import { type Row } from './box-rows';

export interface MeterRows {
  /** Rows of each hour of the day, UTC, over imports and then exports of `devices`; `at` is 2 × meter for high voltage, and 1 more for low. */
  readonly byHour: readonly (readonly Row[])[];
  readonly meters: readonly string[];
}

const errors = 2;

/** @param devices those whose limits are wanted, each with its meter */
export function meterRows(
  { a, at, b, error, kvar, kw, meters, voltageV }: JointFit,
  devices: readonly string[],
  { minPu, maxPu }: { readonly minPu: number; readonly maxPu: number },
): MeterRows {
  const k = meters.length;
  const n = devices.length;
  const columns = devices.map(device => meters.indexOf(device));
  const byHour = Array.from({ length: 24 }, (): Row[] => []);
  for (let i = 0; i < k; i++) {
    const volts = Array.from({ length: 24 }, (): number[] => []);
    for (let t = 0; t < at.length; t++) {
      // The voltage there with the power of all sites under limits taken out.
      let rest = voltageV[t * k + i] as number;
      for (const j of columns)
        if (j >= 0)
          rest +=
            (a[i * k + j] as number) * (kw[t * k + j] as number) +
            (b[i * k + j] as number) * (kvar[t * k + j] as number);
      volts[Math.floor(((at[t] as number) % 86_400) / 3600)]?.push(rest);
    }
    const nominal = nominalOf(
      quantile(
        Array.from({ length: at.length }, (_, t) => voltageV[t * k + i] as number),
        0.5,
      ),
    );
    const [rises, falls] = [new Float64Array(n), new Float64Array(n)];
    columns.forEach((j, d) => {
      if (j < 0) return;
      const [gain, doubt] = [a[i * k + j] as number, errors * (error[i * k + j] as number)];
      rises[d] = Math.max(0, gain + doubt) / 1000;
      falls[d] = Math.max(0, doubt - gain) / 1000;
    });
    // High voltage: exports raise it, and imports as far as the coefficient may be of the other sign; low voltage the other way round.
    const high = Float64Array.from([...falls, ...rises]);
    const low = Float64Array.from([...rises, ...falls]);
    volts.forEach((own, hour) => {
      const none = own.length === 0;
      byHour[hour]?.push(
        { a: high, room: none ? 0 : maxPu * nominal - quantile(own, 0.95), at: 2 * i, margin: 0 },
        { a: low, room: none ? 0 : quantile(own, 0.05) - minPu * nominal, at: 2 * i + 1, margin: 0 },
      );
    });
  }
  return { byHour, meters };
}

/** The nearest of the usual voltages. */
export const nominalOf = (usual: number): number =>
  [120, 230, 240, 277].reduce((best, v) => (Math.abs(v - usual) < Math.abs(best - usual) ? v : best));
