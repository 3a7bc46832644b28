/** JUnit XML, for CI. */
import { type ProcedureResult } from '../run';

export function junitOf(results: readonly ProcedureResult[]): string {
  const cases = results.map(({ id, title, verdict, why, seconds, steps, faults }) => {
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
          : verdict === 'BLOCKED'
            ? `<skipped message="${escape(why ?? '')}"/>`
            : '';
    return `  <testcase classname="CSIP" name="${escape(`${id} ${title}`)}" time="${seconds.toFixed(3)}">${inside}</testcase>`;
  });
  const failures = results.filter(result => result.verdict === 'FAIL').length;
  const skipped = results.filter(result => result.verdict === 'NOT SUPPORTED' || result.verdict === 'BLOCKED').length;
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
