/** Everything a run leaves behind, in one folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { claims as serverClaims } from '../procedure';
import { type ProcedureResult } from '../run';
import { htmlOf } from './html';
import { junitOf } from './junit';
import { matrixOf, picsOf } from './matrix';
import { summaryCsv, testLogs, type Form } from './sunspec';
import { tableOf } from './table';

export interface ReportOptions {
  readonly results: readonly ProcedureResult[];
  /** All there are, those that were not run too. */
  readonly procedures: readonly { readonly id: string; readonly needs: readonly string[] }[];
  readonly claims: readonly string[];
  /** What each claim means; those of servers unless given. */
  readonly known?: Readonly<Record<string, string>>;
  readonly product: string;
  readonly form: Form;
}

/** File → what it holds. */
export function reportsOf({
  results,
  procedures,
  claims,
  known = serverClaims,
  product,
  form,
}: ReportOptions): Readonly<Record<string, string>> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
  return {
    'results.txt': `${tableOf(results)}\n`,
    'results.json': json(results),
    'junit.xml': junitOf(results),
    'report.html': htmlOf(results, `Conformance of ${product}`),
    'sunspec-summary.csv': summaryCsv(results, form),
    'sunspec-logs.json': json(testLogs(results)),
    'requirements.md': matrixOf(results),
    'pics.json': json(picsOf(known, claims, procedures, product)),
  };
}

export function writeReports(dir: string, options: ReportOptions): string[] {
  mkdirSync(dir, { recursive: true });
  return Object.entries(reportsOf(options)).map(([name, text]) => {
    const file = resolve(dir, name);
    writeFileSync(file, text);
    return file;
  });
}
