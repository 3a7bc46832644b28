/** The small drawings of the live table: a bar against a rating, a day as a skyline, a position between two limits. */
import { type Line, type Piece, type Style } from './paint';

/** Loadings are drawn up to this share of the rating. */
export const topShare = 1.5;
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Loading `share` as a solid bar, `ghost` as a pale one behind it, and a mark at the rating; `width` columns for 0 to 150 %. */
export function ratingBar(share: number, ghost: number, width: number): Line {
  const at = (x: number) => Math.round((Math.min(topShare, Math.max(0, x)) / topShare) * width);
  const [solid, pale, mark] = [at(share), at(ghost), Math.min(width - 1, at(1))];
  return joined(width, i => {
    if (i === mark) return ['┃', share > 1 ? 'alarm' : 'bold'];
    if (i < solid) return ['█', i > mark ? 'alarm' : 'blue'];
    if (i < pale) return ['░', i > mark ? 'red' : 'dim'];
    return ['·', 'dim'];
  });
}

/** A run's loadings so far, `minutes` long in all, each column as high as its worst minute and red above the rating. */
export function skyline(loadings: readonly number[], minutes: number, width: number, style: Style): Line {
  return joined(width, i => {
    const from = Math.floor((i * minutes) / width);
    const to = Math.max(from + 1, Math.floor(((i + 1) * minutes) / width));
    let most = -1;
    for (let m = from; m < Math.min(to, loadings.length); m++) most = Math.max(most, loadings[m] ?? 0);
    if (most < 0) return ['·', 'dim'];
    const level = Math.max(1, Math.ceil((Math.min(topShare, most) / topShare) * 8));
    return [eighths[level] ?? '█', most > 1 ? 'alarm' : style];
  });
}

/** Where a site stands between its export limit on the left and its import limit on the right; `│` is no power at all. */
export function track(netW: number, exportW: number, importW: number, width: number, style: Style): Line {
  const span = exportW + importW;
  const inner = width - 2;
  const at = (w: number) =>
    Math.round(span > 0 ? Math.max(0, Math.min(1, (w + exportW) / span)) * (inner - 1) : inner / 2);
  const [zero, here] = [at(0), at(netW)];
  const beyond = netW > importW ? '▶' : -netW > exportW ? '◀' : undefined;
  const middle = joined(inner, i => {
    if (i === here) return beyond === undefined ? ['●', style] : [beyond, style];
    if (i === zero) return ['│', 'dim'];
    return ['─', 'dim'];
  });
  return [['├', 'dim'], ...middle, ['┤', 'dim']];
}

/** Columns of one style in a row become one piece. */
function joined(width: number, cell: (i: number) => readonly [string, Style]): Piece[] {
  const pieces: [string, Style][] = [];
  for (let i = 0; i < width; i++) {
    const [text, style] = cell(i);
    const last = pieces.at(-1);
    if (last?.[1] === style) last[0] += text;
    else pieces.push([text, style]);
  }
  return pieces;
}
