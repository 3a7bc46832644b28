import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { validateXML } from 'xmllint-wasm';
import { Problem } from '../base/problem';
import { DERStatus } from '../model/der';
import { read } from './read';
import { scan } from './scan';
import { mutated, soup } from './testing/hostile';
import { attack } from './testing/hostile-check';

jest.setTimeout(120_000);

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
const codeOf = (xml: string | Uint8Array): string => {
  try {
    read(DERStatus, xml, { mode: 'lenient' });
    return 'read';
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.code;
    throw thrown;
  }
};
const status = (inner: string, attributes = ns) =>
  `<DERStatus ${attributes}><readingTime>1</readingTime>${inner}</DERStatus>`;

const malformed: [string, string][] = [
  ['nothing', ''],
  ['space', ' \n'],
  ['text', 'hello'],
  ['an undefined entity', status('&foo;')],
  ['an entity of its own', `<!DOCTYPE DERStatus [<!ENTITY a "1">]>${status('&a;')}`],
  ['a billion laughs', `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>${status('&b;')}`],
  ['an outside entity', `<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>${status('&a;')}`],
  ['an empty DTD', `<!DOCTYPE DERStatus>${status('')}`],
  ['a DTD inside', status('<!DOCTYPE x>')],
  ['a control character', status('\u0001')],
  ['a reference to NUL', status('&#0;')],
  ['a reference to a surrogate', status('&#xD800;')],
  ['a reference beyond Unicode', status('&#x110000;')],
  ['a bare ampersand', status(' & ')],
  ['< in an attribute', status('<x a="<"/>')],
  [']]> in text', status(']]>')],
  ['-- in a comment', status('<!-- -- -->')],
  ['a comment that never ends', status('<!-- ')],
  ['a CDATA section that never ends', status('<![CDATA[ ')],
  ['an instruction that never ends', status('<?x ')],
  ['a declaration inside', status('<?xml version="1.0"?>')],
  ['a declaration after a space', ` <?xml version="1.0"?>${status('')}`],
  ['a declaration without version', `<?xml encoding="UTF-8"?>${status('')}`],
  ['another encoding', `<?xml version="1.0" encoding="ISO-8859-1"?>${status('')}`],
  ['UTF-16 by declaration', `<?xml version="1.0" encoding="UTF-16"?>${status('')}`],
  ['two roots', status('') + status('')],
  ['text after the root', `${status('')}x`],
  ['an unclosed element', status('').replace('</DERStatus>', '')],
  ['crossed tags', status('<a><b></a></b>')],
  ['a close too many', `${status('')}</DERStatus>`],
  ['an attribute twice', status('<x a="1" a="2"/>')],
  ['an attribute twice by namespace', status('<x xmlns:p="u" xmlns:q="u" p:a="1" q:a="2"/>')],
  ['an attribute without quotes', status('<x a=1/>')],
  ['an attribute without value', status('<x a/>')],
  ['attributes without space between', status('<x a="1"b="2"/>')],
  ['a prefix not declared', status('<p:x/>')],
  ['an attribute prefix not declared', status('<x p:a="1"/>')],
  ['two colons', status('<a:b:c xmlns:a="u"/>')],
  ['a prefix bound to nothing', status('<x xmlns:p=""/>')],
  ['xmlns as a prefix', status('<x xmlns:xmlns="u"/>')],
  ['a name that begins with a digit', status('<1x/>')],
  ['a space before the name', status('< x/>')],
  ['a close tag with more in it', status('<x></x y>')],
  ['nesting beyond the limit', status('<x>'.repeat(40) + '</x>'.repeat(40))],
  ['more attributes than the limit', status(`<x ${Array.from({ length: 65 }, (_, i) => `a${i}=""`).join(' ')}/>`)],
  [
    'more namespaces than the limit',
    status(
      `${[0, 1, 2].map(j => `<x ${Array.from({ length: 30 }, (_, i) => `xmlns:a${j}x${i}="u"`).join(' ')}>`).join('')}${'</x>'.repeat(3)}`,
    ),
  ],
];

describe('what is not well formed', () => {
  it.each(malformed)('%s is BAD_XML', (_what, xml) => {
    expect(codeOf(xml)).toBe('BAD_XML');
    expect(codeOf(Buffer.from(xml))).toBe('BAD_XML');
  });

  it.each([
    ['not UTF-8', Buffer.concat([Buffer.from('<a>'), Buffer.from([0xff]), Buffer.from('</a>')])],
    ['overlong UTF-8', Buffer.concat([Buffer.from('<a>'), Buffer.from([0xc0, 0xbc]), Buffer.from('</a>')])],
    ['UTF-16', Buffer.from(`\uFEFF${status('')}`, 'utf16le')],
    ['a NUL', Buffer.from(status('\0'))],
  ])('bytes that are %s are BAD_XML', (_what, bytes) => expect(codeOf(bytes)).toBe('BAD_XML'));

  it('says where', () => {
    expect(() => read(DERStatus, `<DERStatus ${ns}>\n  <readingTime>1&x;</readingTime>`, { mode: 'strict' })).toThrow(
      /line 2 column 17/,
    );
  });
});

describe('what is too much', () => {
  it('is refused unread', () => {
    expect(codeOf(Buffer.alloc(4 * 1024 * 1024 + 1, ' '))).toBe('TOO_LARGE');
    expect(() => read(DERStatus, status(''), { mode: 'strict', maxBytes: 10 })).toThrow(/TOO_LARGE/);
  });

  // Each of these made some parser quadratic. A linear one needs a fraction of a second for a megabyte.
  const bulk = 1_000_000;
  it.each([
    ['spaces', status(' '.repeat(bulk)), 'read'],
    ['spaces in a tag', `<DERStatus${' '.repeat(bulk)}${ns}><readingTime>1</readingTime></DERStatus>`, 'read'],
    ['a number', `<DERStatus ${ns}><readingTime>${'1'.repeat(bulk)}</readingTime></DERStatus>`, 'BAD_VALUE'],
    [
      'spaces around a number',
      `<DERStatus ${ns}><readingTime>${' '.repeat(bulk)}1${' '.repeat(bulk)}x</readingTime></DERStatus>`,
      'BAD_VALUE',
    ],
    ['unknown elements', status('<x/>'.repeat(bulk / 4)), 'read'],
    ['comments', status('<!---->'.repeat(bulk / 7)), 'read'],
    ['CDATA', status('<![CDATA[]]>'.repeat(bulk / 12)), 'read'],
    ['references', status(`<x>${'&amp;'.repeat(bulk / 5)}</x>`), 'read'],
    ['carriage returns', status('\r'.repeat(bulk)), 'read'],
    ['open brackets', '<'.repeat(bulk), 'BAD_XML'],
    ['open elements', status('<a>'.repeat(bulk / 3)), 'BAD_XML'],
    ['open comments', status('<!--'.repeat(bulk / 4)), 'BAD_XML'],
    ['quotes', `<a b="${'"'.repeat(bulk)}`, 'BAD_XML'],
    ['attributes', `<a ${Array.from({ length: bulk / 10 }, (_, i) => `b${i}="1"`).join(' ')}/>`, 'BAD_XML'],
    ['a name', `<${'a'.repeat(bulk)}`, 'BAD_XML'],
    ['closing brackets', status(']'.repeat(bulk)), 'BAD_VALUE'],
  ])('a megabyte of %s takes no time to speak of', (_what, xml, outcome) => {
    const before = process.cpuUsage();
    expect(codeOf(xml)).toBe(outcome);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});

/** Whether our scanner takes a document for well formed, its own limits aside. */
function accepts(xml: string): boolean {
  try {
    scan(
      xml,
      { open: () => undefined, text: () => undefined, close: () => undefined },
      { maxDepth: 1e6, maxAttributes: 1e6 },
    );
    return true;
  } catch {
    return false;
  }
}

describe('against other parsers', () => {
  // libxml2 knows DTDs, other encodings and declarations we refuse on purpose.
  const common = (xml: string) =>
    !/<!DOCTYPE|<!ENTITY|encoding|xmlns:xml=|\uFEFF/.test(xml) && !/[\uD800-\uDFFF]/u.test(xml) && !xml.includes('\0');
  const documents = [
    ...fc.sample(mutated.filter(common), { numRuns: 500, seed: 2 }),
    ...fc.sample(soup.filter(common), { numRuns: 100, seed: 3 }),
    ...malformed
      .filter(([what]) => !what.includes('the limit'))
      .map(([, xml]) => xml)
      .filter(common),
  ];

  it('agrees with libxml2 on what is well formed', async () => {
    const output = await validateXML({
      xml: documents.map((contents, i) => ({ fileName: `d${i}.xml`, contents })),
      normalization: 'c14n',
      initialMemoryPages: 1024,
      maxMemoryPages: 8192,
    }).then(
      result => result.rawOutput,
      // The package throws when there is no normal form of the last document; what libxml2 said is the message.
      (thrown: Error) => thrown.message,
    );
    const complaints = output.matchAll(/^d(\d+)\.xml:\d+: (?:parser|namespace) error : (?!.*is not a valid URI)/gm);
    const refused = new Set([...complaints].map(([, number]) => Number(number)));
    const differing = documents.filter((xml, i) => accepts(xml) === refused.has(i));
    expect(refused.size).toBeGreaterThan(100);
    expect(differing).toEqual([]);
  });

  it('takes nothing that fast-xml-parser refuses', () => {
    for (const xml of documents.filter(accepts)) expect([xml, XMLValidator.validate(xml)]).toEqual([xml, true]);
  });
});

it('survives a share of the hostile documents of codec.fuzz.test.ts', () => attack(1200, 300));
