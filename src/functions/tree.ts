/**
 * What stands below what, read off the paths and types of the model: which links a resource has to its children, which item a
 * resource hangs below. So that no function set lists its own links.
 */
import { allResources, model } from '../model';
import { elementOf, fieldsOf, type Complex } from '../model/dsl';
import { type Resource } from '../model/resource';

export interface ChildLink {
  /** Name of the link element, such as `RateComponentListLink`. */
  readonly field: string;
  readonly child: Resource;
  /** Last segment of the child's path. */
  readonly segment: string;
  /** The schema demands the link, though nothing be there. */
  readonly demanded: boolean;
}

const isParam = (segment: string): boolean => segment.startsWith(':');
export const isListResource = (resource: Resource): boolean => resource.type.item !== undefined;
export const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** `Active…` lists hold those entries of their neighbour that are in force; their path begins with `act`. */
export const isActiveList = (resource: Resource): boolean =>
  isListResource(resource) && lastSegment(resource.path).startsWith('act');
/** CSIP-AUS: all intervals of a tariff, whatever their rate component. */
export const isCombinedList = (resource: Resource): boolean => resource === model.csipAus.combinedIntervals;

const linksKept = new WeakMap<Resource, readonly ChildLink[]>();

/** Links from an item to the resources one segment below it. Links to anything else are the document's own. */
export function childLinks(resource: Resource): readonly ChildLink[] {
  let known = linksKept.get(resource);
  if (!known) {
    const below = allResources
      .filter(child => child.path.startsWith(`${resource.path}/`))
      .map(child => ({ child, segment: child.path.slice(resource.path.length + 1) }))
      .filter(({ segment }) => !segment.includes('/') && !isParam(segment));
    known = fieldsOf(resource.type)
      .filter(([field]) => field.endsWith('Link'))
      .flatMap(([field, { cardinality, demanded = false }]) => {
        const found = below.find(({ child }) => prefixOf(field, child.type) === kindOf(child));
        return found ? [{ field, ...found, demanded: demanded || cardinality === 'one' }] : [];
      });
    linksKept.set(resource, known);
  }
  return known;
}

/** What a link's name has in front of the type it leads to; undefined when it leads to another type. */
function prefixOf(field: string, type: Complex): string | undefined {
  const target = field.slice(0, -'Link'.length);
  return target.endsWith(elementOf(type)) ? target.slice(0, -elementOf(type).length) : undefined;
}

function kindOf(child: Resource): string {
  if (isActiveList(child)) return 'Active';
  return isCombinedList(child) ? 'Combined' : '';
}

const parentsKept = new WeakMap<Resource, Resource | 'none'>();

/**
 * The entry of a list that a resource hangs below: `/edev/:edev/ns/:ns` for `/edev/:edev/ns/:ns/addr`. Undefined for what
 * hangs below nothing, or below the EndDevice itself.
 */
export function parentItem(resource: Resource): Resource | undefined {
  let known = parentsKept.get(resource);
  if (!known) {
    const own = resource.path.split('/');
    const above = allResources
      .filter(({ path, type }) => !type.item && resource.path.startsWith(`${path}/`) && isParam(lastSegment(path)))
      .filter(({ path }) => path !== '/edev/:edev' && path.split('/').length < own.length)
      .sort((a, b) => b.path.length - a.path.length);
    known = above[0] ?? 'none';
    parentsKept.set(resource, known);
  }
  return known === 'none' ? undefined : known;
}

/** The item of a list, as a resource of its own. */
export function itemOf(list: Resource): Resource {
  const item = allResources.find(
    ({ path, type }) =>
      type === list.type.item && path.startsWith(`${list.path}/:`) && !path.slice(list.path.length + 1).includes('/'),
  );
  if (!item) throw new RangeError(`${list.name} has no item resource`);
  return item;
}

/** The list whose entries an `Active…` or a combined list shows; any other list itself. */
export function wholeList(active: Resource): Resource {
  if (isCombinedList(active)) return model.pricing.intervals;
  if (!isActiveList(active)) return active;
  const above = active.path.slice(0, active.path.lastIndexOf('/'));
  const whole = allResources.find(
    ({ path, type }) => type === active.type && path !== active.path && path.slice(0, path.lastIndexOf('/')) === above,
  );
  if (!whole) throw new RangeError(`${active.name} has no list of all entries`);
  return whole;
}
