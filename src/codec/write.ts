/**
 * Model to XML. Writing is strict: a value that does not fit its declaration is a fault of ours and throws Problem BUG with
 * its path, so nothing invalid ever leaves. The form is the one old clients can read (protocol facts 10): default namespace,
 * schema order, no self-closed simple element, no declaration, no byte order mark.
 */
import { Problem } from '../base/problem';
import { complexTypes } from '../model';
import { isDocument, xsiNamespace, type Dialect } from '../model/dialect';
import { elementOf, isA, type Complex, type Infer } from '../model/dsl';
import { extensionOf, extensionPrefix, placeOf, planOf, type ElementStep, type Plan } from './plan';
import { Misfit } from './simple';

export interface WriteOptions {
  readonly dialect: Dialect;
  /** Name of the root element, when it is not the type's own. */
  readonly root?: string;
  /** Begin with an XML declaration. The standard wants none. */
  readonly declaration?: boolean;
}

/** What the root element must declare, found out on the way. */
interface Used {
  readonly dialect: Dialect;
  extension: boolean;
  xsi: boolean;
}

/**
 * Writes a value of `type` as a document. Fields of layers the dialect does not speak are left out.
 * @throws Problem BUG with the path of what does not fit.
 */
export function write<T extends Complex>(type: T, value: Infer<T>, options: WriteOptions): string {
  const { dialect, root = elementOf(type), declaration = false } = options;
  const used: Used = { dialect, extension: false, xsi: false };
  const place = placeOf(type, dialect);
  if (!place) throw new Problem('BUG', { at: `/${root}`, note: `dialect ${dialect.id} has no such type` });
  if (place === 'extension') used.extension = true;
  const tag = place === 'extension' ? `${extensionPrefix}:${root}` : root;
  try {
    if (!isDocument(type, dialect)) throw new Fault('', { note: `no document of dialect ${dialect.id}` });
    const { head, body } = content(type, value, false, used);
    const version = dialect.schemaVer === undefined ? '' : ` schemaVer="${dialect.schemaVer}"`;
    const namespaces =
      ` xmlns="${dialect.namespace}"` +
      (used.extension ? ` xmlns:${extensionPrefix}="${extensionOf(dialect)}"` : '') +
      (used.xsi ? ` xmlns:xsi="${xsiNamespace}"` : '');
    const document = `<${tag}${namespaces}${version}${head}>${body}</${tag}>`;
    return declaration ? `<?xml version="1.0" encoding="UTF-8"?>\n${document}` : document;
  } catch (thrown) {
    throw faultAt(thrown, `/${root}`);
  }
}

/** A misfit on its way up, collecting its path. */
class Fault extends Error {
  constructor(
    readonly path: string,
    readonly misfit: { want?: string; got?: unknown; note?: string },
  ) {
    super(path);
  }
}

/** `thrown`, one step further from the leaf; a Problem at the root. */
function outward(thrown: unknown, step: string): Fault {
  if (thrown instanceof Fault) return new Fault(`/${step}${thrown.path}`, thrown.misfit);
  if (thrown instanceof Misfit) return new Fault(`/${step}`, { want: thrown.want, got: thrown.got });
  throw thrown;
}

function faultAt(thrown: unknown, root: string): unknown {
  return thrown instanceof Fault ? new Problem('BUG', { at: `${root}${thrown.path}`, ...thrown.misfit }) : thrown;
}

/** Attributes and content of an element of type `declared`, or of the subtype its `$type` names. */
function content(declared: Complex, value: unknown, polymorphic: boolean, used: Used): { head: string; body: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault('', { want: `an object of type ${declared.name}`, got: value });
  const values = value as Record<string, unknown>;
  const named = values['$type'];
  const type = named === undefined || named === declared.name ? declared : subtype(declared, named);
  const plan = planOf(type, used.dialect);
  for (const key in values)
    if (!plan.known.has(key) && values[key] !== undefined)
      throw new Fault(`/${key}`, { note: `${type.name} has no such field` });
  let head = '';
  if (polymorphic || type !== declared) {
    used.xsi = true;
    head = ` xsi:type="${typeName(type, used)}"`;
  }
  return { head: head + attributes(plan, values), body: elements(plan, values, used) };
}

function subtype(declared: Complex, named: unknown): Complex {
  const type = typeof named === 'string' ? complexTypes.get(named) : undefined;
  if (!type || !isA(type, declared))
    throw new Fault('/$type', { want: `a type that extends ${declared.name}`, got: named });
  return type;
}

function typeName(type: Complex, used: Used): string {
  const place = placeOf(type, used.dialect);
  if (!place) throw new Fault('/$type', { note: `dialect ${used.dialect.id} has no type ${type.name}` });
  if (place === 'base') return type.name;
  used.extension = true;
  return `${extensionPrefix}:${type.name}`;
}

function attributes(plan: Plan, values: Record<string, unknown>): string {
  let out = '';
  for (const step of plan.attributes) {
    const value = values[step.key];
    if (value === undefined) {
      if (step.required) throw new Fault(`/@${step.key}`, { note: 'missing' });
      continue;
    }
    try {
      out += `${step.open}${step.format(value)}"`;
    } catch (thrown) {
      throw outward(thrown, `@${step.key}`);
    }
  }
  return out;
}

function elements(plan: Plan, values: Record<string, unknown>, used: Used): string {
  let out = '';
  for (const step of plan.elements) {
    const value = values[step.key];
    if (value === undefined) {
      if (step.min > 0) throw new Fault(`/${step.key}`, { note: 'missing' });
      continue;
    }
    if (step.extension) used.extension = true;
    if (!step.many) {
      try {
        if (step.disables && isDisabled(values, step.key)) out += disabled(step, value);
        else out += element(step, value, used);
      } catch (thrown) {
        throw outward(thrown, step.key);
      }
    } else out += repeated(step, value, used);
  }
  return out;
}

function repeated(step: ElementStep, value: unknown, used: Used): string {
  if (!Array.isArray(value)) throw new Fault(`/${step.key}`, { want: 'an array', got: value });
  if (value.length < step.min || value.length > step.max)
    throw new Fault(`/${step.key}`, { want: `${step.min} to ${step.max} of them`, got: value.length });
  let out = '';
  let index = 0;
  try {
    for (; index < value.length; index++) out += element(step, value[index], used);
  } catch (thrown) {
    throw outward(thrown, `${step.key}[${index + 1}]`);
  }
  return out;
}

function element({ tag, write, format, complex, polymorphic }: ElementStep, given: unknown, used: Used): string {
  const value = write ? write(given) : given;
  if (format) return `<${tag}>${format(value)}</${tag}>`;
  const { head, body } = content(complex as Complex, value, polymorphic, used);
  return body === '' ? `<${tag}${head}/>` : `<${tag}${head}>${body}</${tag}>`;
}

const isDisabled = ({ $disabled }: Record<string, unknown>, key: string): boolean =>
  Array.isArray($disabled) && $disabled.includes(key);

const disabled = ({ tag, format }: ElementStep, value: unknown): string =>
  `<${tag} disabled="true">${format?.(value)}</${tag}>`;
