import { type Seconds } from '../base/clock';
import { examplePen } from '../base/ids';
import { Problem } from '../base/problem';
import { parseCertificate } from './certificate';
import { type Hardware } from './extensions';
import { chainPem, issue, type Issued, keyToPem } from './issue';
import { type Lfdi, type Pin, randomPin, type Sfdi } from './lfdi';
import { hardwareType, isOid } from './oids';
import { derToPem } from './pem';

/**
 * A whole test PKI: one SERCA, one MCA, and two MICAs. Clients hang from one MICA and servers from the other, as in the SunSpec
 * test PKI, so that a peer is always met whose intermediates differ from one's own (protocol facts 1.8).
 */
export interface Pki {
  readonly serca: Issued;
  readonly mca: Issued;
  /** Issues devices and aggregators. */
  readonly mica: Issued;
  /** Issues servers. */
  readonly serverMica: Issued;
  /** Private enterprise number the hardware types are made under. */
  readonly pen: number;
}

export interface PkiOptions {
  /**
   * First moment of validity. Peers judge it by their own clock, OpenSSL by the machine's: a simulation whose clock runs ahead
   * of the wall gives a moment in the past.
   */
  notBefore: Seconds;
  pen?: number;
  random?: (bytes: number) => Uint8Array;
}

export function createPki({ notBefore, pen = examplePen, random }: PkiOptions): Pki {
  const common = { notBefore, ...(random && { random }) };
  const serca = issue({ ...common, profile: 'serca' });
  const mca = issue({ ...common, profile: 'mca', issuer: serca });
  const mica = issue({ ...common, profile: 'mica', issuer: mca });
  const serverMica = issue({ ...common, profile: 'mica', issuer: mca });
  return { serca, mca, mica, serverMica, pen };
}

export interface DeviceOptions {
  /** For people; it stands in no certificate. The hardware serial number unless `serial` is given. */
  name: string;
  role: 'device' | 'server' | 'aggregator';
  /** First moment of validity; that of the CA which issues it unless given. */
  notBefore?: Seconds;
  /** Object identifier of the hardware type; type 1.1 (devices), 1.2 (aggregators) or 1.3 (servers) under the PKI's number. */
  hwType?: string;
  /** Text of the hardware serial number, unique for its type; 1-64 printable ASCII characters. */
  serial?: string;
  pin?: Pin;
  random?: (bytes: number) => Uint8Array;
}

export interface Device {
  readonly name: string;
  readonly role: DeviceOptions['role'];
  readonly hwType: string;
  readonly serial: string;
  readonly keyPem: string;
  /** Leaf, MICA, MCA; without the SERCA. */
  readonly chainPem: string;
  readonly chain: readonly Buffer[];
  /** The SERCA: what to trust. */
  readonly rootsPem: string;
  readonly lfdi: Lfdi;
  readonly sfdi: Sfdi;
  readonly pin: Pin;
}

const arcs = { device: '1.1', aggregator: '1.2', server: '1.3' } as const;

/** A key and certificate for a device, aggregator or server. Throws BAD_VALUE for a hardware type or serial that cannot be. */
export function issueDevice(pki: Pki, options: DeviceOptions): Device {
  const { name, role, random, serial = name } = options;
  const hwType = options.hwType ?? hardwareType(pki.pen, arcs[role]);
  const issuer = role === 'server' ? pki.serverMica : pki.mica;
  const issued = issue({
    profile: role,
    issuer,
    notBefore: options.notBefore ?? parseCertificate(issuer.der).notBefore,
    hardware: hardwareOf(hwType, serial),
    ...(random && { random }),
  });
  return {
    name,
    role,
    hwType,
    serial,
    keyPem: keyToPem(issued.key),
    chainPem: chainPem(issued),
    chain: issued.chain,
    rootsPem: derToPem(pki.serca.der),
    lfdi: issued.lfdi,
    sfdi: issued.sfdi,
    pin: options.pin ?? randomPin(),
  };
}

function hardwareOf(hwType: string, serial: string): Hardware {
  if (!isOid(hwType)) throw new Problem('BAD_VALUE', { at: 'hardware type', got: hwType, want: 'dotted decimal' });
  if (!/^[\x21-\x7e]{1,64}$/.test(serial))
    throw new Problem('BAD_VALUE', { at: 'serial', got: serial, want: '1-64 printable ASCII characters, no blanks' });
  return { typeOid: hwType, serial: Buffer.from(serial, 'ascii') };
}
