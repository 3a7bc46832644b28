/**
 * Where an engine runs. A host asks the engine for one proposal under a deadline, so that no engine can hold up the server:
 * in this process for engines we trust to come back, in a worker thread for all others; a thread can be ended in the middle of an
 * endless loop. What comes back is not checked here.
 */
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type Engine, type Snapshot } from '../engines/api';
import { type LoadedEngine } from '../engines/index';
import { type WorkerParts, workerHost } from './engine-worker';

export interface EngineHost {
  /** Name of the engine, for logs and metrics. */
  readonly engine: string;
  /**
   * One proposal, unchecked.
   * @throws Problem ENGINE_LATE when there is no answer before the deadline, ENGINE_BROKE when the engine throws or dies.
   */
  compute(snapshot: Snapshot): Promise<unknown>;
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

/** The host for an engine: a worker thread for one from outside, this process otherwise, unless `where` says. */
export function hostOf(loaded: LoadedEngine, parts: HostParts & WorkerParts, where?: 'worker' | 'process'): EngineHost {
  const choice = where ?? (loaded.outside ? 'worker' : 'process');
  return underDeadline(choice === 'worker' ? workerHost(loaded, parts) : inProcess(loaded.engine), parts);
}

/** Runs the engine in this process. It can be late, but a loop that never waits holds everything up: for trusted engines and tests. */
export function processHost(engine: Engine, parts: HostParts): EngineHost {
  return underDeadline(inProcess(engine), parts);
}

/** How an adapter runs an engine; the deadline is not its business. */
export interface BareHost {
  readonly engine: string;
  compute(snapshot: Snapshot, signal: AbortSignal): Promise<unknown>;
  /** Called after a computation was given up: whatever still runs must end. */
  abandon(): Promise<void>;
}

function inProcess(engine: Engine): BareHost {
  return {
    engine: engine.name,
    compute: async (snapshot, signal) => engine.compute(snapshot, signal),
    abandon: async () => undefined,
  };
}

function underDeadline(host: BareHost, { wall, deadlineS }: HostParts): EngineHost {
  const at = host.engine;
  let killed: 'throws' | 'hangs' | undefined;
  let giveUp: ((reason: Problem) => void) | undefined;
  const dead = () => new Problem('ENGINE_BROKE', { at, note: 'it was killed' });

  return {
    engine: host.engine,
    async compute(snapshot) {
      if (killed === 'throws') throw dead();
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
    kill(how = 'throws') {
      killed = how;
      if (how === 'throws') giveUp?.(dead());
    },
    close: () => host.abandon(),
  };
}
