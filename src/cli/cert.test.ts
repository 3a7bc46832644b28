import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { checkChain, initPki, isPin, issuedFromPem, lfdiOf, pemToDer, sfdiOf } from '../tls';
import { type Io } from './command';
import { program } from './program';

const now = Date.UTC(2026, 9, 12) / 1000;
let cwd: string;
let dir: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-cert-'));
  dir = join(cwd, 'lab');
  initPki(dir, { clock: new ManualClock(now) });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const io: Io = {
    clock: new ManualClock(now),
    log: silentLog,
    cwd,
    out: line => lines.push(line),
    say: () => undefined,
    exitCode: 0,
    stop: new AbortController().signal,
  };
  await program(io).parseAsync(['node', 'headroom', 'cert', ...args]);
  return lines;
}
const pem = (name: string) => readFileSync(join(dir, 'certs', name), 'utf8');

test('makes a key and a chain that the server of the folder accepts', async () => {
  const text = (await run('lab', 'inverter-1')).join('\n');
  const chain = pemToDer(pem('inverter-1.chain.pem'), 'chain');
  const roots = pemToDer(readFileSync(join(dir, 'pki', 'roots.pem'), 'utf8'), 'roots');
  const verdict = checkChain(chain, roots, { profile: 'strict', now });
  if (!verdict.ok) throw new Error(verdict.text);
  expect(verdict.leaf.subjectAltName?.hardware[0]?.serial.toString()).toBe('inverter-1');
  expect(text).toContain(verdict.lfdi);
  expect(text).toContain(String(verdict.sfdi));
  expect(text).toMatch(/PIN {4}\d{6}/);
  expect(() => issuedFromPem(pem('inverter-1.key.pem'), pem('inverter-1.chain.pem'), 'test')).not.toThrow();
  if (process.platform !== 'win32') expect(statSync(join(dir, 'certs', 'inverter-1.key.pem')).mode & 0o777).toBe(0o600);
});

test('--json, --serial, --aggregator and --pin', async () => {
  const [line = ''] = await run('lab', 'agg', '--json', '--aggregator', '--serial', 'S-77', '--pin', '111115');
  const said = JSON.parse(line) as Record<string, unknown>;
  const [leaf = Buffer.alloc(0)] = pemToDer(pem('agg.chain.pem'), 'chain');
  expect(said).toMatchObject({
    name: 'agg',
    role: 'aggregator',
    serial: 'S-77',
    pin: 111115,
    lfdi: lfdiOf(leaf),
    sfdi: sfdiOf(lfdiOf(leaf)),
    keyFile: join(dir, 'certs', 'agg.key.pem'),
    chainFile: join(dir, 'certs', 'agg.chain.pem'),
  });
  expect(leaf.includes(Buffer.from('2b06010401 82be1c 02 03'.replaceAll(' ', ''), 'hex'))).toBe(true); // policy .2.3
});

test('a PIN of its own for every device', async () => {
  const pins: number[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    const [line = ''] = await run('lab', name, '--json');
    pins.push((JSON.parse(line) as { pin: number }).pin);
  }
  expect(pins.every(isPin)).toBe(true);
  expect(new Set(pins).size).toBeGreaterThan(1);
});

test('never overwrites, and leaves what is there as it was', async () => {
  await run('lab', 'twice');
  const before = readdirSync(join(dir, 'certs')).map(file => [file, pem(file)]);
  await expect(run('lab', 'twice')).rejects.toThrow(/BAD_USAGE.*twice\.key\.pem.*not overwritten/);
  expect(readdirSync(join(dir, 'certs')).map(file => [file, pem(file)])).toEqual(before);
});

test('half a device already there is kept and completed with nothing', async () => {
  mkdirSync(join(dir, 'certs'));
  writeFileSync(join(dir, 'certs', 'half.chain.pem'), 'mine');
  await expect(run('lab', 'half')).rejects.toThrow('BAD_USAGE');
  expect(readdirSync(join(dir, 'certs'))).toEqual(['half.chain.pem']);
  expect(pem('half.chain.pem')).toBe('mine');
});

test.each(['../escape', '.hidden', 'a/b', 'a b', '', 'x'.repeat(65), '-x.', 'ä'])('refuses the name %p', async name => {
  await expect(run('lab', '--', name)).rejects.toThrow(/BAD_USAGE: NAME/);
});

test.each([
  [['--serial', 'with blank'], 'serial'],
  [['--serial', 'x'.repeat(65)], 'serial'],
  [['--hw-type', '1.2.x'], 'hardware type'],
  [['--hw-type', '5.2'], 'hardware type'],
  [['--pin', '111111'], '--pin'],
])('refuses %p', async (args, at) => {
  await expect(run('lab', 'n', ...args)).rejects.toThrow(`BAD_USAGE: ${at}`);
  expect(() => readdirSync(join(dir, 'certs'))).toThrow('ENOENT');
});

test('says what to do where there is no PKI', async () => {
  await expect(run('elsewhere', 'n')).rejects.toThrow(/BAD_CERT: .*elsewhere.*headroom init/);
});

test('a missing argument is a usage error', async () => {
  await expect(run('lab')).rejects.toThrow(CommanderError);
});
