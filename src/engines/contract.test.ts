import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineNames, loadEngine } from './index';
import { engineContract } from './testing/contract';

jest.setTimeout(60_000); // many runs each, on machines with other work too

const root = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'headroom-engines-'));
writeFileSync(
  path.join(folder, 'profile.json'),
  JSON.stringify({ timeZone: 'UTC', default: { import: 7000.5, export: 3000 } }),
);
afterAll(() => rmSync(folder, { recursive: true }));

/** Options that an engine of the table cannot do without. */
const needed: Record<string, unknown> = {
  static: { file: 'profile.json' },
  'min-of': { engines: ['equal-share', { engine: 'static', options: { file: 'profile.json' } }] },
  'first-of': { engines: ['equal-share', 'worst-hour'] },
  external: { command: [process.execPath, path.join(root, 'examples/engines/all-firm.mjs')] },
};

/** A process for each run takes its time. */
const runs: Record<string, number> = { external: 3 };
for (const name of engineNames) engineContract(name, () => loadEngine(name, needed[name], folder).engine, runs[name]);
engineContract('examples/engines/by-rating.js', () => loadEngine('examples/engines/by-rating.js', {}, root).engine);
