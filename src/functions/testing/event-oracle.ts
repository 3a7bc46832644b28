/**
 * What a server must say of its events at every second, written the slow and plain way from the standard's text: a state is
 * carried from second to second and changed as things happen. Shares no code with what it judges.
 */
export interface OracleEvent {
  readonly program: string;
  readonly primacy: number;
  readonly mrid: string;
  readonly created: number;
  readonly start: number;
  readonly durationS: number;
  readonly randomizeStart: number;
  readonly randomizeDuration: number;
  readonly modes: readonly string[];
  /** Bits; -1 for all. */
  readonly categories: number;
}

interface Life extends OracleEvent {
  readonly order: number;
  status: number;
  since: number;
  begun: boolean;
  /** Modes no newer event has taken. */
  readonly held: Set<string>;
  flag: boolean;
  flagSince: number;
  version: number;
  stoppedAt: number | undefined;
  /** Modes that a stronger event of any program has not taken while both were on. */
  readonly governs: Set<string>;
}

/** One control as it should be shown: mRID, status, dateTime, flag, its time, version. */
export type Shown = readonly [string, number, number, boolean, number | undefined, number];

export class EventOracle {
  private readonly events: Life[] = [];

  constructor(private readonly edition: 2018 | 2023) {}

  /** Time has come to be `now`; called for each second, before what is done in it. */
  tick(now: number): void {
    const beginning = this.events.filter(e => e.status === 0 && now >= e.start + Math.min(0, e.randomizeStart));
    for (const e of beginning) {
      e.status = 1;
      e.since = now;
      e.begun = true;
      e.version++;
    }
    const taking = beginning.map(e => ({ e, modes: [...e.held] }));
    for (const { e, modes } of taking) this.take(e, modes, now);
    if (this.edition === 2023)
      for (const e of this.events)
        if (e.status === 1 && now >= latest(e)) {
          e.status = 5;
          e.since = now;
          e.version++;
        }
  }

  issue(event: OracleEvent, now: number): void {
    const on = now >= event.start + Math.min(0, event.randomizeStart);
    const life: Life = {
      ...event,
      order: this.events.length,
      status: on ? 1 : 0,
      since: now,
      begun: on,
      held: new Set(event.modes),
      flag: false,
      flagSince: 0,
      version: 0,
      stoppedAt: undefined,
      governs: new Set(event.modes),
    };
    this.events.push(life);
    if (on) this.take(life, event.modes, now);
  }

  /** Whether it can be cancelled, and if so it is. */
  cancel(mrid: string, randomized: boolean, now: number): boolean {
    const e = this.events.find(each => each.mrid === mrid);
    if (e && (e.status === 2 || e.status === 3)) return true; // again
    if (!e || e.status > 1 || now >= latest(e)) return false;
    e.status = randomized && (e.randomizeStart !== 0 || e.randomizeDuration !== 0) ? 3 : 2;
    e.since = now;
    e.stoppedAt = now;
    e.version++;
    return true;
  }

  /** Everything of this second has happened. */
  settle(now: number): void {
    for (const a of this.events) {
      if (now > (a.stoppedAt ?? latest(a))) continue;
      const flagged = this.events.some(b => this.overlapsInPart(a, b));
      if (flagged === a.flag) continue;
      a.flag = flagged;
      a.flagSince = now;
      a.version++;
    }
    const on = this.events.filter(e => e.start <= now && now < e.start + e.durationS && e.stoppedAt === undefined);
    for (const mode of new Set(on.flatMap(e => [...e.governs]))) {
      const claims = on.filter(e => e.governs.has(mode));
      const best = claims.reduce((a, b) => (stronger(b, a) ? b : a));
      for (const e of claims) if (e !== best) e.governs.delete(mode);
    }
  }

  list(program: string, now: number): Shown[] {
    return this.events
      .filter(e => e.program === program && now < this.leaves(e))
      .sort((a, b) => a.start - b.start || b.created - a.created || b.order - a.order)
      .map(e => [e.mrid, e.status, e.since, e.flag, e.flag ? e.flagSince : undefined, e.version]);
  }

  active(program: string, now: number): string[] {
    return this.list(program, now)
      .filter(([mrid, status]) => {
        const e = this.events.find(each => each.mrid === mrid);
        return status === 1 && e !== undefined && now < latest(e);
      })
      .map(([mrid]) => mrid);
  }

  /** Mode → mRID of the event that governs a device with all programs. */
  governing(now: number): Record<string, string> {
    const found: Record<string, string> = {};
    for (const e of this.events)
      if (e.start <= now && now < e.start + e.durationS && e.stoppedAt === undefined)
        for (const mode of e.governs) found[mode] = e.mrid;
    return found;
  }

  private take(b: Life, modes: readonly string[], now: number): void {
    for (const a of this.events) {
      if (!this.isOlder(a, b) || !together(a, b) || !coversCategories(b, a)) continue;
      for (const mode of modes) a.held.delete(mode);
      if (a.held.size > 0 || a.status > 1 || now >= latest(a)) continue;
      a.status = 4;
      a.since = now;
      a.stoppedAt = now;
      a.version++;
    }
  }

  private overlapsInPart(a: Life, b: Life): boolean {
    if (!this.isOlder(a, b) || !together(a, b)) return false;
    if ((b.status === 2 || b.status === 3) && !b.begun) return false;
    const shared = a.modes.filter(mode => b.modes.includes(mode)).length;
    const common = (a.categories & b.categories) !== 0;
    return common && shared > 0 && !(coversCategories(b, a) && shared === a.modes.length);
  }

  private isOlder(a: Life, b: Life): boolean {
    return a.program === b.program && a.order < b.order;
  }

  private leaves(e: Life): number {
    if (e.stoppedAt !== undefined) return Math.max(latest(e), e.stoppedAt + 30);
    return latest(e) + (this.edition === 2023 ? 900 : 0);
  }
}

const latest = (e: OracleEvent): number =>
  e.start + e.durationS + Math.max(0, e.randomizeStart) + Math.max(0, e.randomizeDuration);
const together = (a: OracleEvent, b: OracleEvent): boolean =>
  a.start < b.start + b.durationS && b.start < a.start + a.durationS;
const coversCategories = (b: OracleEvent, a: OracleEvent): boolean => (a.categories & ~b.categories) === 0;
const stronger = (a: Life, b: Life): boolean =>
  a.primacy !== b.primacy ? a.primacy < b.primacy : a.created !== b.created ? a.created > b.created : a.mrid > b.mrid;
