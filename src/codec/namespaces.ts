/** Namespace bindings in force at one place of a document: a chain from the inside out. */
import { dialects, sepNamespace } from '../model/dialect';
import { draftNamespace } from '../model/ext/draft';
import { type Layer } from '../model/dsl';

export interface Scope {
  readonly prefix: string;
  readonly uri: string;
  readonly outer?: Scope;
  /** Bindings in the chain. */
  readonly size: number;
}

/** A look-up walks the chain, so hostile documents may not make it long. */
const mostBindings = 64;

const xmlUri = 'http://www.w3.org/XML/1998/namespace';
const xmlnsUri = 'http://www.w3.org/2000/xmlns/';

export const rootScope: Scope = { prefix: 'xml', uri: xmlUri, size: 1 };

/** `scope` with one more binding; undefined when the standard forbids it or there are too many. The default namespace has the prefix ''. */
export function bind(scope: Scope, prefix: string, uri: string): Scope | undefined {
  if (prefix === 'xml') return uri === xmlUri ? scope : undefined;
  if (prefix === 'xmlns' || uri === xmlUri || uri === xmlnsUri || (prefix !== '' && uri === '')) return undefined;
  return scope.size < mostBindings ? { prefix, uri, outer: scope, size: scope.size + 1 } : undefined;
}

/** Namespace of a prefix, undefined when it is not declared. */
export function resolve(scope: Scope, prefix: string): string | undefined {
  for (let each: Scope | undefined = scope; each; each = each.outer) if (each.prefix === prefix) return each.uri;
  return undefined;
}

/** Namespaces in which lenient reading takes base elements: older editions of the standard, and documents that name none. */
const olderNames: ReadonlySet<string> = new Set([draftNamespace, 'http://zigbee.org/sep', '']);
/** Names an extension had before it was finished. */
const olderExtensions: Readonly<Partial<Record<Layer, readonly string[]>>> = {
  'csipaus-1.2': ['https://csipaus.org/ns/v1.3-beta/storage'],
  'csipaus-1.3': ['https://csipaus.org/ns/v1.3-beta/storage'],
};

/** Whether names of drafts may stand in this namespace. */
export const isOlder = (uri: string): boolean => olderNames.has(uri);

export const isBase = (uri: string, lenient: boolean): boolean =>
  uri === sepNamespace || (lenient && olderNames.has(uri));

/** Whether elements of a layer may stand in this namespace, in any dialect we know. */
export function isOfLayer(uri: string, layer: Layer, lenient: boolean): boolean {
  return (
    Object.values(dialects).some(dialect => dialect.layers[layer] === uri) ||
    (lenient && (olderExtensions[layer]?.includes(uri) ?? false))
  );
}
