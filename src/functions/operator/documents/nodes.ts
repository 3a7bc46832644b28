/**
 * What an operator provisions beside DER: tariffs, demand response, messages, files, accounts, prepayment. Which documents there
 * are, which stand below which and what an operator says of each is read off the model, so that no function set has routes or
 * rules of provisioning of its own.
 */
import { allResources, model } from '../../../model';
import { attributesOf, fieldsOf, type Field } from '../../../model/dsl';
import { href, type Href, type Params } from '../../../model/href';
import { type Resource } from '../../../model/resource';
import { linkTo, roots, type Root } from '../../assigned';
import { eventKindOf, type EventKind } from '../../event-kinds';
import { childLinks, isActiveList, isCombinedList, isListResource, itemOf } from '../../tree';

export interface DocumentNode {
  readonly root: Root;
  /** The document itself. */
  readonly resource: Resource;
  /** The list it stands in; absent for one that stands by itself, such as an AccountBalance. */
  readonly list?: Resource;
  /** What it, or its list, is called among what its parent is made with: `components`, `balance`. */
  readonly key: string;
  /** Path in the operator API of the list, or of the document where it stands in none. */
  readonly path: string;
  /** Parameters of the API's path and of the model's, one for one; that of the document itself last, where it has one. */
  readonly params: readonly { readonly ours: string; readonly theirs: string }[];
  readonly children: readonly DocumentNode[];
  readonly event?: EventKind;
  /** It stands by itself and the schema demands a link to it: it is made with its parent and stays as long. */
  readonly demanded: boolean;
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
const keyOf = ({ name }: Resource): string => name.slice(name.indexOf('.') + 1);
const setOf = ({ name }: Resource): string => name.slice(0, name.indexOf('.'));
const paramIn = (path: string): string => path.slice(path.lastIndexOf(':') + 1);

type Above = Pick<DocumentNode, 'root' | 'params'> & { readonly at: string };

function listNode(list: Resource, above: Above): DocumentNode {
  const item = itemOf(list);
  const path = `${above.at}/${dashed(keyOf(list))}`;
  const params = [...above.params, { ours: keyOf(item), theirs: paramIn(item.path) }];
  const event = eventKindOf(item);
  return {
    root: above.root,
    resource: item,
    list,
    key: keyOf(list),
    path,
    params,
    children: childrenOf(item, { root: above.root, params, at: `${path}/{${keyOf(item)}}` }),
    ...(event && { event }),
    demanded: false,
  };
}

function childrenOf(item: Resource, above: Above): DocumentNode[] {
  return allResources
    .filter(({ path }) => path.startsWith(`${item.path}/`) && !/[/:]/.test(path.slice(item.path.length + 1)))
    .filter(child => !isActiveList(child) && !isCombinedList(child))
    .map(child => (isListResource(child) ? listNode(child, above) : singleNode(item, child, above)));
}

const singleNode = (item: Resource, child: Resource, { root, params, at }: Above): DocumentNode => ({
  root,
  resource: child,
  key: keyOf(child),
  path: `${at}/${dashed(keyOf(child))}`,
  params,
  children: [],
  demanded: childLinks(item).find(link => link.child === child)?.demanded ?? false,
});

/** One for each kind of program, with all that stands below it. */
export const programNodes: readonly DocumentNode[] = roots.map(root => {
  const [, list] = linkTo[root];
  return listNode(list, { root, params: [], at: `/api/${dashed(setOf(list))}` });
});

export const isProgram = ({ params, list }: DocumentNode): boolean => list !== undefined && params.length === 1;

/** A node and all below it. */
export const withBelow = (node: DocumentNode): DocumentNode[] => [node, ...node.children.flatMap(withBelow)];

/** Path of a document in the operator API, its own parameter included. */
export const itemPath = ({ path, list, params }: DocumentNode): string =>
  list ? `${path}/{${params.at(-1)?.ours}}` : path;

/** Where a document is served; `ids` in the order of the node's parameters. */
export function hrefOf({ resource, params }: DocumentNode, ids: readonly string[]): Href {
  return href(resource, modelParams(params, ids));
}

/** Where its list is served; empty for one that stands by itself. */
export const listOf = ({ list, params }: DocumentNode, ids: readonly string[]): Href =>
  list ? href(list, modelParams(params, ids)) : '';

const modelParams = (params: DocumentNode['params'], ids: readonly string[]): Params =>
  Object.fromEntries(params.slice(0, ids.length).map(({ theirs }, i) => [theirs, ids[i] ?? '']));

/** What the server says of a document by itself: identity, state, place, what is below it. */
const serverSays = new Set([
  'href',
  'subscribable',
  'pollRate',
  'replyTo',
  'mRID',
  'version',
  'creationTime',
  'EventStatus',
]);
/** Derived from what is stored elsewhere (CSIP-AUS 1.3), or whole documents inside another. */
const derived: ReadonlyMap<Resource, readonly string[]> = new Map<Resource, readonly string[]>([
  [model.pricing.interval, ['ConsumptionTariffIntervalListSummary', 'RateComponentLink']],
  [model.prepayment.prepayment, ['UsagePoint']],
]);

/** Attributes and elements an operator gives, in wire form; links to lists and to what is below are the server's. */
export function givenFields({ resource }: Pick<DocumentNode, 'resource'>): [string, Field][] {
  const below = new Set(childLinks(resource).map(({ field }) => field));
  const others = derived.get(resource) ?? [];
  return [...attributesOf(resource.type), ...fieldsOf(resource.type)].filter(
    ([name]) => !serverSays.has(name) && !below.has(name) && !name.endsWith('ListLink') && !others.includes(name),
  );
}
