import { type Complex, type Infer } from './dsl';

/** What the standard's WADL says of a method: mandatory, optional, discouraged, or an error. Unlisted methods are errors. */
export type Mode = 'M' | 'O' | 'D' | 'E';
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/**
 * Who may see a resource: anyone with a certificate (`public`), the device of `:edev` and its manager (`edev`), those who
 * have the program of `:derp` assigned (`derp`), the creator of a mirror (`mup`), or those to whom an assignment gives it
 * (`assigned`): nobody, until a function set says how.
 */
export type Owner = 'public' | 'edev' | 'derp' | 'mup' | 'upt' | 'rsps' | 'assigned';

/** A list key: a field path of the item (`interval.start`), with `-` in front when it sorts downwards, or `href`. */
export type OrderKey = string;

export interface ResourceOptions {
  methods: Partial<Record<Method, Mode>>;
  /** List order of the standard (protocol facts 2.4). Given with the list; `resources()` copies it to its items. */
  order?: readonly OrderKey[];
  owner: Owner;
  /** Whether the schema lets it be subscribed to. */
  subscribe?: boolean;
  /** Default pollRate in seconds, where the schema has the attribute. */
  poll?: number;
  /** What POST to a list accepts when it is not the item type. */
  accepts?: readonly Complex[];
}

/** One resource of the standard: a path pattern with `:params`, the type it serves, and what may be done with it. */
export interface Resource<T extends Complex = Complex> extends ResourceOptions {
  /** Stable dotted name for logs and metrics, such as `der.programs`; given by `resources()`. */
  readonly name: string;
  readonly path: string;
  readonly type: T;
}

export type ResourceDoc<R> = R extends Resource<infer T> ? Infer<T> : never;

export const resource = <T extends Complex>(
  path: string,
  type: T,
  options: ResourceOptions,
): Omit<Resource<T>, 'name'> => ({ path, type, ...options });

type Named<R> = { [K in keyof R]: R[K] extends Omit<Resource<infer T>, 'name'> ? Resource<T> : never };

/** Names the resources of a function set after their keys: `resources('der', { programs })` makes `der.programs`. */
export function resources<R extends Record<string, Omit<Resource, 'name'>>>(set: string, table: R): Named<R> {
  const lists = Object.values(table).filter(r => r.order);
  const orderOf = (r: Omit<Resource, 'name'>) =>
    r.order ?? lists.find(l => l.type.item === r.type && r.path.startsWith(`${l.path}/:`))?.order;
  const named = Object.entries(table).map(([key, r]) => {
    const order = orderOf(r);
    return [key, { ...r, ...(order && { order }), name: `${set}.${key}` }] as const;
  });
  return Object.fromEntries(named) as Named<R>;
}
