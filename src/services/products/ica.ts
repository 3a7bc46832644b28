/**
 * A generation profile must keep below what an integration capacity analysis (ICA) finds room for, less a buffer, in every month and hour
 * (envelopes reference 2.5). It is a question of planning: violations are shown, and the contract is the operator's to sign.
 */
import { type Values, lowestW } from './version';

export interface IcaViolation {
  readonly month: number;
  readonly hour: number;
  readonly profileW: number;
  /** Room of that month and hour, less the buffer. */
  readonly roomW: number;
}

/** Both are looked at on the same day of each month: a profile of 8760 hours with its highest of all days. */
export function overIca(profile: Values, ica: Values, buffer: number): IcaViolation[] {
  const found: IcaViolation[] = [];
  for (let month = 1; month <= 12; month++)
    for (let hour = 0; hour < 24; hour++) {
      const days = Array.from(
        { length: [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0 },
        (_, d) => d + 1,
      );
      const at = (values: Values) => days.map(day => lowestW(values, [{ from: 0, to: 1, month, day, hour }]) ?? 0);
      const profileW = Math.max(...at(profile));
      const roomW = Math.floor(Math.min(...at(ica)) * (1 - buffer));
      if (profileW > roomW) found.push({ month, hour, profileW, roomW });
    }
  return found;
}
