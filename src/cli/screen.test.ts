import { Screen, terminalOf } from './screen';

const stream = (more: object = {}) => ({ isTTY: true, columns: 100, rows: 30, write: () => true, ...more });

describe('terminal', () => {
  it('is there only where the stream is one that can move its cursor', () => {
    expect(terminalOf(stream({ isTTY: false }), {})).toBeUndefined();
    expect(terminalOf(stream(), { TERM: 'dumb' })).toBeUndefined();
    expect(terminalOf(stream(), { TERM: 'xterm' })).toMatchObject({ columns: 100, rows: 30, colour: true });
  });

  it('has no colours where NO_COLOR says anything at all', () => {
    expect(terminalOf(stream(), { NO_COLOR: '0' })?.colour).toBe(false);
    expect(terminalOf(stream(), { NO_COLOR: '' })?.colour).toBe(true);
  });

  it('has a usual size where it does not know its own', () => {
    expect(terminalOf(stream({ columns: 0, rows: 0 }), {})).toMatchObject({ columns: 80, rows: 24 });
    expect(terminalOf({ isTTY: true, write: () => true }, {})).toMatchObject({ columns: 80, rows: 24 });
  });

  it('follows the window as it changes', () => {
    const changing = stream();
    const terminal = terminalOf(changing, {});
    changing.columns = 60;
    expect(terminal?.columns).toBe(60);
  });
});

/** What a terminal shows after all that was written: only the sequences that `Screen` uses, others fail the test. */
function shown(written: string): { lines: string[]; cursorHidden: boolean } {
  const lines = [''];
  let row = 0;
  let cursorHidden = false;
  // eslint-disable-next-line no-control-regex -- control characters are what is being read
  const parts = /\x1b\[\??\d*[A-Za-z]|\n|\r|[^\x1b\n\r]+/g;
  for (const [part] of written.matchAll(parts)) {
    if (!part.startsWith('\x1b') && !'\n\r'.includes(part)) lines[row] = part;
    else if (part === '\n') lines[++row] ??= '';
    else if (part === '\r' || part.startsWith('\x1b[?2026')) continue;
    else if (part === '\x1b[?25l') cursorHidden = true;
    else if (part === '\x1b[?25h') cursorHidden = false;
    else if (part === '\x1b[K') continue;
    else if (part === '\x1b[J') lines.splice(row, Infinity, '');
    else if (part.endsWith('A')) row -= Number(part.slice(2, -1));
    else throw new Error(`what is ${JSON.stringify(part)}?`);
  }
  return { lines, cursorHidden };
}

describe('screen', () => {
  it('draws again in place, below what was there, and gives the cursor back', () => {
    let written = 'before\n';
    const screen = new Screen({ write: text => (written += text) });
    screen.draw(['one', 'two', 'three']);
    screen.draw(['uno', 'due']);
    expect(shown(written)).toEqual({ lines: ['before', 'uno', 'due', ''], cursorHidden: true });
    screen.close();
    screen.close();
    expect(shown(written)).toEqual({ lines: ['before', 'uno', 'due', ''], cursorHidden: false });
  });
});
