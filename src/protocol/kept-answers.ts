import { type Seconds } from '../base/clock';
import { type Observed } from '../functions/behaviour';
import { type Answer } from './exchange';

interface Kept {
  readonly answer: Answer;
  readonly reads: ReturnType<Observed['reading']>['reads'];
  /** First second in which it may be false for reasons of time alone. */
  readonly until: Seconds;
  readonly at: Seconds;
}

/**
 * Answers to GET that may be given again: everything that was read for them is as it was, and the clock has not passed the
 * moment they named. Polling clients ask for the same bytes over and over. Bounded by bytes; the oldest go first.
 */
export class KeptAnswers {
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;

  constructor(private readonly mostBytes = 64 * 1024 * 1024) {}

  find(key: string, now: Seconds): Answer | undefined {
    const found = this.kept.get(key);
    if (!found) return undefined;
    if (now >= found.at && now < found.until && found.reads.unchanged()) return found.answer;
    this.drop(key, found);
    return undefined;
  }

  keep(key: string, entry: Kept): void {
    const old = this.kept.get(key);
    if (old) this.drop(key, old);
    this.kept.set(key, entry);
    this.bytes += size(key, entry.answer);
    for (const [oldest, value] of this.kept) {
      if (this.bytes <= this.mostBytes) break;
      this.drop(oldest, value);
    }
  }

  /** Forgets all: for changes that no commit shows, such as a new poll rate. */
  clear(): void {
    this.kept.clear();
    this.bytes = 0;
  }

  private drop(key: string, { answer }: Kept): void {
    this.kept.delete(key);
    this.bytes -= size(key, answer);
  }
}

/** Roughly what an entry holds on to: two bytes a character, and its bookkeeping. */
const size = (key: string, { body }: Answer): number => 2 * (key.length + body.length) + 1000;
