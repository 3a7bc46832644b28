/** Roots added and retired while the server runs. Those of roots.pem are trusted unless they are retired here. */
import { type Seconds } from '../../base/clock';
import { type Store } from '../../store/api';
import { apply } from '../behaviour';
import { type OperatorDeps } from './sites';

export interface StoredRoot {
  /** SHA-256 over the DER, 64 upper-case hex digits. */
  readonly fingerprint: string;
  readonly pem: string;
  readonly trusted: boolean;
  readonly since: Seconds;
}

const list = '~root';

export async function storedRoots({ store }: { readonly store: Store }): Promise<StoredRoot[]> {
  const { docs } = await store.page<StoredRoot>(list, { start: 0, limit: 10_000 });
  return docs.map(doc => doc.body);
}

/** Says of a root whether it is trusted from now on. The listener is told by the caller once this is committed. */
export async function setRoot(
  { store, clock }: Pick<OperatorDeps, 'store' | 'clock'>,
  { fingerprint, pem }: Pick<StoredRoot, 'fingerprint' | 'pem'>,
  trusted: boolean,
): Promise<void> {
  const href = `${list}/${fingerprint}`;
  const now = clock.now();
  const body: StoredRoot = { fingerprint, pem, trusted, since: now };
  await apply(store, async () => ({
    status: 204,
    plan: { put: [{ href, list, kind: list, changed: now, sortKey: fingerprint, body }] },
  }));
}
