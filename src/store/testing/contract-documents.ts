import { type Doc, type Store } from '../api';
import { doc, entry, key } from './samples';
import { type OpenStore } from './with-store';

const hrefs = (docs: readonly Doc[]) => docs.map(d => d.href);

export function documentContract(open: OpenStore): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('documents', () => {
    it('answers undefined for what is not there', async () => {
      expect(await store.get('/edev/1')).toBeUndefined();
      expect(await store.many(['/edev/1', '/edev/2'])).toEqual([]);
    });

    it('gives a document back as it was put, with a version', async () => {
      const body = {
        sFDI: 167261211391,
        changedTime: 4_102_444_800,
        enabled: true,
        tags: ['a', null],
        name: 'Nuño — ü',
      };
      const put = entry('/edev', '1', { kind: 'edev.device', changed: 4_102_444_800, body });
      await store.commit({ put: [put] });
      expect(await store.get('/edev/1')).toEqual({ ...put, version: 1 });
    });

    it('gives several in the order asked and leaves missing ones out', async () => {
      await store.commit({ put: [doc('/a'), doc('/b'), doc('/c')] });
      expect(hrefs(await store.many(['/c', '/x', '/a', '/c']))).toEqual(['/c', '/a', '/c']);
    });

    it('raises the version with each write and keeps the last of everything', async () => {
      await store.commit({ put: [entry('/l', 'a', { body: { n: 1 } })] });
      const second = { ...entry('/l', 'a', { body: { n: 2 }, changed: 2000, kind: 'other' }), list: '/m' };
      const done = await store.commit({ put: [second] });
      expect(done).toEqual({
        ok: true,
        changed: ['/l/a'],
        versions: { '/l/a': 2 },
        series: [],
        touched: ['doc:/l/a', 'list:/l', 'list:/m'],
      });
      expect(await store.get('/l/a')).toEqual({ ...second, version: 2 });
    });

    it('drops keys whose value is undefined, as JSON does', async () => {
      await store.commit({ put: [doc('/a', { body: { here: 1, gone: undefined } })] });
      expect(Object.keys((await store.get<object>('/a'))?.body ?? {})).toEqual(['here']);
    });

    it.each([
      ['a big integer', { n: 1n }],
      ['a Date', { at: new Date(0) }],
      ['a Map', { m: new Map() }],
      ['a typed array', { w: Int32Array.of(1) }],
      ['NaN', { list: [{ n: NaN }] }],
      ['undefined in an array', [undefined]],
      ['nothing at all', undefined],
      ['a function', { f: () => 1 }],
    ])('refuses a body with %s and writes nothing', async (_, body) => {
      await expect(store.commit({ put: [doc('/good'), doc('/bad', { body })] })).rejects.toMatchObject({ code: 'BUG' });
      expect(await store.get('/good')).toBeUndefined();
    });

    it('is not reached by what callers do to their objects before or after', async () => {
      const body = { list: [1, 2] };
      const put = [doc('/a', { body })];
      const pending = store.commit({ put });
      body.list.push(3);
      put.push(doc('/b'));
      await pending;
      expect(await store.get('/b')).toBeUndefined();
      const first = await store.get<typeof body>('/a');
      expect(first?.body.list).toEqual([1, 2]);
      first?.body.list.push(4);
      expect((await store.get<typeof body>('/a'))?.body.list).toEqual([1, 2]);
      expect((await store.many<typeof body>(['/a']))[0]?.body.list).toEqual([1, 2]);
    });
  });

  describe('lists', () => {
    it('is empty where nothing stands', async () => {
      expect(await store.page('/edev', { start: 0, limit: 10 })).toEqual({ docs: [], all: 0 });
      expect(await store.count('/edev')).toBe(0);
    });

    it('orders by sort key, byte by byte, then by href', async () => {
      const put = ['b', 'a', 'Z', '10', '9', '~', ''].map(sortKey => doc(`/l/x${sortKey}`, { list: '/l', sortKey }));
      await store.commit({ put: [...put, doc('/l/2', { list: '/l', sortKey: 'a' }), doc('/other', { list: '/l2' })] });
      const { docs, all } = await store.page('/l', { start: 0, limit: 100 });
      expect(hrefs(docs)).toEqual(['/l/x', '/l/x10', '/l/x9', '/l/xZ', '/l/2', '/l/xa', '/l/xb', '/l/x~']);
      expect(all).toBe(8);
    });

    it('pages', async () => {
      await store.commit({ put: ['a', 'b', 'c', 'd', 'e'].map(k => entry('/l', k)) });
      const page = async (start: number, limit: number) => hrefs((await store.page('/l', { start, limit })).docs);
      expect(await page(0, 2)).toEqual(['/l/a', '/l/b']);
      expect(await page(3, 10)).toEqual(['/l/d', '/l/e']);
      expect(await page(5, 10)).toEqual([]);
      expect(await page(2, 0)).toEqual([]);
      expect(await page(4, Infinity)).toEqual(['/l/e']);
      await expect(page(-1, 1)).rejects.toMatchObject({ code: 'BUG' });
      await expect(page(0, 1.5)).rejects.toMatchObject({ code: 'BUG' });
    });

    it('bounds a page by sort keys, the first included and the last not, and still counts all', async () => {
      await store.commit({ put: ['a', 'b', 'bb', 'c', 'd'].map(k => entry('/l', k)) });
      const range = async (from?: string, to?: string, start = 0) => {
        const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
        const { docs, all } = await store.page('/l', { start, limit: 10, ...bounds });
        expect(all).toBe(5);
        return hrefs(docs).join(' ');
      };
      expect(await range('b')).toBe('/l/b /l/bb /l/c /l/d');
      expect(await range('b', 'c')).toBe('/l/b /l/bb');
      expect(await range(undefined, 'b')).toBe('/l/a');
      expect(await range('b', 'd', 2)).toBe('/l/c');
      expect(await range('b', 'd', 3)).toBe('');
      expect(await range('c', 'b')).toBe('');
      expect(await range('')).toBe('/l/a /l/b /l/bb /l/c /l/d');
    });

    it('follows a document that changes its place or its list', async () => {
      await store.commit({ put: [entry('/l', 'a'), entry('/l', 'b'), entry('/m', 'x')] });
      await store.commit({
        put: [doc('/l/a', { list: '/l', sortKey: 'z' }), doc('/l/b', { list: '/m', sortKey: 'b' })],
      });
      expect(await store.page('/l', { start: 0, limit: 9 })).toMatchObject({ docs: [{ href: '/l/a' }], all: 1 });
      expect(hrefs((await store.page('/m', { start: 0, limit: 9 })).docs)).toEqual(['/l/b', '/m/x']);
      await store.commit({ put: [doc('/l/b')] });
      expect(await store.count('/m')).toBe(1);
    });

    it('keeps documents without a list out of every list', async () => {
      await store.commit({ put: [doc('/a'), doc('/b')] });
      expect(await store.page('', { start: 0, limit: 9 })).toEqual({ docs: [], all: 0 });
      expect(await store.count('')).toBe(0);
    });

    it('pages a long list anywhere, also after much was inserted and taken away', async () => {
      const name = (n: number) => String(n).padStart(5, '0');
      const numbers = Array.from({ length: 2600 }, (_, n) => (n * 1171) % 2600); // each once, out of order
      await store.commit({ put: numbers.map(n => entry('/l', name(n))) });
      await store.commit({ drop: numbers.filter(n => n % 7 === 0 || (n > 900 && n < 1500)).map(n => `/l/${name(n)}`) });
      await store.commit({ put: [entry('/l', '00000x'), entry('/l', '02599x')] });
      const { docs, all } = await store.page('/l', { start: 0, limit: Infinity });
      expect(all).toBe(docs.length);
      expect(docs.length).toBe(2600 - 885 + 2);
      for (let start = 0; start <= docs.length; start += 61) {
        const want = hrefs(docs).slice(start, start + 3);
        expect(hrefs((await store.page('/l', { start, limit: 3 })).docs)).toEqual(want);
      }
      const late = hrefs(docs).filter(href => href >= '/l/00500' && href < '/l/02400');
      const page = await store.page('/l', { start: 1000, limit: 5, from: '00500', to: '02400' });
      expect(hrefs(page.docs)).toEqual(late.slice(1000, 1005));
      const end = await store.page('/l', { start: late.length - 2, limit: 5, from: '00500', to: '02400' });
      expect(hrefs(end.docs)).toEqual(late.slice(-2));
    });
  });

  describe('index keys', () => {
    it('finds the holders of a key in order of href', async () => {
      const keys = [key('program', 'p1'), key('site', 's1')];
      await store.commit({ put: [doc('/b', { keys }), doc('/a', { keys }), doc('/c', { keys: [key('site', 's2')] })] });
      expect(hrefs(await store.find('program', 'p1'))).toEqual(['/a', '/b']);
      expect(hrefs(await store.find('site', 's2'))).toEqual(['/c']);
      expect(await store.find('lfdi', 's2')).toEqual([]);
    });

    it('replaces all keys at each put, and lets them go with the document', async () => {
      await store.commit({ put: [doc('/a', { keys: [key('site', 'old'), key('mrid', 'M')] })] });
      await store.commit({ put: [doc('/a', { keys: [key('site', 'new'), key('mrid', 'M'), key('mrid', 'M')] })] });
      expect(await store.find('site', 'old')).toEqual([]);
      expect(hrefs(await store.find('site', 'new'))).toEqual(['/a']);
      expect(hrefs(await store.find('mrid', 'M'))).toEqual(['/a']);
      await store.commit({ put: [doc('/a')] });
      expect(await store.find('mrid', 'M')).toEqual([]);
      await store.commit({ put: [doc('/a', { keys: [key('mrid', 'M')] })] });
      await store.commit({ drop: ['/a'] });
      expect(await store.find('mrid', 'M')).toEqual([]);
    });
  });

  describe('dropping', () => {
    it('drops a document and says so; what is not there is no change', async () => {
      await store.commit({ put: [entry('/l', 'a'), entry('/l', 'b')] });
      expect(await store.commit({ drop: ['/l/a', '/nowhere'] })).toEqual({
        ok: true,
        changed: ['/l/a'],
        versions: { '/l/a': 0 },
        series: [],
        touched: expect.anything() as string[],
      });
      expect(await store.get('/l/a')).toBeUndefined();
      expect(hrefs((await store.page('/l', { start: 0, limit: 9 })).docs)).toEqual(['/l/b']);
      expect(await store.count('/l')).toBe(1);
    });

    it('starts again at version 1 after a drop', async () => {
      await store.commit({ put: [doc('/a')] });
      await store.commit({ put: [doc('/a')] });
      await store.commit({ drop: ['/a'] });
      expect(await store.commit({ put: [doc('/a')] })).toMatchObject({ versions: { '/a': 1 } });
    });

    it('drops a tree: the document, all below it, and nothing that only looks alike', async () => {
      const tree = ['/edev/1', '/edev/1/der', '/edev/1/der/1/dercap'];
      const rest = ['/edev/10', '/edev/10/der', '/edev/1-', '/edev/1.', '/edev/10', '/edev/11/x', '/edev', '/x/edev/1'];
      await store.commit({ put: [...new Set([...tree, ...rest])].map(href => doc(href, { list: '/l' })) });
      const done = await store.commit({ dropTree: ['/edev/1', '/none'] });
      expect(done).toMatchObject({ changed: tree });
      expect(await store.many(tree)).toEqual([]);
      expect(await store.many(rest)).toHaveLength(rest.length);
      expect(await store.count('/l')).toBe(7);
    });

    it('replaces a tree in one plan: the drop comes first and versions go on counting', async () => {
      await store.commit({ put: [doc('/t'), doc('/t/a'), doc('/t/b')] });
      const done = await store.commit({ dropTree: ['/t'], put: [doc('/t/b', { body: 'new' }), doc('/t/c')] });
      expect(done).toMatchObject({ versions: { '/t': 0, '/t/a': 0, '/t/b': 2, '/t/c': 1 } });
      expect(hrefs(await store.many(['/t', '/t/a', '/t/b', '/t/c']))).toEqual(['/t/b', '/t/c']);
    });
  });
}
