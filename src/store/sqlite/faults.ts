import { asProblem, Problem } from '../../base/problem';

/** Faults that pass, or that an operator mends while the server runs: another writer, a full or failing disk. */
const passing = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|NOMEM|PROTOCOL|CANTOPEN)/;

/**
 * SQLite's code for what was thrown, such as SQLITE_BUSY; empty when it was thrown by something else. By shape, not by class:
 * the native module knows one error class in a process, and a second copy of the package, as test runners load it, has another.
 */
export function sqliteCode(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : '';
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** Whether SQLite says that the file is damaged. */
export const damaged = (thrown: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(thrown));

/** What a running store answers for what SQLite threw. */
export function storeProblem(thrown: unknown): Problem {
  const code = sqliteCode(thrown);
  if (code === '') return asProblem(thrown);
  const advice = damaged(thrown) ? '; run `headroom check DIR`, and restore a backup if it finds faults' : '';
  const detail = { note: `SQLite says ${code}: ${(thrown as Error).message}${advice}`, cause: thrown };
  return passing.test(code) ? new Problem('STORE_BUSY', { ...detail, retryAfterS: 1 }) : new Problem('BUG', detail);
}
