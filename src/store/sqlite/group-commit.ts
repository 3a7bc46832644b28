import { type Database } from 'better-sqlite3';
import { type Clock } from '../../base/clock';
import { type Log } from '../../base/log';
import { type Metrics } from '../../base/metrics';
import { Problem } from '../../base/problem';
import { type Committed } from '../api';
import { type Prepared } from '../plan';
import { storeProblem } from './faults';

export interface GroupOptions {
  /** Writes one plan inside the open transaction; what it wrote is taken back when it answers `ok: false` or throws. */
  readonly apply: (plan: Prepared) => Committed;
  /** Runs the flush after the input that waits now has been handled (base/turn). */
  readonly soon: (run: () => void) => void;
  /** Plans in one transaction at most; more wait for the next turn, so that reads come between. */
  readonly most: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Job {
  readonly plan: Prepared;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (fault: Problem) => void;
}

/**
 * Group commit. A flush to the disk costs as much for a hundred plans as for one, and while SQLite flushes, the event loop
 * stands and requests pile up in the sockets. So a plan waits for the end of the turn of the event loop it came in; all that
 * came in that turn share one transaction. Each plan is whole or absent by itself, and sees the plans before it. Nearly always
 * all of them are kept; only where one is not, they are written again with a savepoint each, for which SQLite copies every page
 * it touches. A promise resolves after COMMIT has returned, never before.
 */
export class GroupCommit {
  private waiting: Job[] = [];
  private planned = false;
  private readonly sql;

  constructor(
    private readonly db: Database,
    private readonly options: GroupOptions,
  ) {
    this.sql = {
      begin: db.prepare('BEGIN IMMEDIATE'), // a deferred one could meet SQLITE_BUSY half way, where no timeout helps
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      mark: db.prepare('SAVEPOINT plan'),
      release: db.prepare('RELEASE plan'),
      back: db.prepare('ROLLBACK TO plan'),
    };
  }

  add(plan: Prepared): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ plan, resolve, reject });
      this.plan();
    });
  }

  /** Writes everything that waits, now. */
  drain(): void {
    while (this.waiting.length > 0) this.flush();
  }

  private plan(): void {
    if (this.planned || this.waiting.length === 0) return;
    this.planned = true;
    this.options.soon(() => {
      this.planned = false;
      this.flush();
      this.plan();
    });
  }

  private flush(): void {
    const jobs = this.waiting.splice(0, this.options.most);
    if (jobs.length === 0) return;
    const { clock, metrics } = this.options;
    const began = clock.monotonicMs();
    let outcomes: (Committed | Problem)[];
    try {
      outcomes = this.all(jobs) ?? this.each(jobs);
    } catch (thrown) {
      if (this.db.inTransaction) this.sql.rollback.run();
      const fault = storeProblem(thrown);
      outcomes = jobs.map(() => fault);
    }
    metrics.observe('headroom_flush_seconds', (clock.monotonicMs() - began) / 1000);
    for (const [i, outcome] of outcomes.entries()) this.settle(jobs[i], outcome);
  }

  /** Writes all plans; undefined where one of several is not kept, and then nothing is written. */
  private all(jobs: readonly Job[]): (Committed | Problem)[] | undefined {
    const outcomes: (Committed | Problem)[] = [];
    this.sql.begin.run();
    for (const { plan } of jobs) {
      const outcome = this.attempt(plan);
      outcomes.push(outcome);
      if (isKept(outcome)) continue;
      this.sql.rollback.run();
      return jobs.length === 1 ? outcomes : undefined;
    }
    this.sql.commit.run();
    return outcomes;
  }

  /** Writes those plans that can be kept. */
  private each(jobs: readonly Job[]): (Committed | Problem)[] {
    this.sql.begin.run();
    const outcomes = jobs.map(({ plan }) => {
      this.sql.mark.run();
      const outcome = this.attempt(plan);
      if (!isKept(outcome)) this.sql.back.run();
      this.sql.release.run();
      return outcome;
    });
    this.sql.commit.run();
    return outcomes;
  }

  /** The outcome of one plan; throws only when the whole transaction is lost. */
  private attempt(plan: Prepared): Committed | Problem {
    try {
      return this.options.apply(plan);
    } catch (thrown) {
      if (!this.db.inTransaction) throw thrown; // a full disk, say: SQLite has rolled everything back
      return storeProblem(thrown);
    }
  }

  private settle(job: Job | undefined, outcome: Committed | Problem): void {
    const { log, metrics } = this.options;
    if (outcome instanceof Problem) {
      log.error('a plan was not written', { problem: outcome.code, detail: outcome.message });
      metrics.count('headroom_commits_total', { outcome: 'failed' });
      job?.reject(outcome);
    } else {
      metrics.count('headroom_commits_total', { outcome: outcome.ok ? 'committed' : 'conflict' });
      job?.resolve(outcome);
    }
  }
}

const isKept = (outcome: Committed | Problem): boolean => !(outcome instanceof Problem) && outcome.ok;
