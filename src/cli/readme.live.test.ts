/**
 * The section "A server of your own" of the README, typed as it stands there, with real processes. Only what must differ from
 * machine to machine is put in: the folder, free ports, and the LFDI that `cert` printed. Run by `npm run test:conformance`.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(__dirname, '../..');
const [, section = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('## A server of your own');
const lines = [
  ...section
    .split('\n## ', 1)
    .join('')
    .matchAll(/^```sh\n([^]*?)^```/gm),
].flatMap(([, block = '']) => block.split('\n').filter(Boolean));

mkdirSync(join(root, 'var'), { recursive: true });
const dir = mkdtempSync(join(root, 'var', 'readme-')); // beside var/my-server, for the network's relative path
let server: ChildProcess | undefined;
let run: { pid: number; port: number } | undefined;
let lfdi = '';
afterAll(() => {
  if (run) process.kill(run.pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const filled = (line: string) =>
  line
    .replaceAll('var/my-server', `var/${basename(dir)}/my-server`)
    .replaceAll('../../examples', '../../../examples')
    .replace('--hours 1', '--hours 0.005') // by the server's clock, which is the wall's
    .replace(/\bLFDI\b/, lfdi)
    .replace(/:8443\b/, `:${run?.port ?? 0}`);

function shell(line: string): Promise<string> {
  return new Promise((done, failed) => {
    execFile('sh', ['-c', line], { cwd: root, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error) failed(new Error(`${line}\n${stderr}${stdout}`));
      else done(stdout);
    });
  });
}

/** The command of a line and what its output must show. */
const shows: Readonly<Record<string, RegExp>> = {
  init: /is ready. Server LFDI [0-9A-F]{40}/,
  cert: /LFDI {3}[0-9A-F]{40}/,
  serve: /"port":\d+/,
  'site add': /Van depot +device/,
  'envelope run': /^published: \d+ controls for 1 sites/,
  'envelope show': /import +\d+ W \(.+\) +export/,
  sim: /registered 16 sites[^]*All 17 sites stayed inside their envelopes/,
  conformance: /2 passed, 0 failed/,
  printf: /<DERProgramList [^]*<primacy>20<\/primacy>/,
  curl: /<DERProgram [^]*<description>Envelope of Van depot</,
  'key add': /^hrk_/,
  'envelope withdraw': /^Van depot: withdrawn: maintenance, from 2/,
  'program add': /^program p[0-9A-F]+ is made, mRID [0-9A-F]{32}/,
  log: /serving +\{"port":\d+/,
  audit: /done +key operator\.key +from 127\.0\.0\.1 +POST \/api\/sites/,
};

const isOf = (line: string, name: string): boolean =>
  line.startsWith(`npm run -s headroom -- ${name} `) || line.startsWith(`${name} `);

it('names every command once', () => {
  expect(lines.map(line => Object.keys(shows).find(name => isOf(line, name)))).toEqual(Object.keys(shows));
});

it.each(lines)(
  '%s',
  async line => {
    const [name = '', expected = /./] = Object.entries(shows).find(([each]) => isOf(line, each)) ?? [];
    if (name === 'serve') {
      server = spawn('sh', ['-c', filled(line)], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
      const { stdout } = server;
      if (!stdout) throw new Error('no standard output');
      const first = await new Promise<string>((ready, failed) => {
        createInterface({ input: stdout }).once('line', ready);
        server?.once('exit', code => failed(new Error(`${line} ended with ${code}`)));
      });
      expect(first).toMatch(expected);
      run = JSON.parse(first) as { pid: number; port: number };
      return;
    }
    const extra =
      name === 'init'
        ? ' --set port=0 --set operatorPort=0 --set logLevel=error'
        : name === 'sim'
          ? ' 2>&1 || true' // in seconds in place of an hour not every site has polled yet, which it reports as a failure
          : '';
    const said = await shell(filled(line) + extra);
    expect(said).toMatch(expected);
    if (name === 'cert') lfdi = /LFDI {3}([0-9A-F]{40})/.exec(said)?.[1] ?? '';
  },
  60_000,
);

it('the server ends when it is told to, and leaves nothing behind', async () => {
  const ended = new Promise(done => server?.once('exit', done));
  process.kill(run?.pid ?? 0, 'SIGTERM');
  expect(await ended).toBe(0);
  run = undefined;
  expect(existsSync(join(dir, 'my-server', 'run.json'))).toBe(false);
}, 30_000);
