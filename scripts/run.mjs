/**
 * What `npm run …` and `npm test` call. Does its own set-up with nothing but Node and npm: installs when the lock file
 * changed, builds when a source changed, then runs the task. Says what it does; silent when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bin = name => join(root, 'node_modules', '.bin', name);
const say = text => process.stderr.write(`headroom: ${text}\n`);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old. Install Node 20.19 or newer, then run the same command again.`);
  process.exit(2);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) say(`${command}: ${done.error.message}`);
  return done.status ?? 1;
}

function stamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function install() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex');
  const file = join(root, 'node_modules', '.headroom-installed');
  if (stamp(file) === hash) return;
  say('installing packages (about two minutes the first time: SQLite is compiled here) …');
  const status = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    say(
      'npm ci failed. Check the network and that a C++ toolchain and python3 are there, then run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(file, hash);
}

function newest(dir, latest = 0) {
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) latest = newest(path, latest);
    else if (/\.(ts|sql)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      latest = Math.max(latest, statSync(join(root, path)).mtimeMs);
  }
  return latest;
}

/** Takes away what was built from sources that are gone: a stale `routes.js` would be found before a new `routes/index.js`. */
function sweep(place) {
  for (const entry of readdirSync(join(root, 'dist', place), { withFileTypes: true })) {
    const path = join(place, entry.name);
    if (entry.isDirectory()) sweep(path);
    else if (/\.js(\.map)?$/.test(path) && !existsSync(join(root, path.replace(/\.js(\.map)?$/, '.ts'))))
      rmSync(join(root, 'dist', path));
  }
}

function build() {
  const file = join(root, 'dist', '.built');
  const sources = ['src', 'conformance-tests', 'benchmarks', 'examples'].reduce(
    (latest, dir) => newest(dir, latest),
    0,
  );
  const mark = `${sources} ${stamp(join(root, 'node_modules', '.headroom-installed'))} ${statSync(join(root, 'tsconfig.build.json')).mtimeMs}`;
  if (stamp(file) === mark) return;
  say('building …');
  const status = run(bin('tsc'), ['-p', 'tsconfig.build.json'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
  sweep('.');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, mark);
}

const main = join(root, 'dist', 'src', 'cli', 'main.js');
// `jest` needs no flag here: everything it loads is CommonJS or compiled to it.
const jest = args => run(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args]);
/** Runs Jest on tests that `npm test` leaves out because of their length or their needs. */
const only = (kind, args) =>
  jest([...args, '--testPathIgnorePatterns', '/node_modules/', '--testMatch', `**/*.${kind}.test.ts`]);

function check() {
  const steps = [
    // Complete for every platform, not only for the one that last ran `npm install`.
    ['lock file', 'npm', ['ci', '--dry-run', '--loglevel=error']],
    ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
    ['lint', bin('eslint'), ['--max-warnings', '0', '.']],
    ['types', bin('tsc'), ['--noEmit']],
    ['doors', bin('depcruise'), ['src', 'conformance-tests', '--output-type', 'err']],
    ['generated files', process.execPath, [main, 'docs', '--check']],
  ];
  let failed = 0;
  for (const [name, command, args] of steps) {
    if (name === 'generated files') build();
    const status = run(command, args);
    say(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    if (status !== 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

const tasks = {
  demo: args => (build(), run(process.execPath, [main, 'demo', ...args])),
  headroom: args => (build(), run(process.execPath, [main, ...args], { cwd: process.env.INIT_CWD ?? root })),
  test: args => (build(), jest(args)),
  build: () => (build(), 0),
  check,
  'test:fuzz': args => only('fuzz', args),
  'test:crash': args => (build(), only('crash', args)),
  /** Certificates and chains, who may see what, abuse, what the operator API answers to anything. */
  'test:security': args =>
    jest([
      ...args,
      'src/tls',
      'src/protocol/access',
      'src/server/abuse',
      'src/server/hostile-wire',
      'src/server/keys-and-audit',
      'src/server/log-and-backups',
      'src/server/operator-contract',
      'src/server/operator-tls',
      'src/server/registration',
      'src/server/self-signed',
      'src/server/trust-service',
    ]),
  'test:conformance': args => (build(), only('live', args)),
  /** Two thousand sites through a simulated day; `--sites 200 --hours 6` is a part of one. */
  'test:day': args => (
    build(),
    run(process.execPath, [
      '--max-semi-space-size=64',
      '--max-old-space-size=8192',
      join(root, 'dist', 'benchmarks', 'day.js'),
      ...args,
    ])
  ),
  'test:mutants': args => only('mutants', args),
  bench: args => (build(), run(process.execPath, [join(root, 'dist', 'benchmarks', 'run.js'), ...args])),
  docs: args => (build(), run(process.execPath, [main, 'docs', ...args])),
  schemas: args => (build(), run(process.execPath, [main, 'schemas', ...args])),
  'schemas:compare': args => (build(), run(process.execPath, [main, 'schemas', '--compare', ...args])),
};

const [task, ...args] = process.argv.slice(2);
const chosen = tasks[task];
if (!chosen) {
  say(`no task ${task}; there are ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
install();
process.exit(chosen(args));
