/**
 * An engine in another language: a child process that reads one snapshot as JSON from its standard input and writes its proposal to its
 * standard output, or an HTTP service that is posted one and answers the other. What comes back is checked by the safety net as any
 * other answer is; the network is left out of the snapshot unless `withNetwork` is set, because it is long.
 */
import { spawn } from 'node:child_process';
import { Problem } from '../base/problem';
import { type Engine, type EngineFactory, type Proposal, type Snapshot } from './api';
import { readOptions } from './options';

/** More than this is no proposal. */
const mostBytes = 256 << 20;
const mostErrorText = 300;

export const external: EngineFactory = (options, place) => {
  const read = readOptions('external', options);
  const url = read.optionalText('url');
  const command = read.value('command');
  const withNetwork = read.flag('withNetwork');
  read.done();
  if ((url === undefined) === (command === undefined))
    throw new Problem('BAD_CONFIG', {
      at: 'engineOptions',
      want: 'either url or command',
      got: url ? 'both' : 'neither',
    });
  const ask = url === undefined ? childOf(command, place?.baseDir ?? '.') : serviceOf(url);
  return {
    name: 'external',
    api: 1,
    moreRoom: 'least',
    guards: 'sites',
    async compute(snapshot, signal) {
      signal.throwIfAborted();
      const { network, passive, ...plain } = snapshot;
      void network;
      void passive;
      const text = await ask(JSON.stringify(withNetwork ? snapshot : (plain satisfies Snapshot)), signal);
      signal.throwIfAborted();
      return proposalFrom(text);
    },
  } satisfies Engine;
};

type Ask = (snapshot: string, signal: AbortSignal) => Promise<string>;

const broke = (note: string, cause?: unknown): Problem =>
  new Problem('ENGINE_BROKE', { at: 'external', note, ...(cause === undefined ? {} : { cause }) });

function serviceOf(url: string): Ask {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new Problem('BAD_CONFIG', { at: 'engineOptions.url', want: 'a URL with http or https', got: url });
  return async (snapshot, signal) => {
    let answer: Response;
    try {
      answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: snapshot,
        redirect: 'error',
        signal,
      });
    } catch (cause) {
      signal.throwIfAborted();
      const why =
        cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
      throw broke(`${url} does not answer: ${why}`, cause);
    }
    if (!answer.ok) throw broke(`${url} answers ${answer.status}: ${(await answer.text()).slice(0, mostErrorText)}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength;
      if (bytes > mostBytes) throw broke(`${url} answers with more than ${mostBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  };
}

function childOf(command: unknown, cwd: string): Ask {
  const words = Array.isArray(command) && command.every(word => typeof word === 'string') ? command : [];
  const [program, ...args] = words;
  if (program === undefined || program === '')
    throw new Problem('BAD_CONFIG', {
      at: 'engineOptions.command',
      want: 'a list of texts: program and arguments',
      got: command,
    });
  return (snapshot, signal) =>
    new Promise((resolve, reject) => {
      // No shell: nothing of the snapshot or of the options is ever read as one.
      const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
      const out: Buffer[] = [];
      let bytes = 0;
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= mostBytes) out.push(part);
        else child.kill('SIGKILL');
      });
      child.stderr.on('data', (part: Buffer) => (said = (said + part.toString('utf8')).slice(-mostErrorText)));
      child.stdin.on('error', () => undefined); // it ended without reading all: its exit code tells
      child.once('error', cause =>
        reject(signal.aborted ? (signal.reason as Error) : broke(`${program} cannot be run: ${cause.message}`, cause)),
      );
      child.once('close', (code, killed) => {
        if (code === 0 && bytes <= mostBytes) resolve(Buffer.concat(out).toString('utf8'));
        else reject(broke(`${program} ended with ${code ?? killed}: ${said.trim()}`));
      });
      child.stdin.end(snapshot);
    });
}

function proposalFrom(text: string): Proposal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broke(`its answer is not JSON: ${text.slice(0, 100)}`, cause);
  }
  if (typeof value !== 'object' || value === null)
    throw broke('its answer is neither a list of envelopes nor an object with one');
  return value as Proposal;
}
