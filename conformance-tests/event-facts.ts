/**
 * What a server may say of an event at a moment, from what the lab arranged (protocol facts 4.1, 4.4). Written apart from any
 * server: plain rules over the facts, with windows where the suite cannot know the second in which something was done.
 */

/** The server's clock before and after something was done. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface EventFacts {
  readonly start: number;
  readonly durationS: number;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly created: Window;
  readonly cancelled?: Window;
  /** Cancelled with randomisation. */
  readonly spread?: boolean;
  /** When a newer event of its own program with the same modes has its earliest effective start. */
  readonly superseded?: Window;
}

/** EventStatus.currentStatus, or `absent` where the event is not in the list. */
export type Shown = 0 | 1 | 2 | 3 | 4 | 5 | 'absent';

export const effectiveStart = ({ start, randomizeStart = 0 }: EventFacts): number =>
  start + Math.min(0, randomizeStart);

/** Everything that may be shown at some moment of a window. */
export function allowed(facts: EventFacts, { from, to }: Window): ReadonlySet<Shown> {
  const all = new Set<Shown>();
  for (let t = from; t <= to; t++) for (const each of allowedAt(facts, t)) all.add(each);
  return all;
}

function allowedAt(facts: EventFacts, t: number): Shown[] {
  const { start, durationS, randomizeStart = 0, randomizeDuration = 0, created, cancelled, superseded } = facts;
  const begins = effectiveStart(facts);
  const firstEnd = start + durationS + Math.min(0, randomizeStart) + Math.min(0, randomizeDuration);
  const lastEnd = start + durationS + Math.max(0, randomizeStart) + Math.max(0, randomizeDuration);
  const shown: Shown[] = [];
  if (t <= created.to) shown.push('absent');
  if (t < created.from) return shown;
  const ended: Shown[] = t >= start + durationS ? ['absent'] : [];
  const stopped: [Window | undefined, Shown][] = [
    [cancelled, facts.spread ? 3 : 2],
    [superseded, 4],
  ];
  for (const [when, status] of stopped) {
    if (!when || t < when.from) continue;
    shown.push(status, ...ended);
    if (t > when.to) return shown;
  }
  if (t < begins) shown.push(0);
  else if (t < firstEnd) shown.push(1);
  else if (t < lastEnd) shown.push(1, 5, 'absent');
  else shown.push(5, 'absent');
  return shown;
}

/** When the status shown may say that it began. */
export function since(facts: EventFacts, status: Shown): Window | undefined {
  const begins = effectiveStart(facts);
  if (status === 0) return { from: facts.created.from - 1, to: facts.created.to };
  // An event that was made after its start became active when it was made.
  if (status === 1) return { from: Math.max(begins, facts.created.from - 1), to: Math.max(begins, facts.created.to) };
  if (status === 2 || status === 3) return facts.cancelled;
  if (status === 4) return facts.superseded;
  return undefined;
}
