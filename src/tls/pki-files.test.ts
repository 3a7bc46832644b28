import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../base/clock';
import { parseCertificate } from './certificate';
import { checkChain } from './chain';
import { writeFileSynced } from './files';
import { createPki, issueDevice } from './pki';
import { initPki, loadPki, loadServerFiles, pkiDir, writeDevice, writePki } from './pki-files';
import { pemToDer } from './pem';

const now = Date.UTC(2026, 9, 12) / 1000;
const clock = new ManualClock(now);
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'headroom-pki-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a PKI comes back from disk and issues what the written root trusts', () => {
  const server = initPki(dir, { clock, pen: 4711 });
  const pki = loadPki(dir);
  const files = loadServerFiles(dir);
  const roots = pemToDer(files.rootsPem, 'roots');
  const serverVerdict = checkChain(pemToDer(files.chainPem, 'chain'), roots, { profile: 'strict', now });
  expect(serverVerdict).toMatchObject({ ok: true, lfdi: server.lfdi, depth: 4 });
  for (const role of ['device', 'aggregator', 'server'] as const) {
    const d = issueDevice(pki, { name: 'd', role });
    const verdict = checkChain(d.chain, roots, { profile: 'strict', now });
    expect(verdict).toMatchObject({ ok: true, lfdi: d.lfdi, depth: 4 });
    expect(d.hwType.startsWith('1.3.6.1.4.1.4711.')).toBe(true);
  }
  const device = issueDevice(pki, { name: 'd', role: 'device' });
  expect(device.chain[1]?.equals(pemToDer(files.chainPem, 'chain')[1] ?? Buffer.alloc(0))).toBe(false); // another MICA
});

test('private keys are for the owner only, and nothing temporary stays', () => {
  initPki(dir, { clock });
  expect(readdirSync(dir)).toEqual(['pki']);
  const files = readdirSync(pkiDir(dir));
  expect(files.filter(file => file.endsWith('.key.pem'))).toHaveLength(5);
  expect(files.some(file => file.includes('.new'))).toBe(false);
  if (process.platform === 'win32') return;
  for (const file of files.filter(name => name.endsWith('.key.pem')))
    expect([file, statSync(join(pkiDir(dir), file)).mode & 0o777]).toEqual([file, 0o600]);
});

test('refuses to make a second PKI', () => {
  initPki(dir, { clock });
  const before = readFileSync(join(pkiDir(dir), 'serca.pem'), 'utf8');
  expect(() => initPki(dir, { clock })).toThrow('BAD_USAGE');
  expect(readFileSync(join(pkiDir(dir), 'serca.pem'), 'utf8')).toBe(before);
  expect(readdirSync(dir)).toEqual(['pki']);
});

test('a PKI that could not be written whole is not there at all', () => {
  const pki = createPki({ notBefore: now });
  const server = issueDevice(pki, { name: 's', role: 'server' });
  const broken = {
    ...server,
    get keyPem(): string {
      throw new Error('disk full');
    },
  };
  expect(() => writePki(dir, pki, broken)).toThrow('disk full');
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  ['mica.key.pem', undefined, 'cannot be read'],
  ['mica.pem', 'no certificate', 'no certificate in PEM form'],
  ['mica.pem', '-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----', 'damaged'],
  ['mica.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'cannot be read'],
  ['mica.key.pem', 'no key', 'cannot be read'],
  ['pki.json', '{"pen":"x"}', 'want {"pen": NUMBER}'],
  ['pki.json', undefined, 'headroom init'],
])('damage to %s (%p) is a BAD_CERT that names the file', (file, text, note) => {
  initPki(dir, { clock });
  const path = join(pkiDir(dir), file);
  if (text === undefined) rmSync(path);
  else writeFileSync(path, text);
  expect(() => loadPki(dir)).toThrow('BAD_CERT');
  expect(() => loadPki(dir)).toThrow(note);
});

test('a key that is another certificate’s is found out', () => {
  initPki(dir, { clock });
  const home = pkiDir(dir);
  writeFileSync(join(home, 'mica.key.pem'), readFileSync(join(home, 'mca.key.pem')));
  expect(() => loadPki(dir)).toThrow('the key is not that of the certificate');
});

test('no PKI at all', () => {
  expect(() => loadPki(dir)).toThrow('headroom init');
  expect(() => loadServerFiles(dir)).toThrow('headroom init');
});

test('a device is written whole or not at all', () => {
  const device = issueDevice(createPki({ notBefore: now }), { name: 'd', role: 'device' });
  mkdirSync(join(dir, 'certs'));
  writeFileSync(join(dir, 'certs', 'd.chain.pem'), 'mine');
  expect(() => writeDevice(dir, device)).toThrow('BAD_USAGE');
  expect(readdirSync(join(dir, 'certs'))).toEqual(['d.chain.pem']);
  expect(() => writeFileSynced(join(dir, 'certs', 'd.chain.pem'), 'x', 0o600)).toThrow('not overwritten');
});

test('what stands in the certificates of a PKI', () => {
  let n = 0;
  const random = (bytes: number) => Buffer.alloc(bytes, 0xff - n++);
  const pki = createPki({ notBefore: now, random });
  const device = issueDevice(pki, { name: 'd', role: 'device', serial: 'SN1', random });
  const [serca, mca, mica, leaf] = [pki.serca.der, pki.mca.der, pki.mica.der, device.chain[0] as Buffer].map(
    parseCertificate,
  );
  if (!serca || !mca || !mica || !leaf) throw new Error('four certificates');
  for (const c of [serca, mca, mica, leaf]) {
    expect(c).toMatchObject({ version: 3, notBefore: now, notAfter: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000 });
    expect(c.der.includes(Buffer.from('\x18\x0f99991231235959Z', 'latin1'))).toBe(true);
    expect(c.der.includes(Buffer.from('\x17\x0d261012000000Z', 'latin1'))).toBe(true);
    expect(c.serial.length).toBe(16);
    expect((c.serial[0] ?? 0x80) & 0x80).toBe(0);
  }
  expect(
    [serca, mca, mica].map(c => [c.basicConstraints, c.subjectKeyId?.length, (c.subjectKeyId?.[0] ?? 0) >> 4]),
  ).toEqual([
    [{ ca: true, pathLength: undefined }, 8, 4],
    [{ ca: true, pathLength: 1 }, 8, 4],
    [{ ca: true, pathLength: 0 }, 8, 4],
  ]);
  expect(leaf.subjectIsEmpty).toBe(true);
  expect([...(leaf.keyUsage ?? [])]).toEqual(['digitalSignature', 'keyAgreement']);
  expect(leaf.basicConstraints).toBeUndefined();
  expect(leaf.subjectAltName?.hardware).toEqual([{ typeOid: '1.3.6.1.4.1.99999.1.1', serial: Buffer.from('SN1') }]);
  expect(leaf.authorityKeyId).toEqual(mica.subjectKeyId);
  const critical = leaf.extensions.map(e => [e.oid, e.critical]);
  expect(critical).toEqual([
    ['2.5.29.15', true],
    ['2.5.29.32', true],
    ['2.5.29.17', true],
    ['2.5.29.35', false],
  ]);
});
