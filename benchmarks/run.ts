/** `npm run bench -- NAME [options]`: runs one benchmark, prints its table, writes benchmarks/out/NAME.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abnormal } from './abnormal';
import { abuse } from './abuse';
import { codec } from './codec';
import { devices } from './devices';
import { envelopes } from './envelopes';
import { forecast } from './forecast';
import { get } from './get';
import { grid } from './grid';
import { notify } from './notify';
import { paging } from './paging';
import { posts } from './posts';
import { store } from './store';
import { type BenchResult } from './result';

const benchmarks: Readonly<Record<string, (args: readonly string[]) => Promise<BenchResult>>> = {
  abnormal,
  abuse,
  codec,
  devices,
  envelopes,
  forecast,
  get,
  grid,
  notify,
  paging,
  posts,
  store,
};

async function main([name, ...args]: readonly string[]): Promise<number> {
  const run = benchmarks[name ?? ''];
  if (!run) {
    process.stderr.write(`no benchmark ${name ?? ''}; there are ${Object.keys(benchmarks).join(', ')}\n`);
    return 2;
  }
  const result = await run(args);
  const rows = result.results.map(r => [
    r.case,
    `${round(r.value)} ${r.unit}`,
    `${round(r.baseline)} ${r.unit}`,
    r.ratio.toFixed(3),
  ]);
  const table = [['case', 'value', 'baseline', 'ratio'], ...rows];
  const widths = [0, 1, 2, 3].map(column => Math.max(...table.map(row => (row[column] ?? '').length)));
  process.stdout.write(`${result.name} on ${result.machine}\n`);
  for (const row of table) process.stdout.write(`${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`);
  const out = join(__dirname, '..', '..', 'benchmarks', 'out');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return 0;
}

const round = (n: number): string => (n >= 100 ? Math.round(n).toString() : n.toPrecision(3));

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
