import { type Store } from '../api';

/** Opens a new, empty store. */
export type OpenStore = () => Promise<Store>;

/** Runs `use` with a new store and closes it, whatever happens. */
export async function withStore(open: OpenStore, use: (store: Store) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
