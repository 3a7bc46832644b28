import { type Resource } from './resource';

export type Href = string;
export type Params = Readonly<Record<string, string>>;

/**
 * The only maker of URLs: the path of a resource with its parameters filled in. Path-absolute, as 2030.5 wants for local
 * references; ids are made by us and need no escaping.
 * @throws RangeError when a parameter is missing or holds anything but letters, digits, `-` and `_`.
 */
export function href(resource: Pick<Resource, 'path'>, params: Params = {}): Href {
  return resource.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || !/^[A-Za-z0-9_-]+$/.test(value))
      throw new RangeError(`${resource.path} needs :${name}, got ${value}`);
    return value;
  });
}

/** The parameters of `path` if it is one of `resource`'s, else undefined. */
export function paramsOf(resource: Pick<Resource, 'path'>, path: Href): Params | undefined {
  const pattern = resource.path.split('/');
  const parts = path.split('/');
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, want] of pattern.entries()) {
    const got = parts[i] ?? '';
    if (want.startsWith(':')) {
      if (got === '') return undefined;
      params[want.slice(1)] = got;
    } else if (want !== got) return undefined;
  }
  return params;
}
