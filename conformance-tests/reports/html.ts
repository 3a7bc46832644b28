/** A page with the verdict of each procedure and the decrypted exchange of each step; one file, no script, no link to elsewhere. */
import { type ProcedureResult, type StepResult } from '../run';
import { type Exchange } from '../wire';

export function htmlOf(results: readonly ProcedureResult[], heading: string): string {
  const count = (verdict: ProcedureResult['verdict']) => results.filter(each => each.verdict === verdict).length;
  const rows = results.map(
    ({ id, title, verdict, why, seconds }) =>
      `<tr class="${klass(verdict)}"><td><a href="#${id}">${id}</a></td><td>${escape(title)}</td><td>${verdict}</td><td>${seconds.toFixed(1)} s</td><td>${escape(why ?? '')}</td></tr>`,
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(heading)}</title><style>${style}</style></head><body>`,
    `<h1>${escape(heading)}</h1>`,
    `<p>${count('PASS')} passed, ${count('FAIL')} failed, ${count('BLOCKED')} blocked, ${count('NOT SUPPORTED')} not supported.</p>`,
    '<table><thead><tr><th>Procedure</th><th>Title</th><th>Verdict</th><th>Took</th><th>Why</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table>',
    ...results.map(section),
    '</body></html>',
    '',
  ].join('\n');
}

function section({ id, title, verdict, requirements, steps, faults }: ProcedureResult): string {
  const broken = faults.map(fault => `<li class="bad">rule broken: ${escape(fault)}</li>`);
  return [
    `<section id="${id}"><h2 class="${klass(verdict)}">${id} ${escape(title)}: ${verdict}</h2>`,
    `<p>${escape(requirements.join('; '))}</p>`,
    broken.length > 0 ? `<ul>${broken.join('')}</ul>` : '',
    ...steps.map(step),
    '</section>',
  ].join('\n');
}

function step({ action, expect, checks, stopped, exchanges }: StepResult, i: number): string {
  const lines = checks.map(
    ({ text, ok, seen }) =>
      `<li class="${ok ? 'good' : 'bad'}">${ok ? '✓' : '✗'} ${escape(text)}${ok || seen === undefined ? '' : ` — ${escape(seen)}`}</li>`,
  );
  if (stopped !== undefined) lines.push(`<li class="bad">stopped: ${escape(stopped)}</li>`);
  return [
    `<h3>${i}. ${escape(action)}</h3><p>${escape(expect)}</p><ul>${lines.join('')}</ul>`,
    exchanges.length > 0
      ? `<details><summary>${exchanges.length} exchanges</summary>${exchanges.map(exchange).join('')}</details>`
      : '',
  ].join('\n');
}

const headerLines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');

const exchange = (e: Exchange): string =>
  `<pre>${escape(`${e.method} ${e.path} HTTP/1.1\n${headerLines(e.requestHeaders)}\n${e.requestBody}`)}</pre>` +
  `<pre class="answer">${escape(`HTTP/1.1 ${e.status} ${e.reason}\n${headerLines(e.headers)}\n${e.body.replace(/></g, '>\n<')}`)}</pre>`;

const klass = (verdict: ProcedureResult['verdict']): string => verdict.toLowerCase().replace(' ', '-');
const escape = (text: string): string => text.replace(/[<>&"']/g, c => `&#${c.charCodeAt(0)};`);

const style = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #ddd; }
.pass td:nth-child(3), h2.pass, .good { color: #116329; } .fail td:nth-child(3), h2.fail, .bad { color: #a40e26; }
.blocked td:nth-child(3), h2.blocked { color: #8a4600; } .not-supported { color: #666; }
pre { background: #f6f8fa; padding: .6rem; overflow-x: auto; font-size: 12px; margin: .3rem 0; } pre.answer { background: #eef4ff; }
ul { list-style: none; padding-left: 1rem; } h2 { margin-top: 2.5rem; border-top: 2px solid #ddd; padding-top: .6rem; }
`;
