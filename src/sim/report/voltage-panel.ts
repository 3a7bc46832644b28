/** The lowest and the highest voltage of the network over the run, with envelopes and without, against the band. */
import { fixed, many, perUnit } from './figures';
import { markup, trusted, type Markup } from './markup';
import { columns, fallbackShading, flags, frame, hovers, left, legend, most, right, stage } from './network-stage';
import { axes, padded, round, spanOf, ticks, upwards } from './plot';
import { type RunRecord } from './record';
import { bandPath, tracePath, type Bin } from './trace-path';

type Band = readonly [low: readonly number[], high: readonly number[]];

export function voltagePanel(record: RunRecord): Markup {
  const { network } = record;
  const { minPu, maxPu } = network.voltageBand;
  const drawn: Band = [network.minVoltagePuWith, network.maxVoltagePuWith];
  const free: Band = [network.minVoltagePuWithout, network.maxVoltagePuWithout];
  const { x, times, timeTicks } = stage(record);
  const span = padded(spanOf([...drawn, ...free, [minPu, maxPu]], [0.9, 1.1]), 0.08, 0.02);
  const y = upwards(frame, span);
  const { values, digits } = ticks(span, 5);
  const minutesOutside = ([low, high]: Band) =>
    many(low.filter((v, i) => v < minPu || (high[i] ?? v) > maxPu).length, 'minute');
  const ends = ([low, high]: Band) =>
    `${perUnit(spanOf([low], [NaN, NaN])[0])} to ${perUnit(spanOf([high], [NaN, NaN])[1])}`;
  const told = `${ends(free)} without envelopes, ${ends(drawn)} with.`;
  const outside = `Outside ${fixed(minPu, 2)} to ${fixed(maxPu, 2)} pu in ${minutesOutside(free)} without, ${minutesOutside(drawn)} with.`;
  const area = (band: Band) => bandPath(...band, x, y, columns, 'widest');
  const shape = (band: Band, kind: string) =>
    trusted(
      `<path class="band-${kind}" d="${area(band)}"/>` +
        band.map(list => `<path class="${kind} thin" d="${tracePath(list, x, y, columns)}"/>`).join(''),
    );
  const [highest, lowest] = [round(y(maxPu)), round(y(minPu))];
  const clip = (id: string, from: number, height: number) =>
    markup`<clipPath id="${id}"><rect y="${from}" width="${frame.width}" height="${round(height)}"/></clipPath>`;
  const excess = ['over-voltage', 'under-voltage'].map(id =>
    trusted(`<path class="excess" clip-path="url(#${id})" d="${area(free)}"/>`),
  );
  const bound = (at: number, words: string, textAt: number) =>
    markup`<path class="bound" d="M${left} ${at}H${right}"/><text class="bound-label" x="${left + 5}" y="${textAt}">${words}</text>`;
  const between = ([low, high]: Band, bin: Bin) =>
    `${most(low, bin, 'least', perUnit)} … ${most(high, bin, 'most', perUnit)}`;
  return markup`<figure class="panel wide">
<figcaption><h3>Voltage</h3><p>From the lowest to the highest voltage of any node: ${told} ${outside}</p></figcaption>
<div class="scroll"><svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="Lowest and highest voltage over time. ${told} ${outside}">
<defs>${clip('over-voltage', 0, highest)}${clip('under-voltage', lowest, frame.height - lowest)}</defs>
${fallbackShading(record, x)}
${axes({
  frame,
  x: times,
  y,
  timeTicks,
  unit: 'per unit',
  yTicks: values.map(v => ({ value: v, label: fixed(v, Math.max(2, digits)) })),
})}
${shape(free, 'without')}${excess}${shape(drawn, 'with')}
${bound(highest, `highest allowed ${fixed(maxPu, 2)} pu`, highest - 5)}${bound(lowest, `lowest allowed ${fixed(minPu, 2)} pu`, lowest + 14)}
${flags(record, x)}
${hovers(record, x, bin => [`with envelopes ${between(drawn, bin)}`, `without ${between(free, bin)}`])}
</svg></div>
${legend(record, [
  ['with band', 'with envelopes'],
  ['without band', 'the same sites without envelopes'],
  ['bound', 'limits'],
])}
</figure>`;
}
