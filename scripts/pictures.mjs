/**
 * Makes the pictures of the README: `npm run -s build && node scripts/pictures.mjs`. Runs the demo, keeps what it drew in the
 * terminal at 18:45 and what it reported, and has Chromium take a picture of each. CHROMIUM names the browser where it is called otherwise.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'docs/pictures');
const at = process.argv[2] ?? '18:45';
const require = createRequire(import.meta.url);
const built = name => require(join(root, 'dist/src', name));
const work = mkdtempSync(join(tmpdir(), 'pictures-'));

/** Runs the demo on a terminal of our own. @returns the frame drawn last at or before the time `at` of the day */
async function frameOfDemo() {
  const { runCommand } = built('cli/run.js');
  const { SystemClock } = built('base/clock.js');
  const { silentLog } = built('base/log.js');
  let [frame, past] = ['', false];
  const exitCode = await runCommand(['demo', '--speed', '2880'], {
    clock: new SystemClock(),
    log: silentLog,
    cwd: root,
    out: line => console.log(line),
    say: line => console.error(line),
    exitCode: 0,
    stop: new AbortController().signal,
    terminal: {
      columns: 104,
      rows: 40,
      colour: true,
      write: text => {
        past ||= timeOf(text) > at;
        if (!past) frame = text;
      },
    },
  });
  if (exitCode !== 0) throw new Error(`the demo ended with ${exitCode}`);
  return frame;
}

const sequence = /\x1b\[([?\d;]*)([A-Za-z])/g; // eslint-disable-line no-control-regex
const timeOf = frame => /\d\d:\d\d(?= )/.exec(frame.replace(sequence, ' '))?.[0] ?? '99:99';

/** Colours of the terminal's palette, by SGR parameter. */
const colours = {
  1: '#f2f5f8',
  2: '#6f7f90',
  31: '#ff6b6b',
  32: '#5fd38a',
  33: '#f0b452',
  34: '#4aa3f0',
  35: '#c792ea',
  36: '#4fd0d8',
};

/** A frame as a page of its own: only colours and bold are kept of its escape sequences. */
function pageOf(frame) {
  let html = '';
  let end = 0;
  for (const match of frame.matchAll(sequence)) {
    html += escaped(frame.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[2] !== 'm') continue;
    const codes = match[1].split(';').filter(code => code in colours);
    const colour = colours[codes.at(-1)];
    html +=
      codes.length === 0 ? '</span>' : `<span style="color:${colour}${codes.includes('1') ? ';font-weight:700' : ''}">`;
  }
  const lines = (html + escaped(frame.slice(end))).replace(/\s+$/, '');
  return `<!DOCTYPE html><meta charset="utf-8"><style>
body{margin:0;padding:14px;background:transparent}
.window{background:#10171f;border-radius:9px;overflow:hidden;width:max-content}
.bar{background:#1d2732;padding:9px 14px;color:#93a1b0;font:13px "DejaVu Sans",sans-serif}
.bar i{display:inline-block;width:11px;height:11px;border-radius:50%;background:#3c4957;margin-right:7px;vertical-align:-1px}
pre{margin:0;padding:14px 24px 16px 16px;color:#c9d3dd;font:14px/19px "DejaVu Sans Mono",monospace}
</style><div class="window"><div class="bar"><i></i><i></i><i></i>&nbsp; npm run demo</div><pre>${lines}</pre></div>`;
}

const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\r/g, '');

function picture(name, file, width, height, scale) {
  const browser = process.env.CHROMIUM ?? ['chromium', 'chromium-browser', 'google-chrome'].find(isThere);
  if (!browser) throw new Error('no Chromium is here; install it or name one in CHROMIUM');
  const target = join(out, name);
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const view = ['--hide-scrollbars', '--default-background-color=00000000', `--force-device-scale-factor=${scale}`];
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    ...quiet,
    ...view,
    `--user-data-dir=${join(work, 'browser')}`,
  ];
  const asked = [`--screenshot=${target}`, `--window-size=${width},${height}`, pathToFileURL(file).href];
  const done = spawnSync(browser, [...args, ...asked], { timeout: 60_000, encoding: 'utf8' });
  if (!existsSync(target)) throw new Error(`${browser} made no picture: ${done.stderr}`);
  console.log(`docs/pictures/${name}: ${Math.round(statSync(target).size / 1000)} kB`);
}

const isThere = name => spawnSync(name, ['--version']).status === 0;

try {
  mkdirSync(out, { recursive: true });
  const frame = await frameOfDemo();
  const page = join(work, 'terminal.html');
  writeFileSync(page, pageOf(frame));
  const lines = frame.split('\n').length;
  picture('terminal.png', page, 940, 80 + lines * 19, 1.5);
  picture('report.png', join(root, 'var/demo/report.html'), 1120, 858, 1.5);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(0);
