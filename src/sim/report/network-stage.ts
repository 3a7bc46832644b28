/** What both pictures of the network share: frame, time axis, shading of fallback, flags, columns to hover over. */
import { clockTime } from './figures';
import { markup, trusted, type Markup } from './markup';
import { across, linear, round, timeTicks, type Frame, type Scale } from './plot';
import { type RunRecord } from './record';
import { runs } from './site-facts';
import { bins, extremes, type Bin } from './trace-path';
import { period, sampleTime } from './when';

export const frame: Frame = { width: 1200, height: 306, left: 48, right: 14, top: 30, bottom: 24 };
export const columns = frame.width - frame.left - frame.right;
export const [left, right, foot] = [frame.left, frame.width - frame.right, frame.height - frame.bottom];

export interface Stage {
  /** From sample numbers. */
  readonly x: Scale;
  /** From seconds, for the axis. */
  readonly times: Scale;
  readonly timeTicks: ReturnType<typeof timeTicks>;
}

export function stage(record: RunRecord): Stage {
  const n = Math.max(1, record.minutes);
  const end = sampleTime(record, n);
  const times = linear([record.start, end], [left, right]);
  return { x: across(frame, [0, n]), times, timeTicks: timeTicks(record.start, end, 13) };
}

/** Minutes in which some site was on its fallback. */
export function fallbackShading(record: RunRecord, x: Scale): Markup[] {
  const on = (sample: number) => record.sites.some(site => site.source[sample] === 'fallback');
  return runs(bins(record.minutes, columns), on).map(({ from, to }) => {
    const width = round(Math.max(1, x(to) - x(from)));
    return markup`<rect class="fallback" x="${round(x(from))}" y="${frame.top}" width="${width}" height="${foot - frame.top}"/>`;
  });
}

/** The loss of an engine, as a flag above the plot. */
export function flags(record: RunRecord, x: Scale): Markup[] {
  const shown = record.events.filter(event => event.what === 'engine-killed').slice(0, 12);
  return shown.map(event => {
    const px = round(x((event.at - record.start) / 60));
    const [lean, at] = px > right - 130 ? ['e', px + 4] : ['s', px - 4];
    const words = markup`<text class="${lean}" x="${round(at)}" y="${frame.top - 9}">✕ engine killed ${clockTime(event.at)}</text>`;
    return markup`<g class="flag"><path d="M${px} ${frame.top - 5}V${foot}"/>${words}<title>${event.text}</title></g>`;
  });
}

export function hovers(record: RunRecord, x: Scale, tell: (bin: Bin) => readonly string[]): Markup {
  const areas = bins(record.minutes, 144).map(bin => {
    const place = trusted(`x="${round(x(bin.from))}" width="${round(x(bin.to) - x(bin.from))}"`);
    const text = [period(record, bin.from, bin.to), ...tell(bin)].join('\n');
    return markup`<rect ${place} y="${frame.top}" height="${foot - frame.top}"><title>${text}</title></rect>`;
  });
  return markup`<g class="hover">${areas}</g>`;
}

/** The smallest or the largest of a bin, written by `tell`. */
export function most(list: readonly number[], bin: Bin, which: 'least' | 'most', tell: (v: number) => string): string {
  const found = extremes(list, bin);
  return tell(found ? list[found[which]]! : NaN);
}

export function range(list: readonly number[], bin: Bin, tell: (v: number) => string): string {
  const [low, high] = [most(list, bin, 'least', tell), most(list, bin, 'most', tell)];
  return low === high ? low : `${low} … ${high}`;
}

export function legend(record: RunRecord, keys: readonly (readonly [key: string, text: string])[]): Markup {
  const fallback = record.sites.some(site => site.source.includes('fallback'));
  const all = fallback ? [...keys, ['fallback', 'some site on fallback'] as const] : keys;
  return markup`<p class="legend">${all.map(([key, text]) => markup`<span><i class="key ${key}"></i>${text}</span>`)}</p>`;
}
