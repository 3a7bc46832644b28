import fc from 'fast-check';
import { allResources, model } from '.';
import { fieldsOf, type AnyType, type Simple } from './dsl';
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

/** The declared type of an order key. */
function declaredAt(resource: Pick<Resource, 'type'>, key: string): Simple {
  let at: AnyType | undefined = resource.type.item ?? resource.type;
  for (const step of key.replace('-', '').split('.'))
    at = at?.kind === 'complex' ? fieldsOf(at).find(([name]) => name === step)?.[1].type : undefined;
  if (at?.kind !== 'simple') throw new Error(`no order key ${key}`);
  return at;
}

/** The comparison spelled out, without keys: what the standard says, in the words of `order`. */
function compare(resource: Resource, a: Entry, b: Entry): number {
  for (const key of (resource.order ?? []).filter(k => k !== 'href')) {
    const { lexical } = declaredAt(resource, key);
    const pick = (entry: Entry): number | bigint | Buffer | undefined => {
      const value = key
        .replace('-', '')
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], entry.body);
      if (typeof value !== 'string') return value as number | undefined;
      return lexical === 'hex' ? BigInt(`0x0${value}`) : Buffer.from(value);
    };
    const [x, y] = [pick(a), pick(b)];
    const up =
      x === undefined || y === undefined
        ? Number(x !== undefined) - Number(y !== undefined)
        : Buffer.isBuffer(x) && Buffer.isBuffer(y)
          ? Buffer.compare(x, y)
          : x < y
            ? -1
            : Number(x > y);
    if (up !== 0) return key.startsWith('-') ? -up : up;
  }
  return 0;
}

const time = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger());
const hex = (bytes: number) =>
  fc.oneof(
    fc.constantFrom('00', '01', 'FF', 'ff'),
    fc.uint8Array({ minLength: 0, maxLength: bytes }).map(b => Buffer.from(b).toString('hex').toUpperCase()),
  );
const text = fc.oneof(
  fc.constantFrom('', 'A', 'a', 'AB', 'Ä', '\u{1F50C}', '\uFFFD'),
  fc.string({ unit: 'binary', maxLength: 6 }).map(t => t.replaceAll('\0', '')),
);
const keyed = (resource: Resource) => {
  const value = (key: string): fc.Arbitrary<unknown> => {
    const { lexical, length = 0 } = declaredAt(resource, key);
    return lexical === 'int' ? time : lexical === 'hex' ? hex(length) : text;
  };
  const keys = (resource.order ?? []).filter(k => k !== 'href').map(k => k.replace('-', ''));
  const nest = ([path, v]: [string, unknown]) =>
    path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), v) as object;
  const merge = (into: Record<string, unknown>, from: object) => {
    for (const [k, v] of Object.entries(from))
      into[k] =
        typeof v === 'object' && v !== null ? merge((into[k] ?? {}) as Record<string, unknown>, v as object) : v;
    return into;
  };
  return fc.tuple(...keys.map(k => fc.tuple(fc.constant(k), fc.option(value(k), { nil: undefined })))).map(pairs =>
    pairs
      .filter(([, v]) => v !== undefined)
      .map(nest)
      .reduce<Record<string, unknown>>(merge, {}),
  );
};

const lists = allResources.filter(r => r.order);

describe('sortKey', () => {
  test.each(lists.map(r => [r.name, r] as const))('orders %s as its keys say', (_name, resource) => {
    const entry = fc.record({ body: keyed(resource), at: fc.constant('') });
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        expect(Math.sign(byKey(resource)(a, b))).toBe(Math.sign(compare(resource, a, b)));
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
    expect(() =>
      sortKey({ type: model.der.controls.type, order: ['EventStatus.potentiallySuperseded'] }, {}, ''),
    ).toThrow(/cannot order/);
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
