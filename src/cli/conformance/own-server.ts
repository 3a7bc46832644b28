/** A server under test that we have in hand: `headroom serve` as a process of its own, which can be ended and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../../base/problem';
import { type RunFile } from '../operator-api';

export interface OwnServerOptions {
  /** Folder made by `headroom init`. */
  readonly dir: string;
  /** START,SPEED,WALL of a scaled clock; the machine's unless given. */
  readonly clock?: string;
  /** Fields of config.json for this run. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** What is run. */
  readonly main?: string;
}

export interface OwnServer {
  readonly port: number;
  readonly operatorPort: number;
  /** Ends it and starts it again at the same ports; resolves when it serves. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Problem CANNOT_REACH with what it said, when it does not start */
export async function startOwnServer(options: OwnServerOptions): Promise<OwnServer> {
  let life = await serve(options);
  const { port, operatorPort } = life;
  const again = { ...options, settings: { ...options.settings, port, operatorPort } };
  return {
    port,
    operatorPort,
    restart: async () => {
      await end(life.child);
      life = await serve(again);
    },
    stop: () => end(life.child),
  };
}

interface Life extends Pick<RunFile, 'port' | 'operatorPort'> {
  readonly child: ChildProcess;
}

async function serve({
  dir,
  clock,
  settings = {},
  main = join(__dirname, '..', 'main.js'),
}: OwnServerOptions): Promise<Life> {
  const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const child = spawn(
    process.execPath,
    [main, 'serve', dir, ...(clock === undefined ? [] : ['--clock', clock]), ...set],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000)));
  const line = await new Promise<string>((ready, failed) => {
    child.once('exit', code =>
      failed(new Problem('CANNOT_REACH', { at: 'server', note: `it did not start (${code}): ${said.trim()}` })),
    );
    createInterface({ input: child.stdout }).once('line', ready);
  });
  return { child, ...(JSON.parse(line) as RunFile) };
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
