/** Loading of the network's head over the run, with envelopes and without. */
import { clockTime, fixed, loading, many } from './figures';
import { markup, trusted, type Markup } from './markup';
import {
  columns,
  fallbackShading,
  flags,
  foot,
  frame,
  hovers,
  left,
  legend,
  range,
  right,
  stage,
} from './network-stage';
import { axes, round, spanOf, ticks, upwards, type Scale } from './plot';
import { type RunRecord } from './record';
import { bandPath, extremes, tracePath } from './trace-path';
import { sampleTime } from './when';

export function headPanel(record: RunRecord): Markup {
  const { headName, headRatingVA, loadingWith, loadingWithout } = record.network;
  const [low, high] = spanOf([loadingWith, loadingWithout], [0, 1]);
  const { x, times, timeTicks } = stage(record);
  const y = upwards(frame, [Math.min(0, low), Math.max(1.12, high * 1.08)]);
  const { values } = ticks([y.domain[0] * 100, y.domain[1] * 100], 5);
  const minutesOver = (list: readonly number[]) => many(list.filter(v => v > 1).length, 'minute');
  const top = (list: readonly number[]) => loading(spanOf([list], [NaN, NaN])[1]);
  const peaks = `Peak ${top(loadingWithout)} without envelopes, ${top(loadingWith)} with.`;
  const over = `Above rating in ${minutesOver(loadingWithout)} without, ${minutesOver(loadingWith)} with.`;
  const base = loadingWithout.map(() => 0);
  const area = bandPath(base, loadingWithout, x, y, columns, 'widest');
  const full = round(y(1));
  const path = (kind: string, list: readonly number[]) =>
    trusted(`<path class="${kind}" d="${tracePath(list, x, y, columns)}"/>`);
  return markup`<figure class="panel wide">
<figcaption><h3>Loading of ${headName}</h3><p>The total, or three times the worst phase where that is more, over the rating of ${fixed(headRatingVA / 1000, 0)} kVA. ${peaks} ${over}</p></figcaption>
<div class="scroll"><svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="Loading of ${headName} over time against 100 %. ${peaks} ${over}">
<defs><clipPath id="over-rating"><rect width="${frame.width}" height="${full}"/></clipPath></defs>
${fallbackShading(record, x)}
${axes({
  frame,
  x: times,
  y,
  timeTicks,
  unit: '% of rating',
  yTicks: values.map(v => ({ value: v / 100, label: fixed(v, 0) })),
})}
${trusted(`<path class="excess" clip-path="url(#over-rating)" d="${area}"/>`)}
<path class="bound" d="M${left} ${full}H${right}"/><text class="bound-label" x="${left + 5}" y="${full - 5}">rating 100 %</text>
${path('without', loadingWithout)}${path('with', loadingWith)}${flags(record, x)}
${peakLabel(record, loadingWithout, x, y, 'without')}${peakLabel(record, loadingWith, x, y, 'with')}
${hovers(record, x, bin => [`with envelopes ${range(loadingWith, bin, loading)}`, `without ${range(loadingWithout, bin, loading)}`])}
</svg></div>
${legend(record, [
  ['with', 'with envelopes, as drawn'],
  ['without', 'the same sites without envelopes'],
  ['bound', 'rating'],
])}
</figure>`;
}

function peakLabel(
  record: RunRecord,
  list: readonly number[],
  x: Scale,
  y: Scale,
  kind: 'with' | 'without',
): Markup | undefined {
  const found = extremes(list, { from: 0, to: list.length });
  if (!found) return undefined;
  const value = list[found.most]!;
  const [px, py] = [round(x(found.most + 0.5)), round(y(value))];
  const lean = px > right - 70 ? 'e' : px < left + 70 ? 's' : 'm';
  // With envelopes below the curve, without them above it: there the two never meet.
  const at = kind === 'with' ? Math.min(py + 24, foot - 4) : py - 8;
  const words = `${loading(value)} at ${clockTime(sampleTime(record, found.most))}`;
  return markup`<g class="peak ${kind}"><circle cx="${px}" cy="${py}" r="3.2"/><text class="${lean}" x="${px}" y="${round(at)}">${words}</text></g>`;
}
