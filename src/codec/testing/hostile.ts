/** Documents from someone who means harm, or whose device does: generators for the tests of reading. Test code. */
import fc from 'fast-check';
import { complexTypes } from '../../model';
import { dialects } from '../../model/dialect';
import { type Complex } from '../../model/dsl';
import { arbitraryOf } from '../../model/testing/arbitrary';
import { write } from '../write';

const dialect = dialects['csipaus-1.3'];
const ns = 'urn:ieee:std:2030.5:ns';
/** Types clients send us. */
export const sent: readonly Complex[] = [
  'EndDevice',
  'DERCapability',
  'DERSettings',
  'DERStatus',
  'DERAvailability',
  'MirrorUsagePoint',
  'MirrorMeterReadingList',
  'DERControlResponse',
  'LogEvent',
  'Subscription',
  'Notification',
  'DERControlList',
].map(name => complexTypes.get(name) as Complex);

const valid = fc
  .constantFrom(...sent)
  .chain(type => arbitraryOf(type, { dialect, entries: 2 }).map(value => write(type, value, { dialect })));

const pieces = [
  '<',
  '>',
  '/',
  '</',
  '/>',
  '<!--',
  '-->',
  '--',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]>',
  '<!ENTITY',
  '&',
  '&x;',
  '&amp;',
  '&#0;',
  '&#x110000;',
  '&#xD800;',
  '&#99999999999;',
  '&lt',
  ';',
  '"',
  "'",
  '=',
  ' ',
  '\n',
  '\r',
  '\t',
  ':',
  'a',
  'é',
  'xmlns="',
  'xmlns:p="u"',
  ' xmlns:xml="u"',
  ' xmlns=""',
  'xsi:type="Link"',
  '__proto__',
  'constructor',
  'prototype',
  '<a>',
  '</a>',
  '<__proto__>',
  '</__proto__>',
  '<mRID>',
  '</mRID>',
  '\u0000',
  '\u0001',
  '\uFFFE',
  '\uD800',
  '\uDC00',
  '\uFEFF',
  '\u{1F50C}',
  '0',
  '-',
  '1e9',
  'Infinity',
  'NaN',
  '9'.repeat(50),
  '0x10',
  `<DERStatus xmlns="${ns}">`,
  '</DERStatus>',
  '<readingTime>',
  '</readingTime>',
];
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pieces) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const place = fc.double({ min: 0, max: 1, noNaN: true });

/** A good document with a few pieces put in, cut out, doubled or swapped. */
export const mutated: fc.Arbitrary<string> = fc
  .tuple(
    valid,
    fc.array(fc.tuple(fc.constantFrom('insert', 'cut', 'double', 'replace'), place, fc.nat(40), piece), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([xml, changes]) => {
    let out = xml;
    for (const [kind, where, length, text] of changes) {
      const at = Math.floor(where * out.length);
      const [before, middle, after] = [out.slice(0, at), out.slice(at, at + length), out.slice(at + length)];
      out =
        kind === 'insert'
          ? before + text + middle + after
          : kind === 'cut'
            ? before + after
            : kind === 'double'
              ? before + middle + middle + after
              : before + text + after;
    }
    return out;
  });

/** Tokens of XML in any order. */
export const soup: fc.Arbitrary<string> = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(''));

const repeated = (length: number): fc.Arbitrary<string> =>
  fc.tuple(piece, piece, fc.integer({ min: 1, max: length })).map(([a, b, n]) => a.repeat(n) + b.repeat(n % 7));

/** Much of the same: nesting, attributes, references, brackets. */
export const bulky = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    repeated(length),
    fc.integer({ min: 1, max: length }).map(n => '<a>'.repeat(n) + '</a>'.repeat(n)),
    fc
      .integer({ min: 1, max: length })
      .map(n => `<DERStatus xmlns="${ns}" ${Array.from({ length: n }, (_, i) => `a${i}="1"`).join(' ')}/>`),
    fc.integer({ min: 1, max: length }).map(n => `<DERStatus xmlns="${ns}">${'<x/>'.repeat(n)}</DERStatus>`),
    fc
      .integer({ min: 1, max: length })
      .map(n => `<DERStatus xmlns="${ns}"><readingTime>${' '.repeat(n)}1${'0'.repeat(n)}</readingTime></DERStatus>`),
    fc
      .integer({ min: 1, max: length })
      .map(n => `<DERStatus xmlns="${ns}">${'<!---->'.repeat(n)}${'&#32;'.repeat(n)}<![CDATA[]]></DERStatus>`),
  );

/** Bytes: noise, and good documents with bytes changed. */
export const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(valid, fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 3 })).map(([xml, changes]) => {
    const buffer = Buffer.from(xml);
    for (const [where, byte] of changes) buffer[Math.floor(where * (buffer.length - 1))] = byte;
    return buffer;
  }),
  valid.map(xml => Buffer.from(xml, 'utf16le')),
);
