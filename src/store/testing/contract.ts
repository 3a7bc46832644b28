import { type Store } from '../api';
import { commitContract } from './contract-commit';
import { documentContract } from './contract-documents';
import { recordContract } from './contract-records';

/** Opens a new, empty store. */
export type OpenStore = () => Promise<Store>;

/** What every adapter owes its callers. Each adapter's test calls this once. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the store's contract`, () => {
    documentContract(open);
    recordContract(open);
    commitContract(open);
  });
}

/** Runs `use` with a new store and closes it, whatever happens. */
export async function withStore(open: OpenStore, use: (store: Store) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
