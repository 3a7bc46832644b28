/** Lines for a terminal as pieces of text with a style each: measured and cut as plain text, coloured last. */

/** SGR parameters (ECMA-48 8.3.117) of the styles there are; the colours are those of the terminal's own palette. */
const sgr = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  alarm: '1;31',
} as const;
export type Style = keyof typeof sgr;

export type Piece = string | readonly [text: string, style: Style];
export type Line = readonly Piece[];

const textOf = (piece: Piece): string => (typeof piece === 'string' ? piece : piece[0]);

/** Text that cannot move the cursor or change colours: names come from files. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?');

export function widthOf(line: Line): number {
  return line.reduce((sum, piece) => sum + [...textOf(piece)].length, 0);
}

/** Exactly `width` columns: cut with an ellipsis, or filled up. */
export function fit(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const letters = [...harmless(text)];
  if (letters.length > width) return width <= 0 ? '' : `${letters.slice(0, width - 1).join('')}…`;
  const blank = ' '.repeat(width - letters.length);
  return side === 'left' ? letters.join('') + blank : blank + letters.join('');
}

/** The line with escape sequences where `colour` is wanted, never wider than `columns`. */
export function painted(line: Line, columns: number, colour: boolean): string {
  let left = columns;
  let out = '';
  for (const piece of line) {
    const letters = [...textOf(piece)].slice(0, left);
    left -= letters.length;
    const text = letters.join('');
    out += colour && typeof piece !== 'string' && text !== '' ? `\x1b[${sgr[piece[1]]}m${text}\x1b[0m` : text;
  }
  return out.trimEnd();
}
