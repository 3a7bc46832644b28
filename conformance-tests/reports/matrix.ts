/** Which procedure shows which requirement, with the verdicts of a run; and the PICS of the server under test. */
import { type ProcedureResult } from '../run';

/** Requirement → procedures, as a Markdown table. */
export function matrixOf(results: readonly ProcedureResult[]): string {
  const byRequirement = new Map<string, ProcedureResult[]>();
  for (const result of results)
    for (const requirement of result.requirements.flatMap(split))
      byRequirement.set(requirement, [...(byRequirement.get(requirement) ?? []), result]);
  const rows = [...byRequirement]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([requirement, shown]) => {
      const verdict = shown.some(each => each.verdict === 'FAIL')
        ? 'FAIL'
        : shown.some(each => each.verdict === 'PASS')
          ? 'PASS'
          : 'NOT SHOWN';
      return `| ${requirement} | ${verdict} | ${shown.map(({ id, verdict: own }) => (own === 'PASS' ? id : `${id} (${own})`)).join(', ')} |`;
    });
  return ['| Requirement | Verdict | Procedures |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** `CSIP P17-P20, G22` names each of them; clauses stay as they are. */
function split(reference: string): string[] {
  const [, source = '', list = ''] = /^(CSIP|CACTUS) (.+)$/.exec(reference) ?? [];
  if (source === '') return [reference];
  return list.split(/,\s*/).flatMap(item => {
    const [, letter = '', from = '', to = ''] = /^([GP])(\d+)-[GP](\d+)$/.exec(item) ?? [];
    if (letter === '') return [`${source} ${item}`];
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${source} ${letter}${Number(from) + i}`);
  });
}

/** What is claimed, and which procedures that calls for. `known` says what each claim means. */
export function picsOf(
  known: Readonly<Record<string, string>>,
  claimed: readonly string[],
  procedures: readonly { readonly id: string; readonly needs: readonly string[] }[],
  product: string,
): object {
  return {
    product,
    claims: claimed,
    items: Object.entries(known).map(([claim, means]) => ({
      claim,
      means,
      supported: claimed.includes(claim),
      procedures: procedures.filter(({ needs }) => needs.includes(claim)).map(({ id }) => id),
    })),
  };
}
