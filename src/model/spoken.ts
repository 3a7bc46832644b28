import { type Dialect } from './dialect';
import { baseOf, type AnyType, type Complex, type Field } from './dsl';
import { type DraftField } from './ext/draft';

/** A field as one dialect has it. */
export interface Spoken {
  /** Of the property. */
  readonly key: string;
  /** On the wire. */
  readonly name: string;
  readonly field: Field;
  /** As the newest edition declares it. */
  readonly declared: Field;
  /** Made of a value before it is written. */
  readonly write?: (value: unknown) => unknown;
  /** Made of a text before it is read. */
  readonly read?: (text: string) => string;
  /** `read` gives numbers another meaning, which only the draft's own namespace tells. */
  readonly renumbered?: boolean;
}

/** A type after what it extends in the dialect, the furthest base first. */
export function chainOf(type: Complex, dialect: Dialect): Complex[] {
  const base = baseOf(type, dialect.layers);
  return [...(base ? chainOf(base, dialect) : []), type];
}

/** The elements a type adds to its base, in the order of the dialect. */
export function elementsOf({ name, fields }: Complex, { draft }: Dialect): Spoken[] {
  const all = Object.entries(fields).map(plain);
  const order = draft?.elements[name];
  if (!draft || !order) return all.map(each => (draft ? drafted(each, {}, draft) : each));
  return order.map(entry => {
    const special: DraftField = typeof entry === 'string' ? { key: entry } : entry;
    const known = all.find(({ key }) => key === special.key);
    if (!known) throw new RangeError(`${name} has no ${special.key}`);
    return drafted(known, special, draft);
  });
}

/** The attributes a type adds to its base. */
export function attributesOf({ attributes }: Complex, { draft }: Dialect): Spoken[] {
  const all = Object.entries(attributes).map(plain);
  return draft ? all.map(each => drafted(each, {}, draft)) : all;
}

const plain = ([key, field]: [string, Field]): Spoken => ({ key, name: key, field, declared: field });

function drafted(
  { key, field }: Spoken,
  special: Partial<DraftField>,
  { everywhere, values }: NonNullable<Dialect['draft']>,
): Spoken {
  const numbers = values[nameOf(field.type)];
  const found = { ...numbers, ...everywhere[key], ...special };
  return {
    key,
    declared: field,
    name: found.name ?? key,
    field: found.type ? { ...field, type: found.type } : field,
    ...(found.write && { write: found.write }),
    ...(found.read && { read: found.read }),
    ...(numbers && { renumbered: true }),
  };
}

const nameOf = (type: AnyType): string => (type.kind === 'simple' ? type.name : '');
