import path from 'node:path';
import type * as workerThreads from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { type Log } from '../base/log';
import { Problem } from '../base/problem';
import { type Engine, type EngineFactory, type Snapshot } from '../engines/api';
import { type LoadedEngine } from '../engines/index';

export interface WorkerParts {
  /** What the engine prints goes here, as debug lines, and never to the server's output. */
  readonly log: Log;
  /** Megabytes of heap an engine may use, 512 unless given. */
  readonly memoryMb?: number;
  /** Module that makes the engines of the house; for tests that run from sources. */
  readonly enginesModule?: string;
}

/** The module that makes the engines of the house, as it is built. */
export const enginesModule = path.join(__dirname, '../engines/index.js');

/** How an adapter runs an engine; the deadline is not its business. */
export interface BareHost {
  readonly engine: string;
  compute(snapshot: Snapshot, signal: AbortSignal): Promise<unknown>;
  /** Called after a computation was given up: whatever still runs must end. */
  abandon(): Promise<void>;
  /** Of all steps so far those that were computed; all of them unless said. */
  computed?(): number;
}

/**
 * Runs an engine in a thread of its own, started at the first computation and kept for the next. A thread that was given up,
 * or died, is replaced by a new one.
 */
export function workerHost(
  loaded: LoadedEngine,
  { log, memoryMb = 512, enginesModule: house = enginesModule }: WorkerParts,
) {
  const { source, outside, options, baseDir } = loaded;
  const data: WorkerData = {
    module: outside ? source : house,
    ...(!outside && { name: source }),
    options,
    baseDir,
  };
  let thread: Thread | undefined;

  const start = (): Thread => {
    // The thread's program is the text of `main`, so it is the same from sources and from the build.
    const worker = new Worker(`(${main.toString()})(require)`, {
      eval: true,
      workerData: data,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    worker.unref(); // an idle engine does not keep the process alive
    const made: Thread = { worker, waiting: new Map(), last: 0 };
    const say = (text: Buffer) =>
      log.debug('engine printed', { engine: loaded.engine.name, text: String(text).slice(0, 500) });
    worker.stdout.on('data', say);
    worker.stderr.on('data', say);
    worker.on('message', (answer: Answer) => {
      const ask = made.waiting.get(answer.id);
      made.waiting.delete(answer.id);
      if ('error' in answer) ask?.reject(new Error(answer.error));
      else ask?.resolve(answer.proposal);
    });
    const over = (note: string, cause?: unknown) => {
      if (thread === made) thread = undefined;
      for (const ask of made.waiting.values())
        ask.reject(new Problem('ENGINE_BROKE', { at: loaded.engine.name, note, cause }));
      made.waiting.clear();
    };
    worker.on('error', error => over(error instanceof Error ? error.message : String(error), error));
    worker.on('exit', code => over(`its thread ended with code ${code}`));
    return made;
  };

  return {
    engine: loaded.engine.name,
    compute(snapshot: Snapshot): Promise<unknown> {
      const running = (thread ??= start());
      const id = ++running.last;
      const { network, ...rest } = snapshot;
      // A feeder is long and the same run after run: it is sent once, and kept there.
      const feeder = network === undefined ? undefined : network === running.network ? 'as before' : network;
      return new Promise((resolve, reject) => {
        running.waiting.set(id, { resolve, reject });
        running.worker.postMessage({ id, snapshot: rest, feeder } satisfies Ask);
        running.network = network ?? running.network;
      });
    },
    async abandon(): Promise<void> {
      const old = thread;
      thread = undefined;
      await old?.worker.terminate(); // its exit rejects what still waits
    },
  };
}

interface WorkerData {
  readonly module: string;
  readonly name?: string;
  readonly options: unknown;
  readonly baseDir: string;
}
interface Ask {
  readonly id: number;
  readonly snapshot: Omit<Snapshot, 'network'>;
  readonly feeder: Snapshot['network'] | 'as before';
}
type Answer = { readonly id: number; readonly proposal: unknown } | { readonly id: number; readonly error: string };
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve: (proposal: unknown) => void; reject: (reason: Error) => void }>;
  last: number;
  /** The feeder that the thread has. */
  network?: Snapshot['network'];
}

/** The thread's whole program. It may use nothing from outside its own braces: only its text reaches the thread. */
function main(load: (id: string) => unknown): void {
  const threads = load('node:worker_threads') as typeof workerThreads;
  const { module, name, options, baseDir } = threads.workerData as WorkerData;
  const fromHouse = (all: Record<string, unknown>): Engine =>
    (all['loadEngine'] as (n: string, o: unknown, d: string) => { engine: Engine })(name ?? '', options, baseDir)
      .engine;
  const fromOutside = (all: Record<string, unknown>): Engine => {
    const inner = all['default'] as EngineFactory | { engine: EngineFactory } | undefined;
    const factory =
      typeof inner === 'function' ? inner : ((all['engine'] as EngineFactory | undefined) ?? inner?.engine);
    if (!factory) throw new Error('the module has no factory');
    return factory(options, { baseDir });
  };
  const all = load(module) as Record<string, unknown>;
  const engine = name === undefined ? fromOutside(all) : fromHouse(all);
  let kept: Snapshot['network'];
  threads.parentPort?.on('message', ({ id, snapshot, feeder }: Ask) => {
    if (feeder !== undefined && feeder !== 'as before') kept = feeder;
    const whole: Snapshot = feeder !== undefined && kept ? { ...snapshot, network: kept } : snapshot;
    Promise.resolve()
      .then(() => engine.compute(whole, new AbortController().signal))
      .then(proposal => threads.parentPort?.postMessage({ id, proposal }))
      .catch((thrown: unknown) =>
        threads.parentPort?.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) }),
      );
  });
}
