/** A plan says how to write one type in one dialect. It is compiled once, from the declaration, and kept. */
import { type Dialect } from '../model/dialect';
import { attributesOf as allAttributesOf, fieldsOf, type Complex, type Field } from '../model/dsl';
import { attributesOf, chainOf, elementsOf } from '../model/spoken';
import { formatter } from './simple';

export interface AttributeStep {
  readonly key: string;
  /** ` key="`, ready to be written. */
  readonly open: string;
  readonly required: boolean;
  readonly format: (value: unknown) => string;
}

export interface ElementStep {
  readonly key: string;
  /** Qualified name of the element. */
  readonly tag: string;
  readonly min: number;
  readonly max: number;
  readonly many: boolean;
  readonly polymorphic: boolean;
  /** The element is of an extension: its prefix must be declared on the root. */
  readonly extension: boolean;
  /** It may carry `disabled="true"`. */
  readonly disables: boolean;
  /** Made of the value before it is written. */
  readonly write?: (value: unknown) => unknown;
  readonly format?: (value: unknown) => string;
  readonly complex?: Complex;
}

export interface Plan {
  readonly type: Complex;
  readonly attributes: readonly AttributeStep[];
  readonly elements: readonly ElementStep[];
  /** Every property a value may have, those of other dialects included: they are left out, not refused. */
  readonly known: ReadonlySet<string>;
}

/** Prefix of elements that are not in the namespace of the dialect. One is enough: no dialect has two extensions. */
export const extensionPrefix = 'csipaus';

const plans = new WeakMap<Dialect, WeakMap<Complex, Plan>>();

export function planOf(type: Complex, dialect: Dialect): Plan {
  let ofDialect = plans.get(dialect);
  if (!ofDialect) plans.set(dialect, (ofDialect = new WeakMap<Complex, Plan>()));
  let plan = ofDialect.get(type);
  if (!plan) ofDialect.set(type, (plan = compile(type, dialect)));
  return plan;
}

/** Whether a dialect writes a field or type of this layer, and whether with a prefix. */
export function placeOf(
  { layer, inBase, dropped }: Pick<Field, 'layer' | 'inBase'> & Pick<Complex, 'dropped'>,
  dialect: Dialect,
): 'base' | 'extension' | undefined {
  if (dropped && dialect.layers[dropped] !== undefined) return undefined;
  if (layer === undefined) return 'base';
  const namespace = dialect.layers[layer];
  if (namespace === undefined) return undefined;
  return inBase || namespace === dialect.namespace ? 'base' : 'extension';
}

/** Namespace that `extensionPrefix` stands for. */
export function extensionOf(dialect: Dialect): string | undefined {
  return Object.values(dialect.layers).find(namespace => namespace !== dialect.namespace);
}

function compile(type: Complex, dialect: Dialect): Plan {
  const attributes: AttributeStep[] = [];
  const levels = chainOf(type, dialect);
  for (const { key, field, write } of levels.flatMap(level => attributesOf(level, dialect))) {
    if (field.type.kind !== 'simple') throw new RangeError(`${type.name}: attribute ${key} is not simple`);
    if (!placeOf(field, dialect)) continue;
    const required = field.cardinality === 'one';
    const format = formatter(field.type, 'attribute');
    attributes.push({ key, open: ` ${key}="`, required, format: write ? value => format(write(value)) : format });
  }
  const elements: ElementStep[] = [];
  for (const { key, name, field, write } of levels.flatMap(level => elementsOf(level, dialect))) {
    const place = placeOf(field, dialect);
    if (!place) continue;
    const { min, max, cardinality, polymorphic = false } = field;
    const tag = place === 'extension' ? `${extensionPrefix}:${name}` : name;
    const content = field.type.kind === 'simple' ? { format: formatter(field.type, 'text') } : { complex: field.type };
    elements.push({
      key,
      tag,
      min,
      max,
      many: cardinality === 'many',
      polymorphic,
      extension: place === 'extension',
      disables: field.type.kind === 'simple' && field.type.disables === true && dialect.layers['2023'] !== undefined,
      ...(write && { write }),
      ...content,
    });
  }
  const everything = [...allAttributesOf(type), ...fieldsOf(type)];
  const known = new Set(['$type', ...everything.map(([key]) => key)]);
  if (everything.some(([, { type: each }]) => each.kind === 'simple' && each.disables)) known.add('$disabled');
  return { type, attributes, elements, known };
}
