import { generateKeyPairSync, sign } from 'node:crypto';
import { asn1 } from 'node-forge';
import { type Seconds } from '../../base/clock';
import { bits, boolean, type Node, octets, oidNode, parsed, sequence, set, toDer } from '../der';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type Hardware,
  hardwareModuleName,
  keyUsage,
  policies,
  subjectKeyIdentifier,
} from '../extensions';
import { type CertificateSpec, issue, type Issued, type IssueRequest, newKey } from '../issue';
import { lfdiOf, sfdiOf } from '../lfdi';
import { oid } from '../oids';
import { createPki, type Pki } from '../pki';
import { readDer } from '../read-der';
import {
  adding,
  without,
  instead,
  uncritical,
  critical,
  extension,
  extendedKeyUsage,
  nameConstraints,
  policyMappings,
  policyConstraints,
  inhibitAnyPolicy,
  unknown,
  dnsName,
  altNames,
  qualifiedPolicy,
  type Alter,
} from './alterations';
import { type Reason } from '../reasons';

/** A chain somebody may present, and what must come of it. */
export interface ChainCase {
  readonly name: string;
  /** Leaf first. */
  readonly chain: readonly Buffer[];
  readonly leaf: Issued;
  readonly strict: Reason | 'accepted';
  readonly lenient: Reason | 'accepted';
  /** False where no TLS library would send it, so that it can only be met in a file. */
  readonly overTls: boolean;
}

const hardware: Hardware = { typeOid: '1.3.6.1.4.1.99999.13.1', serial: Buffer.from('1234') };

/** The certificate with its to-be-signed part changed field by field, signed again by `signer`; for what a spec cannot say. */
function rewritten(issued: Issued, signer: Issued, change: (tbs: Node[]) => void, algorithm?: Node): Issued {
  const [tbs, outer] = readDer(issued.der).value as [Node, Node];
  change(tbs.value as Node[]);
  const signature = sign('sha256', toDer(tbs), signer.key);
  return replaced(issued, toDer(sequence([tbs, algorithm ?? outer, bits(signature)])));
}

function replaced(issued: Issued, der: Buffer): Issued {
  const lfdi = lfdiOf(der);
  return { ...issued, der, chain: [der, ...issued.chain.slice(1)], lfdi, sfdi: sfdiOf(lfdi) };
}

/** Every case, made afresh. All are judged against `pki.serca` alone at `now`; `pki` must be valid then. */
export function chainCases(now: Seconds, pki: Pki = createPki({ notBefore: now - 86_400 })): ChainCase[] {
  const notBefore = now - 3600;
  const cases: ChainCase[] = [];
  const add = (
    name: string,
    strict: ChainCase['strict'],
    leaf: Issued,
    more: { lenient?: ChainCase['lenient']; chain?: readonly Buffer[]; overTls?: boolean } = {},
  ) =>
    cases.push({
      name,
      leaf,
      strict,
      chain: more.chain ?? leaf.chain,
      lenient: more.lenient ?? strict,
      overTls: more.overTls ?? true,
    });
  const make = (profile: IssueRequest['profile'], issuer: Issued | undefined, more: Partial<IssueRequest> = {}) =>
    issue({ profile, notBefore, hardware, ...(issuer && { issuer }), ...more });
  const device = (more: Partial<IssueRequest> = {}, issuer = pki.mica) => make('device', issuer, more);
  const altered = (alter: Alter) => device({ alter });
  const under = (alter: Alter, more: Partial<IssueRequest> = {}) =>
    device({}, make('mica', pki.mca, { ...more, alter }));
  const { der: micaDer } = pki.mica;
  const { der: mcaDer } = pki.mca;

  // what must be accepted
  add('chain of two: SERCA, device', 'accepted', device({}, pki.serca));
  add('chain of three: SERCA, MICA, device', 'accepted', device({}, make('mica', pki.serca)));
  add('chain of four: SERCA, MCA, MICA, device', 'accepted', device());
  const whole = device();
  add('chain of four with the SERCA presented too', 'accepted', whole, { chain: [...whole.chain, pki.serca.der] });
  add('aggregator', 'accepted', make('aggregator', pki.mica));
  add('server, from the other MICA', 'accepted', make('server', pki.serverMica));
  add('leaf valid for ten years only', 'accepted', device({ notAfter: now + 315_360_000 }));
  add('leaf with critical CA:FALSE', 'accepted', altered(adding(basicConstraints(false))));
  add('leaf with an unknown extension, not critical', 'accepted', altered(adding(unknown(false))));
  add('leaf with extendedKeyUsage, not critical', 'accepted', altered(adding(extendedKeyUsage(false))));
  add('leaf without authorityKeyIdentifier', 'accepted', altered(without(oid.authorityKeyIdentifier)));
  add(
    'leaf with a common name beside its SAN',
    'accepted',
    altered(spec => ({ ...spec, subject: pki.mca.subject })),
  );
  add('leaf issued in bulk', 'accepted', device({ policies: [oid.postManufactureDevice, oid.bulkIssued] }));
  add('MICA without a path length', 'accepted', device({}, make('mica', pki.mca, { pathLength: null })));
  add('MICA with extendedKeyUsage, not critical', 'accepted', under(adding(extendedKeyUsage(false))));
  add('MICA with a key identifier of 20 octets', 'accepted', under(instead(subjectKeyIdentifier(Buffer.alloc(20, 7)))));

  // extensions: COMM-004 D, E, F and their neighbours
  add('D: MICA with critical extendedKeyUsage', 'critical-extension', under(adding(extendedKeyUsage(true))));
  add('leaf with critical extendedKeyUsage', 'critical-extension', altered(adding(extendedKeyUsage(true))));
  add('leaf with a critical unknown extension', 'critical-extension', altered(adding(unknown(true))));
  add('MICA with a critical unknown extension', 'critical-extension', under(adding(unknown(true))));
  add('leaf with critical authorityKeyIdentifier', 'critical-extension', altered(critical(oid.authorityKeyIdentifier)));
  add('MICA with critical subjectKeyIdentifier', 'critical-extension', under(critical(oid.subjectKeyIdentifier)));
  add('E: MICA with nameConstraints', 'name-constraints', under(adding(nameConstraints(false))));
  add('MICA with critical nameConstraints', 'name-constraints', under(adding(nameConstraints(true))));
  add('E: MICA with a subjectAltName', 'san-on-ca', under(adding(dnsName(false))));
  add('MICA with a HardwareModuleName', 'san-on-ca', under(adding(hardwareModuleName(hardware))));
  add('F: MICA with policyMappings', 'policy-mappings', under(adding(policyMappings(false))));
  add('MICA with critical policyMappings', 'policy-mappings', under(adding(policyMappings(true))));
  add('MICA with critical policyConstraints', 'critical-extension', under(adding(policyConstraints(true))));
  add('MICA with policyConstraints', 'policy-constraints', under(adding(policyConstraints(false))), {
    lenient: 'accepted',
  });
  add('MICA with inhibitAnyPolicy', 'policy-constraints', under(adding(inhibitAnyPolicy(false))), {
    lenient: 'accepted',
  });
  add(
    'leaf with keyUsage twice',
    'duplicate-extension',
    altered(adding(keyUsage(['digitalSignature', 'keyAgreement']))),
  );

  // subjectAltName of the leaf
  const field = { lenient: 'accepted' } as const;
  add('leaf without subjectAltName', 'hardware-name', altered(without(oid.subjectAltName)), field);
  add('leaf with uncritical subjectAltName', 'hardware-name', altered(uncritical(oid.subjectAltName)), field);
  add('leaf with a DNS name only', 'hardware-name', altered(instead(dnsName(true))), field);
  add(
    'leaf with a DNS name beside',
    'hardware-name',
    altered(instead(altNames(hardwareModuleName(hardware), dnsName(true)))),
    field,
  );
  const twin = hardwareModuleName({ ...hardware, serial: Buffer.from('1235') });
  add(
    'leaf with two hardware names',
    'hardware-name',
    altered(instead(altNames(hardwareModuleName(hardware), twin))),
    field,
  );

  // keyUsage
  add('leaf without keyUsage', 'key-usage', altered(without(oid.keyUsage)), field);
  add('leaf with uncritical keyUsage', 'key-usage', altered(uncritical(oid.keyUsage)), field);
  add('leaf that may not sign', 'key-usage', altered(instead(keyUsage(['keyAgreement']))), { overTls: false });
  add('leaf without keyAgreement', 'key-usage', altered(instead(keyUsage(['digitalSignature']))), field);
  add('MICA without keyUsage', 'key-usage', under(without(oid.keyUsage)), field);
  add('MICA with uncritical keyUsage', 'key-usage', under(uncritical(oid.keyUsage)), field);
  add('MICA that may not sign certificates', 'key-usage', under(instead(keyUsage(['digitalSignature', 'cRLSign']))));

  // basicConstraints
  add(
    'leaf with uncritical CA:FALSE',
    'basic-constraints',
    altered(adding(basicConstraints(false, undefined, false))),
    field,
  );
  add('leaf that says it is a CA', 'leaf-is-ca', altered(adding(basicConstraints(true))));
  add(
    'leaf that may sign certificates',
    'leaf-is-ca',
    altered(instead(keyUsage(['digitalSignature', 'keyAgreement', 'keyCertSign']))),
  );
  add('a MICA presented as a leaf', 'leaf-is-ca', make('mica', pki.mca));
  add('MICA without basicConstraints', 'not-a-ca', under(without(oid.basicConstraints)));
  add('MICA with CA:FALSE', 'not-a-ca', under(instead(basicConstraints(false))));
  add(
    'MICA with uncritical basicConstraints',
    'basic-constraints',
    under(instead(basicConstraints(true, 0, false))),
    field,
  );
  const nameless = make('mica', pki.mca, { alter: spec => ({ ...spec, subject: toDer(sequence([])) }) });
  add(
    'MICA with an empty subject',
    'not-a-ca',
    device({ alter: spec => ({ ...spec, subject: pki.mca.subject }) }, nameless),
  );
  add('device and MICA with empty subjects', 'self-signed', device({}, nameless));
  add(
    'device that issues a device',
    'not-a-ca',
    device({}, make('device', pki.serca, { alter: s => ({ ...s, subject: pki.mca.subject }) })),
  );
  const deep = make('mica', make('mica', pki.serca));
  add('MICA with path length 0 above a MICA', 'path-length', device({}, deep));

  // certificatePolicies
  add('leaf without policies', 'policies', altered(without(oid.certificatePolicies)), field);
  add('leaf with uncritical policies', 'policies', altered(uncritical(oid.certificatePolicies)), field);
  add('leaf with a policy qualifier', 'policies', altered(instead(qualifiedPolicy)), field);
  add('leaf without a device type', 'policies', device({ policies: [oid.testCertificate] }), field);
  add('leaf with two device types', 'policies', device({ policies: [oid.genericDevice, oid.mobileDevice] }), field);
  add(
    'leaf that claims to be self-signed',
    'policies',
    device({ policies: [oid.genericDevice, oid.selfSignedPolicy] }),
    field,
  );
  add('MICA without policies', 'policies', under(without(oid.certificatePolicies)), field);
  add('MICA with uncritical policies', 'policies', under(instead(policies([oid.anyPolicy], false))), field);

  // time
  add('expired leaf', 'expired', device({ notAfter: now - 1 }));
  add('expired MICA', 'expired', device({}, make('mica', pki.mca, { notAfter: now - 1 })));
  add('leaf of tomorrow', 'not-yet-valid', device({ notBefore: now + 86_400 }));
  add('MICA of tomorrow', 'not-yet-valid', device({}, make('mica', pki.mca, { notBefore: now + 86_400 })));

  // the path
  add('G: self-signed device', 'self-signed', make('self-signed', undefined));
  add('self-signed with a device profile', 'self-signed', device({ alter: s => ({ ...s, issuer: s.subject }) }), {
    chain: [device({ alter: s => ({ ...s, issuer: s.subject }) }).der],
    overTls: false, // key and certificate are of two different makes
  });
  const other = createPki({ notBefore: now - 86_400 });
  add('chain of another PKI', 'unknown-issuer', make('device', other.mica));
  add('chain of another PKI with its own SERCA', 'unknown-issuer', make('device', other.mica), {
    chain: [...make('device', other.mica).chain, other.serca.der],
    overTls: false,
  });
  const forged = make('serca', undefined, {
    alter: spec => ({ ...spec, subject: pki.serca.subject, issuer: pki.serca.subject }),
  });
  add('root of the same name with another key', 'bad-signature', device({}, forged));
  const lone = device();
  add('missing MICA', 'unknown-issuer', lone, { chain: [lone.der] });
  const gap = device();
  add('missing MCA', 'unknown-issuer', gap, { chain: [gap.der, micaDer] });
  const mixed = device();
  add('chain out of order', 'name-chaining', mixed, { chain: [mixed.der, mcaDer, micaDer], lenient: 'accepted' });
  const stray = device();
  add('chain with a stray certificate', 'name-chaining', stray, {
    chain: [stray.der, micaDer, pki.serverMica.der, mcaDer],
    lenient: 'accepted',
  });
  const long = make('mica', make('mica', make('mica', pki.serca, { pathLength: null }), { pathLength: null }));
  add('chain of five', 'too-long', device({}, long));
  const sixth = make('mica', long, { pathLength: null });
  add('chain of six', 'too-long', device({}, sixth));
  add(
    'leaf signed by another key than its MICA’s',
    'bad-signature',
    altered(spec => ({ ...spec, signingKey: newKey() })),
  );
  add(
    'MICA signed by another key than its MCA’s',
    'bad-signature',
    under(spec => ({ ...spec, signingKey: newKey() })),
  );
  add('leaf that names its MICA in another string type', 'name-chaining', device({ alter: printable }), {
    lenient: 'unknown-issuer',
  });
  add(
    'leaf with a foreign authorityKeyIdentifier',
    'key-identifier',
    altered(instead(authorityKeyIdentifier(Buffer.alloc(8, 1)))),
    field,
  );

  // algorithms and encoding
  add('leaf on P-384', 'wrong-curve', device({ key: newKey('secp384r1') }), { overTls: false });
  add('MICA on P-384', 'wrong-curve', device({}, make('mica', pki.mca, { key: newKey('secp384r1') })));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  add(
    'leaf with an RSA key',
    'wrong-curve',
    altered(spec => ({ ...spec, publicKey: rsa.publicKey })),
    { overTls: false },
  );
  add(
    'leaf signed with SHA-1',
    'wrong-signature-algorithm',
    altered(spec => ({ ...spec, signatureHash: 'sha1' })),
  );
  add(
    'leaf signed with SHA-384',
    'wrong-signature-algorithm',
    altered(spec => ({ ...spec, signatureHash: 'sha384' })),
  );
  add(
    'MICA signed with SHA-1',
    'wrong-signature-algorithm',
    under(spec => ({ ...spec, signatureHash: 'sha1' })),
  );
  const ecdsa = oidNode(oid.ecdsaWithSha256);
  const nullNode = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, '');
  add(
    'algorithm with NULL parameters',
    'wrong-signature-algorithm',
    rewritten(device(), pki.mica, tbs => void (tbs[2] = sequence([ecdsa, nullNode])), sequence([ecdsa, nullNode])),
  );
  add(
    'two different algorithms inside and outside',
    'wrong-signature-algorithm',
    rewritten(device(), pki.mica, tbs => void (tbs[2] = sequence([oidNode(oid.ecdsaWithSha384)]))),
    { overTls: false },
  );
  add(
    'version 1',
    'version',
    altered(spec => ({ ...spec, version: 1 })),
  );
  add(
    'serial number zero',
    'serial',
    altered(spec => ({ ...spec, serial: Uint8Array.of(0) })),
  );
  add(
    'negative serial number',
    'serial',
    altered(spec => ({ ...spec, serial: Uint8Array.of(0x80, 1) })),
  );
  add(
    'serial number of 21 octets',
    'serial',
    altered(spec => ({ ...spec, serial: Buffer.alloc(21, 1) })),
  );
  const file = { overTls: false };
  const good = device();
  const broken = (der: Buffer) => replaced(good, der);
  add('bytes after the certificate', 'not-der', broken(Buffer.concat([good.der, Buffer.of(0)])), file);
  add('a certificate cut short', 'not-der', broken(good.der.subarray(0, -9)), file);
  add('no bytes at all', 'not-der', broken(Buffer.alloc(0)), file);
  add('text in place of a certificate', 'not-der', broken(Buffer.from('-----BEGIN CERTIFICATE-----')), file);
  add(
    'a length in more octets than needed',
    'not-der',
    broken(Buffer.concat([Buffer.of(0x30, 0x83, 0), good.der.subarray(2)])),
    file,
  );
  add(
    'a certificate of 20 kB',
    'not-der',
    altered(adding(extension('1.3.6.1.4.1.99999.77', false, octets(Buffer.alloc(20_000))))),
  );
  const local = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.UTCTIME, false, '260101000000+0100');
  add(
    'a validity in local time',
    'not-der',
    rewritten(device(), pki.mica, tbs => void ((tbs[4]?.value as Node[])[0] = local)),
    file,
  );
  add('criticality written out as FALSE', 'accepted', rewritten(device(), pki.mica, spellOutFalse), file);
  add('no certificate', 'no-certificate', good, { chain: [], overTls: false });
  return cases;
}

/** The MICA's name in PrintableString: equal by RFC 5280's rules for strings, but not byte for byte (IEEE 2030.5 6.11.8). */
function printable(spec: CertificateSpec): CertificateSpec {
  const attributes = (parsed(spec.issuer).value as Node[]).map(rdn => {
    const [type, value] = (rdn.value as Node[])[0]?.value as [Node, Node];
    return set([sequence([type, asn1.create(asn1.Class.UNIVERSAL, asn1.Type.PRINTABLESTRING, false, value.value)])]);
  });
  return { ...spec, issuer: toDer(sequence(attributes)) };
}

function spellOutFalse(tbs: Node[]): void {
  for (const node of (tbs.at(-1)?.value as Node[])[0]?.value as Node[]) {
    const fields = node.value as Node[];
    if (fields.length === 2) fields.splice(1, 0, boolean(false));
  }
}
