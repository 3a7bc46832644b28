import { type Store } from '../api';
import { audit, doc, note, reading, series } from './samples';
import { type OpenStore } from './with-store';

/** Ids of the rows that a plan added; fails the test when the plan was refused. */
async function add(store: Store, ...rows: ReturnType<typeof series>[]): Promise<readonly number[]> {
  const done = await store.commit({ series: rows });
  if (!done.ok) throw new Error(`refused: ${done.conflict.join(' ')}`);
  return done.series;
}

export function recordContract(open: OpenStore): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('series', () => {
    it('gives a row back as it was, extremes included', async () => {
      const row = series('1', {
        importW: Int32Array.of(0, 1, 255, 256, 65_536, 2_147_483_647),
        exportW: new Int32Array(6),
        own: Uint8Array.of(0, 1, 0, 1, 1, 1),
        bound: Uint8Array.of(0, 1, 2, 0, 1, 2),
        reasons: ['firm', '', 'branch “a”'],
        start: 4_102_444_800,
        basis: '{"forecasts":[]}',
      });
      const [id = 0] = await add(store, row);
      const back = await store.series.get(id);
      expect(back).toEqual({ ...row, id });
      expect(back?.importW).toBeInstanceOf(Int32Array);
      expect(back?.own).toBeInstanceOf(Uint8Array);
      expect(await store.series.get(id + 1)).toBeUndefined();
    });

    it('gives ids that grow with each row, over all sites', async () => {
      const [a = 0, b = 0] = await add(store, series('1'), series('2'));
      const [c = 0] = await add(store, series('1'));
      expect(a).toBeGreaterThan(0);
      expect(b).toBeGreaterThan(a);
      expect(c).toBeGreaterThan(b);
      expect(await store.series.latest('1')).toBe(c);
      expect(await store.series.latest('2')).toBe(b);
      expect(await store.series.latest('3')).toBe(0);
    });

    it('lists what of a site ends after a moment, oldest row first', async () => {
      const [late = 0, early = 0, , same = 0] = await add(
        store,
        series('1', { start: 2000 }), // three steps of 300 s: ends at 2900
        series('1', { start: 1000 }), // ends at 1900
        series('2', { start: 2000 }),
        series('1', { start: 2000 }),
      );
      const ids = async (from: number) => (await store.series.ofSite('1', from)).map(row => row.id);
      expect(await ids(0)).toEqual([late, early, same]);
      expect(await ids(1899)).toEqual([late, early, same]);
      expect(await ids(1900)).toEqual([late, same]);
      expect(await ids(2900)).toEqual([]);
    });

    it('shares no array with its callers', async () => {
      const row = series('1');
      const pending = add(store, row);
      row.importW[0] = 1;
      const [id = 0] = await pending;
      const first = await store.series.get(id);
      first?.importW.fill(7);
      expect((await store.series.get(id))?.importW).toEqual(series('1').importW);
    });

    it.each([
      [
        'no step',
        { importW: new Int32Array(), exportW: new Int32Array(), own: new Uint8Array(), bound: new Uint8Array() },
      ],
      ['arrays of unequal length', { exportW: Int32Array.of(1) }],
      ['a limit below 0', { exportW: Int32Array.of(0, -1, 0) }],
      ['a reason that is not listed', { bound: Uint8Array.of(0, 2, 0) }],
      ['a step of no length', { stepS: 0 }],
      ['a start between two seconds', { start: 1.5 }],
      ['a flag that is none', { own: Uint8Array.of(0, 3, 0) }],
      ['a basis that says nothing', { basis: '' }],
    ])('refuses a row with %s', async (_, fields) => {
      await expect(store.commit({ series: [series('1', fields)] })).rejects.toMatchObject({ code: 'BUG' });
      expect(await store.series.latest('1')).toBe(0);
    });
  });

  describe('readings', () => {
    const meter = '/upt/1/mr/1';

    it('pages newest first and counts all', async () => {
      const rows = [300, 900, 600, 0].map(start => reading(meter, start));
      await store.commit({ readings: [...rows, reading('/upt/2/mr/1', 100)] });
      const { rows: shown, all } = await store.readings.page(meter, { start: 1, limit: 2 });
      expect(shown).toEqual([reading(meter, 600), reading(meter, 300)]);
      expect(all).toBe(4);
      expect(await store.readings.page('/none', { start: 0, limit: 2 })).toEqual({ rows: [], all: 0 });
    });

    it('orders readings of one moment by set, the later first, then by place', async () => {
      const at = (set: string, place: string) => reading(meter, 0, { set, place });
      await store.commit({ readings: [at('Z', '02'), at('Z', '10')] });
      await store.commit({ readings: [at('A', '01'), at('Z', '01')] });
      const { rows } = await store.readings.page(meter, { start: 0, limit: 9 });
      expect(rows.map(row => row.set + row.place)).toEqual(['A01', 'Z10', 'Z02', 'Z01']);
      const between = await store.readings.between(meter, 0, 1);
      expect(between.map(row => row.set + row.place)).toEqual(['Z01', 'Z02', 'Z10', 'A01']);
    });

    it('pages and counts one set', async () => {
      await store.commit({
        readings: [
          reading(meter, 0, { set: 'A' }),
          reading(meter, 300, { set: 'B' }),
          reading(meter, 600, { set: 'A' }),
          reading(meter, 900),
          reading('/other', 900, { set: 'A' }),
        ],
      });
      const of = async (set: string) => {
        const { rows, all } = await store.readings.page(meter, { start: 0, limit: 9, set });
        expect(all).toBe(rows.length);
        return rows.map(row => row.start);
      };
      expect(await of('A')).toEqual([600, 0]);
      expect(await of('')).toEqual([900]);
      expect(await of('C')).toEqual([]);
    });

    it('replaces the row with the same meter, set, start and place, in one plan or in two', async () => {
      const row = reading(meter, 300, { set: 'A', place: '01', value: 1 });
      await store.commit({ readings: [row, { ...row, value: 2 }] });
      const last = { ...row, value: -3.5, durationS: 60, qualityFlags: '00' };
      await store.commit({ readings: [last, { ...row, place: '02' }, { ...row, set: 'B' }, { ...row, start: 301 }] });
      expect(await store.readings.page(meter, { start: 0, limit: 9 })).toMatchObject({ all: 4 });
      expect(await store.readings.between(meter, 300, 301)).toContainEqual(last);
      expect((await store.readings.page(meter, { start: 0, limit: 9, set: 'A' })).all).toBe(3);
    });

    it('keeps what a Reading says and adds nothing to it', async () => {
      const full = { localID: '0001', consumptionBlock: 3, touTier: 12, qualityFlags: '0081', durationS: 0, value: 0 };
      const rows = [
        { meter, set: 'A', start: 1, place: 'a', ...full },
        { meter, set: 'A', start: 1, place: 'b' },
        { meter, set: 'A', start: 1, place: 'c', ...full, touTier: 0, consumptionBlock: 0 },
      ];
      await store.commit({
        readings: rows.map(row => ({ ...row, value: row.place === 'b' ? undefined : 0 }) as never),
      });
      expect(await store.readings.between(meter, 0, 2)).toEqual(rows);
      await store.commit({ readings: [{ meter, set: 'A', start: 1, place: 'a' }] });
      expect((await store.readings.between(meter, 0, 2))[0]).toEqual({ meter, set: 'A', start: 1, place: 'a' });
    });

    it('knows the single Reading that came last, whatever its time', async () => {
      expect(await store.readings.latest(meter)).toBeUndefined();
      await store.commit({ readings: [reading(meter, 900), reading(meter, 600), reading(meter, 950, { set: 'A' })] });
      expect((await store.readings.latest(meter))?.start).toBe(600);
      await store.commit({ readings: [reading(meter, 900, { value: -1 })] });
      expect(await store.readings.latest(meter)).toEqual(reading(meter, 900, { value: -1 }));
      await store.commit({ readings: [reading(meter, 300)] });
      await store.commit({ thin: [{ meter, before: 301, stepS: 900, most: 9 }] });
      expect((await store.readings.latest(meter))?.start).toBe(900);
    });

    describe('sets', () => {
      const set = (name: string, start: number, fields: object = {}) => ({
        ...{ meter, set: name, start, durationS: 300 },
        ...fields,
      });
      const at = (start: number, name: string) => reading(meter, start, { set: name });
      const names = async (query: object = {}) =>
        (await store.readings.sets(meter, { start: 0, limit: 99, ...query })).sets.map(each => each.set);

      it('keeps what a set says and counts its readings', async () => {
        const full = set('0A', 600, { description: 'Mühle', version: 3 });
        await store.commit({ sets: [full, set('0B', 0)], readings: [at(600, '0A'), at(900, '0A'), at(1, 'none')] });
        expect(await store.readings.oneSet(meter, '0A')).toEqual({ ...full, readings: 2 });
        expect(await store.readings.oneSet(meter, '0B')).toEqual({ ...set('0B', 0), readings: 0 });
        for (const [of, name] of [
          [meter, 'none'],
          [meter, '0C'],
          ['/none', '0A'],
        ] as const)
          expect(await store.readings.oneSet(of, name)).toBeUndefined();
        expect((await store.readings.sets(meter, { start: 0, limit: 0 })).all).toBe(2);
        expect(await store.readings.sets('/none', { start: 0, limit: 9 })).toEqual({ sets: [], all: 0 });
      });

      it('lists them by start, then by number, both from the highest on, page by page and after a time', async () => {
        const starts: [string, number][] = [['1F', 5], ['0A', 9], ['00B0', 9], ['C', 9], ['02', -3], ['01', 5]]; // prettier-ignore
        await store.commit({ sets: starts.map(([name, start]) => set(name, start)) });
        const all = ['00B0', 'C', '0A', '1F', '01', '02'];
        expect(await names()).toEqual(all);
        for (let start = 0; start <= all.length; start++)
          expect(await names({ start, limit: 2 })).toEqual(all.slice(start, start + 2));
        expect(await names({ after: 5 })).toEqual(all.slice(0, 3));
        expect(await names({ after: 4, start: 2, limit: 2 })).toEqual(all.slice(2, 4));
        expect(await names({ after: 9 })).toEqual([]);
        expect((await store.readings.sets(meter, { start: 9, limit: 9, after: 9 })).all).toBe(6);
      });

      it('replaces a set of the same name whole, with its readings', async () => {
        await store.commit({ sets: [set('0A', 0)], readings: [at(0, '0A'), at(1, '0A'), at(2, '0B'), at(3, '')] });
        await store.commit({ sets: [set('0A', 7)], readings: [at(5, '0A')] });
        expect(await store.readings.oneSet(meter, '0A')).toEqual({ ...set('0A', 7), readings: 1 });
        const rows = async () => (await store.readings.page(meter, { start: 0, limit: 9 })).rows.map(row => row.start);
        expect(await rows()).toEqual([5, 3, 2]);
        await store.commit({ sets: [set('0A', 8), set('0B', 9)] });
        expect(await rows()).toEqual([3]);
        expect(await names()).toEqual(['0B', '0A']);
        await store.commit({ readings: [at(4, '0A')] }); // more of a set that is there
        expect((await store.readings.oneSet(meter, '0A'))?.readings).toBe(1);
      });

      it('drops a set with its last reading, and one that never had any once it is old', async () => {
        const thin = (before: number, most = 9) => store.commit({ thin: [{ meter, before, stepS: 900, most }] });
        const sets = [set('0A', 0), set('0B', 100), set('E0', 10), set('E1', 20), set('E2', 500)];
        await store.commit({ sets, readings: [at(0, '0A'), at(100, '0B'), at(400, '0B')] });
        const [state] = await store.readings.meters({ after: '', limit: 9 });
        expect(state).toEqual({ meter, all: 3, oldest: 0, oldestEmpty: 10 });
        await thin(101, 1);
        expect(await names()).toEqual(['E2', '0B', 'E1']);
        await thin(101);
        expect(await names()).toEqual(['E2', '0B']);
        expect(await store.readings.meters({ after: '', limit: 9 })).toEqual([
          { meter, all: 1, oldest: 400, oldestCoarse: 0, oldestEmpty: 500 },
        ]);
        await thin(401);
        expect(await names()).toEqual(['E2']);
        expect((await store.readings.sets(meter, { start: 0, limit: 0 })).all).toBe(1);
      });

      it.each([
        { set: '' },
        { set: 'é' },
        { set: '0'.repeat(33) },
        { start: 0.5 },
        { durationS: NaN },
        { version: 1.5 },
      ])('refuses %p', async fields => {
        await expect(store.commit({ sets: [set('0A', 0, fields)] })).rejects.toMatchObject({ code: 'BUG' });
        expect(await names()).toEqual([]);
      });

      it('refuses one name twice in one plan', async () => {
        const twice = { sets: [set('0A', 0), set('0A', 1)] };
        await expect(store.commit(twice)).rejects.toMatchObject({ code: 'BUG' });
      });
    });

    it('thins the oldest out into coarse rows, which later ones join', async () => {
      const values = [4, -2, 6, 10, 8];
      await store.commit({ readings: values.map((value, i) => reading(meter, 100 + 300 * i, { value })) });
      await store.commit({ readings: [{ meter, set: '', start: 120, place: '' }] }); // without a value
      const thin = (before: number, most: number) => store.commit({ thin: [{ meter, before, stepS: 900, most }] });
      await thin(1000, 3);
      expect(await store.readings.coarse(meter, 0, 900)).toEqual([
        { meter, start: 0, stepS: 900, n: 2, sum: 2, least: -2, most: 4, last: -2, lastStart: 400 },
      ]);
      await thin(1000, 100);
      await store.commit({ readings: [reading(meter, 90, { value: 100 })] });
      await thin(100, 100);
      expect(await store.readings.coarse(meter, 0, 9999)).toEqual([
        { meter, start: 0, stepS: 900, n: 4, sum: 108, least: -2, most: 100, last: 6, lastStart: 700 },
      ]);
      expect((await store.readings.page(meter, { start: 0, limit: 9 })).rows.map(row => row.start)).toEqual([
        1300, 1000,
      ]);
      expect(await store.readings.meters({ after: '', limit: 9 })).toEqual([
        { meter, all: 2, oldest: 1000, oldestCoarse: 0 },
      ]);
      await thin(5000, 100);
      expect((await store.readings.coarse(meter, 900, 9999)).map(row => row.n)).toEqual([2]);
      await store.commit({ forgetCoarse: [{ meter, before: 5000, most: 1 }] });
      expect(await store.readings.meters({ after: '', limit: 9 })).toEqual([{ meter, all: 0, oldestCoarse: 900 }]);
    });

    it('lists meters in order of href, page by page', async () => {
      await store.commit({ readings: ['/c', '/a', '/b'].map(each => reading(each, 7)) });
      const of = async (after: string) => (await store.readings.meters({ after, limit: 2 })).map(each => each.meter);
      expect([await of(''), await of('/b'), await of('/c')]).toEqual([['/a', '/b'], ['/c'], []]);
    });

    it('keeps Int48 values and times beyond Int32 exact', async () => {
      const rows = [140_737_488_355_327, -140_737_488_355_328, 0.25, 0].map((value, i) =>
        reading(meter, 4_102_444_800 + i, { value }),
      );
      await store.commit({ readings: rows });
      expect(await store.readings.between(meter, 4_102_444_800, 4_102_444_804)).toEqual(rows);
    });

    it('reports a range, the first second included and the last not, oldest first', async () => {
      await store.commit({ readings: [0, 300, 600].map(start => reading(meter, start)) });
      const between = async (from: number, to: number) =>
        (await store.readings.between(meter, from, to)).map(row => row.start);
      expect(await between(0, 600)).toEqual([0, 300]);
      expect(await between(1, 601)).toEqual([300, 600]);
      expect(await between(600, 0)).toEqual([]);
    });

    it.each([{ start: 1.5 }, { value: NaN }, { durationS: Infinity }, { place: 'é' }])('refuses %p', async fields => {
      await expect(store.commit({ readings: [reading(meter, 0, fields)] })).rejects.toMatchObject({ code: 'BUG' });
      expect((await store.readings.page(meter, { start: 0, limit: 9 })).all).toBe(0);
    });

    it('keeps readings and series when documents of their name are dropped', async () => {
      await store.commit({ readings: [reading(meter, 0)], series: [series('1')] });
      await store.commit({ dropTree: ['/upt/1'], drop: [meter] });
      expect((await store.readings.page(meter, { start: 0, limit: 9 })).all).toBe(1);
      expect(await store.series.latest('1')).toBeGreaterThan(0);
    });
  });

  describe('outbox', () => {
    const due = async (now: number, limit = 10) => (await store.outbox.due(now, limit)).map(({ id }) => id);

    it('hands out what is due, by time, then in the order it came', async () => {
      await store.commit({ enqueue: [note('c', 200), note('b', 100), note('a', 200), note('later', 201)] });
      expect(await due(99)).toEqual([]);
      expect(await due(200)).toEqual(['b', 'c', 'a']);
      expect(await due(200, 2)).toEqual(['b', 'c']);
      expect(await store.outbox.waiting()).toBe(4);
    });

    it('gives a note back as it was', async () => {
      const one = note('n', 100.5, { subscription: '/edev/3/sub/9', attempts: 2, body: { resource: '/x', list: [1] } });
      await store.commit({ enqueue: [one] });
      const [back] = await store.outbox.due(101, 1);
      expect(back).toEqual(one);
    });

    it('forgets what is settled; settling twice or what never was does nothing', async () => {
      await store.commit({ enqueue: [note('a', 1), note('b', 1)] });
      await store.commit({ settle: ['a', 'never'] });
      await store.commit({ settle: ['a'] });
      expect(await due(1)).toEqual(['b']);
      expect(await store.outbox.waiting()).toBe(1);
    });

    it('replaces a waiting note of the same id, so that a retry moves to its new time and the end of the line', async () => {
      await store.commit({ enqueue: [note('a', 1), note('b', 1)] });
      await store.commit({ settle: ['a'], enqueue: [note('a', 1, { attempts: 1 })] });
      expect(await due(1)).toEqual(['b', 'a']);
      await store.commit({ enqueue: [note('b', 50, { attempts: 1 })] });
      expect(await due(1)).toEqual(['a']);
      expect(await store.outbox.waiting()).toBe(2);
    });
  });

  describe('audit trail', () => {
    const all = { after: 0, limit: 100 };
    it('appends in order, gives rows back as they were, and goes on counting', async () => {
      const rows = [
        audit('site.add', { detail: { name: 'Mühle', list: [1, null], deep: { a: true } } }),
        audit('denied', { outcome: 'refused', who: 'device AB', from: '', at: 4_102_444_800 }),
      ];
      await store.commit({ audit: rows });
      await store.commit({ audit: [audit('site.remove')] });
      const got = await store.audit.page(all);
      expect(got).toEqual([...rows, audit('site.remove')].map((row, i) => ({ ...row, id: i + 1 })));
    });

    it('pages by id and finds by time, by who, by what and by subject, alone and together', async () => {
      await store.commit({
        audit: [
          audit('a', { at: 1, subject: '1' }),
          audit('b', { at: 2, subject: '2', who: 'server' }),
          audit('a', { at: 3, subject: '2' }),
          audit('a', { at: 4, subject: '1', who: 'server' }),
        ],
      });
      const ids = async (query: object) => (await store.audit.page({ ...all, ...query })).map(row => row.id);
      expect(await ids({ limit: 2 })).toEqual([1, 2]);
      expect(await ids({ after: 2 })).toEqual([3, 4]);
      expect(await ids({ after: 9 })).toEqual([]);
      expect(await ids({ from: 2, to: 4 })).toEqual([2, 3]);
      expect(await ids({ who: 'server' })).toEqual([2, 4]);
      expect(await ids({ what: 'a', subject: '2' })).toEqual([3]);
      expect(await ids({ what: 'a', after: 1, limit: 1 })).toEqual([3]);
    });

    it('has a row of a plan that was committed and none of one that was not', async () => {
      await store.commit({ put: [doc('/x')], audit: [audit('done')] });
      await store.commit({ expect: { '/x': 7 }, audit: [audit('not done')] });
      await expect(store.commit({ audit: [audit('unfit', { detail: { at: NaN } })] })).rejects.toMatchObject({
        code: 'BUG',
      });
      expect((await store.audit.page(all)).map(row => row.what)).toEqual(['done']);
    });
  });
}
