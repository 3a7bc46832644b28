/** Shapes of request bodies in wire form, made from the model: so that an operator is told which element is wrong, and how. */
import { z } from 'zod';
import { attributesOf, fieldsOf, type Complex, type Field, type Simple } from '../model/dsl';

function simpleShape({ lexical, min, max, length }: Simple): z.ZodType {
  switch (lexical) {
    case 'int':
      return z
        .number()
        .int()
        .min(min ?? Number.MIN_SAFE_INTEGER)
        .max(max ?? Number.MAX_SAFE_INTEGER);
    case 'boolean':
      return z.boolean();
    case 'hex':
      return z.string().regex(new RegExp(`^([0-9A-F]{2}){0,${length ?? 64}}$`), 'want pairs of upper-case hex digits');
    case 'string':
      return z.string().max(length ?? 4096);
    case 'uri':
      return z.string().max(1024);
  }
}

const kept = new WeakMap<Complex, z.ZodType>();

function complexShape(type: Complex): z.ZodType {
  let shape = kept.get(type);
  if (!shape) kept.set(type, (shape = fieldsShape([...attributesOf(type), ...fieldsOf(type)])));
  return shape;
}

/** The object with these attributes and elements and no others. */
export function fieldsShape(fields: readonly (readonly [string, Field])[]): z.ZodType {
  return z.strictObject(
    Object.fromEntries(
      fields.map(([name, { type, cardinality, min }]) => {
        const shape = type.kind === 'simple' ? simpleShape(type) : complexShape(type);
        if (cardinality === 'many') return [name, z.array(shape).min(min).max(1000).default([])];
        // What only an extension or an attribute's default demands may be left out.
        return [name, cardinality === 'one' ? shape : shape.optional()];
      }),
    ),
  );
}
