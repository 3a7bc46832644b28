import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { policies } from './headroom';
import { engineNames, loadEngine } from './index';
import { engineContract } from './testing/contract';
import { meterHistory } from './testing/meters';

jest.setTimeout(60_000); // many runs each, on machines with other work too

const root = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'headroom-engines-'));
writeFileSync(
  path.join(folder, 'profile.json'),
  JSON.stringify({ timeZone: 'UTC', default: { import: 7000.5, export: 3000 } }),
);
writeFileSync(path.join(folder, 'meters.csv'), meterHistory(['D0', 'D2', 'a', 'd1'], 600));
writeFileSync(path.join(folder, 'critical.csv'), 'pKw,voltageV\n-4,236\n0,241\n4,249\n');
writeFileSync(
  path.join(folder, 'delta.csv'),
  'pTxKw,vTxV,deltaV\n-60,239,-2.4\n-10,242,-0.3\n20,242.5,0.8\n90,243,2.5\n',
);
afterAll(() => rmSync(folder, { recursive: true }));

/** Options that an engine of the table cannot do without. */
const needed: Record<string, unknown> = {
  static: { file: 'profile.json' },
  'min-of': { engines: ['equal-share', { engine: 'static', options: { file: 'profile.json' } }] },
  'first-of': { engines: ['equal-share', 'worst-hour'] },
  ami: { history: 'meters.csv' },
  oe3: { history: 'critical.csv' },
  oe4: { history: 'delta.csv' },
  external: { command: [process.execPath, path.join(root, 'examples/engines/all-firm.mjs')] },
};

/** A process for each run takes its time. */
const runs: Record<string, number> = { external: 3 };
for (const name of engineNames) engineContract(name, () => loadEngine(name, needed[name], folder).engine, runs[name]);
engineContract('examples/engines/by-rating.js', () => loadEngine('examples/engines/by-rating.js', {}, root).engine);
for (const policy of policies)
  engineContract(`headroom, ${policy}`, () => loadEngine('headroom', { policy }, folder).engine, 20);
engineContract('ami, joint', () => loadEngine('ami', { history: 'meters.csv', method: 'joint' }, folder).engine, 20);
engineContract('box-robust, sum', () => loadEngine('box-robust', { policy: 'sum' }, folder).engine, 10);
// As published oe3 and oe4 go down in steps from wherever they begin, so more room can end half a kilowatt lower: no contract for those.
engineContract('oe2 as published', () => loadEngine('oe2', { compat: 'uom' }, folder).engine, 20);
