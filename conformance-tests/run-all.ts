/** A whole run: procedures side by side where they allow it, those that change the whole server after them, one by one. */
import { type Procedure } from './procedure';
import { runOne, type ProcedureResult, type RunOptions } from './run';

export interface RunAllOptions extends RunOptions {
  /** Procedures that run at the same time. */
  readonly sideBySide: number;
  /** Seconds of the server's clock that pass in a real one. */
  readonly speed: number;
  /** Told when a procedure has ended: how it went, and what is left. */
  readonly progress?: (text: string) => void;
}

/** Real seconds of work in a procedure that does not wait. */
const workS = 1;

export async function runAll(chosen: readonly Procedure[], options: RunAllOptions): Promise<ProcedureResult[]> {
  const { sideBySide, speed, progress } = options;
  const results = new Map<string, ProcedureResult>();
  const waits = (p: Procedure) => workS + (p.lastsS ?? 0) / speed;
  // The longest first, so that none of them is left over at the end.
  const queue = chosen.filter(p => !p.alone).sort((a, b) => waits(b) - waits(a));
  const alone = chosen.filter(p => p.alone);
  const running = new Set<Procedure>();
  const left = (): number => {
    const open = [...queue, ...running].map(waits);
    const together = Math.max(0, ...open, open.reduce((sum, each) => sum + each, 0) / sideBySide);
    return together + alone.map(waits).reduce((sum, each) => sum + each, 0);
  };
  const run = async (procedure: Procedure): Promise<void> => {
    running.add(procedure);
    const result = await runOne(procedure, options);
    running.delete(procedure);
    results.set(procedure.id, result);
    progress?.(
      `${String(results.size).padStart(3)}/${chosen.length} ${result.verdict.padEnd(13)} ${procedure.id.padEnd(10)} ${result.seconds.toFixed(1)} s; about ${duration(left())} left`,
    );
  };
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  for (let next = alone.shift(); next; next = alone.shift()) await run(next);
  return chosen.flatMap(({ id }) => results.get(id) ?? []);
}

/** In words, for people who wait. */
export const duration = (seconds: number): string =>
  seconds < 90
    ? `${Math.ceil(seconds)} s`
    : seconds < 5400
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;
