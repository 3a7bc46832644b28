/** Wakes when an order has come to another stage, and has its sites told. What they are told follows from facts and clock, so a restart loses nothing. */
import { type Cancel, type Clock } from '../../base/clock';
import { type Log } from '../../base/log';
import { asProblem } from '../../base/problem';
import { type Tasks } from '../../base/tasks';
import { type Order, nextStage, stateOf } from './order';

export interface KeeperParts {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly log: Log;
  /** Orders that are not laid aside, those just over among them. */
  readonly orders: () => Promise<readonly Order[]>;
  /** Tells these sites what holds now. */
  readonly tell: (sites: readonly string[]) => Promise<unknown>;
  /** Lays aside what is over. */
  readonly layAside: () => Promise<unknown>;
}

export interface OrderKeeper {
  /** Something about orders has changed. */
  changed(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** After a fault sites are told again, s. */
const againAfterS = 30;

export function orderKeeper({ clock, layAside, log, orders, tasks, tell }: KeeperParts): OrderKeeper {
  let cancel: Cancel = () => undefined;
  let stopped = false;
  let last: Promise<void> = Promise.resolve();
  /** One after the other, and none after the end. */
  const inTurn = (work: () => Promise<void>): void =>
    tasks.run(() => (last = last.then(() => (stopped ? undefined : work()))));
  /** Up to when sites have been told: a stage that came while something else was under way is not missed. */
  let toldTo = clock.now();
  const failed = (thrown: unknown): void => {
    const { code, message } = asProblem(thrown);
    log.error('orders were not brought up to date', { code, message });
  };
  const arm = async (): Promise<void> => {
    const all = await orders();
    cancel();
    const moments = all.flatMap(order => nextStage(order, toldTo) ?? []);
    const next = Math.min(...moments);
    if (stopped || moments.length === 0) return;
    if (next <= clock.now()) wake();
    else cancel = clock.at(next, wake);
  };
  const wake = (): void =>
    inTurn(async () => {
      try {
        const now = clock.now();
        const moving = (await orders()).filter(order =>
          ['releasing', 'over', 'cancelled'].includes(stateOf(order, now)),
        );
        const sites = [...new Set(moving.flatMap(({ limits }) => Object.keys(limits)))];
        if (sites.length > 0) await tell(sites);
        toldTo = now;
        await layAside();
        await arm();
      } catch (thrown) {
        failed(thrown);
        cancel();
        if (!stopped) cancel = clock.at(clock.now() + againAfterS, wake);
      }
    });
  wake();
  return {
    changed: () => inTurn(() => arm().catch(failed)),
    stop: () => {
      stopped = true;
      cancel();
      return last;
    },
  };
}
