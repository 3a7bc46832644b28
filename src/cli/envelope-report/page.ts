/**
 * The report of envelopes: one HTML file that needs nothing else, well-formed as XML too; and its heart as a section for the report of a run.
 */
import { energy, fixed, many, missing, power, stamp, zone } from '../../sim/report/figures';
import { markup, trusted, type Markup } from '../../sim/report/markup';
import { styles } from '../../sim/report/styles';
import { type Report, type ReportInput, type ReportSite, type Way, reportOf, ways } from './data';
import { boundPanel, kilo, limitPanel, percent, signed, sitesPanel } from './plots';

/** What the sheet of the run's report lacks: colours of what binds, told apart in the common colour blindnesses. */
export const capacityStyles = `
[class^=k-]{shape-rendering:crispEdges}.k-transformer{fill:#0067a8;background:#0067a8}.k-line{fill:#6db3e6;background:#6db3e6}.k-voltage{fill:#c96a00;background:#c96a00}.k-service{fill:#00a676;background:#00a676}.k-firm{fill:#8a97a3;background:#8a97a3}.k-policy{fill:#b79bea;background:#b79bea}.k-order{fill:#7656a8;background:#7656a8}.k-safety{fill:#c2143c;background:#c2143c}.k-other{fill:#d9c04a;background:#d9c04a}
.bar{fill:var(--allowed);fill-opacity:.55}.key.swatch{width:12px;height:12px;border:0}.key.swatch.bar{background:var(--allowed);opacity:.55}
.tick{stroke:var(--ink);stroke-width:1.5;fill:none;vector-effect:non-scaling-stroke}
.cards.four{grid-template-columns:repeat(4,1fr)}@media (max-width:1080px){.cards.four{grid-template-columns:repeat(2,1fr)}}
`;

const mostConstraints = 25;
const mostSites = 500;

export function envelopeReport(given: ReportInput): string {
  const input = movedBy(given, given.utcOffsetS ?? 0);
  const report = reportOf(input);
  const checks = input.checks.map(({ passed, text }) => markup`<li class="${passed ? '' : 'failed'}">${text}</li>`);
  const notes = input.notes.map(text => markup`<li>${text}</li>`);
  return markup`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="generator" content="headroom"/>
<title>${input.title}</title>
<style>${trusted(styles + capacityStyles)}</style></head>
<body>
<main>
<header>
<p class="brand">Headroom</p>
<h1>${input.title}</h1>
<p class="run">${[...input.about, `${stamp(input.from)} to ${stamp(input.to)} ${zone(given)}`].join(' · ')}</p>
<ul class="checks">${checks}</ul>
</header>
${capacity(report)}
<section aria-labelledby="h-sites"><h2 id="h-sites">The sites</h2>
${ways.map(way => sitesPanel(report, way))}
${siteTable(report)}
</section>
<section aria-labelledby="h-method"><h2 id="h-method">How it was come by</h2>
<ul class="box method">${method.map(([name, text]) => markup`<li><b>${name}</b> ${text}</li>`)}${notes}</ul></section>
<footer>Times are ${zone(given)}. Made by Headroom; this file loads nothing from anywhere.</footer>
</main>
</body></html>
`.text;
}

/** Capacity unlocked and what bound it, without a page around it. */
export function capacity(report: Report, remarks: readonly string[] = []): Markup {
  return markup`<dl class="cards four">${ways.flatMap(way => cards(report, way))}</dl>
<section aria-labelledby="h-limits"><h2 id="h-limits">Limits against planning</h2>
${remarks.map(text => markup`<p class="lede">${text}.</p>`)}
${ways.map(way => limitPanel(report, way))}
</section>
<section aria-labelledby="h-bound"><h2 id="h-bound">What bound them</h2>
${ways.map(way => boundPanel(report, way))}
${boundTable(report)}
</section>`;
}

function cards({ account }: Report, way: Way): Markup[] {
  const { jain, leastOverMean, limitW, unlocked } = account[way];
  const name = way === 'import' ? 'Import' : 'Export';
  return [
    card(
      `${name} unlocked`,
      unlocked ? signed(unlocked.meanW) : missing,
      unlocked
        ? `${energy(Math.abs(unlocked.kWh))} of limits ${unlocked.kWh < 0 ? 'below' : 'beyond'} the ${power(unlocked.plannedW)} planned for the worst hour`
        : `mean limit ${power(limitW)}, nothing planned to hold it against`,
    ),
    card(`${name} fairness`, fixed(jain, 3), `Jain's index; the least has ${percent(leastOverMean)} of the mean`),
  ];
}

const card = (name: string, figure: string, more: string): Markup =>
  markup`<div class="card"><dt>${name}</dt><dd><p class="figure">${figure}</p><p class="more">${more}</p></dd></div>`;

function boundTable({ account }: Report): Markup {
  const rows = ways.flatMap(way =>
    account[way].bound
      .slice(0, mostConstraints)
      .map(
        ({ by, share, siteHours }) =>
          markup`<tr><td>${way}</td><th scope="row">${by === '' ? missing : by}</th><td class="n">${fixed(siteHours, 1)}</td><td class="n">${percent(share)}</td></tr>`,
      ),
  );
  const more = Math.max(...ways.map(way => account[way].bound.length - mostConstraints));
  return markup`<div class="box scroll"><table>
<thead><tr><th scope="col">Limit</th><th scope="col">Bound by</th><th scope="col" class="n">Site-hours</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>${rows}</tbody></table>${more > 0 && markup`<p class="more">and ${many(more, 'constraint')} more that bound less</p>`}</div>`;
}

function siteTable({ sites }: Report): Markup {
  const cell = (text: string) => markup`<td class="n">${text}</td>`;
  const rows = sites.slice(0, mostSites).map(site => {
    const figures = ways.flatMap(way => {
      const { bound, limitW, unlocked } = site[way];
      return [
        cell(kilo(limitW, 2)),
        cell(unlocked ? kilo(unlocked.plannedW, 2) : missing),
        cell(unlocked ? fixed(unlocked.kWh, 1) : missing),
        markup`<td>${bound[0]?.by ?? missing}${bound[0] && bound[0].share < 1 ? ` (${percent(bound[0].share)})` : ''}</td>`,
      ];
    });
    return markup`<tr><th scope="row">${site.name}</th>${figures}</tr>`;
  });
  const heads = ways.flatMap(way => [
    markup`<th scope="col" class="n">${way === 'import' ? 'Import' : 'Export'}<br/>kW</th>`,
    markup`<th scope="col" class="n">Planned<br/>kW</th>`,
    markup`<th scope="col" class="n">Unlocked<br/>kWh</th>`,
    markup`<th scope="col">Bound mostly by</th>`,
  ]);
  const more = sites.length - mostSites;
  return markup`<div class="box scroll"><table>
<thead><tr><th scope="col">Site</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table>${more > 0 && markup`<p class="more">and ${many(more, 'site')} more</p>`}</div>`;
}

const method: readonly (readonly [string, string])[] = [
  [
    'Unlocked',
    'is the sum of limits less what planning for the worst hour would give: one limit for each site for all the time, from the worst step of the horizon, by the loading of assets alone (engine worst-hour). It can be below 0: such a plan looks at no voltage, and at no corner but all sites alike.',
  ],
  [
    'What bound a limit',
    'is said by the engine, or by whoever lowered its limit after it: the safety net, the verifier, a contract, an order.',
  ],
  ['Fairness', 'is of the mean limits of sites: 1 where all have the same, 1/n where one has it all.'],
  ['Pictures', 'show means over columns of equal time; limits are of what may flow, and not of what does.'],
];

/** Moved in time, so that times of day print as the clock on the wall had them. */
export function movedBy<T extends Pick<ReportInput, 'from' | 'to' | 'sites' | 'together'>>(input: T, by: number): T {
  if (by === 0) return input;
  const moved = <P extends Pick<ReportSite, 'intervals'>>(part: P): P => ({
    ...part,
    intervals: part.intervals.map(each => ({ ...each, from: each.from + by, to: each.to + by })),
  });
  const { from, sites, to, together = [] } = input;
  return { ...input, from: from + by, to: to + by, sites: sites.map(moved), together: together.map(moved) };
}
