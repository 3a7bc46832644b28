/** What a terminal shows of a run: one line a procedure, what went wrong below it, and the count. */
import { type ProcedureResult } from '../run';

export function tableOf(results: readonly ProcedureResult[]): string {
  const lines: string[] = [];
  for (const { id, title, verdict, why, steps, faults, seconds } of results) {
    lines.push(
      `${verdict.padEnd(13)} ${id.padEnd(10)} ${title}  (${seconds.toFixed(1)} s)${why === undefined ? '' : ` — ${why}`}`,
    );
    for (const step of steps) {
      if (step.stopped !== undefined) lines.push(`    stopped: ${step.action} — ${step.stopped}`);
      for (const check of step.checks)
        if (!check.ok) lines.push(`    failed: ${check.text}${check.seen === undefined ? '' : ` — ${check.seen}`}`);
    }
    for (const fault of faults) lines.push(`    rule broken: ${fault}`);
  }
  const count = (verdict: ProcedureResult['verdict']) => results.filter(result => result.verdict === verdict).length;
  lines.push(
    `${count('PASS')} passed, ${count('FAIL')} failed, ${count('BLOCKED')} blocked, ${count('NOT SUPPORTED')} not supported`,
  );
  return lines.join('\n');
}
