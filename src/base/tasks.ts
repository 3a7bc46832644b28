/**
 * Background work that nobody awaits where it starts, kept in one place: faults are reported, and `settled()` tells when all
 * of it is done. A simulation advances its clock only when everything that the last moment set off has settled.
 */
export interface Tasks {
  /** Starts `work` now. A rejection goes to `failed`, never to the process. */
  run(work: () => Promise<unknown>): void;
  /** Resolves when nothing is under way, including what finished work started in turn. */
  settled(): Promise<void>;
  readonly pending: number;
}

export function tasks(failed: (error: unknown) => void): Tasks {
  const open = new Set<Promise<unknown>>();
  return {
    run(work) {
      const job: Promise<unknown> = Promise.resolve()
        .then(work)
        .catch(failed)
        .finally(() => open.delete(job));
      open.add(job);
    },
    async settled() {
      while (open.size > 0) await Promise.all(open);
    },
    get pending() {
      return open.size;
    },
  };
}
