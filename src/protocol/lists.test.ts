/**
 * Lists against a naive oracle: every list kind filled at random, asked at random, and compared with sorting and cutting by the
 * letter of the standard (protocol facts 2.3, 2.4) without the store's sort keys.
 */
import fc from 'fast-check';
import { deviceList, docOf } from '../functions/provision';
import { itemOf } from '../functions/tree';
import { allResources, model } from '../model';
import { fieldsOf } from '../model/dsl';
import { type Resource } from '../model/resource';
import { sortKey } from '../model/sort-key';
import { type NewDoc } from '../store/api';
import { check, queries, some, standard, times, type Entry } from './testing/list-oracle';
import { everything, valueOf, xmlOf } from './testing/everything';
import { devicePort, lfdiA, siteA, siteB, stranger, t0 } from './testing/port';

it('sorts by the keys of the standard', () => {
  for (const { order, type } of allResources)
    if (type.item && standard[type.name])
      expect([type.name, order?.join(' ')]).toEqual([type.name, standard[type.name]]);
});

/** Sets the order keys of a value to numbers drawn from few; 3 leaves out what may be left out. */
function withKeys(list: Resource, numbers: readonly number[]): Record<string, unknown> {
  const item = list.type.item ?? list.type;
  const value = structuredClone(valueOf(item)) as Record<string, unknown>;
  (list.order ?? []).forEach((key, i) => {
    if (key === 'href') return;
    let holder = value;
    let type = item;
    const path = key.replace('-', '').split('.');
    path.forEach((name, depth) => {
      const field = fieldsOf(type).find(([each]) => each === name)?.[1];
      if (!field) throw new RangeError(key);
      const n = numbers[i] ?? 0;
      if (field.type.kind === 'complex') {
        holder = (holder[name] ??= { start: t0, duration: 5000 }) as Record<string, unknown>;
        type = field.type;
      } else if (depth === path.length - 1 && n === 3 && field.cardinality === 'opt') delete holder[name];
      else if (field.type.lexical === 'int') holder[name] = times.test(key) ? t0 + n : n;
      else holder[name] = field.type.lexical === 'hex' ? `0${n}` : `t${n}`;
    });
  });
  return value;
}
const drawn = (list: Resource) => fc.tuple(...(list.order ?? []).map(() => some)).map(ns => withKeys(list, ns));

/** Lists whose entries are documents as they are shown. */
const plain = allResources.filter(
  ({ name, type, path }) =>
    type.item &&
    !/^(edev|fsa|der|metering|mirror|response|subscription|csipAus)\./.test(name) &&
    !/\/act[a-z]+$/.test(path),
);

it.each(plain.map(list => [list.path, list] as const))('%s', async (_path, list) => {
  const port = await everything();
  const path = port.at(list);
  const item = itemOf(list);
  const id = item.path.slice(item.path.lastIndexOf(':') + 1);
  const params = Object.fromEntries([...item.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, '1']));
  const fsa = await port.store.get<{ assigned: Record<string, string[]> }>('/edev/1/fsa/1');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 120 }), drawn(list)), { maxLength: 6, selector: ([n]) => n }),
      fc.array(queries, { minLength: 1, maxLength: 4 }),
      async (made, asked) => {
        const docs = made.map(([n, value]) => docOf(item, { ...params, [id]: String(n) }, value, t0));
        const { docs: old } = await port.store.page(path, { start: 0, limit: 1000 });
        const drop = old.map(doc => doc.href);
        const assigned = { ...fsa?.body.assigned, [id]: made.map(([n]) => String(n)) };
        const root = list.owner === 'assigned' && !list.path.includes(':');
        const put = root ? [docOf(model.fsa.assignments, { edev: '1', fsa: '1' }, { ...fsa?.body, assigned }, t0)] : [];
        await port.store.commit({ drop, put: [...docs, ...put] });
        const entries = docs.map(doc => ({ ...(doc.body as object), href: doc.href }));
        for (const query of asked) await check(port.ask, list, path, entries, query);
      },
    ),
    { numRuns: 12 },
  );
});

describe('of an aggregator', () => {
  const managed = async () => {
    const port = devicePort();
    await port.add(
      { ...siteA, role: 'aggregator', name: 'agg' },
      { ...siteB, manager: lfdiA },
      { ...siteB, name: 'C', lfdi: stranger, manager: lfdiA },
    );
    return port;
  };

  it('its devices, by when they changed', async () => {
    const port = await managed();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(some, some), { minLength: 3, maxLength: 3 }),
        fc.array(queries, { minLength: 1, maxLength: 5 }),
        async (values, asked) => {
          const put = await Promise.all(
            [lfdiA, siteB.lfdi, stranger].map(async (key, i) => {
              const [doc] = (await port.store.find<object>('lfdi', key)).filter(each => each.kind === 'edev.device');
              const body = { ...doc?.body, changedTime: t0 + (values[i]?.[0] ?? 0), sFDI: values[i]?.[1] ?? 0 };
              return {
                ...docOf(model.edev.device, { edev: String(i + 1) }, body, t0, [{ index: 'lfdi', key, unique: true }]),
                list: deviceList(lfdiA),
              };
            }),
          );
          await port.store.commit({ put });
          const entries = put.map(doc => ({ ...(doc.body as object), href: doc.href }));
          for (const query of asked) await check(port.ask, model.edev.devices, '/edev', entries, query);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('the mirrors and usage points of all its devices, as one list', async () => {
    const body = (n: number, deviceLFDI: string) =>
      xmlOf(model.mirror.mirror.type, {
        ...valueOf(model.mirror.mirror.type),
        mRID: `0${n}`,
        deviceLFDI,
        MirrorMeterReading: [],
      });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(some, fc.constantFrom(lfdiA, siteB.lfdi, stranger)), {
          maxLength: 7,
          selector: pair => pair.join(),
        }),
        fc.array(queries, { minLength: 1, maxLength: 5 }),
        async (made, asked) => {
          const port = await managed();
          const entries: Entry[] = [];
          for (const [n, lfdi] of made) {
            const { headers } = await port.ask('/mup', { method: 'POST', body: body(n, lfdi) });
            entries.push({ mRID: `0${n}`, href: headers['Location'] ?? '' });
          }
          const points = entries.map(entry => ({ ...entry, href: entry.href.replace('/mup', '/upt') }));
          for (const query of asked) {
            await check(port.ask, model.mirror.mirrors, '/mup', entries, query);
            await check(port.ask, model.metering.usagePoints, '/upt', points, query);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

it('reading sets, by when they begin', async () => {
  const mRID = '07';
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(some, some), { maxLength: 6, selector: ([n]) => n }),
      fc.array(queries, { minLength: 1, maxLength: 5 }),
      async (made, asked) => {
        const port = devicePort();
        await port.add(siteA);
        const sets = made.map(([n, start]) => ({
          mRID: `0${n}`,
          timePeriod: { start: t0 + start, duration: 1 },
          Reading: [],
        }));
        const reading = { mRID, ReadingType: {}, MirrorReadingSet: sets };
        const body = xmlOf(model.mirror.mirror.type, {
          ...valueOf(model.mirror.mirror.type),
          deviceLFDI: lfdiA,
          MirrorMeterReading: [reading],
        });
        const { headers } = await port.ask('/mup', { method: 'POST', body });
        const path = `${headers['Location']?.replace('/mup', '/upt')}/mr/${mRID}/rs`;
        const entries = sets.map(set => ({ ...set, href: `${path}/${set.mRID}` }));
        for (const query of asked) await check(port.ask, model.metering.readingSets, path, entries, query);
      },
    ),
    { numRuns: 25 },
  );
});

describe('lists that are views', () => {
  /** Documents put by hand where the function set would, and their entries as they are to be seen. */
  const kinds: Readonly<
    Record<string, (ns: readonly number[], id: number) => { doc: NewDoc; entry: Entry; list: Resource }>
  > = {
    'controls an operator issued': ([start = 0, created = 0, last = 0], id) => {
      const mRID = `${last}${String(id).padStart(31, '0')}`;
      const interval = { start: t0 + start, duration: 5000 };
      const stored = { mRID, version: 0, creationTime: t0 - created, interval, base: {}, responseRequired: '00' };
      const doc = docOf(model.der.control, { derp: 'p', derc: mRID }, stored, t0, [{ index: 'mrid', key: mRID }]);
      return { doc, entry: { ...stored, href: doc.href }, list: model.der.controls };
    },
    curves: ([created = 0, last = 0], id) => {
      const curve = { ...valueOf(model.der.curve.type), creationTime: t0 + created, mRID: `0${last}` };
      const doc = docOf(model.der.curve, { derp: 'p', dc: String(id) }, curve, t0);
      return { doc, entry: { ...curve, href: doc.href }, list: model.der.curves };
    },
    assignments: ([last = 0], id) => {
      const fsa = { mRID: `0${last}`, description: '', version: 0, programs: ['p'] };
      const doc = docOf(model.fsa.assignments, { edev: '1', fsa: String(id) }, fsa, t0);
      return { doc, entry: { ...fsa, href: doc.href }, list: model.fsa.list };
    },
    responses: ([created = 0, last = 0], id) => {
      const response = { createdDateTime: t0 + created, endDeviceLFDI: `${last}`.padStart(40, '0'), subject: '00' };
      const at = `/rsps/p/rsp/${id}`;
      const doc: NewDoc = {
        href: at,
        list: '/rsps/p/rsp@1',
        kind: model.response.response.name,
        changed: t0,
        sortKey: sortKey(model.response.responses, response, at),
        body: { edev: '1', response, receivedAt: t0 },
      };
      return { doc, entry: { ...response, href: at }, list: model.response.responses };
    },
  };

  it.each(Object.entries(kinds))('%s', async (_name, make) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 2, max: 120 }), fc.tuple(some, some, some)), {
          minLength: 1,
          maxLength: 6,
          selector: ([n]) => n,
        }),
        fc.array(queries, { minLength: 1, maxLength: 4 }),
        async (made, asked) => {
          const port = devicePort();
          await port.add(siteA);
          const program = { mRID: '00', description: '', version: 0, primacy: 1 };
          const fsa = { mRID: '00', description: '', version: 0, programs: ['p'] };
          const entries = made.map(([id, ns]) => make(ns, id));
          await port.store.commit({
            drop: ['/edev/1/fsa/1'],
            put: [
              docOf(model.der.program, { derp: 'p' }, program, t0),
              docOf(model.response.set, { rsps: 'p' }, program, t0),
              ...(entries[0]?.list === model.fsa.list
                ? []
                : [docOf(model.fsa.assignments, { edev: '1', fsa: '9' }, fsa, t0)]),
              ...entries.map(({ doc }) => doc),
            ],
          });
          const list = entries[0]?.list ?? model.der.controls;
          const path = list.path.replace(/:edev/, '1').replace(/:(derp|rsps)/, 'p');
          for (const query of asked) {
            const shown = entries.map(({ entry }) => entry);
            await check(port.ask, list, path, shown, query);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
