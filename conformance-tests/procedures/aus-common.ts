/** What the CSIP-AUS procedures share. */
import { type Claim } from '../procedure';

export const watts = (value: number, multiplier = 0) => ({ multiplier, value });
export const direct: readonly Claim[] = ['csip', 'out-of-band-registration', 'csip-aus'];
export const cactus = (...numbers: number[]) => [
  'CSIP-AUS 1.2',
  ...numbers.map(n => `CACTUS S-ALL-${String(n).padStart(2, '0')}`),
];

/** An export limit of five minutes. */
export const exporting = (start: number, exportW = 2000) => ({
  start,
  durationS: 300,
  base: { opModExpLimW: watts(exportW) },
  responseRequired: '03',
});
