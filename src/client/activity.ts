/**
 * One thing a client does again and again, such as polling a list. It never runs twice at once, never waits inside a task, and
 * says itself when it wants to run next; so a simulation may advance its clock once all tasks have settled.
 */
import { type Cancel, type Clock, type Seconds } from '../base/clock';
import { type Log } from '../base/log';
import { type Tasks } from '../base/tasks';

export interface ActivityDeps {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly log: Log;
}

/** Pause after a defect of ours, s: it must not spin. */
const afterDefectS = 60;

export class Activity {
  private due: Seconds | undefined;
  private cancel: Cancel | undefined;
  private running = false;
  private again: Seconds | undefined;
  private stopped = false;

  /** `run` returns when it wants to run next, on the client's clock; undefined when only somebody else knows. */
  constructor(
    private readonly deps: ActivityDeps,
    private readonly name: string,
    private readonly run: () => Promise<Seconds | undefined>,
  ) {}

  /** Runs at `when`, or earlier where that was asked for already. */
  at(when: Seconds): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = Math.min(this.again ?? Infinity, when);
      return;
    }
    if (this.due !== undefined && this.due <= when) return;
    this.cancel?.();
    this.due = when;
    this.cancel = this.deps.clock.at(when, () => this.fire());
  }

  /** Runs now, or once more as soon as it has run. */
  soon(): void {
    if (this.running) this.again = -Infinity;
    else this.fire();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.due = undefined;
  }

  private fire(): void {
    if (this.stopped || this.running) return;
    this.cancel?.();
    this.cancel = undefined;
    this.due = undefined;
    this.running = true;
    this.deps.tasks.run(async () => {
      const next = await this.attempt();
      this.running = false;
      const again = this.again;
      this.again = undefined;
      if (again === -Infinity) this.soon();
      else if (next !== undefined || again !== undefined) this.at(Math.min(next ?? Infinity, again ?? Infinity));
    });
  }

  private async attempt(): Promise<Seconds | undefined> {
    try {
      return await this.run();
    } catch (error) {
      this.deps.log.error('a client activity failed', { activity: this.name, error });
      return this.deps.clock.now() + afterDefectS;
    }
  }
}
