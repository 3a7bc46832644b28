import { readFileSync } from 'node:fs';
import { Problem } from '../../base/problem';
import { claims, type Claim } from '../../../conformance-tests/procedure';
import { type Form } from '../../../conformance-tests/reports/sunspec';

/** What a PICS file says of a server: what it claims, and what a lab writes into the SunSpec form. */
export interface Pics {
  readonly product?: string;
  readonly claims: readonly Claim[];
  readonly form?: Form;
}

/** @throws Problem BAD_USAGE for a file that is no such thing */
export function readPics(file: string | undefined): Pics {
  if (file === undefined) return { claims: Object.keys(claims) as Claim[] };
  const bad = (note: string, cause?: unknown) => new Problem('BAD_USAGE', { at: `--pics ${file}`, note, cause });
  let pics: Pics;
  try {
    pics = JSON.parse(readFileSync(file, 'utf8')) as Pics;
  } catch (cause) {
    throw bad('the file cannot be read as JSON', cause);
  }
  if (!(pics.claims instanceof Array)) throw bad('want {"claims": [...]}');
  const unknown = (pics.claims as readonly string[]).find(claim => !(claim in claims));
  if (unknown !== undefined) throw bad(`no claim "${unknown}"; there are ${Object.keys(claims).join(', ')}`);
  return pics;
}
