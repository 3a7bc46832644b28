/** A picture of bars side by side, readable in light and dark: what `envelope compare --svg` writes. */
export interface Bars {
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly string[];
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
}

const colours = ['#c2410c', '#d97706', '#0f766e', '#2563eb', '#7c3aed', '#64748b'];
const [width, height, left, right, top, bottom] = [960, 380, 56, 16, 72, 48];

export function barsSvg({ columns, series, title, unit }: Bars): string {
  const most = Math.max(0.1, ...series.flatMap(({ values }) => values));
  const step = niceStep(most / 5);
  const ceiling = Math.ceil(most / step) * step;
  const y = (value: number): number => height - bottom - ((height - top - bottom) * value) / ceiling;
  const slot = (width - left - right) / Math.max(1, columns.length);
  const bar = (slot * 0.8) / Math.max(1, series.length);
  const parts: string[] = [];
  for (let value = 0; value <= ceiling + step / 2; value += step) {
    parts.push(
      `<line x1="${left}" x2="${width - right}" y1="${px(y(value))}" y2="${px(y(value))}" stroke="#94a3b8" stroke-width="0.5"/>`,
    );
    parts.push(`<text x="${left - 6}" y="${px(y(value) + 4)}" text-anchor="end">${round(value)}</text>`);
  }
  columns.forEach((name, c) => {
    const x = left + slot * (c + 0.1);
    series.forEach(({ values }, s) => {
      const value = values[c] ?? 0;
      // A bar of nothing is drawn as a hair, so that it is seen to have been measured.
      const tall = Math.max(1, height - bottom - y(value));
      parts.push(
        `<rect x="${px(x + s * bar)}" y="${px(height - bottom - tall)}" width="${px(bar * 0.92)}" height="${px(tall)}" fill="${colours[s % colours.length]}"/>`,
      );
    });
    parts.push(
      `<text x="${px(x + slot * 0.4)}" y="${height - bottom + 16}" text-anchor="middle" font-size="11">${escape(name)}</text>`,
    );
  });
  series.forEach(({ label }, s) => {
    const x = left + s * ((width - left - right) / Math.max(1, series.length));
    parts.push(`<rect x="${px(x)}" y="40" width="12" height="12" fill="${colours[s % colours.length]}"/>`);
    parts.push(`<text x="${px(x + 18)}" y="50">${escape(label)}</text>`);
  });
  parts.push(`<text x="${left}" y="22" font-size="15" font-weight="600">${escape(title)}</text>`);
  parts.push(
    `<text x="${left}" y="${height - 10}">${escape(unit)}; below each bar what phases 1, 2, 3 do: − export limit, 0 rest, + import limit</text>`,
  );
  const style =
    'text{font:12px system-ui,sans-serif;fill:#334155}@media(prefers-color-scheme:dark){text{fill:#e2e8f0}}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}"><style>${style}</style>${parts.join('')}</svg>\n`;
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find(by => by * power >= least) ?? 10) * power;
}

const px = (value: number): string => value.toFixed(1);
const round = (value: number): string => String(Math.round(value * 1000) / 1000);
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
