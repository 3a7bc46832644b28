import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Seconds } from '../base/clock';
import { parseCertificate } from './certificate';
import {
  bits,
  boolean,
  indefinite,
  integer,
  octets,
  oidNode,
  parsed,
  sequence,
  set,
  tagged,
  time,
  toDer,
  utf8,
} from './der';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type Extension,
  type Hardware,
  hardwareModuleName,
  keyIdentifier,
  keyUsage,
  policies,
  subjectKeyIdentifier,
} from './extensions';
import { type Lfdi, lfdiOf, type Sfdi, sfdiOf } from './lfdi';
import { oid } from './oids';
import { derToPem } from './pem';

/** Everything that stands in a certificate. Nothing is checked: tests make wrong certificates with it too. */
export interface CertificateSpec {
  /** 1 leaves the version out. */
  version: 1 | 3;
  /** Two's complement, most significant byte first. */
  serial: Uint8Array;
  /** DER of the distinguished names. */
  issuer: Buffer;
  subject: Buffer;
  notBefore: Seconds;
  notAfter: Seconds;
  publicKey: KeyObject;
  extensions: Extension[];
  signingKey: KeyObject;
  signatureHash: 'sha256' | 'sha1' | 'sha384';
}

export type Profile = 'serca' | 'mca' | 'mica' | 'device' | 'aggregator' | 'server' | 'self-signed';

export interface IssueRequest {
  profile: Profile;
  /** Who signs; left out for a SERCA and a self-signed device. */
  issuer?: Issued;
  /** Seconds since 1970. */
  notBefore: Seconds;
  /** Never (99991231235959Z) unless given. */
  notAfter?: Seconds;
  /** Common name of a CA. Devices have an empty subject. */
  commonName?: string;
  /** Required for devices, aggregators and servers. */
  hardware?: Hardware;
  /** CAs below this one; the profile's own number unless given, null for no limit. */
  pathLength?: number | null;
  /** In place of the profile's policies. */
  policies?: readonly string[];
  /** A private key made before; a new P-256 key unless given. */
  key?: KeyObject;
  /** Bytes for the serial number; node:crypto's unless given. */
  random?: (bytes: number) => Uint8Array;
  /** The last word before signing. This is how the wrong certificates of a conformance suite are made. */
  alter?: (spec: CertificateSpec) => CertificateSpec;
}

export interface Issued {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly subject: Buffer;
  /** What this one presents in TLS: itself and its intermediates, without the SERCA. Empty for a SERCA. */
  readonly chain: readonly Buffer[];
  readonly lfdi: Lfdi;
  readonly sfdi: Sfdi;
}

const organization = 'Headroom test PKI';
const caUsages = keyUsage(['keyCertSign', 'cRLSign']);
const leafUsages = keyUsage(['digitalSignature', 'keyAgreement']);
/** What a MICA of ours may put into a leaf; so that RFC 5280's policy tree is never empty, even where a verifier asks for it. */
const issuable = [
  oid.genericDevice,
  oid.mobileDevice,
  oid.postManufactureDevice,
  oid.testCertificate,
  oid.serviceProvider,
  oid.bulkIssued,
];
const defaultPolicies: Record<Profile, readonly string[]> = {
  serca: [oid.anyPolicy],
  mca: [oid.anyPolicy],
  mica: issuable,
  device: [oid.genericDevice, oid.testCertificate],
  server: [oid.genericDevice, oid.testCertificate],
  aggregator: [oid.genericDevice, oid.testCertificate, oid.serviceProvider],
  'self-signed': [oid.genericDevice, oid.selfSignedPolicy],
};
const pathLengths: Record<Profile, number | null> = {
  serca: null,
  mca: 1,
  mica: 0,
  device: null,
  server: null,
  aggregator: null,
  'self-signed': null,
};

/** One certificate after IEEE 2030.5-2018 6.11 (protocol facts 1.3), with its key. */
export function issue(request: IssueRequest): Issued {
  const { profile, issuer } = request;
  const ca = profile === 'serca' || profile === 'mca' || profile === 'mica';
  const alone = profile === 'serca' || profile === 'self-signed';
  if (!alone && !issuer) throw new RangeError(`a ${profile} needs an issuer`);
  if (!ca && !request.hardware) throw new RangeError(`a ${profile} needs its hardware type and serial number`);

  const key = request.key ?? newKey();
  const publicKey = createPublicKey(key);
  const ownId = keyIdentifier(publicKey);
  const subject = ca ? name(request.commonName ?? `${profile.toUpperCase()} ${ownId.toString('hex')}`) : name();
  const policy = policies(request.policies ?? defaultPolicies[profile]);
  const pathLength = request.pathLength === undefined ? pathLengths[profile] : request.pathLength;
  const extensions: Extension[] = ca
    ? [basicConstraints(true, pathLength ?? undefined), caUsages, policy, subjectKeyIdentifier(ownId)]
    : [leafUsages, policy, ...(request.hardware ? [hardwareModuleName(request.hardware)] : [])];
  if (issuer)
    extensions.push(
      authorityKeyIdentifier(parseCertificate(issuer.der).subjectKeyId ?? keyIdentifier(createPublicKey(issuer.key))),
    );

  const spec: CertificateSpec = {
    version: 3,
    serial: newSerial(request.random ?? randomBytes),
    issuer: issuer?.subject ?? subject,
    subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter ?? indefinite,
    publicKey,
    extensions,
    signingKey: issuer?.key ?? key,
    signatureHash: 'sha256',
  };
  const final = request.alter?.(spec) ?? spec;
  const der = certificateDer(final);
  const lfdi = lfdiOf(der);
  const chain = profile === 'serca' ? [] : [der, ...(issuer?.chain ?? [])];
  return { der, key, subject: final.subject, chain, lfdi, sfdi: sfdiOf(lfdi) };
}

export function newKey(namedCurve = 'prime256v1'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

/** PKCS #8, unencrypted. */
export function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function keyFromPem(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** Leaf first, without the SERCA: what a TLS library wants as `cert`. */
export function chainPem(issued: Issued): string {
  return issued.chain.map(derToPem).join('');
}

/** Positive, at most 20 octets (RFC 5280 4.1.2.2). Sixteen here, the first of them 0x40 to 0x7f. */
function newSerial(random: (bytes: number) => Uint8Array): Uint8Array {
  const bytes = Buffer.from(random(16));
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes;
}

/** A distinguished name with our organisation; empty without a common name. */
export function name(commonName?: string): Buffer {
  const part = (type: string, value: string) => set([sequence([oidNode(type), utf8(value)])]);
  return toDer(
    sequence(commonName === undefined ? [] : [part(oid.organization, organization), part(oid.commonName, commonName)]),
  );
}

const signatureOids = { sha1: oid.ecdsaWithSha1, sha256: oid.ecdsaWithSha256, sha384: oid.ecdsaWithSha384 };

/** Encodes and signs. */
export function certificateDer(spec: CertificateSpec): Buffer {
  const algorithm = sequence([oidNode(signatureOids[spec.signatureHash])]);
  const extensions = spec.extensions.map(extension =>
    sequence([
      oidNode(extension.oid),
      ...(extension.critical ? [boolean(true)] : []), // DEFAULT FALSE is left out in DER
      octets(extension.value),
    ]),
  );
  const tbs = sequence([
    ...(spec.version === 3 ? [tagged(0, [integer(Uint8Array.of(2))])] : []),
    integer(spec.serial),
    algorithm,
    parsed(spec.issuer),
    sequence([time(spec.notBefore), time(spec.notAfter)]),
    parsed(spec.subject),
    parsed(spec.publicKey.export({ type: 'spki', format: 'der' })),
    ...(spec.version === 3 && extensions.length > 0 ? [tagged(3, [sequence(extensions)])] : []),
  ]);
  const signature = sign(spec.signatureHash, toDer(tbs), spec.signingKey);
  return toDer(sequence([tbs, algorithm, bits(signature)]));
}
