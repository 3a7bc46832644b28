/** What a WADL says of each resource: which methods are mandatory, optional, discouraged or errors. */
import { scan, type Attribute } from '../scan';

export interface WadlResource {
  readonly id: string;
  /** With `*` for every parameter. */
  readonly path: string;
  /** `GET M`, `PUT E`, … */
  readonly methods: string[];
}

/** Resources in the order of the document; some share a path. */
export function wadlFacts(xml: string): WadlResource[] {
  const resources: WadlResource[] = [];
  scan(
    xml,
    {
      open(_uri: string, local: string, attributes: readonly Attribute[]) {
        const at = (name: string) => attributes.find(a => a.local === name)?.value ?? '';
        const path = () => `/${(at('samplePath') || at('path')).replace(/^\//, '').replace(/\{[^}]*\}/g, '*')}`;
        if (local === 'resource') resources.push({ id: at('id'), path: path(), methods: [] });
        else if (local === 'method') resources[resources.length - 1]?.methods.push(`${at('name')} ${at('mode')}`);
      },
      text: () => undefined,
      close: () => undefined,
    },
    { maxDepth: 32, maxAttributes: 32 },
  );
  return resources;
}

/** Resources of `theirs` that `ours` has not, or has with other methods. */
export function compareWadl(ours: readonly WadlResource[], theirs: readonly WadlResource[]): string[] {
  const known = new Map(ours.map(r => [r.path, r.methods.join(', ')]));
  return theirs.flatMap(({ id, path, methods }) => {
    const [a, b] = [known.get(path), methods.join(', ')];
    return a === b ? [] : [`resource ${id} ${path}: ours ${a ?? 'has none'}, theirs ${b}`];
  });
}
