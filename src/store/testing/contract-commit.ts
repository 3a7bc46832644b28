import { type Plan, type Store } from '../api';
import { doc, entry, key, note, reading, series } from './samples';
import { type OpenStore } from './with-store';

export function commitContract(open: OpenStore): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  /** Everything a plan could have touched, for tests that nothing was. */
  const state = async () => ({
    docs: await store.many(['/l/a', '/l/b', '/l/c']),
    list: await store.page('/l', { start: 0, limit: 9 }),
    found: await store.find('mrid', 'M'),
    series: await store.series.ofSite('1', 0),
    latest: await store.series.latest('1'),
    readings: await store.readings.page('/m', { start: 0, limit: 9 }),
    due: await store.outbox.due(1e9, 9),
    waiting: await store.outbox.waiting(),
    audit: await store.audit.page({ after: 0, limit: 9 }),
  });

  describe('compare and set', () => {
    it('applies when every version is as expected, and conflicts by name when one is not', async () => {
      await store.commit({ expect: { '/a': 0, '/b': 0 }, put: [doc('/a'), doc('/b')] });
      await store.commit({ put: [doc('/b')] });
      expect(await store.commit({ expect: { '/a': 1, '/b': 1, '/c': 0, '/d': 4 }, put: [doc('/c')] })).toEqual({
        ok: false,
        conflict: ['/b', '/d'],
      });
      expect(await store.get('/c')).toBeUndefined();
      expect(await store.commit({ expect: { '/a': 1, '/b': 2, '/c': 0 }, put: [doc('/c')] })).toMatchObject({
        ok: true,
      });
    });

    it('guards documents that the plan does not write', async () => {
      expect(await store.commit({ expect: { '/guard': 1 } })).toEqual({ ok: false, conflict: ['/guard'] });
      await store.commit({ put: [doc('/guard')] });
      expect(await store.commit({ expect: { '/guard': 1 } })).toEqual({
        ok: true,
        changed: [],
        versions: {},
        series: [],
        touched: expect.anything() as string[],
      });
      expect(await store.commit({ expect: { '/guard': 0 }, drop: ['/guard'] })).toMatchObject({ ok: false });
      expect((await store.get('/guard'))?.version).toBe(1);
    });

    it('takes the versions of the last commit as the next expectation', async () => {
      const first = await store.commit({ put: [doc('/a'), doc('/b')] });
      const second = await store.commit({ expect: first.ok ? first.versions : {}, put: [doc('/a')], drop: ['/b'] });
      const third = await store.commit({ expect: second.ok ? second.versions : {}, put: [doc('/b')] });
      expect(third).toMatchObject({ ok: true, versions: { '/b': 1 } });
    });
  });

  describe('unique keys', () => {
    const lfdi = [key('lfdi', 'AB', true)];

    it('lets one document hold a unique key and names the key in the conflict', async () => {
      await store.commit({ put: [doc('/a', { keys: lfdi })] });
      const taken = { ok: false, conflict: ['lfdi:AB'] };
      expect(await store.commit({ put: [doc('/b', { keys: lfdi })] })).toEqual(taken);
      expect(await store.commit({ put: [doc('/b', { keys: [key('lfdi', 'AB')] })] })).toEqual(taken);
      expect(await store.commit({ put: [doc('/b', { keys: [key('mrid', 'AB', true)] })] })).toMatchObject({ ok: true });
      expect(await store.commit({ expect: { '/a': 7 }, put: [doc('/b', { keys: lfdi })] })).toEqual({
        ok: false,
        conflict: ['/a', 'lfdi:AB'],
      });
    });

    it('conflicts too when the holder before did not claim it as unique', async () => {
      await store.commit({ put: [doc('/a', { keys: [key('name', 'n')] }), doc('/b', { keys: [key('name', 'n')] })] });
      expect(await store.commit({ put: [doc('/c', { keys: [key('name', 'n', true)] })] })).toEqual({
        ok: false,
        conflict: ['name:n'],
      });
    });

    it('lets the holder write again, and another have it once it is free', async () => {
      await store.commit({ put: [doc('/a', { keys: lfdi })] });
      expect(await store.commit({ put: [doc('/a', { keys: lfdi })] })).toMatchObject({ ok: true });
      expect(await store.commit({ put: [doc('/a')] })).toMatchObject({ ok: true });
      expect(await store.commit({ put: [doc('/b', { keys: lfdi })] })).toMatchObject({ ok: true });
    });

    it('heeds a holder that changes its mind about uniqueness', async () => {
      const put = async (href: string, unique: boolean) =>
        (await store.commit({ put: [doc(href, { keys: [key('name', 'n', unique)] })] })).ok;
      expect(await put('/a', false)).toBe(true);
      expect(await put('/a', true)).toBe(true);
      expect(await put('/b', false)).toBe(false);
      expect(await put('/a', false)).toBe(true);
      expect(await put('/b', false)).toBe(true);
      expect(await put('/a', true)).toBe(false);
    });

    it('looks at how things stand after the plan: hand over, swap, drop and take', async () => {
      const other = [key('lfdi', 'CD', true)];
      await store.commit({ put: [doc('/a', { keys: lfdi }), doc('/b', { keys: other })] });
      expect(await store.commit({ put: [doc('/a', { keys: other }), doc('/b', { keys: lfdi })] })).toMatchObject({
        ok: true,
      });
      expect(await store.commit({ put: [doc('/c', { keys: lfdi }), doc('/b')] })).toMatchObject({ ok: true });
      expect(await store.commit({ drop: ['/c'], put: [doc('/d', { keys: lfdi })] })).toMatchObject({ ok: true });
      expect((await store.find('lfdi', 'AB')).map(d => d.href)).toEqual(['/d']);
      expect((await store.find('lfdi', 'CD')).map(d => d.href)).toEqual(['/a']);
    });

    it('refuses a plan that claims one key for two documents', async () => {
      expect(await store.commit({ put: [doc('/a', { keys: lfdi }), doc('/b', { keys: lfdi })] })).toEqual({
        ok: false,
        conflict: ['lfdi:AB'],
      });
      expect(await store.get('/a')).toBeUndefined();
    });
  });

  describe('all or nothing', () => {
    const everything: Plan = {
      put: [entry('/l', 'b'), entry('/l', 'c', { keys: [key('mrid', 'M')] })],
      drop: ['/l/a'],
      series: [series('1')],
      readings: [reading('/m', 0, { value: 9 })],
      enqueue: [note('n2', 5)],
      settle: ['n1'],
    };
    const seed: Plan = {
      put: [entry('/l', 'a', { keys: [key('lfdi', 'A', true), key('mrid', 'M')] })],
      series: [series('1')],
      readings: [reading('/m', 0)],
      enqueue: [note('n1', 1)],
    };

    it('applies every part', async () => {
      await store.commit(seed);
      expect(await store.commit(everything)).toMatchObject({ ok: true, changed: ['/l/a', '/l/b', '/l/c'] });
      const now = await state();
      expect(now.list.docs.map(d => d.href)).toEqual(['/l/b', '/l/c']);
      expect(now.found.map(d => d.href)).toEqual(['/l/c']);
      expect(now.series).toHaveLength(2);
      expect(now.readings.rows.map(row => row.value)).toEqual([9]);
      expect(now.due.map(({ id }) => id)).toEqual(['n2']);
    });

    it.each<[string, Plan]>([
      ['version', { ...everything, expect: { '/l/a': 2 } }],
      ['key', { ...everything, drop: [], put: [...(everything.put ?? []), doc('/x', { keys: [key('lfdi', 'A')] })] }],
      ['dropTree', { ...everything, dropTree: ['/l'], expect: { '/l/b': 1 } }],
    ])('changes nothing when a %s stands against it', async (_, plan) => {
      await store.commit(seed);
      const before = await state();
      expect(await store.commit(plan)).toMatchObject({ ok: false });
      expect(await state()).toEqual(before);
    });

    it.each<[string, Plan]>([
      ['document', { ...everything, put: [...(everything.put ?? []), doc('/x', { sortKey: 'ü' })] }],
      ['document put twice', { ...everything, put: [...(everything.put ?? []), entry('/l', 'b')] }],
      ['time', { ...everything, put: [...(everything.put ?? []), doc('/x', { changed: 0.5 })] }],
      ['href', { ...everything, put: [...(everything.put ?? []), doc('')] }],
      ['series', { ...everything, series: [series('1', { stepS: 0 })] }],
      ['reading', { ...everything, readings: [reading('/m', NaN)] }],
      ['note', { ...everything, enqueue: [note('n2', 5, { body: 1n })] }],
    ])('changes nothing when a %s is not fit to be stored', async (_, plan) => {
      await store.commit(seed);
      const before = await state();
      await expect(store.commit(plan)).rejects.toMatchObject({ code: 'BUG' });
      expect(await state()).toEqual(before);
    });

    it('names everything that readers could have seen before or can see now', async () => {
      await store.commit({ put: [entry('/l', 'a', { keys: [{ index: 'owner', key: 'x' }] })] });
      const moved = await store.commit({
        put: [doc('/l/a', { list: '/m', keys: [{ index: 'name', key: 'n' }] })],
        series: [series('7')],
        readings: [reading('/r', 0)],
      });
      expect(moved.ok && [...moved.touched].sort()).toEqual(
        ['doc:/l/a', 'key:name:n', 'key:owner:x', 'list:/l', 'list:/m', 'meter:/r', 'site:7'].sort(),
      );
      const dropped = await store.commit({ dropTree: ['/l/a'] });
      expect(dropped.ok && [...dropped.touched].sort()).toEqual(['doc:/l/a', 'key:name:n', 'list:/m']);
    });

    it('takes an empty plan', async () => {
      expect(await store.commit({})).toEqual({ ok: true, changed: [], versions: {}, series: [], touched: [] });
    });
  });

  describe('many at once', () => {
    it('lets exactly one of many racing registrations win', async () => {
      const register = (n: number) =>
        store.commit({
          expect: { [`/edev/${n}`]: 0 },
          put: [entry('/edev', `${n}`, { keys: [key('lfdi', 'AB', true)] })],
        });
      const results = await Promise.all(Array.from({ length: 20 }, (_, n) => register(n)));
      expect(results.filter(r => r.ok)).toHaveLength(1);
      expect(results.filter(r => !r.ok && r.conflict.join() === 'lfdi:AB')).toHaveLength(19);
      expect(await store.count('/edev')).toBe(1);
      expect(await store.find('lfdi', 'AB')).toHaveLength(1);
    });

    it('loses no increment when many read, decide and commit at once', async () => {
      const increment = async (): Promise<void> => {
        const before = await store.get<number>('/counter');
        const done = await store.commit({
          expect: { '/counter': before?.version ?? 0 },
          put: [doc('/counter', { body: (before?.body ?? 0) + 1 })],
        });
        if (!done.ok) await increment();
      };
      await Promise.all(Array.from({ length: 12 }, increment));
      expect(await store.get('/counter')).toMatchObject({ version: 12, body: 12 });
    });

    it('applies plans in the order they were handed over; a bad one does not touch its neighbours', async () => {
      const plans: Plan[] = [
        { put: [doc('/a', { body: 1 })] },
        { expect: { '/a': 5 }, put: [doc('/a', { body: 'never' }), doc('/never')] },
        { put: [doc('/bad', { body: 1n })] },
        { expect: { '/a': 1 }, put: [doc('/a', { body: 2 })] },
        { expect: { '/a': 2 }, drop: ['/a'], put: [doc('/b')] },
      ];
      const done = await Promise.allSettled(plans.map(plan => store.commit(plan)));
      const outcome = done.map(d => (d.status === 'rejected' ? 'rejected' : d.value.ok ? 'done' : 'conflict'));
      expect(outcome).toEqual(['done', 'conflict', 'rejected', 'done', 'done']);
      expect(await store.many(['/a', '/b', '/never', '/bad'])).toMatchObject([{ href: '/b' }]);
    });

    it('shows a commit to every reader once it has resolved', async () => {
      await Promise.all(
        Array.from({ length: 30 }, async (_, n) => {
          await store.commit({ put: [entry('/l', `${n}`)] });
          expect(await store.get(`/l/${n}`)).toBeDefined();
        }),
      );
      expect(await store.count('/l')).toBe(30);
    });

    it('gives each of many concurrent rows an id of its own', async () => {
      const done = await Promise.all(Array.from({ length: 25 }, () => store.commit({ series: [series('1')] })));
      const ids = done.flatMap(d => (d.ok ? d.series : []));
      expect(new Set(ids).size).toBe(25);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    });
  });

  describe('closing', () => {
    it('finishes what was handed over, then takes nothing more', async () => {
      const pending = store.commit({ put: [doc('/a')] });
      await store.close();
      expect(await pending).toMatchObject({ ok: true });
      await expect(store.commit({ put: [doc('/b')] })).rejects.toMatchObject({ code: 'STORE_BUSY' });
      await expect(store.get('/a')).rejects.toMatchObject({ code: 'STORE_BUSY' });
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}
