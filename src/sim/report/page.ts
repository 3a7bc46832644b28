/** The report of a fleet run: one HTML file that needs nothing else, readable on paper, in the dark and by a screen reader. */
import { eventList } from './event-list';
import { many, zone } from './figures';
import { headPanel } from './head-panel';
import { headline } from './headline';
import { markup, trusted, type Markup } from './markup';
import { method } from './method';
import { type RunRecord, type Summary } from './record';
import { siteFacts, troubledFirst, type SiteFacts } from './site-facts';
import { sitePanel } from './site-panel';
import { siteTable } from './site-table';
import { styles } from './styles';
import { voltagePanel } from './voltage-panel';

/** Hatching, named by the style sheet. */
const patterns = markup`<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="hatch-fallback" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7"/><path d="M0 0V7"/></pattern>
<pattern id="hatch-none" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0V6"/></pattern>
</defs></svg>`;

/** A part of the page that is made elsewhere; it stands after the network. */
export interface Extra {
  readonly body: Markup;
  /** Rules of the style sheet for it. */
  readonly styles: string;
}

/**
 * @param notes sentences on how this run was measured (tolerance, response time, power flow), added to the general ones.
 * @returns a whole HTML document, well-formed as XML too; about 25 kB a site.
 */
export function reportPage(
  run: RunRecord,
  summary: Summary,
  notes: readonly string[] = [],
  extra: Extra | undefined = undefined,
): string {
  const record = onTheWall(run);
  const facts = troubledFirst(record.sites.map(siteFacts));
  const numbers = new Map(record.sites.map((site, i) => [site, i + 1]));
  const anchor = (fact: SiteFacts) => `site-${numbers.get(fact.site) ?? 0}`;
  const panels = facts.map(fact => markup`${sitePanel(record, fact, anchor(fact))}\n`);
  return markup`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="generator" content="headroom"/>
<title>${record.title}</title>
<style>${trusted(styles + (extra?.styles ?? ''))}</style></head>
<body>
${patterns}
<main>
${headline(record, summary, facts)}
${section('network', 'The network', headPanel(record), voltagePanel(record))}
${extra?.body}
${section(
  'sites',
  'The sites',
  markup`<p class="lede">Net power of ${many(facts.length, 'site')} against the envelope each was told to follow. Sites that left their envelope come first, the others by name; each has its own scale. Hover for figures.</p>
${siteLegend(record)}
<div class="sites">
${panels}</div>`,
)}
${section('table', 'Sites in figures', siteTable(facts, anchor))}
${section('events', 'What happened', eventList(record.events))}
${section('method', 'How it was measured', method(record, notes))}
<footer>Times are ${zone(run)}. Made by Headroom; this file loads nothing from anywhere.</footer>
</main>
</body></html>
`.text;
}

/** The run with all its moments moved, so that times of day print as the clock on the wall had them. */
function onTheWall(run: RunRecord): RunRecord {
  const { start, events, utcOffsetS = 0 } = run;
  return { ...run, start: start + utcOffsetS, events: events.map(event => ({ ...event, at: event.at + utcOffsetS })) };
}

function section(id: string, heading: string, ...parts: Markup[]): Markup {
  return markup`<section aria-labelledby="h-${id}"><h2 id="h-${id}">${heading}</h2>
${parts}
</section>`;
}

function siteLegend(record: RunRecord): Markup {
  const has = (source: string) => record.sites.some(site => site.source.some(s => s === source));
  const keys: [key: string, text: string, show: boolean][] = [
    ['net', 'net power, import positive', true],
    ['corridor', 'envelope: import limit above, export limit below', true],
    ['unlimited', 'the same site without envelopes', true],
    ['firm', 'firm limits', true],
    ['fallback', 'fallback to firm: no contact, or no engine', has('fallback')],
    ['none', 'before first contact', has('none')],
    ['breach', 'outside the envelope', record.sites.some(site => site.outsideS.some(s => s > 0))],
  ];
  const shown = keys.filter(([, , show]) => show);
  return markup`<p class="legend">${shown.map(([key, text]) => markup`<span><i class="key ${key}"></i>${text}</span>`)}</p>`;
}
