/** Short words for event histories in tests, and a second-by-second oracle of their rules. */
import { type Seconds } from '../../../base/clock';
import { seededRandom } from '../../../base/random';
import { beats, type ControlEvent, type FollowedProgram } from '../event';
import { followEvents, type Follower, type Transition } from '../follower';

export interface EventWords {
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly created?: Seconds;
  readonly modes?: Readonly<Record<string, unknown>>;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly status?: number;
  readonly statusAt?: Seconds;
}

/** One mode, `W`, with the event's name as its value, unless `modes` says otherwise. */
export function event(mrid: string, words: EventWords): ControlEvent {
  return {
    mrid,
    creationTime: words.created ?? 0,
    start: words.start,
    durationS: words.durationS,
    randomizeStart: words.randomizeStart ?? 0,
    randomizeDuration: words.randomizeDuration ?? 0,
    status: words.status ?? 0,
    statusAt: words.statusAt ?? words.created ?? 0,
    modes: words.modes ?? { W: mrid },
    replyTo: '/rsps/1/rsp',
    responseRequired: 3,
  };
}

export function program(
  key: string,
  primacy: number,
  controls?: readonly ControlEvent[],
  defaults?: Readonly<Record<string, unknown>>,
  settings?: Readonly<Record<string, unknown>>,
): FollowedProgram {
  return { key, primacy, ...(controls && { controls }), ...(defaults && { defaults }), ...(settings && { settings }) };
}

/** What the server said, and when it was read. */
export type Script = readonly (readonly [at: Seconds, programs: readonly FollowedProgram[]])[];

export interface Played {
  /** `12 started A`, in order. */
  readonly told: string[];
  /** mode → value for each second from the first update on, gaps left out: `W` 10-20 A. */
  readonly spans: Record<string, string[]>;
  readonly follower: Follower;
}

export interface PlayOptions {
  readonly seed?: number;
  readonly edition?: 2018 | 2023;
  /** Length of a step between updates, s. */
  readonly step?: (at: Seconds) => number;
}

/** Plays a script to `end`, second by second unless `step` says otherwise; spans need steps of a second. */
export function play(
  script: Script,
  end: Seconds,
  { seed = 1, edition = 2018, step = () => 1 }: PlayOptions = {},
): Played {
  const follower = followEvents({ random: seededRandom(seed), edition });
  const told: string[] = [];
  const rows: Record<string, [from: Seconds, to: Seconds, value: string][]> = {};
  const tell = (transitions: Transition[]) => {
    for (const { at, outcome, event: subject } of transitions) told.push(`${at} ${outcome} ${subject.mrid}`);
  };
  const updates = [...script];
  for (let at = updates[0]?.[0] ?? 0; at < end;) {
    tell(follower.advance(at));
    while (updates[0] && updates[0][0] === at) tell(follower.update(updates.shift()?.[1] ?? [], at));
    for (const [mode, { value, event: by }] of Object.entries(follower.inForce().modes)) {
      const name = `${String(value)}${by ? '' : '*'}`;
      const row = (rows[mode] ??= []);
      const last = row.at(-1);
      if (last && last[1] === at && last[2] === name) last[1] = at + 1;
      else row.push([at, at + 1, name]);
    }
    at = Math.min(at + step(at), updates[0]?.[0] ?? Infinity);
  }
  tell(follower.advance(end));
  const spans = Object.fromEntries(
    Object.entries(rows).map(([mode, row]) => [mode, row.map(([from, to, name]) => `${from}-${to} ${name}`)]),
  );
  return { told, spans, follower };
}

interface Believed {
  readonly event: ControlEvent;
  readonly program: string;
  readonly seen: Seconds;
  readonly modes: Set<string>;
  primacy: number;
  stopped: boolean;
  /** Its program was taken from the device. */
  aborted: boolean;
}

/**
 * The rules for events without randomisation, written the slow way: at every second, of all events that the clock says are on
 * and nothing has stopped, each mode goes to the best, and who does not get it never has it again.
 * Returns, for each second, what each mode's event is.
 */
export function slowly(script: Script, end: Seconds): Record<string, string>[] {
  const all = new Map<string, Believed>();
  const isOn = ({ event: e, seen, stopped }: Believed, now: Seconds) =>
    !stopped && now >= Math.max(e.start, seen) && now < e.start + Math.max(1, e.durationS);
  const look = (now: Seconds): Record<string, string> => {
    const on = [...all.values()].filter(each => isOn(each, now));
    const holders: Record<string, string> = {};
    for (const mode of new Set(on.flatMap(({ modes }) => [...modes]))) {
      const claims = on.filter(({ modes }) => modes.has(mode));
      const best = claims.reduce((a, b) => (beats(b, a) ? b : a));
      for (const claim of claims) if (claim !== best) claim.modes.delete(mode);
      holders[mode] = best.event.mrid;
    }
    return holders;
  };
  const hear = (programs: readonly FollowedProgram[], now: Seconds) => {
    for (const { key, controls = [] } of programs)
      for (const e of controls) {
        const over = now >= e.start + Math.max(1, e.durationS);
        const before = all.get(e.mrid);
        // Back in its program while it is on: as if it had never been heard of.
        const known = (before?.aborted && !over && e.status < 2 ? undefined : before) ?? {
          event: e,
          program: key,
          seen: now,
          primacy: 0,
          stopped: over,
          aborted: false,
          modes: new Set(Object.keys(e.modes)),
        };
        if (e.status === 2) known.stopped = true;
        all.set(e.mrid, known);
      }
    for (const each of all.values()) {
      const mine = programs.find(({ key }) => key === each.program);
      each.primacy = mine?.primacy ?? 0;
      if (!mine && !each.stopped) [each.stopped, each.aborted] = [true, each.modes.size > 0];
    }
  };
  const seconds: Record<string, string>[] = [];
  for (let now = script[0]?.[0] ?? 0; now < end; now++) {
    let holders = look(now);
    for (const [at, programs] of script)
      if (at === now) {
        hear(programs, now);
        holders = look(now);
      }
    seconds.push(holders);
  }
  return seconds;
}
