/** A terminal to draw on, and a picture on it that is drawn again in place. */

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  write(text: string): void;
}

/** What of a stream's and an environment's we look at; `process.stderr` and `process.env` fit. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * The terminal behind a stream; undefined where there is none that can move its cursor. Colours are left out where NO_COLOR
 * has any text in it (no-color.org).
 */
export function terminalOf(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal | undefined {
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return undefined;
  return {
    get columns() {
      return sizeOf(stream.columns, 80);
    },
    get rows() {
      return sizeOf(stream.rows, 24);
    },
    colour: (env['NO_COLOR'] ?? '') === '',
    write: text => void stream.write(text),
  };
}

/** A terminal that does not know its size says 0, or nothing. */
const sizeOf = (told: number | undefined, usual: number): number => (told !== undefined && told > 0 ? told : usual);

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Terminals that know it show the frame at once (synchronized output, mode 2026); others ignore it. */
const [begin, end] = ['\x1b[?2026h', '\x1b[?2026l'];

/** Draws lines below what the terminal shows already, and again in their place. */
export class Screen {
  private drawn = 0;

  constructor(private readonly terminal: Pick<Terminal, 'write'>) {}

  /** Lines must fit the terminal: one that wraps would take the place of two. */
  draw(lines: readonly string[]): void {
    const up = this.drawn > 0 ? `\x1b[${this.drawn}A\r` : hideCursor;
    this.terminal.write(`${begin}${up}${lines.map(line => `${line}\x1b[K\n`).join('')}\x1b[J${end}`);
    this.drawn = lines.length;
  }

  /** Leaves the last picture standing and gives the cursor back. */
  close(): void {
    if (this.drawn > 0) this.terminal.write(showCursor);
    this.drawn = 0;
  }
}
