import { DERStatus } from '../model/der';
import { Problem } from '../base/problem';
import { read } from './read';
import { attack } from './testing/hostile-check';

jest.setTimeout(3_600_000);

/** Cases; more by FUZZ_CASES. */
const cases = Number(process.env['FUZZ_CASES'] ?? 100_000);

it(`reads ${cases} hostile documents: a value or a Problem, and never a changed prototype`, () => attack(cases, 2000));

const mebibyte = 1024 * 1024;
const size = 10 * mebibyte;
const head = '<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>1</readingTime>';

/** `piece` over and over, inside a good document unless it is a whole one. */
const filled = (piece: string, after = '</DERStatus>') => head + piece.repeat(Math.floor(size / piece.length)) + after;

it.each([
  ['spaces', filled(' ')],
  ['unknown elements', filled('<x/>')],
  ['unknown elements with attributes', filled('<x a="1" b="2"/>')],
  ['unknown elements in a namespace of their own', filled('<p:x xmlns:p="urn:p"/>')],
  ['comments', filled('<!-- -->')],
  ['instructions', filled('<?x y?>')],
  ['CDATA', filled('<![CDATA[ ]]>')],
  ['references', filled('&#32;')],
  ['entities', filled('&amp;')],
  ['elements that are never closed', filled('<x>', '')],
  ['one attribute', `<DERStatus a="${' '.repeat(size)}"/>`],
  ['one number', `${head.replace('1<', `${'1'.repeat(size)}<`)}</DERStatus>`],
  ['one name', `<${'x'.repeat(size)}/>`],
  ['letters beyond ASCII', filled('<é/>')],
])('10 MiB of %s end soon and leave nothing behind', (_what, document) => {
  const bytes = Buffer.from(document);
  const [cpu, rss] = [process.cpuUsage(), process.resourceUsage().maxRSS];
  let outcome = 'read';
  try {
    read(DERStatus, bytes, { mode: 'lenient', maxBytes: 2 * size });
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    outcome = thrown.code;
    // Whatever was sent, what is said of it stays short.
    expect(thrown.message.length).toBeLessThan(2000);
  }
  const { user, system } = process.cpuUsage(cpu);
  expect(['read', 'BAD_XML', 'BAD_VALUE']).toContain(outcome);
  expect((user + system) / 1e6).toBeLessThan(20);
  // The text of the document, in UTF-16 where it has to be, and room for the collector: a small multiple of its size.
  expect((process.resourceUsage().maxRSS - rss) * 1024).toBeLessThan(30 * size);
});
