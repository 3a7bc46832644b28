import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../base/problem';
import { envelopesOf } from './api';
import { engineNames, loadEngine } from './index';
import { asset, device, snapshot } from './testing/snapshots';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const failure = (source: string, options?: unknown): Problem => {
  try {
    loadEngine(source, options, folder);
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
};
const engine = `{ name: 'mine', api: 1, compute: s => s.devices.map(d => ({ device: d.id, importW: [1], exportW: [2], bound: [{ import: 'x', export: 'x' }] })) }`;

it('makes an engine of the table, with its options', () => {
  expect(loadEngine('equal-share', { lossShare: 0 }, folder)).toMatchObject({ source: 'equal-share', outside: false });
  expect(failure('equal-share', { nonsense: 1 })).toMatchObject({ code: 'BAD_CONFIG' });
});

it.each(['equal', 'toString', '__proto__', ''])('answers the unknown name %p with the names that exist', name => {
  const problem = failure(name);
  expect(problem.code).toBe('UNKNOWN_ENGINE');
  for (const known of engineNames) expect(problem.message).toContain(known);
});

it.each([
  ['exports', `exports.api = 1; exports.engine = () => (${engine});`],
  ['a default', `exports.api = 1; exports.default = () => (${engine});`],
  ['one object as default', `module.exports = { default: { api: 1, engine: () => (${engine}) } };`],
])('makes an engine of a module with %s, by a path relative to the configuration', async (name, text) => {
  const file = `${name.replaceAll(' ', '-')}.cjs`;
  write(file, text);
  const loaded = loadEngine(`./${file}`, undefined, folder);
  expect(loaded).toMatchObject({ outside: true, source: path.join(folder, file), baseDir: folder });
  const s = snapshot([asset('T', 1)], [device('d', 'T')]);
  expect(envelopesOf(await loaded.engine.compute(s, new AbortController().signal))[0]?.importW).toEqual([1]);
});

it('hands a module its options and the folder of the configuration', () => {
  write(
    'seen.cjs',
    `exports.api = 1; exports.engine = (options, place) => ({ ...${engine}, name: options.a + '.' + place.baseDir.length });`,
  );
  expect(loadEngine('./seen.cjs', { a: 'opt' }, folder).engine.name).toBe(`opt.${folder.length}`);
});

it.each([
  ['is not there', undefined, 'there is no such file'],
  ['does not load', 'throw new Error("out of cheese")', 'cannot be loaded: out of cheese'],
  ['is no JavaScript', 'this is not', 'cannot be loaded'],
  ['names no version', `exports.engine = () => (${engine})`, 'must export api: 1, and exports none'],
  ['is of another version', `exports.api = 2; exports.engine = () => (${engine})`, 'must export api: 1, and exports 2'],
  ['has no factory', 'exports.api = 1; exports.engine = {}', 'must export its factory'],
  ['makes nothing', 'exports.api = 1; exports.engine = () => undefined', 'a function `compute`'],
  [
    'makes an engine of another version',
    `exports.api = 1; exports.engine = () => ({ ...${engine}, api: 3 })`,
    'says 3',
  ],
  [
    'makes one without a name',
    `exports.api = 1; exports.engine = () => ({ ...${engine}, name: '' })`,
    'must have a name',
  ],
])('says what is wrong with a module that %s', (what, text, expected) => {
  const file = `${what.replaceAll(' ', '-')}.js`;
  if (text !== undefined) write(file, text);
  const problem = failure(`./${file}`);
  expect(problem.code).toBe('BAD_CONFIG');
  expect(problem.message).toContain(expected);
  expect(problem.message).toContain(file);
});

it('passes on what a factory from outside says of its options', () => {
  write('picky.js', `exports.api = 1; exports.engine = () => { throw new Error('engineOptions.x: want a number'); };`);
  const problem = failure('./picky.js');
  expect(problem).toMatchObject({ code: 'BAD_CONFIG' });
  expect(problem.message).toContain('engineOptions.x: want a number');
});
