import fc from 'fast-check';
import { asn1 } from 'node-forge';
import { parseCertificate, publicKeyOf } from './certificate';
import { checkChain } from './chain';
import { bits, boolean, indefinite, integer, oidNode, time } from './der';
import { hardwareModuleName, keyIdentifier, keyUsage, keyUsageBits } from './extensions';
import { issue, newKey } from './issue';
import { lfdiOf } from './lfdi';
import { isOid, oid } from './oids';
import { createPki, issueDevice } from './pki';
import { BadDer, bitsOf, booleanOf, oidOf, readDer, smallIntegerOf, timeOf } from './read-der';
import { mutation } from './testing/mutation';

const now = Date.UTC(2026, 9, 12) / 1000;
const pki = createPki({ notBefore: now });
const key = newKey();
const { Class, Type } = asn1;

const arc = fc.integer({ min: 0, max: 0x0fffffff });
const anyOid = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), fc.array(arc, { minLength: 1, maxLength: 6 }))
  .map(([first, second, rest]) => [first, second, ...rest].join('.'));

test('what goes into a certificate comes out of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: indefinite - 1 }),
      fc.integer({ min: 0, max: indefinite }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      anyOid,
      fc.uniqueArray(anyOid, { minLength: 1, maxLength: 5 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (notBefore, notAfter, serial, typeOid, policies, random) => {
        const made = issue({
          profile: 'device',
          issuer: pki.mica,
          hardware: { typeOid, serial },
          policies,
          notBefore,
          notAfter,
          key,
          random: () => random,
        });
        const read = parseCertificate(made.der);
        expect(read).toMatchObject({
          notBefore,
          notAfter,
          version: 3,
          issuer: pki.mica.subject,
          curveOid: oid.prime256v1,
        });
        expect(read.subjectAltName?.hardware).toEqual([{ typeOid, serial: Buffer.from(serial) }]);
        expect(read.policies?.map(policy => policy.oid)).toEqual(policies);
        expect(read.serial.subarray(1).equals(random.subarray(1))).toBe(true);
        expect((read.serial[0] ?? 0) & 0xc0).toBe(0x40); // positive, and never shorter than it looks
        expect(publicKeyOf(read).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
        expect(made.lfdi).toBe(lfdiOf(read.der));
      },
    ),
    { numRuns: 60 },
  );
});

test('key usages survive, whichever', () => {
  fc.assert(
    fc.property(fc.subarray([...keyUsageBits]), usages => {
      const made = issue({
        profile: 'device',
        issuer: pki.mica,
        hardware: { typeOid: '1.2.3', serial: Buffer.of(1) },
        notBefore: now,
        key,
        alter: spec => ({ ...spec, extensions: [keyUsage(usages)] }),
      });
      expect([...(parseCertificate(made.der).keyUsage ?? [])]).toEqual(usages);
    }),
    { numRuns: 30 },
  );
});

test('the extension of the test document encodes as it says: hwType 1.3.6.1.4.1.99999.13.1, hwSerialNum 1234', () => {
  const { value } = hardwareModuleName({ typeOid: '1.3.6.1.4.1.99999.13.1', serial: Buffer.from('1234') });
  // By hand from RFC 4108: SEQUENCE { [0] { OID 1.3.6.1.5.5.7.8.4, [0] { SEQUENCE { OID, OCTET STRING "1234" } } } }
  expect(value.toString('hex')).toBe('3022a02006082b06010505070804a0143012060a2b06010401868d1f0d01040431323334');
});

test('a key identifier is 0100 and 60 bits of SHA-1', () => {
  const id = keyIdentifier(publicKeyOf(parseCertificate(pki.mica.der)));
  expect(id).toHaveLength(8);
  expect((id[0] ?? 0) >> 4).toBe(4);
});

test('no mutation of a chain is let in, and none breaks the reader', () => {
  const { chain } = issueDevice(pki, { name: 'd', role: 'device' });
  fc.assert(
    fc.property(fc.nat(2), mutation, (index, mutate) => {
      const original = chain[index] as Buffer;
      const mutant = mutate(original);
      fc.pre(!mutant.equals(original));
      const verdict = checkChain(
        chain.map((der, n) => (n === index ? mutant : der)),
        [pki.serca.der],
        { profile: 'lenient', now },
      );
      expect(verdict.ok).toBe(false);
    }),
    { numRuns: 400 },
  );
});

describe('readers refuse what DER forbids', () => {
  const universal = (type: asn1.Type, bytes: number[]) =>
    asn1.create(Class.UNIVERSAL, type, false, String.fromCharCode(...bytes));
  test.each([
    ['a BOOLEAN of 1', () => booleanOf(universal(Type.BOOLEAN, [1]))],
    ['a BOOLEAN of two octets', () => booleanOf(universal(Type.BOOLEAN, [0, 0]))],
    ['a negative INTEGER', () => smallIntegerOf(universal(Type.INTEGER, [0xff]))],
    ['an INTEGER of five octets', () => smallIntegerOf(integer(Buffer.of(1, 0, 0, 0, 0)))],
    ['a BIT STRING with nine unused bits', () => bitsOf(bits(Buffer.of(0), 9))],
    ['a BIT STRING with rubbish in unused bits', () => bitsOf(bits(Buffer.of(0xff), 3))],
    ['an empty BIT STRING with unused bits', () => bitsOf(bits(Buffer.of(), 3))],
    ['an OID that stops in mid-arc', () => oidOf(universal(Type.OID, [0x2b, 0x86]))],
    ['an empty OID', () => oidOf(universal(Type.OID, []))],
    ['a value of another type', () => oidOf(boolean(true))],
    ['too much nesting', () => readDer(nested(40))],
  ])('%s', (_, read) => {
    expect(read).toThrow(BadDer);
  });

  test.each([
    ['260230000000Z', 'UTCTIME'],
    ['261301000000Z', 'UTCTIME'],
    ['261012240000Z', 'UTCTIME'],
    ['2610120000Z', 'UTCTIME'],
    ['261012000000', 'UTCTIME'],
    ['20261012000000.5Z', 'GENERALIZEDTIME'],
    ['20261012000060Z', 'GENERALIZEDTIME'],
    ['00000101000000Z', 'GENERALIZEDTIME'],
  ] as const)('the time %s', (text, type) => {
    expect(() => timeOf(universal(Type[type], [...Buffer.from(text)]))).toThrow(BadDer);
  });
});

test('times of all years, in the form RFC 5280 gives them', () => {
  expect(timeOf(time(Date.UTC(2049, 11, 31, 23, 59, 59) / 1000))).toBe(2_524_607_999);
  expect([2_524_607_999, 2_524_608_000].map(at => time(at).type)).toEqual([Type.UTCTIME, Type.GENERALIZEDTIME]);
  expect(indefinite).toBe(Date.UTC(9999, 11, 31, 23, 59, 59) / 1000);
});

test('issuing without what a profile needs is a fault of the caller', () => {
  expect(() => issue({ profile: 'device', issuer: pki.mica, notBefore: now })).toThrow(RangeError);
  expect(() => issue({ profile: 'mica', notBefore: now })).toThrow(RangeError);
});

test.each([
  ['1.3.6.1.4.1.99999.1.1', true],
  ['2.5', true],
  ['2.100.3', false], // first octet would need more room than forge gives it
  ['1.40', false],
  ['3.1', false],
  ['1', false],
  ['1.2.', false],
  ['1.2.03', false],
])('%s as an object identifier: %s', (text, good) => {
  expect(isOid(text)).toBe(good);
  if (good) expect(oidOf(oidNode(text))).toBe(text);
});

/** SEQUENCEs in SEQUENCEs; up to 60 of them fit one-octet lengths. */
function nested(depth: number): Buffer {
  let der = Buffer.alloc(0);
  for (let n = 0; n < depth; n++) der = Buffer.concat([Buffer.of(0x30, der.length), der]);
  return der;
}
