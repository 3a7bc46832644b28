/**
 * Keys of the operator API. A key is 256 random bits, so its plain SHA-256 is as safe to keep as a slow hash of a password
 * would be: there is nothing to guess. A slow hash would only let strangers keep the server busy. A client certificate is a
 * key too: it stands here by the SHA-256 of its DER.
 */
import { createHash } from 'node:crypto';
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { type Store } from '../../store/api';
import { apply } from '../behaviour';
import { type OperatorDeps } from './sites';

export interface StoredKey {
  readonly name: string;
  readonly role: string;
  readonly kind: 'key' | 'certificate';
  readonly created: Seconds;
  /** First second in which it no longer opens anything. */
  readonly expires?: Seconds;
}

const list = '~key';
const keyHref = (hash: string) => `${list}/${hash}`;
const nameIndex = (name: string) => ({ index: 'name' as const, key: `key/${name}`, unique: true });

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').toUpperCase();

/** @param hash of the key's text, or fingerprint of a certificate: 64 upper-case hex digits. @throws Problem CONFLICT */
export async function addKey(
  { store, clock }: OperatorDeps,
  key: Omit<StoredKey, 'created'>,
  hash: string,
): Promise<StoredKey> {
  const now = clock.now();
  if (key.expires !== undefined && key.expires <= now)
    throw new Problem('BAD_VALUE', { at: 'expires', want: 'a time to come', got: key.expires });
  const body: StoredKey = { ...key, created: now };
  await apply(store, async () => {
    if ((await store.find('name', nameIndex(key.name).key)).length > 0)
      throw new Problem('CONFLICT', { at: `key ${key.name}`, note: 'there is a key of that name' });
    if (await store.get(keyHref(hash)))
      throw new Problem('CONFLICT', { at: `key ${key.name}`, note: 'this certificate is a key already' });
    return {
      status: 201,
      plan: {
        expect: { [keyHref(hash)]: 0 },
        put: [
          { href: keyHref(hash), list, kind: list, changed: now, sortKey: hash, body, keys: [nameIndex(key.name)] },
        ],
      },
    };
  });
  return body;
}

export async function allKeys(store: Store): Promise<StoredKey[]> {
  const { docs } = await store.page<StoredKey>(list, { start: 0, limit: 10_000 });
  return docs.map(doc => doc.body).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Problem NO_SUCH */
export async function removeKey({ store }: OperatorDeps, name: string): Promise<void> {
  await apply(store, async () => {
    const [doc] = await store.find<StoredKey>('name', nameIndex(name).key);
    if (!doc) throw new Problem('NO_SUCH', { at: `key ${name}`, note: 'no key has that name' });
    return { status: 204, plan: { expect: { [doc.href]: doc.version }, drop: [doc.href] } };
  });
}

/** The key of that hash, unless it has expired. */
export async function keyOf(store: Store, hash: string, now: Seconds): Promise<StoredKey | undefined> {
  const key = (await store.get<StoredKey>(keyHref(hash)))?.body;
  return key?.expires !== undefined && key.expires <= now ? undefined : key;
}
