/** How to read one type: its elements and attributes by name, and what must be there. Compiled once for each mode. */
import { attributesOf, fieldsOf, type Complex, type Field } from '../model/dsl';
import { dialects } from '../model/dialect';
import { draftNamespace } from '../model/ext/draft';
import { chainOf, elementsOf } from '../model/spoken';
import { isBase, isOfLayer, isOlder } from './namespaces';
import { parser, type Mode } from './simple';

export interface ElementPlan {
  readonly key: string;
  readonly many: boolean;
  readonly max: number;
  /** Place in the sequence. */
  readonly place: number;
  readonly polymorphic: boolean;
  readonly complex?: Complex;
  /** It may carry `disabled`. */
  readonly disables: boolean;
  /** What it stands for when empty, by the 2023 edition. */
  readonly whenEmpty?: unknown;
  /** The same as draft 2.0.4 has it, when that differs. */
  readonly drafted?: ElementPlan;
  /** Whether the element may stand in this namespace. */
  readonly isIn: (uri: string) => boolean;
  readonly parse: (text: string) => unknown;
}

export interface ReadPlan {
  readonly elements: ReadonlyMap<string, ElementPlan>;
  readonly attributes: ReadonlyMap<string, { readonly key: string; readonly parse: (text: string) => unknown }>;
  readonly required: readonly { readonly key: string; readonly attribute: boolean; readonly min: number }[];
  /** Names of the elements in which later revisions of the schema may put more: one for each type of the chain. */
  readonly revisions: ReadonlySet<string>;
  /** Repeated elements: their value is an array even where there are none. */
  readonly lists: readonly string[];
}

const draftDialect = dialects['draft-2.0.4'];
const plans: Readonly<Record<Mode, WeakMap<Complex, ReadPlan>>> = { strict: new WeakMap(), lenient: new WeakMap() };

export function readPlanOf(type: Complex, mode: Mode): ReadPlan {
  let plan = plans[mode].get(type);
  if (!plan) plans[mode].set(type, (plan = compile(type, mode)));
  return plan;
}

/** Whether a type or field may stand in this namespace. */
export function belongs({ layer, inBase }: Pick<Field, 'layer' | 'inBase'>, uri: string, lenient: boolean): boolean {
  return layer === undefined || inBase ? isBase(uri, lenient) : isOfLayer(uri, layer, lenient);
}

function compile(type: Complex, mode: Mode): ReadPlan {
  const elements = new Map<string, ElementPlan>();
  const attributes = new Map<string, { key: string; parse: (text: string) => unknown }>();
  const required: { key: string; attribute: boolean; min: number }[] = [];
  const lists: string[] = [];
  for (const [key, field] of attributesOf(type)) {
    if (field.type.kind !== 'simple') throw new RangeError(`${type.name}: attribute ${key} is not simple`);
    attributes.set(key, { key, parse: parser(field.type, mode) });
    if (field.min > 0) required.push({ key, attribute: true, min: 1 });
  }
  for (const [place, [key, field]] of fieldsOf(type).entries()) {
    const many = field.cardinality === 'many';
    const seen = new Map<string, boolean>();
    const content =
      field.type.kind === 'simple'
        ? { parse: parser(field.type, mode) }
        : { complex: field.type, parse: (text: string) => text };
    elements.set(key, {
      key,
      many,
      max: field.max,
      place,
      polymorphic: field.polymorphic ?? false,
      disables: field.type.kind === 'simple' && field.type.disables === true,
      ...(field.whenEmpty !== undefined && { whenEmpty: content.parse(field.whenEmpty) }),
      isIn: remember(seen, uri => belongs(field, uri, mode === 'lenient')),
      ...content,
    });
    if (many) lists.push(key);
    if (field.min > 0) required.push({ key, attribute: false, min: field.min });
  }
  if (mode === 'lenient') addDraft(type, elements);
  const revisions = new Set(chainOf(type, dialects['2023']).map(({ name }) => `${name}_r2_3`));
  return { elements, attributes, required, revisions, lists };
}

/** Names of draft 2.0.4, which stand in older namespaces only, and numbers, which stand in its own. */
function addDraft(type: Complex, elements: Map<string, ElementPlan>): void {
  for (const { key, name, read, renumbered } of chainOf(type, draftDialect).flatMap(level =>
    elementsOf(level, draftDialect),
  )) {
    const ours = elements.get(key);
    if (!ours) continue;
    const drafted = read ? { ...ours, parse: (text: string) => ours.parse(read(text)) } : ours;
    if (name !== key) elements.set(name, { ...drafted, isIn: isOlder });
    else if (read)
      elements.set(key, {
        ...ours,
        drafted: { ...drafted, isIn: renumbered ? uri => uri === draftNamespace : isOlder },
      });
  }
}

/** The few namespaces of real documents are looked up once; hostile ones are not kept. */
function remember(seen: Map<string, boolean>, decide: (uri: string) => boolean): (uri: string) => boolean {
  return uri => {
    let known = seen.get(uri);
    if (known === undefined) {
      known = decide(uri);
      if (seen.size < 8) seen.set(uri, known);
    }
    return known;
  };
}
