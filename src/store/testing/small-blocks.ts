import { ManualClock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { type Store } from '../api';
import { openDatabase } from '../sqlite/database';
import { type SqliteStore, storeOn } from '../sqlite/store';
import { type Real } from './same';
import { temporaryFiles } from './temporary';

/** SQLite stores whose list blocks hold three entries at most, so that short lists are cut and joined all the time. */
export function startSmallBlocks(): () => Promise<Real> {
  const newFile = temporaryFiles();
  const clock = new ManualClock(0);
  return async () => {
    const file = newFile();
    const db = () => openDatabase({ file, mode: 'create', busyMs: 1, log: silentLog });
    const open = (): Store => storeOn(db(), { clock, blockMost: 3 });
    return { store: open(), reopen: async () => open(), faults: store => (store as SqliteStore).verify() };
  };
}
