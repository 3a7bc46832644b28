/**
 * Holds a tree against the schema as `model` declares it: names and order of elements, how often each stands, attributes, and
 * the lexical space of simple values. Written apart from the codec, over another parser.
 */
import { complexTypes } from '../../src/model';
import { sepNamespace, xsiNamespace } from '../../src/model/dialect';
import {
  attributesOf,
  elementOf,
  fieldsOf,
  type AnyType,
  type Complex,
  type Field,
  type Layer,
  type Layers,
  type Simple,
} from '../../src/model/dsl';
import { attribute, resolve, type XmlNode } from './xml';

const ausNamespaces = ['https://csipaus.org/ns', 'https://csipaus.org/ns/v1.3'];
const spaces: Readonly<Record<Layer, readonly string[]>> = {
  '2023': [sepNamespace],
  'csipaus-1.2': ausNamespaces,
  'csipaus-1.3': ausNamespaces.slice(1),
};
const byElement = new Map([...complexTypes.values()].map(type => [elementOf(type), type]));

/** The type of a document by its root, where it is one of the standard's. */
export const documentType = (root: XmlNode): Complex | undefined =>
  [byElement.get(root.name)].find(type => type && spacesOf(type).includes(root.uri));

const spacesOf = ({ layer }: Complex): readonly string[] => (layer === undefined ? [sepNamespace] : spaces[layer]);

/** What is wrong with a document, each with the path of the element; empty where nothing is. */
export function schemaFaults(root: XmlNode): string[] {
  const faults: string[] = [];
  const type = documentType(root);
  if (!type) return [`root element {${root.uri}}${root.name} is no document of IEEE 2030.5`];
  // Only a document that says it is of the 2023 edition may hold what that edition added.
  const layers: Layers = Number(attribute(root, 'schemaVer') ?? 0) >= 2.2 ? { '2023': sepNamespace } : {};
  complex(type, root, `/${root.name}`, layers, faults);
  return faults;
}

function complex(type: Complex, node: XmlNode, at: string, layers: Layers, faults: string[]): void {
  attributes(type, node, at, layers, faults);
  const fields = fieldsOf(type, layers);
  const counts = new Map<string, number>();
  let last = -1;
  if (node.text.trim() !== '') faults.push(`${at}: text between elements`);
  for (const child of node.children) {
    const place = fields.findIndex(([name, field]) => name === child.name && stands(field, child.uri, layers));
    const path = `${at}/${child.name}`;
    const field = fields[place]?.[1];
    if (!field) {
      faults.push(`${path}: no such element in ${type.name}`);
      continue;
    }
    if (place < last) faults.push(`${path}: out of order`);
    last = Math.max(last, place);
    counts.set(child.name, (counts.get(child.name) ?? 0) + 1);
    const meant = typeOf(field, child, layers);
    if (!meant) faults.push(`${path}: xsi:type names no type that may stand here`);
    else if (meant.kind === 'complex') complex(meant, child, path, layers, faults);
    else simple(meant, child, path, field, faults);
  }
  for (const [name, field] of fields) {
    const count = counts.get(name) ?? 0;
    if (field.layer === undefined && count < field.min) faults.push(`${at}/${name}: missing`);
    if (count > field.max) faults.push(`${at}/${name}: ${count} times, at most ${field.max}`);
  }
}

function stands(field: Field, uri: string, layers: Layers): boolean {
  if (field.layer === undefined) return uri === sepNamespace;
  if (field.layer === '2023' && layers['2023'] === undefined) return false;
  return field.inBase ? uri === sepNamespace : spaces[field.layer].includes(uri);
}

function typeOf(field: Field, node: XmlNode, layers: Layers): AnyType | undefined {
  const declared = layers['2023'] === undefined ? (field.was ?? field.type) : field.type;
  const named = node.attributes.find(each => each.uri === xsiNamespace && each.name === 'type');
  if (!named) return declared;
  const [, local] = resolve(named.value, node.scope, sepNamespace);
  return complexTypes.get(local);
}

function attributes(type: Complex, node: XmlNode, at: string, layers: Layers, faults: string[]): void {
  const known = attributesOf(type, layers).filter(([, field]) => field.layer !== '2023' || layers['2023']);
  for (const { uri, name, value } of node.attributes) {
    if (uri === xsiNamespace || (uri === '' && name === 'schemaVer')) continue;
    const field = known.find(([each]) => each === name)?.[1];
    if (uri !== '' || !field) faults.push(`${at}/@${name}: no such attribute in ${type.name}`);
    else if (field.type.kind === 'simple') lexical(field.type, value, `${at}/@${name}`, faults);
  }
  for (const [name, field] of known)
    if (field.min > 0 && attribute(node, name) === undefined) faults.push(`${at}/@${name}: missing`);
}

function simple(type: Simple, node: XmlNode, at: string, field: Field, faults: string[]): void {
  if (node.children.length > 0) faults.push(`${at}: elements within a simple value`);
  for (const { uri, name } of node.attributes)
    if (uri !== xsiNamespace && !(name === 'disabled' && type.disables))
      faults.push(`${at}/@${name}: no such attribute`);
  if (node.text === '' && field.whenEmpty !== undefined) return;
  lexical(type, node.text, at, faults);
}

/** A facet that a type has of its own or from what it restricts. */
function facet(type: Simple, name: 'min' | 'max' | 'length'): number | undefined {
  return type[name] ?? (type.base ? facet(type.base, name) : undefined);
}

function lexical(type: Simple, given: string, at: string, faults: string[]): void {
  const wrong = (want: string) => faults.push(`${at}: "${given.slice(0, 60)}" is no ${type.name}: ${want}`);
  const text = type.lexical === 'string' ? given : given.trim();
  const length = facet(type, 'length');
  if (type.lexical === 'int') {
    if (!/^-?(0|[1-9]\d*)$/.test(text)) wrong('want a whole number without leading zeros');
    else if (Number(text) < (facet(type, 'min') ?? -Infinity) || Number(text) > (facet(type, 'max') ?? Infinity))
      wrong(`want ${facet(type, 'min')} … ${facet(type, 'max')}`);
  } else if (type.lexical === 'boolean') {
    if (!/^(true|false|0|1)$/.test(text)) wrong('want true or false');
  } else if (type.lexical === 'hex') {
    if (!/^([0-9A-F]{2})*$/.test(text)) wrong('want an even count of upper-case hex digits');
    else if (length !== undefined && text.length > 2 * length) wrong(`want at most ${length} bytes`);
  } else if (length !== undefined && [...text].length > length) wrong(`want at most ${length} characters`);
}
