import { createHash, randomInt } from 'node:crypto';
import { Problem } from '../base/problem';

/**
 * Device identities of IEEE 2030.5-2018 6.3.3-6.3.5. The house form of an LFDI is 40 upper-case hex digits; that of an SFDI is
 * its number with the check digit, at most 687194767359.
 */
export type Lfdi = string;
export type Sfdi = number;
/** Six digits, the last of which is a check digit, as the number on the wire: 0 to 999999. */
export type Pin = number;

/** SHA-256 over the whole DER certificate, left-most 160 bits. */
export function lfdiOf(certificateDer: Uint8Array): Lfdi {
  return createHash('sha256').update(certificateDer).digest('hex').slice(0, 40).toUpperCase();
}

/** Left-most 36 bits of the LFDI as a decimal number, with its check digit appended. */
export function sfdiOf(lfdi: Lfdi): Sfdi {
  return withCheckDigit(parseInt(canonicalLfdi(lfdi).slice(0, 9), 16));
}

/**
 * The house form of an LFDI written by anyone: any case, groups split by `-`, `:` or blanks, leading zeros stripped (old
 * clients print a number). Throws BAD_VALUE when it is no hex number of at most 160 bits.
 */
export function canonicalLfdi(text: string): Lfdi {
  const digits = text.replace(/[\s:-]/g, '');
  if (!/^[0-9a-fA-F]{1,40}$/.test(digits))
    throw new Problem('BAD_VALUE', { at: 'LFDI', got: text, want: '40 hex digits' });
  return digits.toUpperCase().padStart(40, '0');
}

/** Whether two LFDIs, in whatever form, name the same device. Text that is no LFDI equals nothing. */
export function sameLfdi(a: string, b: string): boolean {
  try {
    return canonicalLfdi(a) === canonicalLfdi(b);
  } catch {
    return false;
  }
}

/** The digit that makes the sum of all digits a multiple of ten. `n` is a whole number from 0 to 2^53. */
export function checkDigit(n: number): number {
  return (10 - (digitSum(n) % 10)) % 10;
}

export function withCheckDigit(n: number): number {
  return n * 10 + checkDigit(n);
}

export function hasCheckDigit(n: number): boolean {
  return digitSum(n) % 10 === 0;
}

export function isSfdi(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 687_194_767_359 && hasCheckDigit(n);
}

/** A PIN from its first five digits (0 to 99999). */
export function pinOf(firstFive: number): Pin {
  if (!Number.isInteger(firstFive) || firstFive < 0 || firstFive > 99_999)
    throw new Problem('BAD_VALUE', { at: 'PIN', got: firstFive, want: 'five digits' });
  return withCheckDigit(firstFive);
}

export function isPin(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 999_999 && hasCheckDigit(n);
}

/** A PIN nobody can guess. */
export function randomPin(): Pin {
  return pinOf(randomInt(100_000));
}

/** 3E4F-45AB-31ED-…: groups of four, as on a label. */
export function showLfdi(lfdi: Lfdi): string {
  return (canonicalLfdi(lfdi).match(/.{4}/g) ?? []).join('-');
}

/** Twelve digits with leading zeros, the form of DNS-SD names. */
export function sfdiDigits(sfdi: Sfdi): string {
  return String(sfdi).padStart(12, '0');
}

/** 167-261-211-391, as on a label. */
export function showSfdi(sfdi: Sfdi): string {
  return (sfdiDigits(sfdi).match(/.{3}/g) ?? []).join('-');
}

export function showPin(pin: Pin): string {
  return String(pin).padStart(6, '0');
}

/** What an installer types to register a device: the SFDI's twelve digits, then the PIN's six. */
export function registrationCode(sfdi: Sfdi, pin: Pin): string {
  return sfdiDigits(sfdi) + showPin(pin);
}

function digitSum(n: number): number {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`digits of ${n}`);
  let sum = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 10)) sum += rest % 10;
  return sum;
}
