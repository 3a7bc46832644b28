import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Clock, type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { parseCertificate } from './certificate';
import { syncDirectory, writeFileSynced } from './files';
import { chainPem, type Issued, keyFromPem, keyToPem } from './issue';
import { lfdiOf, type Pin, sfdiOf } from './lfdi';
import { derToPem, pemToDer } from './pem';
import { createPki, type Device, issueDevice, type Pki } from './pki';

/**
 * A PKI on disk, in `DIR/pki`: for each CA `NAME.pem` (itself and what stands above it up to but without the SERCA) and
 * `NAME.key.pem`; the server's `server.chain.pem` and `server.key.pem`; `roots.pem`, what this server trusts; `pki.json`.
 */
const caNames = ['serca', 'mca', 'mica', 'serverMica'] as const;
const fileName = { serca: 'serca', mca: 'mca', mica: 'mica', serverMica: 'server-mica' } as const;

/** @param folder of the PKI, absolute or relative to `dir` */
export function pkiDir(dir: string, folder = 'pki'): string {
  return resolve(dir, folder);
}

export interface InitOptions {
  clock: Clock;
  /** Enterprise number of the hardware types. */
  pen?: number;
  /** Where the PKI goes, absolute or relative to the folder; `pki` unless given. */
  folder?: string;
  /** First moment of validity; a day before now unless given, for peers whose clocks are a little late. */
  notBefore?: Seconds;
}

/** Makes `DIR/pki`: SERCA, MCA, MICAs and the server's certificate. Throws BAD_USAGE when there is one already. */
export function initPki(dir: string, { clock, pen, folder, notBefore = clock.now() - 86_400 }: InitOptions): Device {
  const pki = createPki({ notBefore, ...(pen !== undefined && { pen }) });
  const server = issueDevice(pki, { name: 'server', role: 'server' });
  writePki(dir, pki, server, folder);
  return server;
}

/** Writes all files or none: they become visible by one rename. */
export function writePki(dir: string, pki: Pki, server: Device, folder?: string): void {
  const target = pkiDir(dir, folder);
  if (existsSync(target))
    throw new Problem('BAD_USAGE', { at: target, note: 'there is a PKI already; move it away to make a new one' });
  const temporary = `${target}.new-${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { mode: 0o700 });
  try {
    for (const ca of caNames) {
      const chain = ca === 'serca' ? derToPem(pki.serca.der) : chainPem(pki[ca]);
      writeFileSynced(join(temporary, `${fileName[ca]}.pem`), chain, 0o644);
      writeFileSynced(join(temporary, `${fileName[ca]}.key.pem`), keyToPem(pki[ca].key), 0o600);
    }
    writeFileSynced(join(temporary, 'server.chain.pem'), server.chainPem, 0o644);
    writeFileSynced(join(temporary, 'server.key.pem'), server.keyPem, 0o600);
    writeFileSynced(join(temporary, 'roots.pem'), derToPem(pki.serca.der), 0o644);
    writeFileSynced(join(temporary, 'pki.json'), `${JSON.stringify({ pen: pki.pen })}\n`, 0o644);
    syncDirectory(temporary);
    renameSync(temporary, target);
    syncDirectory(dirname(target));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Reads the CAs back. Throws BAD_CERT when there is no PKI, a file is missing or damaged, or a key is not its certificate's. */
export function loadPki(dir: string, folder?: string): Pki {
  const home = pkiDir(dir, folder);
  if (!existsSync(join(home, 'pki.json')))
    throw new Problem('BAD_CERT', { at: home, note: 'there is no PKI here, make one with `headroom init DIR`' });
  const [serca, mca, mica, serverMica] = caNames.map(ca => loadIssued(home, fileName[ca], ca === 'serca'));
  if (!serca || !mca || !mica || !serverMica) throw new Problem('BUG', { note: 'a CA without a name' });
  return { serca, mca, mica, serverMica, pen: readPen(join(home, 'pki.json')) };
}

/**
 * What the server presents and trusts, from `DIR/pki` or the folder given. Throws BAD_CERT when a file is missing or damaged, or
 * the key is not that of the certificate: better here than as an OpenSSL code at the first handshake.
 */
export function loadServerFiles(
  dir: string,
  folder?: string,
): { keyPem: string; chainPem: string; rootsPem: string; lfdi: string } {
  const home = pkiDir(dir, folder);
  if (!existsSync(home))
    throw new Problem('BAD_CERT', { at: home, note: 'there is no PKI here, make one with `headroom init DIR`' });
  const keyPem = read(join(home, 'server.key.pem'));
  const chainFile = join(home, 'server.chain.pem');
  const chainPem = read(chainFile);
  const rootsFile = join(home, 'roots.pem');
  const rootsPem = read(rootsFile);
  const { lfdi } = issuedFromPem(keyPem, chainPem, chainFile);
  pemToDer(rootsPem, rootsFile);
  return { keyPem, chainPem, rootsPem, lfdi };
}

/** A key and its chain from two PEM texts, checked to belong together. `at` names them in errors. */
export function issuedFromPem(keyPem: string, certificatesPem: string, at: string): Issued {
  const chain = pemToDer(certificatesPem, at);
  const [der] = chain;
  if (!der) throw new Problem('BAD_CERT', { at, note: 'no certificate in there' });
  try {
    const key = keyFromPem(keyPem);
    const certificate = parseCertificate(der);
    if (!createPublicKey(key).export({ type: 'spki', format: 'der' }).equals(certificate.spki))
      throw new Problem('BAD_CERT', { at, note: 'the key is not that of the certificate' });
    const lfdi = lfdiOf(der);
    return { der, key, subject: certificate.subject, chain, lfdi, sfdi: sfdiOf(lfdi) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('BAD_CERT', { at, note: 'the key or the certificate cannot be read', cause });
  }
}

function loadIssued(home: string, name: string, root: boolean): Issued {
  const at = join(home, `${name}.pem`);
  const issued = issuedFromPem(read(join(home, `${name}.key.pem`)), read(at), at);
  return root ? { ...issued, chain: [] } : issued;
}

function readPen(path: string): number {
  try {
    const { pen } = JSON.parse(read(path)) as { pen?: unknown };
    if (typeof pen === 'number' && Number.isInteger(pen)) return pen;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
  }
  throw new Problem('BAD_CERT', { at: path, want: '{"pen": NUMBER}' });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_CERT', { at: path, note: 'the file cannot be read', cause });
  }
}

export interface DeviceFiles {
  readonly keyFile: string;
  readonly chainFile: string;
  readonly infoFile: string;
}

/** What `headroom cert` leaves beside key and chain, for scripts and the simulator. */
export interface DeviceInfo {
  readonly name: string;
  readonly role: Device['role'];
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: Pin;
  readonly hwType: string;
  readonly serial: string;
}

export function deviceFiles(dir: string, name: string): DeviceFiles {
  const base = join(dir, 'certs', name);
  return { keyFile: `${base}.key.pem`, chainFile: `${base}.chain.pem`, infoFile: `${base}.json` };
}

/** Writes a device's files into `DIR/certs`; all or none, and never over existing ones: that is a BAD_USAGE. */
export function writeDevice(dir: string, device: Device): DeviceFiles {
  const files = deviceFiles(dir, device.name);
  const { name, role, lfdi, sfdi, pin, hwType, serial } = device;
  const info: DeviceInfo = { name, role, lfdi, sfdi, pin, hwType, serial };
  const home = dirname(files.keyFile);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  try {
    for (const [path, text, mode] of [
      [files.keyFile, device.keyPem, 0o600],
      [files.chainFile, device.chainPem, 0o644],
      [files.infoFile, `${JSON.stringify(info, null, 2)}\n`, 0o600],
    ] as const) {
      writeFileSynced(path, text, mode);
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
  syncDirectory(home);
  return files;
}
