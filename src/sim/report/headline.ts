/** The top of the page: what was run, what it proved, six figures. */
import { calendarDay, count, energy, excess, many, share, stamp, zone } from './figures';
import { markup, type Markup } from './markup';
import { type RunRecord, type Summary } from './record';
import { type SiteFacts } from './site-facts';
import { checks } from './verdict';
import { sampleTime } from './when';

export function headline(record: RunRecord, summary: Summary, facts: readonly SiteFacts[]): Markup {
  const end = sampleTime(record, Math.max(1, record.minutes));
  const until = calendarDay(end) === calendarDay(record.start) ? stamp(end).slice(11) : stamp(end);
  const run = [
    record.networkName,
    `${stamp(record.start)} to ${until} ${zone(record)}`,
    `${many(record.sites.length, 'site')} (${kinds(record)})`,
    `engine ${record.engine}`,
    `seed ${record.seed}`,
  ];
  const said = checks(summary).map(
    ({ name, passed, text }) => markup`<li class="check-${name}${passed ? '' : ' failed'}">${text}</li>`,
  );
  return markup`<header>
<p class="brand">Headroom</p>
<h1>${record.title}</h1>
<p class="run">${run.join(' · ')}</p>
<ul class="checks">${said}</ul>
</header>
<dl class="cards">${cards(summary, facts)}</dl>`;
}

function kinds(record: RunRecord): string {
  const pcs = record.sites.filter(site => site.kind === 'pcs').length;
  const inverters = record.sites.length - pcs;
  const words = [pcs > 0 && many(pcs, 'PCS', 'PCS'), inverters > 0 && many(inverters, 'inverter')];
  return words.filter(word => word !== false).join(', ') || 'none';
}

function cards(summary: Summary, facts: readonly SiteFacts[]): Markup[] {
  const { responses } = summary;
  const answers = Object.entries(responses).filter(([, n]) => n > 0);
  const all = answers.reduce((sum, [, n]) => sum + n, 0);
  const outside = facts.filter(fact => fact.outsideS > 0).length;
  const worst = facts.reduce<SiteFacts | undefined>(
    (a, b) => (b.worstOvershootW > (a?.worstOvershootW ?? 0) ? b : a),
    undefined,
  );
  const shed = Object.values(summary.shedKWhBySite).reduce((sum, kWh) => sum + kWh, 0);
  return [
    card(
      'Inside envelopes',
      share(summary.complianceShare),
      'of all site-seconds, tolerance and response time allowed',
      outside > 0 && `${many(outside, 'site')} outside at times`,
    ),
    card(
      'Worst overshoot',
      excess(summary.worstOvershootW),
      worst ? `at ${worst.site.name}` : 'no site went over a limit',
      summary.worstOvershootW > 0 && outside === 0 && 'within tolerance and response time',
    ),
    card(
      'Head overload',
      change(summary.overloadMinutesWithout, summary.overloadMinutesWith, 'min'),
      'without → with envelopes',
    ),
    card(
      'Voltage violations',
      change(summary.voltageViolationsWithout, summary.voltageViolationsWith),
      'without → with envelopes',
    ),
    card(
      'Controls published',
      count(summary.controlsPublished),
      shed > 0 ? `${energy(shed)} held back in all` : 'nothing held back',
    ),
    card('Responses', count(all), answers.map(([kind, n]) => `${count(n)} ${kind}`).join(', ') || 'none came'),
  ];
}

function card(name: string, figure: Markup | string, ...more: (string | false)[]): Markup {
  const lines = more.map(line => line !== false && markup`<p class="more">${line}</p>`);
  return markup`<div class="card"><dt>${name}</dt><dd><p class="figure">${figure}</p>${lines}</dd></div>`;
}

function change(without: number, withThem: number, unit?: string): Markup {
  const [was, is] = [count(without), count(withThem)];
  return markup`<span class="was">${was}</span><span class="arrow"> → </span><span class="is">${is}</span>${unit !== undefined && markup` <small>${unit}</small>`}`;
}
