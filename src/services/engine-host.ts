/**
 * Where an engine runs. A host asks the engine for one proposal under a deadline, so that no engine can hold up the server:
 * in this process for quick engines we trust to come back, in worker threads for all others; a thread can be ended in the middle of an
 * endless loop. What comes back is not checked here.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type Engine, type Snapshot } from '../engines/api';
import { type LoadedEngine } from '../engines/index';
import { EngineMemory } from './engine-memory';
import { pooledHost } from './engine-pool';
import { type BareHost, type WorkerParts, enginesModule, workerHost } from './engine-worker';

/** Steps that were wanted of an engine so far, and those that it had to compute: the others were as before. */
export interface EngineWork {
  readonly steps: number;
  readonly computed: number;
}

export interface EngineHost {
  /** Name of the engine, for logs and metrics. */
  readonly engine: string;
  /**
   * One proposal, unchecked.
   * @throws Problem ENGINE_LATE when there is no answer before the deadline, ENGINE_BROKE when the engine throws or dies.
   */
  compute(snapshot: Snapshot): Promise<unknown>;
  work(): EngineWork;
  /** From now on every computation fails, for drills: at once, or by never answering. */
  kill(how?: 'throws' | 'hangs'): void;
  close(): Promise<void>;
}

export interface HostParts {
  /** Real time, also where the server's own clock is scaled: an engine is not quicker because the day is. */
  readonly wall: Clock;
  /** Seconds an engine may take. */
  readonly deadlineS: number;
}

/**
 * The host for an engine: a worker thread for one from outside, worker threads over all cores for a slow one of the house, this process
 * otherwise, unless `where` says.
 */
export function hostOf(loaded: LoadedEngine, parts: HostParts & PoolParts, where?: 'worker' | 'process'): EngineHost {
  const { engine, outside } = loaded;
  const { slow = false, stepsApart = false } = engine;
  // Run from sources, as tests do, there is no module that a thread could load.
  const canThread = outside || existsSync(parts.enginesModule ?? enginesModule);
  const choice = where ?? ((outside || slow) && canThread ? 'worker' : 'process');
  const threads = parts.threads ?? availableParallelism();
  const lane = (): BareHost => workerHost(loaded, parts);
  const bare =
    choice === 'process'
      ? inProcess(engine)
      : stepsApart && threads > 1
        ? pooledHost(engine.name, threads, lane)
        : lane();
  return underDeadline(stepsApart ? remembering(bare) : bare, parts);
}

export interface PoolParts extends WorkerParts {
  /** Threads for a slow engine at most; as many as there are cores unless given. */
  readonly threads?: number;
}

/** Runs the engine in this process. It can be late, but a loop that never waits holds everything up: for trusted engines and tests. */
export function processHost(engine: Engine, parts: HostParts): EngineHost {
  return underDeadline(inProcess(engine), parts);
}

function inProcess(engine: Engine): BareHost {
  return {
    engine: engine.name,
    compute: async (snapshot, signal) => engine.compute(snapshot, signal),
    abandon: async () => undefined,
  };
}

function remembering(host: BareHost): BareHost {
  const memory = new EngineMemory();
  let computed = 0;
  return {
    ...host,
    compute: (snapshot, signal) =>
      memory.answer(
        snapshot,
        part => host.compute(part, signal),
        steps => (computed += steps),
      ),
    computed: () => computed,
  };
}

function underDeadline(host: BareHost, { wall, deadlineS }: HostParts): EngineHost {
  const at = host.engine;
  let killed: 'throws' | 'hangs' | undefined;
  let giveUp: ((reason: Problem) => void) | undefined;
  let steps = 0;
  const dead = () => new Problem('ENGINE_BROKE', { at, note: 'it was killed' });

  return {
    engine: host.engine,
    async compute(snapshot) {
      if (killed === 'throws') throw dead();
      steps += snapshot.steps;
      const stop = new AbortController();
      let cancel = () => {};
      const given = new Promise<never>((_, reject) => {
        giveUp = reject;
        const note = `no answer within ${deadlineS} s`;
        cancel = wall.at(wall.nowMs() / 1000 + deadlineS, () => reject(new Problem('ENGINE_LATE', { at, note })));
      });
      try {
        const work = killed === 'hangs' ? new Promise<never>(() => {}) : host.compute(snapshot, stop.signal);
        return await Promise.race([work, given]);
      } catch (thrown) {
        stop.abort(thrown);
        await host.abandon();
        if (thrown instanceof Problem && (thrown.code === 'ENGINE_LATE' || thrown.code === 'ENGINE_BROKE'))
          throw thrown;
        const note = thrown instanceof Error ? thrown.message : String(thrown);
        throw new Problem('ENGINE_BROKE', { at, note, cause: thrown });
      } finally {
        cancel();
        giveUp = undefined;
      }
    },
    work: () => ({ steps, computed: host.computed?.() ?? steps }),
    kill(how = 'throws') {
      killed = how;
      if (how === 'throws') giveUp?.(dead());
    },
    close: () => host.abandon(),
  };
}
