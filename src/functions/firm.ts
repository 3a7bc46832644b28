/**
 * The firm limits that DefaultDERControl carries. Where a contract has other figures hour by hour it carries the lowest: a client that has
 * lost contact may follow a default for months, and must never be above what is firm in any hour of them (docs/choices.md).
 */
import { type Seconds } from '../base/clock';
import { turnsOf, versionAt } from '../services/products/version';
import { type Store } from '../store/api';
import { contractHead } from './operator/contracts';
import { siteOf } from './site';
import { type StoredDefault } from './provision';

/** `at` gives the moment, told the moments at which it matters. */
export async function firmDefault(
  store: Store,
  edev: string,
  stored: StoredDefault,
  at: (next: (now: Seconds) => Seconds | undefined) => Seconds,
): Promise<Pick<StoredDefault, 'importW' | 'exportW' | 'version'>> {
  const head = await contractHead(store, edev);
  if (!head) return stored;
  const site = (await siteOf(store, edev))?.body;
  const turns = turnsOf(head.versions);
  const now = at(moment => turns.find(turn => turn > moment));
  const version = versionAt(head.versions, now);
  const passed = turns.filter(turn => turn <= now).length;
  const within = (w: number | undefined, mostW = Infinity) => (w === undefined ? undefined : Math.min(w, mostW));
  const importW = within(version?.leastFirmImportW, site?.maxImportW) ?? stored.importW;
  const exportW = within(version?.leastFirmExportW, site?.maxExportW) ?? stored.exportW;
  return {
    version: stored.version + passed,
    ...(importW !== undefined && { importW }),
    ...(exportW !== undefined && { exportW }),
  };
}
