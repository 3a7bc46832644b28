import { type Seconds } from '../base/clock';
import { type Observed } from '../functions/behaviour';
import { type Answer } from './exchange';
import { lines } from './headers';

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

  /** Gives back the answer as it will be given from now on. */
  keep(key: string, entry: Kept): Answer {
    const old = this.kept.get(key);
    if (old) this.drop(key, old);
    const made = { ...entry, answer: ready(entry.answer) };
    this.kept.set(key, made);
    this.bytes += size(key, made.answer);
    for (const [oldest, value] of this.kept) {
      if (this.bytes <= this.mostBytes) break;
      this.drop(oldest, value);
    }
    return made.answer;
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

/** A body written piece by piece is a tree of strings to the runtime, walked at each use until it is made one. */
function ready(answer: Answer): Answer {
  const bytes = Buffer.from(answer.body);
  const ascii = bytes.length === answer.body.length;
  const body = bytes.toString(ascii ? 'latin1' : 'utf8');
  return { ...answer, body, ready: { lines: lines(answer.headers, bytes.length), ascii } };
}

/** Roughly what an entry holds on to: two bytes a character, and its bookkeeping. */
const size = (key: string, { body }: Answer): number => 2 * (key.length + body.length) + 1000;
