import fc from 'fast-check';
import {
  canonicalLfdi,
  checkDigit,
  hasCheckDigit,
  isPin,
  isSfdi,
  lfdiOf,
  pinOf,
  randomPin,
  registrationCode,
  sameLfdi,
  sfdiDigits,
  sfdiOf,
  showLfdi,
  showPin,
  showSfdi,
  withCheckDigit,
} from './lfdi';

const hex40 = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: 40, maxLength: 40 });

describe('worked examples of IEEE 2030.5', () => {
  test.each([
    ['3E4F45AB31EDFE5B67E343E5E4562E31984E23E5', 167261211391, '167-261-211-391'],
    ['0F3078CFDDAEE28DC20B95635DC116CC2A6D877F', 40773583337, '040-773-583-337'],
    ['9711948EBF52B988A39728F756AEAA763EFF5540', 405521881394, '405-521-881-394'],
  ])('LFDI %s has SFDI %i, on a label %s', (lfdi, sfdi, label) => {
    expect(sfdiOf(lfdi)).toBe(sfdi);
    expect(showSfdi(sfdi)).toBe(label);
    expect(isSfdi(sfdi)).toBe(true);
  });

  test('an LFDI is the left part of SHA-256 over the certificate', () => {
    // SHA-256("abc"), FIPS 180-2 appendix B.1
    expect(lfdiOf(Buffer.from('abc'))).toBe('BA7816BF8F01CFEA414140DE5DAE2223B00361A3');
  });

  test('PINs 12345 and 11111 get check digits 5 and 5', () => {
    expect([pinOf(12345), pinOf(11111)]).toEqual([123455, 111115]);
    expect([isPin(123455), isPin(111115), isPin(123456), isPin(-5), isPin(1234550)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('labels and registration code', () => {
    expect(showLfdi('3E4F45AB31EDFE5B67E343E5E4562E31984E23E5')).toBe(
      '3E4F-45AB-31ED-FE5B-67E3-43E5-E456-2E31-984E-23E5',
    );
    expect(registrationCode(40773583337, pinOf(123))).toBe('040773583337001234');
    expect(showPin(pinOf(0))).toBe('000000');
  });
});

test('check digits make every digit sum a multiple of ten', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 68_719_476_735 }), n => {
      const digits = [...String(n), checkDigit(n)].map(Number);
      expect(digits.reduce((sum, digit) => sum + digit, 0) % 10).toBe(0);
      expect(hasCheckDigit(withCheckDigit(n))).toBe(true);
      expect(hasCheckDigit(withCheckDigit(n) + (checkDigit(n) === 9 ? -1 : 1))).toBe(false);
    }),
  );
});

test('every LFDI has an SFDI that fits the wire, and its label reads back', () => {
  fc.assert(
    fc.property(hex40, lfdi => {
      const sfdi = sfdiOf(lfdi);
      expect(isSfdi(sfdi)).toBe(true);
      expect(Number(sfdiDigits(sfdi))).toBe(sfdi);
      expect(sfdiDigits(sfdi)).toHaveLength(12);
      expect(Math.floor(sfdi / 10)).toBe(Number(BigInt(`0x${lfdi}`) >> 124n));
    }),
  );
  expect(sfdiOf('F'.repeat(40))).toBeLessThanOrEqual(687_194_767_359);
});

test('an LFDI is recognised in any case, grouping and with its zeros stripped', () => {
  fc.assert(
    fc.property(hex40, hex40, (lfdi, other) => {
      const stripped = lfdi.replace(/^0+(?=.)/, '');
      expect(canonicalLfdi(stripped)).toBe(lfdi);
      expect(sameLfdi(lfdi, stripped.toLowerCase())).toBe(true);
      expect(sameLfdi(showLfdi(lfdi), lfdi)).toBe(true);
      expect(sameLfdi(lfdi, other)).toBe(lfdi === other);
    }),
  );
  expect(sameLfdi('000F', 'f')).toBe(true);
});

test.each(['', 'G', '0'.repeat(41), '0x12', ' '])('%p is no LFDI', text => {
  expect(() => canonicalLfdi(text)).toThrow('BAD_VALUE');
  expect(sameLfdi(text, text)).toBe(false);
});

test('PINs have five digits before the check digit', () => {
  expect(() => pinOf(100_000)).toThrow('BAD_VALUE');
  expect(() => pinOf(1.5)).toThrow('BAD_VALUE');
  const pins = Array.from({ length: 50 }, randomPin);
  expect(pins.every(isPin)).toBe(true);
  expect(new Set(pins).size).toBeGreaterThan(40);
});
