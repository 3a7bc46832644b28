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
const needed: Record<string, unknown> = { static: { file: 'profile.json' } };

for (const name of engineNames) engineContract(name, () => loadEngine(name, needed[name], folder).engine);
engineContract('examples/engines/by-rating.js', () => loadEngine('examples/engines/by-rating.js', {}, root).engine);
