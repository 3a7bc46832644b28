/** Thousands of sites from CSV: judged in parts, so that progress can be told and every bad row found, then registered. */
import { type Site } from '../functions/site';
import { Problem } from '../base/problem';
import { type Io } from './command';
import { type CsvRow } from './csv';
import { type OperatorApi } from './operator-api';
import { siteBody } from './site-fields';

interface Bulk {
  readonly added: Site[];
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

interface Row {
  readonly line: number;
  readonly body: Record<string, unknown>;
}

export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

/** Rows in one request: while judging and skipping a part at a time; a registration of all or none is one request. */
const part = 1000;
const most = 10_000;

export async function importSites(
  api: OperatorApi,
  { say, clock }: Pick<Io, 'say' | 'clock'>,
  rows: readonly CsvRow[],
  { skipBad }: { readonly skipBad: boolean },
): Promise<{ added: Site[]; bad: BadRow[] }> {
  if (!skipBad && rows.length > most)
    throw new Problem('BAD_USAGE', {
      at: 'FILE',
      got: `${rows.length} rows`,
      want: `at most ${most} for all or none; split it, or use --skip-bad`,
    });
  const began = clock.monotonicMs();
  const bad: BadRow[] = [];
  const good: Row[] = [];
  const seen = { name: new Map<string, number>(), lfdi: new Map<string, number>() };
  for (const row of rows) {
    const read = readRow(row, seen);
    if ('reason' in read) bad.push(read);
    else good.push(read);
  }
  const added: Site[] = [];
  const send = async (some: readonly Row[], options: object) => {
    const bulk = await api.post<Bulk>('/api/sites/bulk', { sites: some.map(({ body }) => body), ...options });
    for (const { index, reason } of bulk.refused) bad.push({ line: some[index]?.line ?? 0, reason });
    added.push(...bulk.added);
  };
  for (let start = 0; start < good.length; start += part) {
    await send(good.slice(start, start + part), skipBad ? { skipBad } : { dryRun: true });
    const done = Math.min(good.length, start + part);
    const seconds = ((clock.monotonicMs() - began) / 1000).toFixed(1);
    say(`${done} of ${good.length} rows ${skipBad ? 'done' : 'checked'}, ${bad.length} bad, ${seconds} s`);
  }
  if (!skipBad && bad.length === 0 && good.length > 0) {
    say(`registering ${good.length} sites, all or none …`);
    await send(good, {});
  }
  return { added, bad: bad.sort((a, b) => a.line - b.line) };
}

type Seen = Record<'name' | 'lfdi', Map<string, number>>;

/** A row as the API wants it, or what is wrong with it that can be seen without the server. */
function readRow({ line, values }: CsvRow, seen: Seen): Row | BadRow {
  for (const field of ['name', 'lfdi'] as const) {
    const text = (values[field] ?? '').trim();
    if (text === '') return { line, reason: `${field} is missing` };
    const form = field === 'lfdi' ? text.replace(/[^0-9A-Fa-f]/g, '').toUpperCase() : text;
    const before = seen[field].get(form);
    if (before !== undefined) return { line, reason: `line ${before} has the ${field} ${text} too` };
    seen[field].set(form, line);
  }
  try {
    return { line, body: siteBody(values, name => name) };
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const { at = '', want, got } = thrown.detail;
    return { line, reason: `${at}, want ${String(want)}, got ${String(got)}` };
  }
}
