import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineNames, loadEngine } from './index';
import { readProfile } from './profile';
import { engineContract } from './testing/contract';

jest.setTimeout(60_000); // many runs each, on machines with other work too

/** What `docs/engines.md` says is tried out here. */
const text = readFileSync(path.resolve(__dirname, '../../docs/engines.md'), 'utf8');
const fences = (language: string) =>
  [...text.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'))].map(match => match[1] ?? '');
const folder = mkdtempSync(path.join(tmpdir(), 'headroom-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('names every engine there is', () => {
  for (const name of engineNames) expect(text).toContain(`| \`${name}\``);
});

it('shows a configuration and a profile that are accepted', () => {
  const [config, profile] = fences('json').map(json => JSON.parse(json) as Record<string, unknown>);
  expect(loadEngine(String(config?.['engine']), config?.['engineOptions'], folder).outside).toBe(false);
  expect(Object.keys(readProfile(profile, 'docs').devices)).toEqual(['7']);
});

writeFileSync(path.join(folder, 'all-firm.js'), fences('js')[0] ?? '');
engineContract('all-firm of docs/engines.md', () => loadEngine('./all-firm.js', {}, folder).engine);
