/**
 * What an XML Schema says, freed of how it says it: types and global elements by expanded name, redefinitions applied. Knows
 * the part of XML Schema that the schemas of 2030.5 use.
 */
import { resolve, type Scope } from '../namespaces';
import { scan, type Attribute } from '../scan';
import { type SchemaFile } from '../print-xsd';

export interface Facts {
  /** `{namespace}name` → one line for each thing the schema says of the type, in order where order counts. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** `{namespace}name` → expanded name of its type. */
  readonly elements: ReadonlyMap<string, string>;
}

interface Node {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly scope: Scope;
  readonly children: Node[];
}

const xs = 'http://www.w3.org/2001/XMLSchema';
const expanded = (uri: string, local: string) => (uri === xs ? `xs:${local}` : `{${uri}}${local}`);

/** Reads schema documents that belong together. */
export function factsOf(files: readonly SchemaFile[]): Facts {
  const types = new Map<string, string[]>();
  const elements = new Map<string, string>();
  const redefinitions: [string, Node][] = [];
  for (const { content } of files) {
    const schema = parse(content);
    const target = schema.attributes.get('targetNamespace') ?? '';
    for (const node of schema.children) {
      const name = expanded(target, node.attributes.get('name') ?? '');
      if (node.name === 'complexType' || node.name === 'simpleType') types.set(name, describe(node, target));
      else if (node.name === 'element') elements.set(name, kindOf(node, target));
      else if (node.name === 'redefine')
        for (const each of node.children)
          redefinitions.push([expanded(target, each.attributes.get('name') ?? ''), each]);
      else if (node.name !== 'import' && node.name !== 'annotation') throw new RangeError(`unknown to us: ${node.name}`);
    }
  }
  for (const [name, node] of redefinitions) {
    const [, ...added] = describe(node, name.slice(1, name.indexOf('}')));
    types.set(name, ordered([...(types.get(name) ?? []), ...added]));
  }
  for (const lines of types.values())
    for (const [i, line] of lines.entries())
      // A reference says what the global element says.
      lines[i] = withinSimple(line, types).replace(/^(element (\S+)) \?/, (_, start: string, name: string) => `${start} ${elements.get(name)}`);
  return { types, elements };
}

/**
 * The 2.2 schema says complexContent where it extends types of simple content, which XML Schema forbids (cos-ct-extends) and
 * every validator reads as simpleContent.
 */
function withinSimple(line: string, types: ReadonlyMap<string, readonly string[]>): string {
  const base = /^complex extension of (\S+)$/.exec(line)?.[1];
  const simple = base !== undefined && types.get(base)?.[0]?.startsWith('simple content') === true;
  return simple ? `simple content extension of ${base}` : line;
}

/** The name of an element's type, or what its nameless type says. */
function kindOf(node: Node, target: string): string {
  const [inner] = node.children.filter(child => child.name !== 'annotation');
  return inner ? describe(inner, target).join('; ') : qualified(node, 'type');
}

function parse(xml: string): Node {
  const stack: Node[] = [];
  let root: Node | undefined;
  scan(
    xml,
    {
      open(uri: string, local: string, attributes: readonly Attribute[], scope: Scope) {
        const name = uri === xs ? local : expanded(uri, local);
        const node: Node = { name, attributes: new Map(attributes.map(a => [a.local, a.value])), scope, children: [] };
        stack[stack.length - 1]?.children.push(node);
        root ??= node;
        stack.push(node);
      },
      text: () => undefined,
      close: () => stack.pop(),
    },
    { maxDepth: 32, maxAttributes: 32 },
  );
  if (!root) throw new RangeError('an empty schema');
  return root;
}

function qualified(node: Node, attribute: string): string {
  const [local = '', prefix = ''] = (node.attributes.get(attribute) ?? '').split(':').reverse();
  return expanded(resolve(node.scope, prefix) ?? '', local);
}

/** Elements and wildcards keep their order; attributes have none, so they are sorted. The base comes first. */
function describe(type: Node, target: string): string[] {
  const lines: string[] = [type.name === 'simpleType' ? 'simple' : 'complex'];
  const visit = (node: Node): void => {
    const at = (name: string) => node.attributes.get(name);
    switch (node.name) {
      case 'annotation':
        return;
      case 'complexContent':
      case 'sequence':
        return node.children.forEach(visit);
      case 'simpleContent':
        lines[0] = 'simple content';
        return node.children.forEach(visit);
      case 'extension':
      case 'restriction':
        lines[0] += ` ${node.name} of ${qualified(node, 'base')}`;
        return node.children.forEach(visit);
      case 'element': {
        const [name, kind] = at('ref')
          ? [qualified(node, 'ref'), ' ?']
          : [expanded(target, at('name') ?? ''), ` ${qualified(node, 'type')}`];
        lines.push(`element ${name}${kind} ${at('minOccurs') ?? 1}..${at('maxOccurs') ?? 1}${fallback(node)}`);
        return;
      }
      case 'attribute':
        lines.push(`attribute ${at('name')} ${qualified(node, 'type')} ${at('use') ?? 'optional'}${fallback(node)}`);
        return;
      case 'any':
        lines.push(
          `any ${at('namespace') ?? '##any'} ${at('processContents') ?? 'strict'} ${at('minOccurs') ?? 1}..${at('maxOccurs') ?? 1}`,
        );
        return;
      case 'anyAttribute':
        lines.push(`attribute any ${at('namespace') ?? '##any'} ${at('processContents') ?? 'strict'}`);
        return;
      default:
        if (at('value') === undefined) throw new RangeError(`unknown to us: ${node.name}`);
        lines.push(`facet ${node.name} ${at('value')}`);
    }
  };
  type.children.forEach(visit);
  return ordered(lines);
}

const fallback = (node: Node) => {
  const value = node.attributes.get('default');
  return value === undefined ? '' : ` default ${value}`;
};

const ordered = (lines: readonly string[]): string[] => {
  const free = (line: string) => /^(?:attribute|facet) /.test(line);
  return [...lines.filter(line => !free(line)), ...lines.filter(free).sort()];
};
