/** All sites in one table. */
import { count, duration, excess, fixed, kilowatts, missing } from './figures';
import { markup, type Markup } from './markup';
import { type SiteFacts } from './site-facts';
import { kindName } from './site-panel';

const limit = (w: number | undefined) => (w === undefined ? missing : kilowatts(w));

const figures: readonly (readonly [head: string, below: string, of: (fact: SiteFacts) => string])[] = [
  ['Firm import', 'kW', ({ site }) => kilowatts(site.firmImportW)],
  ['Firm export', 'kW', ({ site }) => kilowatts(site.firmExportW)],
  ['Peak import', 'kW', fact => kilowatts(fact.peakImportW)],
  ['Peak export', 'kW', fact => kilowatts(fact.peakExportW)],
  ['Least import', 'limit kW', fact => limit(fact.leastImportW)],
  ['Least export', 'limit kW', fact => limit(fact.leastExportW)],
  ['Fallback', 'min', fact => count(fact.minutesFrom.fallback)],
  ['Held back', 'kWh', ({ site }) => fixed(site.shedKWh, 1)],
  ['Worst', 'overshoot', fact => excess(fact.worstOvershootW)],
];

export function siteTable(facts: readonly SiteFacts[], anchor: (fact: SiteFacts) => string): Markup {
  const heads = figures.map(([head, below]) => markup`<th scope="col" class="n">${head}<br/>${below}</th>`);
  const rows = facts.map(fact => {
    const { site } = fact;
    const cells = figures.map(([, , of]) => markup`<td class="n">${of(fact)}</td>`);
    const outside =
      fact.outsideS > 0
        ? markup`<td class="n bad">▲ ${duration(fact.outsideS)}</td>`
        : markup`<td class="n">${duration(0)}</td>`;
    return markup`
<tr><th scope="row"><a href="#${anchor(fact)}">${site.name}</a></th><td>${kindName(site.kind)}</td><td>${site.bus}</td><td>${site.phases.join(' ') || missing}</td>${cells}${outside}</tr>`;
  });
  return markup`<div class="box scroll"><table>
<thead><tr><th scope="col">Site</th><th scope="col">Kind</th><th scope="col">Bus</th><th scope="col">Phases</th>${heads}<th scope="col" class="n">Outside</th></tr></thead>
<tbody>${rows}
</tbody></table></div>`;
}
