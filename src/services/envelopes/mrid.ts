/**
 * mRIDs of envelope controls. An envelope publication is one row, not a document per control, so the mRID of a control must
 * lead back to its row and step without an index (DESIGN: envelopes are series). Twenty-four hex digits are ours, the last
 * eight are the enterprise number in decimal digits (protocol facts 3.13):
 *
 *     E5 ssssssssss 8E5E20 tttttt pppppppp      s series, t step, p enterprise number
 *
 * The first byte is never zero, because old clients strip leading zeros from what they send back. Digit 12 is 8 where the
 * name-based mRIDs of base/ids have the 5 of their UUID version: the two kinds can never meet.
 */
import { type Pen, penDigits } from '../../base/ids';

const lead = 'E5';
const middle = '8E5E20';
export const maxSeries = 2 ** 40 - 1;
export const maxStep = 2 ** 24 - 1;

export interface EnvelopeStep {
  /** Id of the row in the store. */
  readonly series: number;
  /** First step of the control within the row. */
  readonly step: number;
}

/**
 * The mRID of the control that begins at `step` of row `series`: 32 upper-case hex digits.
 * @throws RangeError for a series outside 0 … 2^40−1, a step outside 0 … 2^24−1, or a PEN beyond eight digits.
 */
export function envelopeMrid({ series, step }: EnvelopeStep, pen: Pen): string {
  return lead + digits(series, 10, maxSeries) + middle + digits(step, 6, maxStep) + penDigits(pen);
}

/** The row and step an mRID of ours names; undefined for anything else. Reads lower case too. */
export function readEnvelopeMrid(mrid: string): (EnvelopeStep & { readonly pen: Pen }) | undefined {
  const parts = pattern.exec(mrid.toUpperCase());
  if (!parts) return undefined;
  const [, series = '', step = '', pen = ''] = parts;
  return { series: parseInt(series, 16), step: parseInt(step, 16), pen: Number(pen) };
}

const pattern = new RegExp(`^${lead}([0-9A-F]{10})${middle}([0-9A-F]{6})([0-9]{8})$`);

function digits(n: number, width: number, max: number): string {
  if (!Number.isInteger(n) || n < 0 || n > max) throw new RangeError(`not in 0 … ${max}: ${n}`);
  return n.toString(16).toUpperCase().padStart(width, '0');
}
