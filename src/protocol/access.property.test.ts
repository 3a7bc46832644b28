/**
 * Nothing of another owner is ever readable or writable. Device A has something at every resource of the model; identities of
 * every other kind ask for it, in every method, with bodies that name themselves or A. Each answer must be that for a resource
 * which is not there, in status, headers, body and in the reads it costs; nothing they are shown may hold anything of A's; and
 * when all is done, A's documents are as they were.
 */
import fc from 'fast-check';
import { SystemClock } from '../base/clock';
import { seededRandom } from '../base/random';
import { allResources } from '../model';
import { type Complex } from '../model/dsl';
import { type Resource } from '../model/resource';
import { sfdiOf } from '../tls';
import { changeSite } from '../functions/operator/sites';
import { type Store } from '../store/api';
import { memoryStore } from '../store/memory/store';
import { type Answer } from './exchange';
import { everything, xmlOf } from './testing/everything';
import { lfdiA, lfdiB, pen, siteA, stranger } from './testing/port';

const aggregator = 'C0'.repeat(20);
const managed = 'D1'.repeat(20);
const viewer = 'E2'.repeat(20);
const site = (name: string, lfdi: string, more: object = {}) => ({ ...siteA, name, lfdi, sfdi: sfdiOf(lfdi), ...more });

/** Everybody but A, and but whoever speaks for A. */
const others = {
  'a device': lfdiB,
  'an aggregator': aggregator,
  'a managed device': managed,
  'a newcomer': stranger,
  'a viewer of A': viewer,
};
type Who = keyof typeof others;

/** Reads of the store since it was last asked. */
function counted(inner: Store) {
  let reads = 0;
  const counting =
    <A extends unknown[], R>(read: (...args: A) => R) =>
    (...args: A): R => {
      reads++;
      return read(...args);
    };
  const store: Store = {
    ...inner,
    get: counting(inner.get.bind(inner)) as Store['get'],
    many: counting(inner.many.bind(inner)) as Store['many'],
    page: counting(inner.page.bind(inner)) as Store['page'],
    find: counting(inner.find.bind(inner)) as Store['find'],
    count: counting(inner.count.bind(inner)),
  };
  return {
    store,
    taken: () => {
      const n = reads;
      reads = 0;
      return n;
    },
  };
}

async function world() {
  const { store: inner, taken } = counted(memoryStore());
  const port = await everything({ store: inner });
  await port.add(
    site('G', aggregator, { role: 'aggregator' }),
    site('M', managed, { manager: aggregator }),
    site('V', viewer),
  );
  const { store } = port;
  const [{ edev = '' } = {}] = (await store.find<{ edev: string }>('name', 'V')).map(doc => doc.body);
  await changeSite({ store, clock: port.clock, pen }, edev, { shown: ['1'] });
  return { ...port, taken };
}
type World = Awaited<ReturnType<typeof world>>;

const called = (name: string): Resource => {
  const found = allResources.find(each => each.name === name);
  if (!found) throw new Error(name);
  return found;
};
const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
const owned = allResources.filter(resource => resource.owner !== 'public' && resource.path.includes(':'));
const open = allResources.filter(resource => !owned.includes(resource));

/** The same kind of path, of nothing: other ids of the same form. */
const nowhere = (resource: Resource, path: string): string => {
  const pattern = resource.path.split('/');
  return path
    .split('/')
    .map((segment, i) =>
      pattern[i]?.startsWith(':') ? (/^\d+$/.test(segment) ? '777' : segment.replace(/[0-9A-Fa-f]/g, '7')) : segment,
    )
    .join('/');
};

/** What only A may ever see: its identity, its paths, what it was issued. */
const ofA = ({ derc, at }: World): readonly string[] => [
  lfdiA,
  String(siteA.sfdi),
  derc,
  ...owned.map(at).filter(path => !path.startsWith('/edev/1/') || path.length > 8),
  '/edev/1/',
  '/derp/1/',
];

const held = (markers: readonly string[], { body, headers }: Answer): string[] => {
  const text = body + JSON.stringify(headers);
  return markers.filter(marker => text.includes(marker));
};

/** Documents of A, and how often each was written. */
async function versions({ store }: World): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (const list of allLists)
    for (const { href, version } of (await store.page(list, { start: 0, limit: 1000 })).docs)
      found.push([href, version]);
  return found;
}
const allLists = [
  '~site',
  `/edev@${lfdiA}`,
  '/derp',
  '/mup@1',
  '/upt@1',
  ...owned.map(({ path }) => path.replace(/:\w+/g, '1')).map(path => path.slice(0, path.lastIndexOf('/'))),
];

const asked = fc.record({
  who: fc.constantFrom(...(Object.keys(others) as Who[])),
  resource: fc.constantFrom(...owned.map(each => each.name)),
  method: fc.constantFrom(...methods),
  /** Whom the body names as its device. */
  naming: fc.constantFrom('itself', 'A'),
  query: fc.constantFrom('', '?s=0&l=255', '?l=1', '?a=1'),
});

const bodies = new Map<Complex, string>();
/** A document of that type that names a device; made once, which costs more than all requests with it. */
function bodyFor(type: Complex, naming: string): string {
  let body = bodies.get(type);
  if (body === undefined) {
    try {
      body = xmlOf(type);
    } catch {
      body = '<EndDevice xmlns="urn:ieee:std:2030.5:ns"><sFDI>0</sFDI><changedTime>0</changedTime></EndDevice>';
    }
    bodies.set(type, body);
  }
  return body.replaceAll(lfdiA, naming);
}

let w: World;
beforeAll(async () => {
  w = await world();
});

it('whoever asks for what is not theirs is answered as if it were not there, at the same cost, and changes nothing', async () => {
  const before = await versions(w);
  expect(before.length).toBeGreaterThan(30);
  const markers = ofA(w);
  await fc.assert(
    fc.asyncProperty(asked, async ({ who, resource: name, method, naming, query }) => {
      const resource = called(name);
      fc.pre(!(who === 'a viewer of A' && resource.name === 'edev.device'));
      const lfdi = others[who];
      const type = method === 'POST' ? (resource.accepts?.[0] ?? resource.type.item ?? resource.type) : resource.type;
      const writes = method === 'PUT' || method === 'POST';
      const options = { method, lfdi, ...(writes && { body: bodyFor(type, naming === 'A' ? lfdiA : lfdi) }) };
      await w.ask('/edev/777', { lfdi }); // who is asking is known by now, for both
      w.taken();
      const theirs = await w.ask(w.at(resource) + query, options);
      const readsOfTheirs = w.taken();
      const twin = await w.ask(nowhere(resource, w.at(resource)) + query, options);
      const readsOfNothing = w.taken();
      expect([resource.name, theirs.status, theirs.body, theirs.headers]).toEqual([
        resource.name,
        twin.status,
        twin.body,
        twin.headers,
      ]);
      expect(theirs.status).toBe(404);
      expect(readsOfTheirs).toBe(readsOfNothing);
      expect(held(markers, theirs)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
  expect(await versions(w)).toEqual(before);
}, 60_000);

it('how long a refusal takes does not tell what is there from what is not', async () => {
  const wall = new SystemClock();
  const order = seededRandom(4);
  const took = async (path: string, lfdi: string) => {
    const began = wall.monotonicMs();
    await w.ask(path, { lfdi });
    return wall.monotonicMs() - began;
  };
  const ratios: number[] = [];
  // One right after the other, in either order, so that whatever else the machine does befalls both alike.
  for (let round = 0; round < 20; round++)
    for (const resource of owned) {
      const there = w.at(resource);
      const twin = nowhere(resource, there);
      await w.ask('/edev/777', { lfdi: lfdiB });
      const first = order.next() < 0.5;
      const one = await took(first ? there : twin, lfdiB);
      const other = await took(first ? twin : there, lfdiB);
      ratios.push(first ? one / other : other / one);
    }
  ratios.sort((a, b) => a - b);
  expect(ratios.length).toBeGreaterThan(1000);
  const at = (share: number) => ratios[Math.floor(ratios.length * share)] ?? NaN;
  // Far within what one and the same request differs by from time to time.
  expect(at(0.5)).toBeGreaterThan(0.85);
  expect(at(0.5)).toBeLessThan(1.18);
  expect(at(0.75) / at(0.5)).toBeGreaterThan(Math.max(at(0.5), 1 / at(0.5)) - 0.05);
}, 60_000);

it('no list, count, link, Location or refusal that others are given holds anything of A', async () => {
  const markers = ofA(w);
  const shown = fc.record({
    who: fc.constantFrom(...(Object.keys(others) as Who[])),
    resource: fc.constantFrom(...open.map(each => each.name)),
    method: fc.constantFrom(...methods),
    naming: fc.constantFrom('itself', 'A'),
    query: fc.constantFrom('', '?s=0&l=255'),
  });
  await fc.assert(
    fc.asyncProperty(shown, async ({ who, resource: name, method, naming, query }) => {
      const resource = called(name);
      const lfdi = others[who];
      const type = resource.accepts?.[0] ?? resource.type.item ?? resource.type;
      const writes = method === 'PUT' || method === 'POST';
      const options = { method, lfdi, ...(writes && { body: bodyFor(type, naming === 'A' ? lfdiA : lfdi) }) };
      const answer = await w.ask(resource.path + query, options);
      if (who === 'a viewer of A' && resource.name === 'edev.devices') return;
      expect([resource.name, method, held(markers, answer)]).toEqual([resource.name, method, []]);
      // A body that names A makes nothing: not for A, and not in A's name.
      if (writes && naming === 'A' && who !== 'a newcomer')
        expect(answer.headers['Location'] ?? '').not.toContain('/edev/1');
    }),
    { numRuns: 300 },
  );
}, 60_000);

it('counts only what is theirs', async () => {
  const all = async (path: string, lfdi: string) => /\ball="(\d+)"/.exec((await w.ask(path, { lfdi })).body)?.[1];
  for (const lfdi of [lfdiB, managed]) expect(await all('/edev?l=9', lfdi)).toBe('1');
  expect(await all('/edev?l=9', aggregator)).toBe('2');
  expect(await all('/edev?l=9', viewer)).toBe('2');
  expect(await all('/edev?l=9', stranger)).toBe('0');
  const dcap = (await w.ask('/dcap', { lfdi: lfdiB })).body;
  expect(dcap).not.toMatch(/(CustomerAccount|TariffProfile|MessagingProgram|Prepayment|File)ListLink/);
});

it('an aggregator reads what it speaks for, PIN included, and nothing more by asking in its name', async () => {
  const [{ edev = '' } = {}] = (await w.store.find<{ edev: string }>('name', 'M')).map(doc => doc.body);
  expect((await w.ask(`/edev/${edev}/rg`, { lfdi: aggregator })).status).toBe(200);
  expect((await w.ask(`/edev/${edev}/rg`, { lfdi: lfdiB })).status).toBe(404);
  await changeSite({ store: w.store, clock: w.clock, pen }, edev, { manager: null });
  expect((await w.ask(`/edev/${edev}/rg`, { lfdi: aggregator })).status).toBe(404);
});
