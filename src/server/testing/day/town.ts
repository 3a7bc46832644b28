/** The town of a simulated day: a tree of network nodes, programs on them, and sites of every kind below. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random } from '../../../base/random';
import { type DialectId } from '../../../model/dialect';
import { type Config } from '../../config';
import { engineModule } from './engine';

export const bus = 'street';

/**
 * The engine, and one low-voltage bus behind a transformer that nothing can overload: what is told is to be tested, not what
 * is computed.
 */
export function furnish(dir: string, sites: number): void {
  const network = {
    format: 'headroom-network/1',
    name: 'Town',
    source: { bus: 'grid', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 60_000, xOverR: 3 },
    transformers: [
      {
        name: 'Town transformer',
        from: 'grid',
        to: bus,
        connection: 'delta-wye',
        primaryKv: 12.47,
        secondaryKv: 0.416,
        ratingKva: 100 * sites + 1000,
        xPercent: 3,
        rPercent: 1,
      },
    ],
    lines: [],
    loads: [{ name: 'lamp', bus, baseW: 10, baseVar: 0 }],
    shapes: [],
    voltageBand: { minPu: 0.5, maxPu: 1.5 },
  };
  writeFileSync(join(dir, 'town.json'), JSON.stringify(network));
  writeFileSync(join(dir, 'engine.js'), engineModule);
}

export const configOf = (sites: number): Partial<Config> => ({
  engine: './engine.js',
  verifyBudgetS: 0,
  envelopeStepS: 900,
  envelopeHorizonS: 2 * 3600,
  pollRates: {
    'der.programs': 600,
    'fsa.programs': 600,
    'fsa.list': 600,
    'dcap.capability': 3600,
    'time.time': 3600,
    'der.ders': 3600,
    'edev.devices': 3600,
    'edev.registration': 3600,
  },
  maxRequestsAtOnce: 10_000,
  maxRequestsPerMinute: 1_000_000,
  maxSubscriptions: 10_000,
  notifyAllow: '127.0.0.1',
  housekeepingEveryS: 3600,
  network: 'town.json',
  headRatingKva: 100 * sites + 1000,
});

export interface Node {
  readonly name: string;
  readonly level: 'system' | 'substation' | 'feeder' | 'segment';
  parent?: string;
}

/** A system, substations, feeders below them and segments below these, so that a segment has some forty sites. */
export function nodesFor(sites: number): Node[] {
  const segments = Math.max(4, Math.ceil(sites / 40));
  const feeders = Math.max(2, Math.ceil(segments / 6));
  const substations = Math.max(2, Math.ceil(feeders / 4));
  const below = (level: Node['level'], count: number, parents: number, above: Node['level']): Node[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${level} ${i}`, level, parent: `${above} ${i % parents}` }));
  return [
    { name: 'system 0', level: 'system' },
    ...below('substation', substations, 1, 'system'),
    ...below('feeder', feeders, substations, 'substation'),
    ...below('segment', segments, feeders, 'feeder'),
  ];
}

export const pools = ['pool 0', 'pool 1', 'pool 2'] as const;

export interface SiteSpec {
  readonly name: string;
  readonly dialect: DialectId;
  readonly maxW: number;
  readonly segment: string;
  /** Without one it has no envelopes, and its firm limits hold all day. */
  readonly bus?: string;
  /** Over a connection with a certificate of its own. */
  readonly overTls: boolean;
  /** Number of the aggregator that speaks for it. */
  readonly aggregator?: number;
  readonly subscribes: boolean;
}

export interface Share {
  readonly sites: number;
  readonly overTls: number;
  readonly aggregators: number;
  readonly subscribers: number;
}

/** Site number `n`. Those over TLS come first; every fifth other one is an aggregator's. */
export function siteSpec(n: number, segments: readonly string[], share: Share, random: Random): SiteSpec {
  const draw = random.fork(`site/${n}`);
  const overTls = n < share.overTls;
  const kind = draw.next();
  const managed = !overTls && n % 5 === 0 && share.aggregators > 0;
  return {
    name: `site ${n}`,
    // An aggregator is spoken to in its own dialect, whatever its sites speak.
    dialect: managed || kind < 0.75 ? 'csipaus-1.2' : kind < 0.87 ? '2018' : '2023',
    maxW: 1000 * draw.integer(3, 15),
    segment: segments[draw.integer(0, segments.length - 1)] ?? '',
    overTls,
    ...(n % 10 !== 9 && { bus }),
    subscribes: overTls && n < share.subscribers,
    ...(managed && { aggregator: draw.integer(0, share.aggregators - 1) }),
  };
}
