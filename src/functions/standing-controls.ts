/** Issued controls in the form their lists show them, worked out once for each change. */
import { type Seconds } from '../base/clock';
import { model } from '../model';
import { type DERControl, type DERControlBase } from '../model/der';
import { dialects, type DialectId } from '../model/dialect';
import { href } from '../model/href';
import { isActive, isListed, nextChange, type Edition, type EventFacts } from '../services/timeline';
import { knownTo, modesOf } from './modes';
import { type IssuedControl, type StoredControl } from './stored-control';

/** A control of either kind with what its wire form needs. */
export interface Control {
  readonly derp: string;
  readonly mrid: string;
  /** Its place in its list, where that is known. */
  readonly key?: string;
  readonly facts: EventFacts;
  readonly creationTime: Seconds;
  readonly wire: () => Omit<DERControl, 'href' | 'EventStatus' | 'subscribable' | 'version'>;
}

/** Which rules the caller's edition has for events that are over. */
export const editionOf = (dialect: DialectId): Edition =>
  dialects[dialect].layers['2023'] === undefined ? 2018 : 2023;

export function storedWire(derp: string, stored: StoredControl, facts: EventFacts): Control {
  const {
    mRID,
    description,
    creationTime,
    interval,
    randomizeStart,
    randomizeDuration,
    base,
    deviceCategory,
    responseRequired,
  } = stored;
  return {
    derp,
    mrid: mRID,
    creationTime,
    facts,
    wire: () => ({
      ...(parseInt(responseRequired, 16) !== 0 && { replyTo: href(model.response.responses, { rsps: derp }) }),
      responseRequired,
      mRID,
      ...(description !== undefined && { description }),
      creationTime,
      interval,
      ...(randomizeDuration !== undefined && { randomizeDuration }),
      ...(randomizeStart !== undefined && { randomizeStart }),
      DERControlBase: base,
      ...(deviceCategory !== undefined && { deviceCategory }),
    }),
  };
}

/** Controls of a program that stand in its list from one change to the next, for one dialect. */
interface Standing {
  readonly from: Seconds;
  readonly until: Seconds | undefined;
  readonly controls: Control[];
  readonly active: Control[];
}

/** Kept as long as the facts are: a list of thousands is looked through once for each change and not for each page. */
const standings = new WeakMap<readonly IssuedControl[], Map<DialectId, Standing>>();

export function standingAt(derp: string, all: readonly IssuedControl[], now: Seconds, dialect: DialectId): Standing {
  const kept = standings.get(all) ?? new Map<DialectId, Standing>();
  standings.set(all, kept);
  const known = kept.get(dialect);
  if (known && known.from <= now && (known.until === undefined || now < known.until)) return known;
  const edition = editionOf(dialect);
  const controls = all
    .filter(({ stored, facts }) => isListed(facts, now, edition) && canBeTold(stored.base, dialect))
    .map(({ stored, facts, key }) => ({ ...storedWire(derp, stored, facts), key }));
  const standing: Standing = {
    from: now,
    until: soonest(
      all.map(({ facts }) => facts),
      now,
      edition,
    ),
    controls,
    active: controls.filter(({ facts }) => isActive(facts, now)),
  };
  kept.set(dialect, standing);
  return standing;
}

/** A control none of whose modes the client's edition knows would be an empty order: it is not shown there (docs/choices.md). */
export function canBeTold(base: DERControlBase, dialect: DialectId): boolean {
  const modes = modesOf(base);
  return modes.length === 0 || modes.some(mode => knownTo(mode, dialect));
}

/** When the first of these events changes state. */
export function soonest(events: readonly EventFacts[], now: Seconds, edition: Edition): Seconds | undefined {
  let first: Seconds | undefined;
  for (const event of events) {
    const next = nextChange(event, now, edition);
    if (next !== undefined && (first === undefined || next < first)) first = next;
  }
  return first;
}
