/** One site: what it drew, what it might have drawn, and the corridor it was told to stay in. */
import { duration, energy, excess, fixed, kilowatts, many, power } from './figures';
import { markup, trusted, type Markup } from './markup';
import { across, axes, linear, padded, round, spanOf, ticks, timeTicks, upwards, type Frame, type Span } from './plot';
import { type RunRecord, type SiteTrace } from './record';
import { runs, type SiteFacts } from './site-facts';
import { bandPath, bins, extremes, tracePath, type Bin } from './trace-path';
import { period } from './when';

const frame: Frame = { width: 400, height: 192, left: 38, right: 8, top: 24, bottom: 22 };
const columns = Math.floor((frame.width - frame.left - frame.right) / 1.25);
const [left, right, foot] = [frame.left, frame.width - frame.right, frame.height - frame.bottom];

export function sitePanel(record: RunRecord, facts: SiteFacts, id: string): Markup {
  const { site, worstOvershootW: worst } = facts;
  const troubled = facts.outsideS > 0;
  const held = site.shedKWh > 0 ? markup`held back <b>${energy(site.shedKWh)}</b>` : 'nothing held back';
  const over = troubled
    ? markup`<b class="bad">▲ outside ${duration(facts.outsideS)}, worst ${excess(worst)}</b>`
    : worst > 0
      ? markup`worst overshoot <b>${excess(worst)}</b>, allowed for`
      : 'no overshoot';
  const firm = `firm ${kilowatts(site.firmImportW)} kW in, ${kilowatts(site.firmExportW)} kW out`;
  return markup`<article class="panel site${troubled ? ' troubled' : ''}" id="${id}">
<h3>${site.name} <span class="kind ${site.kind}">${kindName(site.kind)}</span></h3>
<p class="where">bus ${site.bus}${phases(site)} · ${firm}</p>
${plot(record, facts)}
<p class="facts"><span>${held}</span><span>${over}</span></p>
</article>`;
}

export const kindName = (kind: SiteTrace['kind']): string => (kind === 'pcs' ? 'PCS' : 'inverter');
export const phases = ({ phases: list }: SiteTrace): string =>
  list.length === 0 ? '' : list.length === 3 ? ', three-phase' : `, phase ${list.join('+')}`;

/**
 * The vertical span, W. It holds all that was drawn or would have been; firm levels and the widest limits too, each unless it
 * would squeeze the traces too much (limits of a quiet site may be far above anything it does).
 */
export function verticalSpan(site: SiteTrace): Span {
  const used = spanOf([site.netW, site.unlimitedW, [0]], [0, 0]);
  const size = ([low, high]: Span) => Math.max(1000, high - low);
  const stretch = (span: Span, levels: readonly number[], most: number): Span => {
    const wider = spanOf([span, levels], span);
    return size(wider) > most * size(used) ? span : wider;
  };
  let span = stretch(used, [site.firmImportW, -site.firmExportW], 3);
  span = stretch(span, [spanOf([site.importLimitW], [0, 0])[1]], 1.6);
  span = stretch(span, [-spanOf([site.exportLimitW], [0, 0])[1]], 1.6);
  return padded(span, 0.07, 1000);
}

function plot(record: RunRecord, facts: SiteFacts): Markup {
  const { site } = facts;
  const n = Math.max(1, record.minutes);
  const span = verticalSpan(site);
  const x = across(frame, [0, n]);
  const y = upwards(frame, span);
  const end = record.start + n * 60;
  const { values, digits } = ticks([span[0] / 1000, span[1] / 1000], 4);
  const exportEdge = site.exportLimitW.map(w => -w);
  const beyond = (w: number) => w > span[1] || w < span[0];
  const parts = bins(site.netW.length, columns);
  const firm = [site.firmImportW, -site.firmExportW].filter(w => Number.isFinite(w) && !beyond(w));
  // A missing limit is no limit: the corridor runs to the edge of the picture.
  const corridor = [exportEdge.map(orFarther(-1e15)), site.importLimitW.map(orFarther(1e15))] as const;
  const path = (kind: string, d: string) => trusted(`<path class="${kind}" d="${d}"/>`);
  return markup`<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${spoken(facts)}">
${shading(site, parts, x)}${path('corridor', bandPath(...corridor, x, y, columns, 'tightest'))}
${axes({
  frame,
  x: linear([record.start, end], [left, right]),
  y,
  yTicks: values.map(kw => ({ value: kw * 1000, label: fixed(kw, digits) })),
  timeTicks: timeTicks(record.start, end, 5),
  unit: 'kW',
})}
${firm.map(w => path('firm', `M${left} ${round(y(w))}H${right}`))}
${path('unlimited', tracePath(site.unlimitedW, x, y, columns))}
${[site.importLimitW, exportEdge].map(edge => path('limit', tracePath(edge, x, y, columns, beyond)))}
${path('net', tracePath(site.netW, x, y, columns))}
${hovers(record, site, x)}${breaches(record, site, parts, x)}${offScale(site, span)}</svg>`;
}

const orFarther = (far: number) => (w: number) => (Number.isFinite(w) ? w : far);

function spoken(facts: SiteFacts): string {
  const drew = `net power from ${power(-facts.peakExportW)} to ${power(facts.peakImportW)} against its envelope`;
  const outside = facts.outsideS > 0 ? `outside for ${duration(facts.outsideS)}` : 'never outside';
  const fallback = facts.minutesFrom.fallback;
  return `${facts.site.name}: ${drew}, ${outside}${fallback ? `, ${many(fallback, 'minute')} on fallback` : ''}`;
}

function shading(site: SiteTrace, parts: readonly Bin[], x: (i: number) => number): Markup[] {
  return (['fallback', 'none'] as const).flatMap(source =>
    runs(parts, i => site.source[i] === source).map(({ from, to }) => {
      const width = round(Math.max(1, x(to) - x(from)));
      return markup`<rect class="${source}" x="${round(x(from))}" y="${frame.top}" width="${width}" height="${foot - frame.top}"/>`;
    }),
  );
}

/** Where net power stood outside: a red column under a triangle, so that even one minute in three days is seen. */
function breaches(record: RunRecord, site: SiteTrace, parts: readonly Bin[], x: (i: number) => number): Markup[] {
  return runs(parts, i => (site.outsideS[i] ?? 0) > 0).map(({ from, to }) => {
    const seconds = site.outsideS.slice(from, to).reduce((a, b) => a + b, 0);
    const worst = extremes(site.overshootW, { from, to });
    const width = round(Math.max(1.5, x(to) - x(from)));
    const told = `outside for ${duration(seconds)}, worst ${excess(worst ? site.overshootW[worst.most]! : 0)}`;
    const column = markup`<path d="M${round(x(from))} ${frame.top}h${width}V${foot}h${-width}z"/>`;
    const flag = markup`<path d="M${round(x((from + to) / 2))} ${frame.top}l-4.5 -8h9z"/>`;
    return markup`<g class="breach">${column}${flag}<title>${period(record, from, to)}: ${told}</title></g>`;
  });
}

function hovers(record: RunRecord, site: SiteTrace, x: (i: number) => number): Markup {
  const columns = bins(site.netW.length, 48).map(bin => {
    const { from, to } = bin;
    const lines = [
      period(record, from, to),
      `net ${range(site.netW, bin)}`,
      `without envelopes ${range(site.unlimitedW, bin)}`,
      `may import ${range(site.importLimitW, bin)}`,
      `may export ${range(site.exportLimitW, bin)}`,
      `limits from ${[...new Set(site.source.slice(from, to))].map(source => sourceNames[source]).join(', ') || '–'}`,
    ];
    const place = trusted(`x="${round(x(from))}" width="${round(x(to) - x(from))}"`);
    return markup`<rect ${place} y="${frame.top}" height="${foot - frame.top}"><title>${lines.join('\n')}</title></rect>`;
  });
  return markup`<g class="hover">${columns}</g>`;
}

export const sourceNames = {
  event: 'envelope',
  default: 'firm default',
  fallback: 'fallback to firm',
  none: 'nobody yet',
} as const;

function range(values: readonly number[], bin: Bin): string {
  const found = extremes(values, bin);
  if (!found) return '–';
  const [low, high] = [kilowatts(values[found.least]!, 2), kilowatts(values[found.most]!, 2)];
  return low === high ? `${low} kW` : `${low} … ${high} kW`;
}

/** Limits that lie wholly or partly beyond the picture are told in words. */
function offScale(site: SiteTrace, [low, high]: Span): Markup | undefined {
  const widest = (list: readonly number[]) => spanOf([list], [0, 0])[1];
  const [most, least] = [widest(site.importLimitW), widest(site.exportLimitW)];
  const words = [most > high && `import to ${power(most)} ↑`, -least < low && `export to ${power(least)} ↓`];
  const told = words.filter(word => word !== false).join('  ');
  return told
    ? markup`<text class="off" x="${right}" y="${frame.top - 9}">limits off scale: ${told}</text>`
    : undefined;
}
