import { CommanderError } from 'commander';
import { asProblem, Problem } from '../base/problem';
import { type Io } from './command';
import { program } from './program';

/** Runs one command line. @returns the exit code: 0 good, 1 what was asked for failed, 2 wrong usage or configuration */
export async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync(['node', 'headroom', ...argv]);
    return io.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    const problem = problemOf(thrown);
    io.say(`headroom: ${problem.advice}`);
    if (problem.code === 'BUG') io.log.error('bug', { cause: problem.stack });
    return problem.entry.level === 'fatal' && problem.code !== 'CANNOT_REACH' ? 2 : 1;
  }
}

const inWords: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'it is there already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
};

/** What the file system refused is no fault of ours: it is said in words, with the path. */
export function problemOf(thrown: unknown): Problem {
  const { code = '', path, syscall } = (thrown ?? {}) as NodeJS.ErrnoException;
  const words = inWords[code];
  if (thrown instanceof Problem || words === undefined || path === undefined) return asProblem(thrown);
  return new Problem('BAD_FILE', { at: path, note: `${words} (${syscall ?? 'file'} ${code})`, cause: thrown });
}
