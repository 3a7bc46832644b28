/** The pictures of a report of envelopes: limits over time against the plan, what bound them, and what each site has. */
import { boundKinds } from '../../services/explain/kinds';
import { clockTime, fixed, kilowatts, many, power, stamp } from '../../sim/report/figures';
import { markup, trusted, type Markup } from '../../sim/report/markup';
import { axes, linear, round, ticks, timeTicks, upwards, type Frame } from '../../sim/report/plot';
import { type Column, type Report, type Way } from './data';

const frame: Frame = { width: 1200, height: 240, left: 56, right: 14, top: 30, bottom: 24 };
const low: Frame = { ...frame, height: 170 };
const [left, right] = [frame.left, frame.width - frame.right];

const kindWords: Readonly<Record<(typeof boundKinds)[number], string>> = {
  transformer: 'a transformer',
  line: 'a line',
  voltage: 'a voltage',
  service: 'the service rating',
  firm: 'firm',
  policy: 'a policy or contract',
  order: 'an order',
  safety: 'the safety net or verifier',
  other: 'something else',
};

/** Sum of the limits of all sites, and what planning for the worst hour would have given. */
export function limitPanel({ account, columns }: Report, way: Way): Markup {
  const { unlocked, limitW } = account[way];
  const plannedW = unlocked?.plannedW;
  const most = Math.max(1, plannedW ?? 0, ...columns.map(column => column[way].limitW));
  const y = upwards(frame, [0, most * 1.1]);
  const { times, moments } = timesOf(columns);
  const { digits, values } = ticks([0, y.domain[1] / 1000], 5);
  const yTicks = values.map(kW => ({ value: kW * 1000, label: fixed(kW, digits) }));
  const steps = stepPath(columns, way, times, y);
  const said =
    unlocked === undefined
      ? `Mean ${power(limitW)}; there is no plan to hold it against.`
      : `Mean ${power(limitW)} against ${power(unlocked.plannedW)} planned for the worst hour: ${signed(unlocked.meanW)} unlocked.`;
  const base = plannedW === undefined ? undefined : round(y(plannedW));
  return markup`<figure class="panel wide"><figcaption><h3>${way === 'import' ? 'Import' : 'Export'} limits of ${many(account.sites, 'site')}</h3><p>${said}</p></figcaption>
<div class="scroll"><svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="Sum of ${way} limits over time. ${said}">
${axes({ frame, x: times, y, yTicks, timeTicks: moments, unit: 'kW' })}
${base !== undefined && trusted(`<path class="corridor" d="${steps}V${base}H${left}Z"/>`)}
${trusted(`<path class="limit" d="${steps}"/>`)}
${base !== undefined && markup`<path class="bound" d="M${left} ${base}H${right}"/><text class="bound-label" x="${left + 5}" y="${base + 14}">planned for the worst hour</text>`}
${hover(columns, times, frame, column => [
  `limits ${power(column[way].limitW)}`,
  ...(plannedW === undefined ? [] : [`unlocked ${signed(column[way].limitW - plannedW)}`]),
])}
</svg></div></figure>`;
}

/** Share of sites that each kind of constraint bound. */
export function boundPanel({ columns, kinds }: Report, way: Way): Markup {
  const y = upwards(low, [0, 1]);
  const { times, moments } = timesOf(columns);
  const present = boundKinds.filter(kind => kinds[way].some(each => each.kind === kind));
  const areas = columns.map(column => {
    let at = 0;
    return present.map(kind => {
      const share = column[way].kinds[kind] ?? 0;
      const [bottom, top] = [round(y(at)), round(y(at + share))];
      at += share;
      // A hair wider than it is, so that no seams show between neighbours.
      const [x, wide] = [
        round(times(column.from)),
        round(Math.min(right, times(column.to) + 0.5) - times(column.from)),
      ];
      return (
        share > 0 &&
        trusted(`<rect class="k-${kind}" x="${x}" y="${top}" width="${wide}" height="${round(bottom - top)}"/>`)
      );
    });
  });
  const keys = present.map(kind => markup`<span><i class="key swatch k-${kind}"></i>${kindWords[kind]}</span>`);
  const said = kinds[way].map(({ kind, share }) => `${kindWords[kind]} ${percent(share)}`).join(', ');
  return markup`<figure class="panel wide"><figcaption><h3>What bound ${way} limits</h3><p>Of all site-hours: ${said}.</p></figcaption>
<div class="scroll"><svg viewBox="0 0 ${low.width} ${low.height}" role="img" aria-label="What bound ${way} limits over time. Of all site-hours: ${said}.">
${axes({
  frame: low,
  x: times,
  y,
  yTicks: [0, 0.5, 1].map(share => ({ value: share, label: `${100 * share}` })),
  timeTicks: moments,
  unit: '% of sites',
})}
${areas}
${hover(columns, times, low, column =>
  present.flatMap(kind => {
    const share = column[way].kinds[kind];
    return share === undefined ? [] : [`${kindWords[kind]} ${percent(share)}`];
  }),
)}
</svg></div><p class="legend">${keys}</p></figure>`;
}

/** Mean limit of each site as a bar, most first, with its plan as a tick. */
export function sitesPanel({ account, sites }: Report, way: Way): Markup {
  const shown = [...sites].sort((a, b) => b[way].limitW - a[way].limitW);
  const most = Math.max(1, ...shown.flatMap(site => [site[way].limitW, site[way].unlocked?.plannedW ?? 0]));
  const y = upwards(low, [0, most * 1.1]);
  const { digits, values } = ticks([0, y.domain[1] / 1000], 4);
  const slot = (right - left) / Math.max(1, shown.length);
  const bars = shown.map((site, i) => {
    const { limitW, unlocked } = site[way];
    const [x, top, foot] = [round(left + (i + 0.1) * slot), round(y(limitW)), round(y(0))];
    const plan = unlocked && round(y(unlocked.plannedW));
    const told = `${site.name}: ${power(limitW)}${unlocked ? `, planned ${power(unlocked.plannedW)}` : ''}`;
    return markup`<g><rect class="bar" x="${x}" y="${top}" width="${Math.max(0.5, round(slot * 0.8))}" height="${round(foot - top)}"><title>${told}</title></rect>${plan !== undefined && trusted(`<path class="tick" d="M${x} ${plan}h${Math.max(0.5, round(slot * 0.8))}"/>`)}</g>`;
  });
  const { jain, leastOverMean } = account[way];
  const said = `Jain's index ${fixed(jain, 3)}, the least over the mean ${fixed(leastOverMean, 2)}.`;
  return markup`<figure class="panel wide"><figcaption><h3>Mean ${way} limit of each site</h3><p>${said}</p></figcaption>
<div class="scroll"><svg viewBox="0 0 ${low.width} ${low.height}" role="img" aria-label="Mean ${way} limit of each site. ${said}">
${axes({
  frame: low,
  x: linear([0, 1], [left, right]),
  y,
  yTicks: values.map(kW => ({ value: kW * 1000, label: fixed(kW, digits) })),
  timeTicks: [],
  unit: 'kW',
})}
${bars}
</svg></div><p class="legend"><span><i class="key swatch bar"></i>mean limit</span><span><i class="key bound"></i>planned for the worst hour</span></p></figure>`;
}

/** Watts with their sign, and never a sign on nothing. */
export const signed = (w: number): string => (w >= 0.5 ? `+${power(w)}` : power(Math.abs(w) < 0.5 ? 0 : w));
export const percent = (share: number): string => `${fixed(100 * share, share > 0 && share < 0.0995 ? 1 : 0)} %`;
export const kilo = kilowatts;

function timesOf(columns: readonly Column[]) {
  const [start, end] = [columns[0]?.from ?? 0, columns.at(-1)?.to ?? 1];
  return { times: linear([start, end], [left, right]), moments: timeTicks(start, end, 13) };
}

function stepPath(columns: readonly Column[], way: Way, x: (at: number) => number, y: (w: number) => number): string {
  const parts = columns.map((column, i) => {
    const at = round(y(column[way].limitW));
    return `${i === 0 ? `M${round(x(column.from))} ${at}` : `V${at}`}H${round(x(column.to))}`;
  });
  return parts.join('');
}

function hover(
  columns: readonly Column[],
  x: (at: number) => number,
  { bottom, height, top }: Frame,
  tell: (column: Column) => readonly string[],
): Markup {
  const areas = columns.map(column => {
    const place = trusted(`x="${round(x(column.from))}" width="${round(x(column.to) - x(column.from))}"`);
    const text = [`${stamp(column.from)}–${clockTime(column.to)}`, ...tell(column)].join('\n');
    return markup`<rect ${place} y="${top}" height="${height - bottom - top}"><title>${text}</title></rect>`;
  });
  return markup`<g class="hover">${areas}</g>`;
}
