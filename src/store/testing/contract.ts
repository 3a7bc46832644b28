import { commitContract } from './contract-commit';
import { documentContract } from './contract-documents';
import { recordContract } from './contract-records';
import { type OpenStore } from './with-store';

/** What every adapter owes its callers. Each adapter's test calls this once. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the store's contract`, () => {
    documentContract(open);
    recordContract(open);
    commitContract(open);
  });
}
