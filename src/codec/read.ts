/**
 * XML to model, in one walk: scanning, conversion and validation together. What is not well formed is Problem BAD_XML with line
 * and column; what does not fit the schema is BAD_VALUE with the path of the element. Only declared names ever become property
 * names, so no document can reach a prototype.
 */
import { Problem } from '../base/problem';
import { complexTypes } from '../model';
import { xsiNamespace } from '../model/dialect';
import { Bool, SEPVersion } from '../model/primitives';
import { elementOf, isA, type Complex, type Infer } from '../model/dsl';
import { isBase, resolve, type Scope } from './namespaces';
import { belongs, readPlanOf, type ElementPlan, type ReadPlan } from './read-plan';
import { scan, type Attribute, type Limits } from './scan';
import { Misfit, parser, type Mode } from './simple';

export interface ReadOptions {
  readonly mode: Mode;
  /** Larger bodies are refused unread; bytes, or characters of a string. */
  readonly maxBytes?: number;
}

export interface ReadResult<T extends Complex> {
  readonly type: T;
  readonly value: Infer<T>;
}

const defaultMaxBytes = 4 * 1024 * 1024;
/** Attributes of XML Schema instances that mean nothing to us; `nil` is not among them: nothing of ours can be nil. */
const hints: ReadonlySet<string> = new Set(['type', 'schemaLocation', 'noNamespaceSchemaLocation']);
const schemaVer = 'schemaVer';
const parseVersion = parser(SEPVersion, 'strict');
const parseFlag = { strict: parser(Bool, 'strict'), lenient: parser(Bool, 'lenient') } as const;
const limits: Limits = { maxDepth: 32, maxAttributes: 64 };

/**
 * Reads a document whose root is `types`, or one of them. Lenient reading skips elements and attributes it does not know, takes
 * elements in any order, older namespaces, and hex that lost leading zeros; strict reading takes what the schema allows.
 * @throws Problem BAD_XML, BAD_VALUE or TOO_LARGE.
 */
export function read<T extends Complex>(
  types: T | readonly T[],
  body: Uint8Array | string,
  { mode, maxBytes = defaultMaxBytes }: ReadOptions,
): ReadResult<T> {
  if (body.length > maxBytes) throw new Problem('TOO_LARGE', { want: `at most ${maxBytes} bytes`, got: body.length });
  const reader = new Reader<T>(Array.isArray(types) ? (types as readonly T[]) : [types as T], mode);
  scan(typeof body === 'string' ? body : decode(body), reader, limits);
  return reader.result();
}

function decode(body: Uint8Array): string {
  try {
    // The byte order mark stays in, for the scanner to drop.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new Problem('BAD_XML', { note: 'not UTF-8', cause });
  }
}

/** One open element. A frame without plan and element belongs to a simple value, or is being skipped. */
interface Frame {
  readonly step: string;
  readonly plan?: ReadPlan;
  readonly simple?: ElementPlan;
  readonly value: Record<string, unknown>;
  /** Place in the sequence of the last child, for order. */
  last: number;
  text: string;
}

class Reader<T extends Complex> {
  private readonly frames: Frame[] = [];
  private skipping = 0;
  private root: { type: T; value: unknown } | undefined;
  private readonly lenient: boolean;
  /** The document follows a schema that leaves room for later revisions and for others: schemaVer 2.2 or newer. */
  private roomy = false;

  constructor(
    private readonly types: readonly T[],
    private readonly mode: Mode,
  ) {
    this.lenient = mode === 'lenient';
  }

  open(uri: string, local: string, attributes: readonly Attribute[], scope: Scope): void {
    if (this.skipping > 0) {
      this.skipping++;
      return;
    }
    const parent = this.frames[this.frames.length - 1];
    if (!parent) this.openRoot(uri, local, attributes, scope);
    else this.openChild(parent, uri, local, attributes, scope);
  }

  text(text: string): void {
    if (this.skipping > 0) return;
    const frame = this.frames[this.frames.length - 1];
    if (!frame) return;
    if (frame.simple) frame.text += text;
    else if (/[^\t\n\r ]/.test(text)) this.bad('text where elements are wanted');
  }

  close(): void {
    if (this.skipping > 0) {
      this.skipping--;
      return;
    }
    const frame = this.frames[this.frames.length - 1];
    if (!frame) return;
    if (frame.simple) this.closeSimple(frame, frame.simple);
    else if (frame.plan) this.complete(frame.plan, frame.value);
    this.frames.pop();
  }

  result(): ReadResult<T> {
    if (!this.root) throw new Problem('BAD_XML', { note: 'no root element' });
    return this.root as ReadResult<T>;
  }

  private openRoot(uri: string, local: string, attributes: readonly Attribute[], scope: Scope): void {
    const type = this.types.find(t => elementOf(t) === local && belongs(t, uri, this.lenient));
    if (!type) {
      const names = this.types.map(elementOf).join(' or ');
      const note = this.types.some(t => elementOf(t) === local)
        ? `namespace ${uri || '(none)'} is not the one we speak`
        : '';
      throw new Problem('BAD_VALUE', { at: `/${local.slice(0, 64)}`, want: names, ...(note && { note }) });
    }
    const version = attributes.find(a => a.uri === '' && a.local === schemaVer);
    if (version) this.roomy = this.isRoomy(local, version.value);
    const others = version ? attributes.filter(a => a !== version) : attributes;
    const value = this.openComplex(local, type, others, scope, false);
    this.root = { type, value };
  }

  /** @throws Problem for a version that is none, when reading strictly. */
  private isRoomy(root: string, version: string): boolean {
    try {
      parseVersion(version);
    } catch (thrown) {
      if (!this.lenient) this.misfit(thrown, `${root}/@${schemaVer}`);
      return false;
    }
    const [edition = 0, revision = 0] = version.split('.').map(Number);
    return edition > 2 || (edition === 2 && revision >= 2);
  }

  private openChild(parent: Frame, uri: string, local: string, attributes: readonly Attribute[], scope: Scope): void {
    if (parent.simple) this.bad('an element where a value is wanted', local);
    const known = parent.plan?.elements.get(local);
    const element = known?.drafted?.isIn(uri) ? known.drafted : known;
    if (!element || !element.isIn(uri)) {
      if (!this.lenient && !this.hasRoom(parent, uri, local))
        this.bad('an element the schema does not have here', local);
      this.skipping = 1;
      return;
    }
    const { key, many, place, max, complex, polymorphic } = element;
    const before = parent.value[key];
    const count = many ? (before as unknown[]).length : before === undefined ? 0 : 1;
    const step = many ? `${local}[${count + 1}]` : local;
    if (count >= max) this.bad(many ? `more than ${max} of them` : 'repeated', step);
    if (place < parent.last && !this.lenient) this.bad('out of order', step);
    parent.last = place;
    if (complex) {
      const value = this.openComplex(step, complex, attributes, scope, polymorphic);
      if (many) (before as unknown[]).push(value);
      else parent.value[key] = value;
      return;
    }
    this.frames.push({ step, simple: element, value: parent.value, last: 0, text: '' });
    this.plainAttributes(element, attributes, parent.value);
  }

  /** Whether a schema with room for others has room for an element it does not know. */
  private hasRoom({ plan }: Frame, uri: string, local: string): boolean {
    return this.roomy && (isBase(uri, false) ? plan?.revisions.has(local) === true : uri !== '');
  }

  private openComplex(
    step: string,
    declared: Complex,
    attributes: readonly Attribute[],
    scope: Scope,
    polymorphic: boolean,
  ): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    const named = attributes.find(a => a.uri === xsiNamespace && a.local === 'type');
    const type = named ? this.subtype(step, declared, named.value, scope) : declared;
    if (polymorphic || type !== declared) value['$type'] = type.name;
    const plan = readPlanOf(type, this.mode);
    this.frames.push({ step, plan, value, last: 0, text: '' });
    for (const key of plan.lists) value[key] = [];
    for (const attribute of attributes) this.attribute(plan, attribute, value);
    return value;
  }

  private subtype(step: string, declared: Complex, name: string, scope: Scope): Complex {
    const [local = '', prefix = ''] = name.trim().split(':').reverse();
    const type = complexTypes.get(local);
    const uri = resolve(scope, prefix) ?? '';
    if (
      !type ||
      !isA(type, declared) ||
      !(this.lenient ? isBase(uri, true) || belongs(type, uri, true) : belongs(type, uri, false))
    )
      this.bad(`not a type that extends ${declared.name}`, `${step}/@xsi:type`, name);
    return type;
  }

  private attribute(plan: ReadPlan, { uri, local, value }: Attribute, into: Record<string, unknown>): void {
    const known = uri === '' ? plan.attributes.get(local) : undefined;
    if (!known) {
      if (!this.lenient && !this.roomy && (uri !== xsiNamespace || !hints.has(local)))
        this.bad('an attribute the schema does not have here', `@${local}`);
      return;
    }
    try {
      into[known.key] = known.parse(value);
    } catch (thrown) {
      this.misfit(thrown, `@${known.key}`);
    }
  }

  /** The only attribute of a simple element is `disabled`, of some. */
  private plainAttributes(
    element: ElementPlan,
    attributes: readonly Attribute[],
    value: Record<string, unknown>,
  ): void {
    for (const { uri, local, value: text } of attributes) {
      if (element.disables && uri === '' && local === 'disabled') {
        try {
          if (parseFlag[this.mode](text)) ((value['$disabled'] ??= []) as string[]).push(element.key);
        } catch (thrown) {
          this.misfit(thrown, '@disabled');
        }
      } else if (!this.lenient && !this.roomy && (uri !== xsiNamespace || !hints.has(local)))
        this.bad('an attribute the schema does not have here', `@${local}`);
    }
  }

  private closeSimple(frame: Frame, { key, many, parse, whenEmpty }: ElementPlan): void {
    let value: unknown;
    try {
      const stands = whenEmpty !== undefined && frame.text === '' && (this.lenient || this.roomy);
      value = stands ? whenEmpty : parse(frame.text);
    } catch (thrown) {
      this.misfit(thrown);
    }
    if (many) (frame.value[key] as unknown[]).push(value);
    else frame.value[key] = value;
  }

  private complete(plan: ReadPlan, value: Record<string, unknown>): void {
    for (const { key, attribute, min } of plan.required) {
      const got = value[key];
      if (got === undefined) this.bad('missing', attribute ? `@${key}` : key);
      if (min > 1 || Array.isArray(got)) {
        const count = (got as unknown[]).length;
        if (count < min) this.bad(count === 0 ? 'missing' : `fewer than ${min} of them`, key);
      }
    }
  }

  private misfit(thrown: unknown, step?: string): never {
    if (!(thrown instanceof Misfit)) throw thrown;
    throw new Problem('BAD_VALUE', { at: this.path(step), want: thrown.want, got: thrown.got });
  }

  private bad(note: string, step?: string, got?: unknown): never {
    throw new Problem('BAD_VALUE', { at: this.path(step), note, ...(got !== undefined && { got }) });
  }

  private path(step?: string): string {
    const steps = this.frames.map(frame => frame.step);
    if (step !== undefined) steps.push(step.slice(0, 128));
    return `/${steps.join('/')}`;
  }
}
