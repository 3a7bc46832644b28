/**
 * The suite's own reader of XML: a tree by fast-xml-parser, which shares nothing with the codec that wrote our server's bodies,
 * so that a fault of both halves of that codec cannot hide here.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlNode {
  readonly uri: string;
  readonly name: string;
  readonly attributes: readonly { readonly uri: string; readonly name: string; readonly value: string }[];
  readonly children: readonly XmlNode[];
  /** Character data of its own. */
  readonly text: string;
  /** Namespaces in scope, for the prefixes of xsi:type. */
  readonly scope: Scope;
}

type Scope = Readonly<Record<string, string>>;
/** How the parser gives an element when it keeps the order: its name with what is in it, and its attributes at `:@`. */
type Raw = Record<string, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
});
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

/** The tree of a document, or what is wrong with it in words. */
export function parseXml(text: string): XmlNode | string {
  const valid = XMLValidator.validate(text);
  if (valid !== true) return `line ${valid.err.line}: ${valid.err.msg}`;
  if (/<!DOCTYPE/i.test(text)) return 'it has a document type definition';
  const raw = (parser.parse(text) as Raw[]).filter(each => tagOf(each) !== undefined);
  const [root] = raw;
  if (!root || raw.length > 1) return `${raw.length} root elements`;
  return node(root, { xml: xmlNamespace });
}

const tagOf = (raw: Raw): string | undefined =>
  Object.keys(raw).find(key => key !== ':@' && !key.startsWith('#') && !key.startsWith('?'));

function node(raw: Raw, outer: Scope): XmlNode {
  const tag = tagOf(raw) ?? '';
  const given = Object.entries((raw[':@'] ?? {}) as Record<string, string>);
  const scope: Record<string, string> = { ...outer };
  for (const [name, value] of given)
    if (name === 'xmlns') scope[''] = value;
    else if (name.startsWith('xmlns:')) scope[name.slice(6)] = value;
  const inside = raw[tag] as Raw[];
  const [uri, name] = resolve(tag, scope, '');
  return {
    uri,
    name,
    scope,
    attributes: given
      .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
      .map(([key, value]) => {
        const [space, local] = key.includes(':') ? resolve(key, scope, '') : ['', key];
        return { uri: space, name: local, value };
      }),
    children: inside.filter(each => tagOf(each) !== undefined).map(each => node(each, scope)),
    text: inside.map(each => (typeof each['#text'] === 'string' ? each['#text'] : '')).join(''),
  };
}

/** Namespace and local part of a qualified name; a prefix nobody declared is its own namespace, which nothing fits. */
export function resolve(qualified: string, scope: Scope, fallback: string): [uri: string, local: string] {
  const [prefix = '', local] = qualified.includes(':') ? qualified.split(':', 2) : ['', qualified];
  return [scope[prefix] ?? (prefix === '' ? fallback : `undeclared prefix ${prefix}`), local ?? ''];
}

export const childNamed = (at: XmlNode, name: string): XmlNode | undefined =>
  at.children.find(child => child.name === name);
export const attribute = (at: XmlNode, name: string): string | undefined =>
  at.attributes.find(each => each.name === name && each.uri === '')?.value;
