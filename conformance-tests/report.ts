/** What a run leaves behind: a table for the terminal, JUnit XML for CI, JSON with every exchange. */
import { type ProcedureResult } from './run';

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

export function junitOf(results: readonly ProcedureResult[]): string {
  const cases = results.map(({ id, title, verdict, seconds, steps, faults }) => {
    const wrong = [
      ...steps.flatMap(step => [
        ...(step.stopped === undefined ? [] : [step.stopped]),
        ...step.checks.filter(check => !check.ok).map(check => `${check.text}: ${check.seen ?? ''}`),
      ]),
      ...faults,
    ];
    const inside =
      verdict === 'FAIL'
        ? `<failure message="${escape(wrong[0] ?? 'no check was made')}">${escape(wrong.join('\n'))}</failure>`
        : verdict === 'NOT SUPPORTED'
          ? '<skipped/>'
          : '';
    return `  <testcase classname="CSIP" name="${escape(`${id} ${title}`)}" time="${seconds.toFixed(3)}">${inside}</testcase>`;
  });
  const failures = results.filter(result => result.verdict === 'FAIL').length;
  const skipped = results.filter(result => result.verdict === 'NOT SUPPORTED').length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="Headroom conformance" tests="${results.length}" failures="${failures}" skipped="${skipped}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

const escape = (text: string): string =>
  text.replace(/[<>&"']/g, c => `&#${c.charCodeAt(0)};`).replace(/[^\P{Cc}\n]/gu, ' ');

/** A procedure as a table a lab engineer can follow by hand. */
export function procedureText(p: {
  id: string;
  title: string;
  requirements: readonly string[];
  fixture: string;
  steps: readonly { action: string; expect: string }[];
}): string {
  const rows = p.steps.map(({ action, expect }, i) => `| ${i + 1} | ${action} | ${expect} |`);
  return [
    `## ${p.id} ${p.title}`,
    '',
    `Requirements: ${p.requirements.join('; ')}.`,
    '',
    `Fixture: ${p.fixture}`,
    '',
    '| Step | Action | Expected |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
