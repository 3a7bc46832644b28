import { type Params } from '../model/href';
import { type Resource } from '../model/resource';

export interface Match {
  readonly resource: Resource;
  readonly params: Params;
}

interface Node {
  readonly fixed: Map<string, Node>;
  param?: { name: string; node: Node };
  resource?: Resource;
}

const node = (): Node => ({ fixed: new Map() });

/** Compiles path patterns into one tree; a look-up costs one step per segment. A fixed segment wins over a parameter. */
export function router(resources: readonly Resource[]): (path: string) => Match | undefined {
  const root = node();
  for (const resource of resources) {
    let at = root;
    for (const segment of resource.path.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        at.param ??= { name: segment.slice(1), node: node() };
        if (at.param.name !== segment.slice(1))
          throw new Error(`${resource.path}: parameter ${segment} clashes with :${at.param.name}`);
        at = at.param.node;
      } else {
        let next = at.fixed.get(segment);
        if (!next) at.fixed.set(segment, (next = node()));
        at = next;
      }
    }
    if (at.resource) throw new Error(`${resource.path} is declared twice`);
    at.resource = resource;
  }
  return path => {
    if (!path.startsWith('/')) return undefined;
    const params: Record<string, string> = {};
    let at = root;
    for (const segment of path.slice(1).split('/')) {
      const fixed = at.fixed.get(segment);
      if (fixed) at = fixed;
      else if (at.param && /^[A-Za-z0-9_-]+$/.test(segment)) {
        params[at.param.name] = segment;
        at = at.param.node;
      } else return undefined;
    }
    return at.resource && { resource: at.resource, params };
  };
}
