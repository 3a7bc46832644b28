import { type NoticesDeps } from './api';

const most = 200;
const soonS = 0.05;

/**
 * Takes delivered notes out of the outbox, many in one plan. A crash before that delivers them once more: a client may hear
 * a thing twice then, never not at all.
 */
export class Settling {
  private ids: string[] = [];
  private planned = false;

  constructor(private readonly deps: Pick<NoticesDeps, 'changes' | 'clock' | 'log' | 'tasks'>) {}

  add(id: string): void {
    this.ids.push(id);
    if (this.ids.length >= most) this.deps.tasks.run(() => this.flush());
    else if (!this.planned) {
      this.planned = true;
      const { clock } = this.deps;
      clock.at(clock.nowMs() / 1000 + soonS, () => {
        this.planned = false;
        this.deps.tasks.run(() => this.flush());
      });
    }
  }

  async flush(): Promise<void> {
    const settle = this.ids;
    if (settle.length === 0) return;
    this.ids = [];
    try {
      await this.deps.changes.store.commit({ settle });
    } catch (fault) {
      this.deps.log.warn('delivered notifications could not be taken out of the outbox', { why: String(fault) });
      this.ids.push(...settle);
    }
  }
}
