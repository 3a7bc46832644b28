import fc from 'fast-check';
import { allResources, model } from '.';
import { type Resource } from './resource';
import { sortKey, timeKeyRange } from './sort-key';

interface Entry {
  readonly body: object;
  readonly at: string;
}

const byKey = (resource: Resource) => (a: Entry, b: Entry) => {
  const [x, y] = [sortKey(resource, a.body, a.at), sortKey(resource, b.body, b.at)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** The comparison spelled out, without keys: what the standard says, in the words of `order`. */
function compare(order: readonly string[], a: Entry, b: Entry): number {
  const pick = (entry: Entry, path: string): number | bigint | undefined => {
    const value = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], entry.body);
    return typeof value === 'string' ? BigInt(`0x0${value}`) : (value as number | undefined);
  };
  for (const key of order.filter(k => k !== 'href')) {
    const [x, y] = [pick(a, key.replace('-', '')), pick(b, key.replace('-', ''))];
    if (x === y) continue;
    const up = x === undefined ? -1 : y === undefined ? 1 : x < y ? -1 : 1;
    return key.startsWith('-') ? -up : up;
  }
  return 0;
}

const time = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger());
const hex = (bytes: number) =>
  fc.oneof(
    fc.constantFrom('00', '01', 'FF', 'ff'),
    fc.uint8Array({ minLength: 0, maxLength: bytes }).map(b => Buffer.from(b).toString('hex').toUpperCase()),
  );
const keyed = (resource: Resource) => {
  const value = (key: string): fc.Arbitrary<unknown> =>
    /mRID|LFDI|localID/.test(key) ? hex(key.includes('LFDI') ? 20 : key.includes('localID') ? 2 : 16) : time;
  const keys = (resource.order ?? []).filter(k => k !== 'href').map(k => k.replace('-', ''));
  const nest = ([path, v]: [string, unknown]) =>
    path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), v) as object;
  return fc
    .tuple(...keys.map(k => fc.tuple(fc.constant(k), fc.option(value(k), { nil: undefined }))))
    .map(pairs => Object.assign({}, ...pairs.filter(([, v]) => v !== undefined).map(nest)) as object);
};

const lists = allResources.filter(r => r.order);

describe('sortKey', () => {
  test.each(lists.map(r => [r.name, r] as const))('orders %s as its keys say', (_name, resource) => {
    const entry = fc.record({ body: keyed(resource), at: fc.constant('') });
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        expect(Math.sign(byKey(resource)(a, b))).toBe(Math.sign(compare(resource.order ?? [], a, b)));
      }),
      { numRuns: 150 },
    );
  });

  it('is ASCII, and the same width whatever the values', () => {
    fc.assert(
      fc.property(keyed(model.der.controls), keyed(model.der.controls), (a, b) => {
        const [x, y] = [sortKey(model.der.controls, a, ''), sortKey(model.der.controls, b, '')];
        expect(x).toMatch(/^[0-9a-f]+$/);
        expect(x).toHaveLength(y.length);
      }),
    );
  });

  it('compares mRIDs as 128-bit values', () => {
    const keys = (...mRIDs: string[]) => mRIDs.map(mRID => sortKey(model.fsa.list, { mRID }, ''));
    const downwards = keys('0100', 'FF', '01', '');
    expect(keys('01', '', 'FF', '0100').sort()).toEqual(downwards);
    expect(keys('0001', 'ff')).toEqual(keys('01', 'FF'));
  });

  it('falls back on hrefs in natural order, and tells apart hrefs that differ in leading zeros', () => {
    const at = ['/edev/10/der/1', '/edev/2/der/1', '/edev/2/der/10', '/edev/02/der/1', '/edev/2/der/9'];
    const sorted = [...at].sort((a, b) => byKey(model.der.ders)({ body: {}, at: a }, { body: {}, at: b }));
    expect(sorted).toEqual(['/edev/2/der/1', '/edev/02/der/1', '/edev/2/der/9', '/edev/2/der/10', '/edev/10/der/1']);
    expect(new Set(at.map(a => sortKey(model.der.ders, {}, a))).size).toBe(at.length);
  });

  it('gives the item of a list the order of the list', () => {
    const body = { primacy: 3, mRID: '0A' };
    expect(sortKey(model.der.program, body, '/derp/1')).toBe(sortKey(model.der.programs, body, '/derp/1'));
    expect(model.edev.registration.order).toBeUndefined();
    expect(sortKey(model.edev.registration, {}, '/edev/1/rg')).toBe('/edev/0011/rg');
  });

  it('refuses an order key the item has not', () => {
    expect(() => sortKey({ type: model.der.controls.type, order: ['-nothing'] }, {}, '')).toThrow(/no order key/);
    expect(() => sortKey({ type: model.der.controls.type, order: ['interval'] }, {}, '')).toThrow(/no order key/);
    expect(() => sortKey({ type: model.der.controls.type, order: ['description'] }, {}, '')).toThrow(/cannot order/);
  });
});

describe('timeKeyRange', () => {
  const timed = lists.filter(r => timeKeyRange(r, 0));

  it('is for lists whose first key is a time', () => {
    expect(timed.map(r => r.name)).toEqual(
      expect.arrayContaining([
        'edev.devices',
        'der.controls',
        'response.responses',
        'log.events',
        'metering.readingSets',
        'der.curves',
      ]),
    );
    expect(timeKeyRange(model.der.programs, 0)).toBeUndefined();
    expect(timeKeyRange(model.subscription.subscriptions, 0)).toBeUndefined();
  });

  test.each(timed.map(r => [r.name, r] as const))('%s: bounds hold exactly the later entries', (_name, resource) => {
    const path = (resource.order?.[0] ?? '').replace('-', '').split('.');
    fc.assert(
      fc.property(keyed(resource), time, (body, after) => {
        const key = sortKey(resource, body, '/x');
        const { from, to } = timeKeyRange(resource, after) ?? {};
        const inside = (from === undefined || key >= from) && (to === undefined || key < to);
        const at = path.reduce<unknown>((v, name) => (v as Record<string, unknown> | undefined)?.[name], body) as
          number | undefined;
        expect(inside).toBe(at !== undefined && at > after);
      }),
      { numRuns: 150 },
    );
  });
});
