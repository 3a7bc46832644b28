/** Scales, ticks and axes: arithmetic from data to the plane of an SVG, and the little drawing that every plot shares. */
import { type Seconds } from '../../base/clock';
import { calendarDay, clockTime } from './figures';
import { markup, type Markup } from './markup';

/** A rectangle to plot in, in user units of the SVG; the margins hold the labels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export type Span = readonly [low: number, high: number];

/** Maps a value to a coordinate. Values beyond the domain land on its edge, infinite ones too. */
export interface Scale {
  (value: number): number;
  readonly domain: Span;
}

export function linear(domain: Span, range: Span): Scale {
  const [low, high] = domain;
  const slope = high > low ? (range[1] - range[0]) / (high - low) : 0;
  return Object.assign((value: number) => range[0] + (Math.min(high, Math.max(low, value)) - low) * slope, { domain });
}

export const across = (frame: Frame, domain: Span): Scale => linear(domain, [frame.left, frame.width - frame.right]);
export const upwards = (frame: Frame, domain: Span): Scale => linear(domain, [frame.height - frame.bottom, frame.top]);

/** The smallest span that holds all finite values, or `otherwise` when there are none. */
export function spanOf(lists: Iterable<readonly number[]>, otherwise: Span): Span {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists)
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : otherwise;
}

/** A span widened by `share` of itself at both ends, and to at least `least`. */
export function padded([low, high]: Span, share: number, least: number): Span {
  const pad = Math.max((high - low) * share, (least - (high - low)) / 2);
  return [low - pad, high + pad];
}

/** About `wanted` round values inside the span: multiples of 1, 2 or 5 times a power of ten. */
export function ticks([low, high]: Span, wanted: number): { values: number[]; digits: number } {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return { values: [low], digits: 0 };
  const power = Math.floor(Math.log10(rough));
  const unit = 10 ** power;
  const factor = [1, 2, 5, 10].find(f => f * unit >= rough * 0.999) ?? 10;
  const step = factor * unit;
  const digits = Math.max(0, -(factor === 10 ? power + 1 : power));
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9); i++)
    values.push(Number((i * step).toFixed(Math.min(20, digits + 1))));
  return { values, digits };
}

export interface TimeTick {
  readonly at: Seconds;
  readonly label: string;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080].map(minutes => minutes * 60);

/** At most about `most` ticks at round UTC times; in runs over more than a day midnight carries the date instead of 00:00. */
export function timeTicks(start: Seconds, end: Seconds, most: number): TimeTick[] {
  const step = steps.find(s => (end - start) / s <= most) ?? Math.ceil((end - start) / most / 86_400) * 86_400;
  const dated = end - start > 86_400;
  const found: TimeTick[] = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step)
    found.push({ at, label: dated && at % 86_400 === 0 ? calendarDay(at).slice(5) : clockTime(at) });
  return found;
}

export interface AxisOptions {
  readonly frame: Frame;
  readonly x: Scale;
  readonly y: Scale;
  readonly yTicks: readonly { readonly value: number; readonly label: string }[];
  readonly timeTicks: readonly TimeTick[];
  readonly unit: string;
}

/** Grid lines, labels and unit. Drawn first, so that traces lie on top. */
export function axes({ frame, x, y, yTicks, timeTicks: times, unit }: AxisOptions): Markup {
  const [left, right] = [frame.left, frame.width - frame.right];
  const [top, foot] = [frame.top, frame.height - frame.bottom];
  const levels = yTicks.map(({ value, label }) => {
    const at = round(y(value));
    const path = markup`<path class="${value === 0 ? 'zero' : 'grid'}" d="M${left} ${at}H${right}"/>`;
    return markup`${path}<text class="yl" x="${left - 6}" y="${round(at + 3.5)}">${label}</text>`;
  });
  const moments = times.map(({ at, label }, i) => {
    const px = round(x(at));
    // The outermost labels lean inwards so that they never leave the picture.
    const lean = i === 0 && px < left + 12 ? ' s' : i === times.length - 1 && px > right - 14 ? ' e' : '';
    const path = markup`<path class="grid" d="M${px} ${top}V${foot + 3}"/>`;
    return markup`${path}<text class="xl${lean}" x="${px}" y="${foot + 15}">${label}</text>`;
  });
  const name = markup`<text class="unit" x="${Math.max(0, left - 24)}" y="${round(top - 9)}">${unit}</text>`;
  return markup`<g class="axis" aria-hidden="true">${levels}${moments}${name}</g>`;
}

/** To a tenth of a user unit: finer than a pixel. */
export const round = (n: number): number => Math.round(n * 10) / 10;
