/**
 * Profiles of letters as CSV, the form spreadsheets give. The header chooses the shape; what a letter says besides its figures comes with it
 * by other means (`headroom envelope contract`).
 *
 *     season,months,hour,watts             LLL; months such as 6-9 or 11;12;1;2
 *     hour,watts                           LGP H24
 *     month,block,watts                    LGP M12x2; block `in` or `out`
 *     season,months,from,to,watts          LGP BLOCK
 *     month,hour,watts                     LGP 288
 *     hourOfYear,watts                     LGP 8760
 */
import { Problem } from '../../base/problem';
import { type Letter } from './letter';

type Figures = Pick<Letter, 'format' | 'shape' | 'seasons' | 'watts'>;
interface Row {
  readonly at: string;
  readonly cells: readonly string[];
}

/** @throws Problem BAD_PROFILE naming file and line */
export function figuresFromCsv(text: string, file: string): Figures {
  const [head, ...rows] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, i): Row & { line: string } => ({
      at: `${file}:${i + 1}`,
      cells: line.split(',').map(cell => cell.trim()),
      line,
    }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  const header = head?.cells.join(',') ?? '';
  const read = shapes[header];
  if (!head || !read)
    throw new Problem('BAD_PROFILE', { at: head?.at ?? file, want: Object.keys(shapes).join(' or '), got: header });
  for (const { at, cells } of rows)
    if (cells.length !== head.cells.length)
      throw new Problem('BAD_PROFILE', { at, want: `${head.cells.length} columns`, got: `${cells.length} of them` });
  return read(rows, file);
}

const shapes: Readonly<Record<string, (rows: readonly Row[], file: string) => Figures>> = {
  'season,months,hour,watts': (rows, file) => {
    const seasons = grouped(rows, ({ cells: [season = ''] }) => season).map(([name, own]) => ({
      name,
      months: monthsOf(own[0] as Row),
      watts: table(own, 24, file, row => whole(row, 2, 0, 23)),
    }));
    return { format: 'LLL', seasons };
  },
  'hour,watts': (rows, file) => ({
    format: 'LGP',
    shape: 'H24',
    watts: table(rows, 24, file, row => whole(row, 0, 0, 23)),
  }),
  'month,block,watts': (rows, file) => {
    const flat = table(rows, 24, file, row => (whole(row, 0, 1, 12) - 1) * 2 + inOrOut(row));
    return {
      format: 'LGP',
      shape: 'M12x2',
      watts: Array.from({ length: 12 }, (_, m) => [flat[m * 2], flat[m * 2 + 1]]),
    };
  },
  'season,months,from,to,watts': rows => {
    const seasons = grouped(rows, ({ cells: [season = ''] }) => season).map(([name, own]) => ({
      name,
      months: monthsOf(own[0] as Row),
      blocks: own.map(row => ({ from: whole(row, 2, 0, 23), to: whole(row, 3, 0, 24), watts: wattsOf(row) })),
    }));
    return { format: 'LGP', shape: 'BLOCK', seasons };
  },
  'month,hour,watts': (rows, file) => ({
    format: 'LGP',
    shape: '288',
    watts: table(rows, 288, file, row => (whole(row, 0, 1, 12) - 1) * 24 + whole(row, 1, 0, 23)),
  }),
  'hourOfYear,watts': (rows, file) => ({
    format: 'LGP',
    shape: '8760',
    watts: table(rows, 8760, file, row => whole(row, 0, 0, 8759)),
  }),
};

const bad = ({ at }: Row, want: string, got: unknown) => new Problem('BAD_PROFILE', { at, want, got });

function whole(row: Row, column: number, min: number, max: number): number {
  const cell = row.cells[column] ?? '';
  const n = Number(cell);
  if (cell === '' || !Number.isInteger(n) || n < min || n > max) throw bad(row, `a whole number ${min} … ${max}`, cell);
  return n;
}

function wattsOf(row: Row): number {
  const cell = row.cells.at(-1) ?? '';
  if (cell === '' || !(Number(cell) >= 0) || !Number.isFinite(Number(cell))) throw bad(row, 'watts, 0 or above', cell);
  return Number(cell);
}

function inOrOut(row: Row): 0 | 1 {
  const [, block] = row.cells;
  if (block !== 'in' && block !== 'out') throw bad(row, 'in or out', block);
  return block === 'in' ? 0 : 1;
}

/** `6-9`, `11-2` over the turn of the year, `1;2;12`. */
function monthsOf(row: Row): number[] {
  const text = row.cells[1] ?? '';
  const months = text.split(';').flatMap(part => {
    const [, from = '', to = from] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part.trim()) ?? [];
    const [a, b] = [Number(from), Number(to)];
    if (from === '' || a < 1 || a > 12 || b < 1 || b > 12) throw bad(row, 'months such as 6-9 or 11;12;1', text);
    return Array.from({ length: ((b - a + 12) % 12) + 1 }, (_, i) => ((a - 1 + i) % 12) + 1);
  });
  return [...new Set(months)];
}

function grouped(rows: readonly Row[], by: (row: Row) => string): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return [...groups];
}

function table(rows: readonly Row[], length: number, file: string, place: (row: Row) => number): number[] {
  const watts = new Array<number | undefined>(length).fill(undefined);
  for (const row of rows) {
    const at = place(row);
    if (watts[at] !== undefined) throw bad(row, 'each place once', row.cells.slice(0, -1).join(','));
    watts[at] = wattsOf(row);
  }
  const missing = watts.indexOf(undefined);
  if (missing >= 0)
    throw new Problem('BAD_PROFILE', { at: file, want: `${length} figures`, got: `none for place ${missing + 1}` });
  return watts as number[];
}
