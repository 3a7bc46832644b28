/** Values made from a JSON Schema as zod prints it: such as fit it, and such as nearly do. */
import fc from 'fast-check';

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** Lists are kept short: size is not what is looked for here. */
const mostItems = 3;

export function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.maxSafeInteger().map(n => within(n, schema));
    case 'number':
      return fc.double({
        noNaN: true,
        min: schema.minimum ?? (schema.exclusiveMinimum === undefined ? -1e9 : 1e-3),
        max: schema.maximum ?? 1e9,
      });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? mostItems, mostItems)),
      });
    case 'object':
      return object(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const lfdi = fc.integer({ min: 0, max: 40 }).map(n => n.toString(16).padStart(40, '0'));
  return fc.oneof(fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: 'grapheme' }), lfdi);
}

function within(n: number, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema): number {
  const span = maximum - minimum + 1;
  return minimum + (((n % span) + span) % span);
}

function object({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fitting(each)]));
  const named = fc.record(known, { requiredKeys: [...required], noNullPrototype: true });
  if (typeof additionalProperties !== 'object' || Object.keys(properties).length > 0) return named;
  const keys = fc.oneof(fc.constantFrom('opModMaxLimW', 'der.programs', 'curveType'), fc.string({ maxLength: 12 }));
  return fc.dictionary(keys, fitting(additionalProperties), { maxKeys: 3, noNullPrototype: true });
}

/** One part of a fitting value replaced by something else. */
export function nearly(schema: Schema): fc.Arbitrary<unknown> {
  return fc
    .tuple(fitting(schema), fc.jsonValue({ maxDepth: 1 }), fc.nat(), fc.boolean())
    .map(([value, other, at, add]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
      const names = Object.keys(value);
      const name = names[at % Math.max(1, names.length)];
      return { ...value, [add || name === undefined ? 'extra' : name]: other };
    });
}
