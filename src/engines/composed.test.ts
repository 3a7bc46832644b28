import { Problem } from '../base/problem';
import { type Envelope, envelopesOf, noticesOf } from './api';
import { loadEngine } from './index';
import { asset, device, flow, snapshot } from './testing/snapshots';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-composed-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  path.join(folder, 'p.json'),
  JSON.stringify({ timeZone: 'UTC', default: { import: 6000, export: 9000 } }),
);
writeFileSync(
  path.join(folder, 'broken.js'),
  `exports.api = 1; exports.engine = () => ({ name: 'broken', api: 1, compute() { throw new Error('out of cheese'); } });`,
);
const profile = { engine: 'static', options: { file: 'p.json' } };
const s = snapshot(
  [asset('T', 15_000, { passive: flow([0]) })],
  [device('a', 'T'), device('b', 'T', { firmImportW: 1000 })],
);
const ask = async (engine: string, engines: unknown) => {
  const answer = await loadEngine(engine, { engines }, folder).engine.compute(s, new AbortController().signal);
  return { first: envelopesOf(answer)[0] as Envelope, notices: noticesOf(answer) };
};

it('min-of takes the lowest of each direction, with its reason', async () => {
  const { first } = await ask('min-of', ['equal-share', profile]);
  // Half of 15 kW beyond firm is 7 kW: the profile is below in import, the transformer in export.
  expect(first).toMatchObject({
    importW: [6000],
    exportW: [7500],
    bound: [{ import: 'profile', export: expect.stringMatching(/^transformer T/) as string }],
  });
});

it('first-of asks the next one when an engine fails, and says so', async () => {
  const { first, notices } = await ask('first-of', ['./broken.js', profile]);
  expect(first.importW).toEqual([6000]);
  expect(notices[0]?.text).toContain('engine broken gave no answer, the next one is asked: out of cheese');
  await expect(ask('first-of', ['./broken.js'])).rejects.toThrow('out of cheese');
});

it('guards assets when one part of min-of does, and when all of first-of do', () => {
  const guards = (engine: string, engines: unknown) => loadEngine(engine, { engines }, folder).engine.guards;
  expect(guards('min-of', ['equal-share', profile])).toBe('assets');
  expect(guards('min-of', [profile])).toBe('sites');
  expect(guards('first-of', ['equal-share', profile])).toBe('sites');
});

it.each([
  [undefined, 'engineOptions.engines, want a list'],
  [[], 'engineOptions.engines, want a list'],
  [[7], 'engineOptions.engines[0], want a name'],
  [[{ engine: 'static', option: 1 }], 'engineOptions.engines[0], want a name'],
  [['best'], 'UNKNOWN_ENGINE'],
])('refuses %j', (engines, words) => {
  expect(() => loadEngine('min-of', { engines }, folder)).toThrow(words);
  expect(() => loadEngine('min-of', { engines }, folder)).toThrow(Problem);
});
