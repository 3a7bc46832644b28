/** A client of a fake site on a clock that is moved by hand. */
import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { seededRandom } from '../../base/random';
import { tasks as newTasks } from '../../base/tasks';
import { type Client, type ClientOptions } from '../client';
import { createClient } from '../device-client';
import { type Limits } from '../limit-view';
import { fakeSite, type FakeSite, lfdi, pin } from './fake-site';

export interface Harness {
  readonly clock: ManualClock;
  readonly site: FakeSite;
  readonly client: Client;
  readonly log: ReturnType<typeof keptLog>;
  /** Errors of background work: there should be none. */
  readonly failures: unknown[];
  /** Lets `seconds` pass, a second at a time, everything settled after each. */
  pass(seconds: number, each?: (limits: Limits, now: number) => void): Promise<void>;
  /** Import limit over time, as `from-to W source`. */
  readonly trace: string[];
}

export const start = 10_000;

export function harness(
  options: Partial<ClientOptions> = {},
  prepare: (site: FakeSite, clock: ManualClock) => void = () => undefined,
): Harness {
  const clock = new ManualClock(start);
  const site = fakeSite(clock);
  prepare(site, clock);
  const failures: unknown[] = [];
  const tasks = newTasks(error => failures.push(error));
  const log = keptLog();
  const client = createClient({
    transport: site.server,
    clock,
    tasks,
    random: seededRandom(7),
    log,
    lfdi,
    pin,
    dialect: 'csipaus-1.2',
    ...options,
  });
  const spans: { from: number; to: number; what: string }[] = [];
  const note = (now: number) => {
    const { importW, source } = client.limits(now);
    const what = `${importW ?? '-'} ${source}`;
    const last = spans.at(-1);
    if (last?.what === what && last.to === now) last.to = now + 1;
    else spans.push({ from: now, to: now + 1, what });
  };
  return {
    clock,
    site,
    client,
    log,
    failures,
    async pass(seconds, each) {
      for (let i = 0; i < seconds; i++) {
        await tasks.settled();
        note(clock.now());
        each?.(client.limits(clock.now()), clock.now());
        clock.advance(1);
      }
      await tasks.settled();
    },
    get trace() {
      return spans.map(({ from, to, what }) => `${from - start}-${to - start} ${what}`);
    },
  };
}
