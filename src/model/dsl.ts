/**
 * The vocabulary in which `model/` says what IEEE 2030.5 says. A type declared here is data: the TypeScript type is inferred
 * from it, and codec, validation, XSD, routes and test data are compiled from it. No behaviour lives in a declaration.
 *
 * The standard's schema needs no more than this: sequences only (no choice, no wildcard), attributes, single inheritance,
 * length and range facets.
 */

/** Where a field comes from when it is not in the 2018 base schema. A dialect says which layers it speaks, and in which namespace. */
export type Layer = 'csipaus-1.2' | 'csipaus-1.3' | '2023';

/** The layers a dialect speaks, each with the namespace of its elements. */
export type Layers = Readonly<Partial<Record<Layer, string>>>;

export type Lexical = 'int' | 'boolean' | 'hex' | 'string' | 'uri';

export interface Simple<J = unknown> {
  readonly kind: 'simple';
  readonly name: string;
  readonly lexical: Lexical;
  /** Whole-number range, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Largest length: characters of a string, bytes of a hex binary. */
  readonly length?: number;
  /** What its text must look like, as a regular expression of XML Schema: the whole of it. */
  readonly pattern?: string;
  /** Its element may carry `disabled="true"`; the structure around then names it in `$disabled` (2023 edition). */
  readonly disables?: boolean;
  /** The named type this one restricts or renames. */
  readonly base?: Simple;
  /** How the schema prints it: a restriction of its own, or a complex type that only renames its base. */
  readonly form: 'builtin' | 'restriction' | 'rename';
  readonly layer?: Layer;
  /** Carries the TypeScript type; never present at run time. */
  readonly js?: J;
}

export type Cardinality = 'one' | 'opt' | 'many';

export interface Field<T extends AnyType = AnyType, C extends Cardinality = Cardinality> {
  readonly type: T;
  readonly cardinality: C;
  readonly min: number;
  readonly max: number;
  /** Value assumed by a reader when an attribute is absent. */
  readonly default?: string;
  readonly layer?: Layer;
  /** The extension's schema demands it, though a peer without the extension leaves it out. Optional in TypeScript. */
  readonly demanded?: boolean;
  /** The element stands in the base namespace although its layer has one of its own. */
  readonly inBase?: boolean;
  /** Its type before the 2023 edition, which is the same without what that edition adds. */
  readonly was?: AnyType;
  /** What an empty element stands for, by the 2023 edition. */
  readonly whenEmpty?: string;
  /** The element may name any subtype with xsi:type; its value then carries `$type`. */
  readonly polymorphic?: boolean;
}

/** A value of a polymorphic field: the name of its type beside its properties. */
export interface Typed {
  readonly $type: string;
  readonly [property: string]: unknown;
}

export type Fields = Readonly<Record<string, Field>>;

export interface Complex<S = unknown, N extends string = string> {
  readonly kind: 'complex';
  readonly name: N;
  /** Name of its global element, where that is not the name of the type. */
  readonly element?: string;
  /** It has no global element: it never is the root of a document. */
  readonly inner?: boolean;
  /** It is no document by the 2023 edition, which has global elements for documents only. */
  readonly part?: boolean;
  readonly base?: Complex;
  /** What it extended before the 2023 edition. */
  readonly extended?: Complex;
  /** The layer that took it out of the schema. */
  readonly dropped?: Layer;
  readonly attributes: Fields;
  readonly fields: Fields;
  /** Which function set of the standard declares it. */
  readonly spec?: string;
  readonly layer?: Layer;
  /** For a list type: the element it repeats. */
  readonly item?: Complex;
  readonly shape?: S;
}

export type AnyType = Simple | Complex;

type Simplify<T> = { [K in keyof T]: T[K] };
/** What a declaration's values look like in TypeScript. */
export type Infer<T> = T extends { readonly kind: 'simple'; readonly js?: infer J }
  ? NonNullable<J>
  : T extends { readonly kind: 'complex'; readonly shape?: infer S }
    ? NonNullable<S>
    : never;

type OneKeys<F> = { [K in keyof F]: F[K] extends Field<AnyType, 'one'> ? K : never }[keyof F];
type OptKeys<F> = { [K in keyof F]: F[K] extends Field<AnyType, 'opt'> ? K : never }[keyof F];
type ManyKeys<F> = { [K in keyof F]: F[K] extends Field<AnyType, 'many'> ? K : never }[keyof F];
type TypeOf<F> = F extends Field<infer T> ? Infer<T> : never;
export type InferFields<F> = { [K in OneKeys<F>]: TypeOf<F[K]> } & { [K in OptKeys<F>]?: TypeOf<F[K]> } & {
  [K in ManyKeys<F>]: TypeOf<F[K]>[];
};
type ShapeOf<B> = B extends Complex<infer S> ? S : unknown;

export const one = <T extends AnyType>(type: T, more: FieldOptions = {}): Field<T, 'one'> => ({
  type,
  cardinality: 'one',
  min: 1,
  max: 1,
  ...more,
});
export const opt = <T extends AnyType>(type: T, more: FieldOptions = {}): Field<T, 'opt'> => ({
  type,
  cardinality: 'opt',
  min: 0,
  max: 1,
  ...more,
});
export const many = <T extends AnyType>(
  type: T,
  more: FieldOptions & { min?: number; max?: number } = {},
): Field<T, 'many'> => ({
  type,
  cardinality: 'many',
  min: 0,
  max: Infinity,
  ...more,
});

/** An optional element of any type that extends `base`. */
export const any = (base: Complex): Field<Complex<Typed>, 'opt'> => ({
  type: base as Complex<Typed>,
  cardinality: 'opt',
  min: 0,
  max: 1,
  polymorphic: true,
});

interface FieldOptions {
  default?: string;
  layer?: Layer;
  demanded?: boolean;
  inBase?: boolean;
  was?: AnyType;
  whenEmpty?: string;
}

/** What a structure some of whose simple elements may be disabled says beside them: their names. */
export interface Disabling {
  $disabled?: string[];
}

/**
 * Declares a complex type. The order of `fields` is the XML sequence; base fields come first. XML names never look like
 * integers, so JavaScript keeps the order of the literal.
 */
export function type<
  const N extends string,
  const F extends Fields,
  B extends Complex | undefined = undefined,
  const A extends Fields = Record<never, Field>,
  D extends boolean = false,
>(
  name: N,
  options: {
    extends?: B;
    attributes?: A;
    spec?: string;
    layer?: Layer;
    element?: string;
    inner?: boolean;
    part?: boolean;
    extended?: Complex;
    dropped?: Layer;
    disabling?: D;
    item?: Complex;
  },
  fields: F,
): Complex<
  Simplify<
    (B extends Complex ? ShapeOf<B> : unknown) &
      InferFields<A> &
      InferFields<F> &
      (D extends true ? Disabling : unknown)
  >,
  N
> {
  return {
    kind: 'complex',
    name,
    ...(options.element && { element: options.element }),
    ...(options.inner && { inner: true }),
    ...(options.part && { part: true }),
    ...(options.extended && { extended: options.extended }),
    ...(options.dropped && { dropped: options.dropped }),
    ...(options.extends && { base: options.extends }),
    attributes: options.attributes ?? {},
    fields,
    ...(options.spec && { spec: options.spec }),
    ...(options.layer && { layer: options.layer }),
    ...(options.item && { item: options.item }),
  };
}

/** Name of the global element of a type. */
export const elementOf = (complex: Complex): string => complex.element ?? complex.name;

/** What a type extends for one who speaks `layers`; by the newest edition where none are given. */
export const baseOf = (complex: Complex, layers?: Layers): Complex | undefined =>
  complex.extended && layers && layers['2023'] === undefined ? complex.extended : complex.base;

/** All attributes of a type, its bases' included. */
export function attributesOf(complex: Complex, layers?: Layers): [string, Field][] {
  const base = baseOf(complex, layers);
  return [...(base ? attributesOf(base, layers) : []), ...Object.entries(complex.attributes)];
}

/** All elements of a type in XML order, its bases' first. */
export function fieldsOf(complex: Complex, layers?: Layers): [string, Field][] {
  const base = baseOf(complex, layers);
  return [...(base ? fieldsOf(base, layers) : []), ...Object.entries(complex.fields)];
}

/** Whether `complex` is `ancestor` or extends it. */
export function isA(complex: Complex, ancestor: Complex): boolean {
  for (let each: Complex | undefined = complex; each; each = each.base) if (each === ancestor) return true;
  return false;
}
