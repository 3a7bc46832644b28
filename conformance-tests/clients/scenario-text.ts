/** Scenarios as a lab reads them: a Markdown section each, with what is arranged, what happens when, and what is expected. */
import { type ClientScenario } from './client-scenario';

export const scenarioBook = (chosen: readonly ClientScenario[]): string => chosen.map(scenarioText).join('\n');

export function scenarioText({
  id,
  title,
  requirements,
  roles,
  needs,
  arranged,
  lastsS,
  script,
  expect,
}: ClientScenario): string {
  const acts = [...script].sort((a, b) => a.atS - b.atS);
  return [
    `## ${id} ${title}`,
    '',
    `- Under test: ${roles.join(', ')}`,
    `- References: ${requirements.join('; ')}`,
    `- Needs: ${needs.join(', ')}`,
    `- Arranged: ${arranged}`,
    `- Watched for ${lastsS} s after the first request of the client`,
    '',
    '| At | What happens |',
    '| --- | --- |',
    '| | The client is started. |',
    ...acts.map(({ atS, about }) => `| +${atS} s | ${about} |`),
    `| +${lastsS} s | The end. |`,
    '',
    ...expect.map(({ text }) => `- ${text}`),
    '- Every request: TLS 1.2 with the mandatory suite, Accept, media type, schema-valid bodies, paths that were linked.',
    '',
  ].join('\n');
}
