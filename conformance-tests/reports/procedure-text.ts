/** Procedures as a lab engineer reads them, without running anything. */
import { claims, type Procedure } from '../procedure';

/** A procedure as a table that can be followed by hand. */
export function procedureText({
  id,
  title,
  requirements,
  needs,
  fixture,
  lastsS = 0,
  alone,
  steps,
}: Procedure): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = steps.map(({ action, expect }, i) => `| ${i + 1} | ${cell(action)} | ${cell(expect)} |`);
  const lasts = lastsS < 60 ? 'less than a minute' : `about ${Math.ceil(lastsS / 60)} min`;
  return [
    `## ${id} ${title}`,
    '',
    `Requirements: ${requirements.join('; ')}.`,
    '',
    `For servers that claim: ${needs.map(need => `${need} (${claims[need]})`).join('; ')}.`,
    '',
    `Fixture: ${fixture}`,
    '',
    `Lasts ${lasts} by the server's clock.${alone ? ' No other procedure may run beside it.' : ''}`,
    '',
    '| Step | Action | Expected |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** All procedures, with what holds for each of them. */
export const book = (procedures: readonly Procedure[]): string =>
  [
    '# Conformance procedures',
    '',
    `${procedures.length} procedures. In each of them every answer is held against what holds for all: TLS 1.2, status and headers,`,
    'media type, schema, order of lists, `all` and `results`, links, and the method modes of the standard\u2019s WADL.',
    '',
    ...procedures.map(procedureText),
  ].join('\n');
