/**
 * The vocabulary in which `model/` says what IEEE 2030.5 says. A type declared here is data: the TypeScript type is inferred
 * from it, and codec, validation, XSD, routes and test data are compiled from it. No behaviour lives in a declaration.
 *
 * The standard's schema needs no more than this: sequences only (no choice, no wildcard), attributes, single inheritance,
 * length and range facets.
 */

/** Where a field comes from when it is not in the 2018 base schema. A dialect says which layers it speaks, and in which namespace. */
export type Layer = 'csipaus-1.2' | 'csipaus-1.3' | '2023';

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
  /** The element may name a subtype with xsi:type; its value then carries `$type`. */
  readonly polymorphic?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

export interface Complex<S = unknown> {
  readonly kind: 'complex';
  readonly name: string;
  readonly base?: Complex;
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
type InferFields<F> = { [K in OneKeys<F>]: TypeOf<F[K]> } & { [K in OptKeys<F>]?: TypeOf<F[K]> } & {
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

interface FieldOptions {
  default?: string;
  layer?: Layer;
  polymorphic?: boolean;
}

/**
 * Declares a complex type. The order of `fields` is the XML sequence; base fields come first. XML names never look like
 * integers, so JavaScript keeps the order of the literal.
 */
export function type<
  const F extends Fields,
  B extends Complex | undefined = undefined,
  const A extends Fields = Record<never, Field>,
>(
  name: string,
  options: { extends?: B; attributes?: A; spec?: string; layer?: Layer },
  fields: F,
): Complex<Simplify<(B extends Complex ? ShapeOf<B> : unknown) & InferFields<A> & InferFields<F>>> {
  return {
    kind: 'complex',
    name,
    ...(options.extends && { base: options.extends }),
    attributes: options.attributes ?? {},
    fields,
    ...(options.spec && { spec: options.spec }),
    ...(options.layer && { layer: options.layer }),
  };
}

/** All attributes of a type, its bases' included. */
export function attributesOf(complex: Complex): [string, Field][] {
  return [...(complex.base ? attributesOf(complex.base) : []), ...Object.entries(complex.attributes)];
}

/** All elements of a type in XML order, its bases' first. */
export function fieldsOf(complex: Complex): [string, Field][] {
  return [...(complex.base ? fieldsOf(complex.base) : []), ...Object.entries(complex.fields)];
}

/** Whether `complex` is `ancestor` or extends it. */
export function isA(complex: Complex, ancestor: Complex): boolean {
  for (let each: Complex | undefined = complex; each; each = each.base) if (each === ancestor) return true;
  return false;
}
