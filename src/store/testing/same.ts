/**
 * Random plans and questions, put to a store and to a model store that is simple enough to believe; every answer must be the
 * same. The universe is small on purpose: hrefs, keys and versions collide all the time.
 */
import fc from 'fast-check';
import {
  type IndexKey,
  type NewAudit,
  type NewDoc,
  type NewSeries,
  type Note,
  type Plan,
  type ReadingRow,
  type Store,
  type NewReadingSet,
  type Thinning,
} from '../api';

const hrefs = ['/a', '/a/1', '/a/1/x', '/a/10', '/a-', '/b', '/b/1', '/b/2', '/b/3', '~s'];
const lists = ['', '/a', '/b'];
const sortKeys = ['', 'a', 'aa', 'b', 'c~'];
const indexes = ['lfdi', 'mrid'] as const;
const keyTexts = ['K', 'L'];
const sites = ['1', '2'];
const meters = ['/m/1', '/m/2'];
const sets = ['', 'S', 'A'];
const noteIds = ['n1', 'n2', 'n3', 'n4'];

const keys: fc.Arbitrary<IndexKey[]> = fc.array(
  fc.record({ index: fc.constantFrom(...indexes), key: fc.constantFrom(...keyTexts), unique: fc.boolean() }),
  { maxLength: 2 },
);
const newDoc: fc.Arbitrary<NewDoc> = fc.record({
  href: fc.constantFrom(...hrefs),
  list: fc.constantFrom(...lists),
  kind: fc.constantFrom('k', 'l'),
  changed: fc.integer({ min: 0, max: 5_000_000_000 }),
  sortKey: fc.constantFrom(...sortKeys),
  body: fc.jsonValue({ maxDepth: 2 }),
  keys,
});
const newSeries: fc.Arbitrary<NewSeries> = fc
  .record({
    site: fc.constantFrom(...sites),
    start: fc.integer({ min: 0, max: 3000 }),
    steps: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 5 }),
    basis: fc.constantFrom(undefined, '{}'),
  })
  .map(({ site, start, steps, basis }) => ({
    site,
    publishedAt: start,
    start,
    stepS: 300,
    importW: Int32Array.from(steps, s => s[0]),
    exportW: Int32Array.from(steps, s => s[1]),
    own: Uint8Array.from(steps, s => s[2]),
    bound: Uint8Array.from(steps, s => s[3]),
    reasons: ['firm', 'head'],
    engine: 'e',
    inputsHash: 'h',
    ...(basis !== undefined && { basis }),
  }));
const value = fc.oneof(fc.integer(), fc.double({ noNaN: true, min: -1e15, max: 1e15 })).map(n => (n === 0 ? 0 : n));
const readingRow: fc.Arbitrary<ReadingRow> = fc.record(
  {
    meter: fc.constantFrom(...meters),
    set: fc.constantFrom(...sets),
    start: fc.integer({ min: 0, max: 4 }).map(n => n * 300),
    place: fc.constantFrom('', '01', '02'),
    durationS: fc.constantFrom(0, 300),
    value,
    localID: fc.constantFrom('01', '02'),
    consumptionBlock: fc.nat(2),
    touTier: fc.nat(2),
    qualityFlags: fc.constantFrom('00', '0001'),
  },
  { requiredKeys: ['meter', 'set', 'start', 'place'] },
);
const newSet: fc.Arbitrary<NewReadingSet> = fc.record(
  {
    meter: fc.constantFrom(...meters),
    set: fc.constantFrom(...sets.filter(name => name !== ''), '0A', '00A'),
    start: fc.integer({ min: 0, max: 4 }).map(n => n * 300),
    durationS: fc.constantFrom(0, 300),
    description: fc.string({ maxLength: 3 }),
    version: fc.nat(2),
  },
  { requiredKeys: ['meter', 'set', 'start', 'durationS'] },
);
const thinning: fc.Arbitrary<Thinning> = fc.record({
  meter: fc.constantFrom(...meters),
  before: fc.integer({ min: 0, max: 5 }).map(n => n * 300),
  stepS: fc.constantFrom(300, 600, 900),
  most: fc.nat(5),
});
const newNote: fc.Arbitrary<Note> = fc.record({
  id: fc.constantFrom(...noteIds),
  subscription: fc.constant('/sub'),
  due: fc.integer({ min: 0, max: 3 }),
  attempts: fc.nat(3),
  body: fc.jsonValue({ maxDepth: 1 }),
});
const newAudit: fc.Arbitrary<NewAudit> = fc.record({
  at: fc.nat(3),
  who: fc.constantFrom('key a', 'server'),
  from: fc.constantFrom('', '::1'),
  what: fc.constantFrom('site.add', 'denied'),
  subject: fc.constantFrom('1', '2'),
  outcome: fc.constantFrom('done', 'refused'),
  detail: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 1 }), { noNullPrototype: true }),
});
const some = <T>(item: fc.Arbitrary<T>, maxLength: number) => fc.array(item, { maxLength });
const aHref = fc.constantFrom(...hrefs);

export const anyPlan: fc.Arbitrary<Plan> = fc.record(
  {
    // mostly no expectation, or else long runs would only conflict
    expect: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(aHref, fc.nat(3), { maxKeys: 2 }) },
    ),
    put: fc.uniqueArray(newDoc, { selector: doc => doc.href, maxLength: 4 }),
    drop: some(aHref, 1),
    dropTree: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(aHref, 1) }),
    series: some(newSeries, 2),
    readings: some(readingRow, 4),
    sets: fc.uniqueArray(newSet, { selector: each => `${each.meter} ${each.set}`, maxLength: 2 }),
    thin: some(thinning, 2),
    forgetCoarse: some(thinning, 1),
    enqueue: some(newNote, 2),
    settle: some(fc.constantFrom(...noteIds), 1),
    audit: some(newAudit, 2),
  },
  { requiredKeys: [] },
);

const ask = fc.record({
  start: fc.nat(8),
  limit: fc.oneof(fc.nat(4), fc.constant(Infinity)),
  from: fc.constantFrom(undefined, '', ...sortKeys),
  to: fc.constantFrom(undefined, ...sortKeys, 'zz'),
});
type Ask = typeof ask extends fc.Arbitrary<infer A> ? A : never;

/** Everything a caller can see, for one way of paging. */
async function view(store: Store, { start, limit, from, to }: Ask): Promise<unknown> {
  const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const each = async <K, V>(names: readonly K[], value: (name: K) => Promise<V>) => Promise.all(names.map(value));
  return {
    docs: await store.many(hrefs),
    one: await each(hrefs, href => store.get(href)),
    pages: await each(lists, list => store.page(list, { start, limit, ...bounds })),
    counts: await each(lists, list => store.count(list)),
    found: await each(indexes, index => each(keyTexts, text => store.find(index, text))),
    series: await each(sites, site => store.series.ofSite(site, start * 500)),
    latest: await each(sites, site => store.series.latest(site)),
    readings: await each(meters, meter => store.readings.page(meter, { start, limit })),
    ofSets: await each(sets, set => store.readings.page('/m/1', { start, limit, set })),
    sets: await each(meters, meter => store.readings.sets(meter, { start, limit, after: start * 100 - 1 })),
    allSets: await each(meters, meter => store.readings.sets(meter, { start: 0, limit: Infinity })),
    set: await each(sets, set => store.readings.oneSet('/m/1', set)),
    between: await each(meters, meter => store.readings.between(meter, 300, start * 300, limit)),
    latestReading: await each(meters, meter => store.readings.latest(meter)),
    coarse: await each(meters, meter => store.readings.coarse(meter, 0, start * 300, limit)),
    meters: await store.readings.meters({ after: '', limit }),
    due: await store.outbox.due(start, 3),
    waiting: await store.outbox.waiting(),
    audit: await store.audit.page({ after: start, limit, from: start, subject: '1' }),
    trail: await store.audit.page({ after: 0, limit: Infinity }),
  };
}

export interface Real {
  store: Store;
  readonly reopen: () => Promise<Store>;
  /** Faults in what the store keeps for itself, such as stored counts. */
  readonly faults: (store: Store) => Promise<readonly string[]>;
}
type Command = fc.AsyncCommand<{ store: Store }, Real>;

/** Plans handed over at once, then everything looked at. */
class Commit implements Command {
  constructor(
    readonly plans: readonly Plan[],
    readonly paging: Ask,
  ) {}
  readonly check = () => true;
  async run(model: { store: Store }, real: Real): Promise<void> {
    const commit = (store: Store) => Promise.all(this.plans.map(plan => store.commit(plan)));
    const [want, got] = [await commit(model.store), await commit(real.store)];
    expect(got).toEqual(want);
    expect(await view(real.store, this.paging)).toEqual(await view(model.store, this.paging));
  }
  readonly toString = () => `commit ${fc.stringify(this.plans)}, page ${fc.stringify(this.paging)}`;
}

/** Closed and opened again: nothing may change. */
class Reopen implements Command {
  readonly check = () => true;
  async run(_: { store: Store }, real: Real): Promise<void> {
    expect(await real.faults(real.store)).toEqual([]);
    await real.store.close();
    real.store = await real.reopen();
  }
  readonly toString = () => 'reopen';
}

/** Runs random histories against both. `start` makes a new real store; `model` a new model. */
export async function actTheSame(
  model: () => Store,
  start: () => Promise<Real>,
  parameters: fc.Parameters<[Iterable<Command>]>,
): Promise<void> {
  const commands = fc.commands<{ store: Store }, Real>(
    [
      fc
        .tuple(fc.array(anyPlan, { minLength: 1, maxLength: 3 }), ask)
        .map(([plans, paging]) => new Commit(plans, paging)),
      fc
        .tuple(fc.array(anyPlan, { minLength: 1, maxLength: 1 }), ask)
        .map(([plans, paging]) => new Commit(plans, paging)),
      fc.constant(new Reopen()),
    ] as fc.Arbitrary<Command>[],
    { maxCommands: 25 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async history => {
      const real = await start();
      try {
        await fc.asyncModelRun(() => ({ model: { store: model() }, real }), history as Iterable<Command>);
        expect(await real.faults(real.store)).toEqual([]);
      } finally {
        await real.store.close();
      }
    }),
    parameters as fc.Parameters<[unknown]>,
  );
}
