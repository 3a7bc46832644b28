import { Problem } from '../../base/problem';
import { type Store } from '../../store/api';
import { apply } from '../behaviour';
import { pageAfter, type PageOf } from './pages';
import { type OperatorDeps } from './sites';

const list = '~revoked';

/** LFDIs that are not let in any more. */
export async function revokedLfdis({ store }: Pick<OperatorDeps, 'store'>): Promise<string[]> {
  const { docs } = await store.page<{ lfdi: string }>(list, { start: 0, limit: 1_000_000 });
  return docs.map(doc => doc.body.lfdi);
}

export interface Revocation {
  readonly lfdi: string;
  readonly since: number;
}

export async function revokedPage(store: Store, asked: PageOf): Promise<{ items: Revocation[]; next?: string }> {
  const { items, next } = await pageAfter<Revocation>(store, list, asked);
  return { items: items.map(doc => doc.body), ...(next !== undefined && { next }) };
}

/** Revokes an LFDI for good, or takes that back. The listener is told by the caller once this is committed. */
export async function setRevoked({ store, clock }: OperatorDeps, lfdi: string, revoked: boolean): Promise<void> {
  if (!/^[0-9A-F]{40}$/.test(lfdi))
    throw new Problem('BAD_VALUE', { at: 'lfdi', want: '40 upper-case hex digits', got: lfdi });
  const href = `${list}/${lfdi}`;
  await apply(store, async () =>
    revoked
      ? {
          status: 201,
          plan: {
            put: [{ href, list, kind: list, changed: clock.now(), sortKey: lfdi, body: { lfdi, since: clock.now() } }],
          },
        }
      : { status: 204, plan: { drop: [href] } },
  );
}
