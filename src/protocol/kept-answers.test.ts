import fc from 'fast-check';
import { changeSite, removeSite } from '../functions/operator/sites';
import { type Level } from '../functions/groups';
import { addGroup, findGroup, moveInTree } from '../functions/operator/groups';
import { addControl, addProgram, cancelControl, setDefault } from '../functions/operator/programs';
import { KeptAnswers } from './kept-answers';
import { devicePort, lfdiA, lfdiB, pen, siteA, siteB, stranger, t0 } from './testing/port';

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
const urls = [
  '/dcap',
  '/tm',
  '/edev?l=9',
  '/edev/1',
  '/edev/1/fsa?l=9',
  '/edev/1/fsa/1/derp?l=9',
  '/derp?l=9',
  '/derp/1',
  '/derp/1/derc?l=99',
  '/derp/1/actderc?l=99',
  '/derp/1/dderc',
  '/edev/1/der/1/derg',
  '/mup?l=9',
  '/upt?l=9',
  '/rsps?l=9',
  '/rsps/1/rsp?l=9',
];

type Port = ReturnType<typeof devicePort>;
const operator = ({ store, clock, ids }: Port) => ({ store, clock, ids, pen });

/** Things that change what can be seen. Each tolerates that what it wants is not there. */
const acts: Record<string, (port: Port, n: number) => Promise<unknown>> = {
  tick: async ({ clock }, n) => clock.advance([1, 59, 450, 900, 3600][n % 5] ?? 1),
  settings: ({ ask, clock }, n) =>
    ask('/edev/1/der/1/derg', {
      method: 'PUT',
      body: `<DERSettings ${ns}><setGradW>${n}</setGradW><setMaxW><multiplier>0</multiplier><value>5000</value></setMaxW><updatedTime>${clock.now()}</updatedTime></DERSettings>`,
    }),
  firm: (port, n) => changeSite(operator(port), '1', { firmImportW: n }).catch(() => undefined),
  dialect: (port, n) =>
    changeSite(operator(port), '1', { dialect: n % 2 ? '2018' : 'csipaus-1.3' }).catch(() => undefined),
  envelope: ({ store, clock }, n) =>
    store.commit({
      series: [
        {
          site: '1',
          publishedAt: clock.now(),
          start: clock.now(),
          stepS: 900,
          importW: Int32Array.from([n, n, n + 1]),
          exportW: Int32Array.from([n, n, n]),
          own: Uint8Array.from([1, 1, 1]),
          bound: new Uint8Array(3),
          reasons: ['a\tb'],
          engine: 'x',
          inputsHash: '',
        },
      ],
    }),
  mirror: ({ ask }, n) =>
    ask('/mup', {
      method: 'POST',
      body: `<MirrorUsagePoint ${ns}><mRID>0${n % 4}</mRID><roleFlags>0003</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdiA}</deviceLFDI></MirrorUsagePoint>`,
    }),
  respond: async ({ ask }, n) => {
    const subject = /<mRID>([0-9A-F]{32})</.exec((await ask('/derp/1/derc?l=99')).body)?.[1];
    return ask('/rsps/1/rsp', {
      method: 'POST',
      body: `<Response ${ns}><endDeviceLFDI>${lfdiA}</endDeviceLFDI><status>${(n % 3) + 1}</status><subject>${subject}</subject></Response>`,
    });
  },
  program: async (port, n) => {
    const { derp } = await addProgram(operator(port), { description: 'p', primacy: n % 10, sites: ['1'] }).catch(
      () => ({ derp: '' }),
    );
    if (derp === '') return;
    const { mRID } = await addControl(operator(port), derp, {
      start: port.clock.now() + (n % 100),
      durationS: 100,
      base: { opModMaxLimW: 5 },
    });
    if (n % 3 === 0) await cancelControl(operator(port), mRID);
  },
  tree: async (port, n) => {
    const node = async (name: string, level: Level) =>
      findGroup(port.store, name).catch(() => addGroup(operator(port), { name, level }));
    const [system, one, two] = [await node('y', 'system'), await node('f', 'feeder'), await node('g', 'feeder')];
    const to = [system, one, two][n % 3]?.id ?? '';
    if (n % 5 === 0)
      await addProgram(operator(port), { description: 'p', sites: [], groups: [to] }).catch(() => undefined);
    else if (n % 5 === 1) await moveInTree(operator(port), [{ group: one.id, ...(n % 2 && { to: system.id }) }]);
    else await moveInTree(operator(port), [{ site: String((n % 2) + 1), to }]).catch(() => undefined);
  },
  default: async (port, n) => {
    const { docs } = await port.store.page('/derp', { start: n % 4, limit: 1 });
    const derp = docs[0]?.href.split('/')[2] ?? '1';
    await setDefault(operator(port), derp, { opModMaxLimW: n }).catch(() => undefined);
  },
  register: ({ add }, n) => add({ ...siteA, name: `s${n}`, lfdi: stranger }).catch(() => undefined),
  remove: async port => removeSite(operator(port), '2').catch(() => undefined),
};

/** Lists of whatever programs there are. */
async function listsOf({ store }: Port): Promise<string[]> {
  const { docs } = await store.page('/derp', { start: 0, limit: 6 });
  return docs.flatMap(({ href }) => [`${href}/derc?l=99`, `${href}/actderc?l=99`, `${href}/dderc`, href]);
}

it('gives every answer as it would be put together anew, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.nat(2000)), { maxLength: 12 }),
      async history => {
        const port = devicePort();
        const { store: _store, changes, clock } = port;
        const anew = devicePort({ changes, clock, keptBytes: 0 });
        await port.add(siteA, siteB);
        for (const [name, n] of [['tick', 0] as const, ...history]) {
          await acts[name]?.(port, n);
          for (const lfdi of [lfdiA, lfdiB, stranger])
            for (const url of [...urls, ...(await listsOf(port))]) {
              const { problem: _problem, ready: _ready, ...kept } = await port.ask(url, { lfdi });
              const { problem: _other, ready: _made, ...fresh } = await anew.ask(url, { lfdi });
              expect([name, url, kept]).toEqual([name, url, fresh]);
            }
        }
      },
    ),
    { numRuns: 15 },
  );
});

it('does give kept answers: nothing is read for a body that stands', async () => {
  const port = devicePort();
  await port.add(siteA);
  const first = await port.ask('/derp/1/derc?l=24');
  expect(await port.ask('/derp/1/derc?l=24')).toBe(first);
  port.clock.advance(1);
  expect(await port.ask('/derp/1/derc?l=24')).toBe(first);
  const time = await port.ask('/tm');
  expect(await port.ask('/tm')).toBe(time);
  port.clock.advance(1);
  expect(await port.ask('/tm')).not.toBe(time);
});

it('forgets the oldest beyond its bound, and everything when told to', () => {
  const kept = new KeptAnswers(5000);
  const reads = { unchanged: () => true, names: () => [] };
  const answer = (body: string) => ({ status: 200, headers: {}, body, resource: 'x' });
  for (const key of ['a', 'b', 'c', 'd'])
    kept.keep(key, { answer: answer('x'.repeat(200)), reads, at: t0, until: Infinity });
  expect(['a', 'b', 'c', 'd'].map(key => kept.find(key, t0) !== undefined)).toEqual([false, true, true, true]);
  expect(kept.find('d', t0 - 1)).toBeUndefined();
  kept.clear();
  expect(kept.find('c', t0)).toBeUndefined();
});
