/** fast-check generators made from the model: any value its declaration allows, and the smallest and the fullest one. */
import fc from 'fast-check';
import { complexTypes } from '..';
import { type Dialect } from '../dialect';
import { fieldsOf, isA, type Complex, type Field, type Infer, type Simple } from '../dsl';
import { attributesOf, chainOf, elementsOf, type Spoken } from '../spoken';

export interface ArbitraryOptions {
  readonly dialect: Dialect;
  /** Which optional fields are there. */
  readonly optionals?: 'all' | 'none' | 'some';
  /** Most entries of an unbounded repeated field. */
  readonly entries?: number;
}

const text = (length: number): fc.Arbitrary<string> => {
  // Legal characters of XML, the awkward ones often.
  const legal = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map(c => String.fromCharCode(c)) },
    { weight: 2, arbitrary: fc.constantFrom('<', '>', '&', '"', "'", '\n', '\t', '\r', ' ', ']', 'é') },
    { weight: 1, arbitrary: fc.constantFrom('\u{1F50C}', '\u{10FFFD}', '\uD7FF', '\uE000', '\u0085', '\u2028') },
  );
  return fc.array(legal, { maxLength: Math.min(length, 250) }).map(parts => parts.join(''));
};

const uri = fc
  .tuple(
    fc.constantFrom('/', '/edev/', '/derp/1/derc/', 'https://example.org:8443/notify/', '../'),
    fc.array(fc.constantFrom(...'abcXYZ019-_.~/'), { maxLength: 12 }),
    fc.constantFrom('', '?s=0&l=255', "?a='1'"),
  )
  .map(([start, middle, query]) => `${start}${middle.join('')}${query}`);

/** `least`: fewest bytes of a hex binary, where an empty element would stand for something else. */
export function simpleArbitrary({ lexical, min = 0, max = 0, length = 64 }: Simple, least = 0): fc.Arbitrary<unknown> {
  switch (lexical) {
    case 'int':
      return fc.oneof(
        fc.constantFrom(min, max, Math.max(min, Math.min(max, 0))),
        fc.maxSafeInteger().map(n => Math.min(max, Math.max(min, n))),
        fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) }),
      );
    case 'boolean':
      return fc.boolean();
    case 'hex':
      return fc
        .uint8Array({ minLength: length === 20 ? length : least, maxLength: length })
        .map(bytes => Buffer.from(bytes).toString('hex').toUpperCase());
    case 'uri':
      return uri;
    case 'string':
      return text(length);
  }
}

/** Any value of `type` that the dialect can carry. */
export function arbitraryOf<T extends Complex>(type: T, options: ArbitraryOptions): fc.Arbitrary<Infer<T>> {
  return complexArbitrary(type, options) as fc.Arbitrary<Infer<T>>;
}

const made = new Map<string, WeakMap<Complex, fc.Arbitrary<object>>>();

/** Kept once made: links and intervals occur in nearly every type. */
function complexArbitrary(type: Complex, options: ArbitraryOptions): fc.Arbitrary<object> {
  const kind = `${options.dialect.id} ${options.optionals} ${options.entries}`;
  let known = made.get(kind);
  if (!known) made.set(kind, (known = new WeakMap<Complex, fc.Arbitrary<object>>()));
  let arbitrary = known.get(type);
  if (!arbitrary) known.set(type, (arbitrary = makeArbitrary(type, options)));
  return arbitrary;
}

function makeArbitrary(type: Complex, options: ArbitraryOptions): fc.Arbitrary<object> {
  const { dialect } = options;
  const levels = chainOf(type, dialect);
  // A value that is converted on its way out may be any; the others must fit the dialect.
  const speak = (all: readonly Spoken[]): [string, Field][] =>
    all
      .map(({ key, field, declared, write }): [string, Field] => [key, write ? declared : field])
      .filter(([, { layer }]) => layer === undefined || dialect.layers[layer] !== undefined);
  const required: Record<string, fc.Arbitrary<unknown>> = {};
  const optional: Record<string, fc.Arbitrary<unknown>> = {};
  const fields = speak(levels.flatMap(level => elementsOf(level, dialect)));
  for (const [name, field] of [...speak(levels.flatMap(level => attributesOf(level, dialect))), ...fields])
    (field.cardinality === 'opt' && !field.demanded ? optional : required)[name] = fieldArbitrary(field, options);
  const { optionals = 'some' } = options;
  const keys = (model: object) => Object.keys(model) as never[];
  if (optionals === 'none') return fc.record(required);
  const all = { ...required, ...optional };
  const record = optionals === 'all' ? fc.record(all) : fc.record(all, { requiredKeys: keys(required) });
  const disabling = fields.filter(([, f]) => f.type.kind === 'simple' && f.type.disables).map(([name]) => name);
  if (disabling.length === 0 || dialect.layers['2023'] === undefined) return record;
  return fc.tuple(record, fc.subarray(disabling)).map(([value, names]) => {
    const $disabled = names.filter(name => name in value);
    return $disabled.length > 0 ? { ...value, $disabled } : value;
  });
}

function fieldArbitrary(field: Field, options: ArbitraryOptions): fc.Arbitrary<unknown> {
  const { type, cardinality, min, max } = field;
  const single = (): fc.Arbitrary<unknown> =>
    field.polymorphic
      ? polymorphicArbitrary(type as Complex, options)
      : type.kind === 'simple'
        ? simpleArbitrary(type, field.whenEmpty === undefined ? 0 : 1)
        : complexArbitrary(type, options);
  if (cardinality !== 'many') return single();
  const least = options.optionals === 'none' ? min : Math.max(min, options.optionals === 'all' ? 1 : 0);
  return fc.array(single(), {
    minLength: least,
    maxLength: options.optionals === 'none' ? least : Math.max(least, Math.min(max, options.entries ?? 3)),
  });
}

/** Subtypes without a polymorphic field of their own, so that generation ends. */
function polymorphicArbitrary(base: Complex, options: ArbitraryOptions): fc.Arbitrary<unknown> {
  const flat = (type: Complex): boolean =>
    fieldsOf(type).every(([, f]) => !f.polymorphic && (f.type.kind === 'simple' || f.type === type || flat(f.type)));
  const candidates = [...complexTypes.values()].filter(
    t =>
      isA(t, base) &&
      (t.layer === undefined || options.dialect.layers[t.layer] !== undefined) &&
      (t.dropped === undefined || options.dialect.layers[t.dropped] === undefined) &&
      flat(t),
  );
  return fc
    .constantFrom(...candidates)
    .chain(type => complexArbitrary(type, options).map(value => ({ ...value, $type: type.name })));
}
