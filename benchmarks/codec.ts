/**
 * `npm run bench -- codec`: writing and reading a DERControlList of 100 controls, against fast-xml-parser's own builder and
 * parser on the same document in the same run. Ours checks every value against its declaration both ways; the builder is given
 * an object that is already in its own form, and the parser leaves numbers as text, so neither has that to do.
 */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { SystemClock } from '../src/base/clock';
import { read } from '../src/codec/read';
import { write } from '../src/codec/write';
import { DERControlList, type DERControl } from '../src/model/der';
import { dialects } from '../src/model/dialect';
import { median } from './load';
import { type BenchResult } from './result';

type Line = BenchResult['results'][number];

const clock = new SystemClock();
const rounds = 15;
const roundMs = 150;
const entries = 100;
const dialect = dialects['csipaus-1.2'];

const control = (n: number): DERControl => ({
  href: `/derp/1/derc/${n}`,
  replyTo: '/rsps/1/rsp',
  responseRequired: '03',
  mRID: (1_000_000 + n).toString(16).toUpperCase().padStart(32, '0'),
  description: 'operating envelope',
  creationTime: 1_790_000_000,
  EventStatus: { currentStatus: n === 0 ? 1 : 0, dateTime: 1_790_000_000, potentiallySuperseded: false },
  interval: { duration: 300, start: 1_790_000_000 + 300 * n },
  DERControlBase: {
    opModImpLimW: { multiplier: 0, value: 5000 + n },
    opModExpLimW: { multiplier: 0, value: 5000 - n },
  },
});
const list: DERControlList = {
  href: '/derp/1/derc',
  all: entries,
  results: entries,
  DERControl: Array.from({ length: entries }, (_, n) => control(n)),
};

/** Modes of fast-xml-parser that keep what is in the document, and nothing more. */
const options = {
  ignoreAttributes: false,
  attributeNamePrefix: '@_',
  parseTagValue: false,
  parseAttributeValue: false,
};

export async function codec(): Promise<BenchResult> {
  const xml = write(DERControlList, list, { dialect });
  const bytes = Buffer.from(xml);
  const [builder, parser] = [new XMLBuilder({ ...options, suppressEmptyNode: false }), new XMLParser(options)];
  const built = parser.parse(xml) as object;
  if (builder.build(built) !== xml) throw new Error('the builder writes another document');
  if (!isDeepStrictEqual(read(DERControlList, bytes, { mode: 'strict' }).value, list))
    throw new Error('what is read is not what was written');
  return {
    name: 'codec',
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${bytes.length} bytes`,
    results: [
      compare(
        `write ${entries} DERControls`,
        () => write(DERControlList, list, { dialect }),
        () => builder.build(built),
      ),
      compare(
        `read ${entries} DERControls, lenient`,
        () => read(DERControlList, bytes, { mode: 'lenient' }),
        () => parser.parse(bytes),
      ),
      compare(
        `read ${entries} DERControls, strict`,
        () => read(DERControlList, bytes, { mode: 'strict' }),
        () => parser.parse(bytes),
      ),
    ],
  };
}

/** Documents a second of both in turn, so that a slow moment of the machine meets both; the median of the rounds. */
function compare(what: string, ours: () => unknown, theirs: () => unknown): Line {
  const values: number[] = [];
  const baselines: number[] = [];
  rate(ours, 3 * roundMs);
  rate(theirs, 3 * roundMs);
  for (let round = 0; round < rounds; round++) {
    values.push(rate(ours, roundMs));
    baselines.push(rate(theirs, roundMs));
  }
  const [value, baseline] = [median(values), median(baselines)];
  return { case: what, value, unit: 'docs/s', baseline, ratio: value / baseline };
}

function rate(work: () => unknown, ms: number): number {
  const start = clock.monotonicMs();
  let done = 0;
  while (clock.monotonicMs() - start < ms) {
    work();
    done++;
  }
  return (done * 1000) / (clock.monotonicMs() - start);
}
