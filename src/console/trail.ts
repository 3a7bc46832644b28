/** What an operator did, recorded in the very plan that does it; or after the act where it writes nothing to the store. */
import { type Auditor, withoutSecrets } from '../services/audit';
import { type RouteDeps } from './deps';
import { type Asked, type Route } from './route';

type Store = RouteDeps['store'];
type Plan = Parameters<Store['commit']>[0];
type Row = NonNullable<Plan['audit']>[number];

/** Of what was sent, this much is recorded; of more, its size. */
const mostText = 2000;

export function rowOf(
  { method, path }: Pick<Route, 'method' | 'path'>,
  { caller, params, query, body }: Asked<unknown, unknown, unknown>,
): Omit<Row, 'at' | 'outcome'> {
  return {
    who: `key ${caller.name}`,
    from: caller.from,
    what: `${method.toUpperCase()} ${path}`,
    subject: String(Object.values(params as object)[0] ?? ''),
    detail: { ...shortened('query', query), ...shortened('body', body) },
  };
}

function shortened(name: string, value: unknown): Record<string, unknown> {
  if (value === undefined || value === null || Object.keys(value).length === 0) return {};
  const clean = withoutSecrets(value);
  const characters = JSON.stringify(clean).length;
  if (characters <= mostText) return { [name]: clean };
  const lists = Object.entries(value).filter(([, list]) => Array.isArray(list)) as [string, unknown[]][];
  return { [name]: { characters, ...Object.fromEntries(lists.map(([field, list]) => [field, list.length])) } };
}

/** Runs an act whose first commit carries its row. */
export async function recorded(
  deps: RouteDeps & { readonly audit: Auditor },
  row: Omit<Row, 'at' | 'outcome'>,
  act: (deps: RouteDeps) => Promise<unknown>,
  acted: (answer: unknown) => boolean = () => true,
): Promise<unknown> {
  const { store, clock, audit } = deps;
  let written = false;
  const stamping: Store = {
    ...store,
    commit: async plan => {
      if (written) return store.commit(plan);
      const stamp: Row = { ...row, at: clock.now(), outcome: 'done' };
      const committed = await store.commit({ ...plan, audit: [...(plan.audit ?? []), stamp] });
      written ||= committed.ok;
      return committed;
    },
  };
  const value = await act({ ...deps, store: stamping });
  if (!written && acted(value)) audit.record(row);
  return value;
}
