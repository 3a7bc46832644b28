/** The server of a demo: `headroom serve` as a process of its own, whose clock we move over IPC. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { readOperatorKey } from '../../server/init';
import { operatorApiAt, type OperatorApi, type RunFile } from '../operator-api';

export interface ServerProcess {
  readonly port: number;
  readonly api: OperatorApi;
  readonly pid: number;
  /** Moves the server's clock there; resolves when everything that fell due has happened. */
  advance(to: Seconds): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and waits until it serves. What it says on standard error before it fails becomes the error. */
export async function startServerProcess(
  dir: string,
  start: Seconds,
  main = join(__dirname, '..', 'main.js'),
): Promise<ServerProcess> {
  const child = fork(main, ['serve', dir, '--follow-clock', String(start)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)));
  const run = await ready(child, () => said);
  const waiting: ((error?: Error) => void)[] = [];
  child.on('message', (message: { at?: number }) => {
    if (message.at !== undefined) waiting.shift()?.();
  });
  child.once('exit', code => {
    for (const settle of waiting.splice(0))
      settle(
        new Problem('CANNOT_REACH', {
          at: 'server',
          note: `it ended with ${code}: ${said.trim().split('\n').at(-1) ?? ''}`,
        }),
      );
  });
  return {
    port: run.port,
    pid: child.pid ?? 0,
    api: operatorApiAt(`http://127.0.0.1:${run.operatorPort}`, readOperatorKey(dir)),
    advance: to =>
      new Promise((resolve, reject) => {
        waiting.push(error => (error ? reject(error) : resolve()));
        child.send({ advanceTo: to }, error => error && reject(error));
      }),
    stop: () =>
      new Promise(resolve => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function ready(child: ChildProcess, said: () => string): Promise<RunFile> {
  return new Promise((resolve, reject) => {
    child.once('exit', code =>
      reject(new Problem('CANNOT_REACH', { at: 'server', note: `it did not start (${code}): ${said().trim()}` })),
    );
    if (!child.stdout) throw new Error('the server has no standard output');
    createInterface({ input: child.stdout }).once('line', line => resolve(JSON.parse(line) as RunFile));
  });
}
