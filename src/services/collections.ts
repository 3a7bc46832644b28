/**
 * Variable envelopes are published as a collection: all sites in one commit at an agreed time of the day, in effect from another agreed time
 * until the next collection takes over (envelopes reference 1.1: the 72-hour schedule).
 */
import { type Seconds } from '../base/clock';
import { localTime, offsetS } from '../base/local-time';
import { type Doc, type NewDoc } from '../store/api';

export interface VariableTimes {
  readonly timeZone: string;
  /** Seconds of the local day at which a collection is published, and at which it takes effect. */
  readonly publishAtS: number;
  readonly effectiveAtS: number;
  /** How far it reaches from when it takes effect. */
  readonly horizonS: Seconds;
}

export interface Collection {
  readonly number: number;
  readonly publishedAt: Seconds;
  readonly effectiveAt: Seconds;
  readonly until: Seconds;
  readonly sites: number;
  readonly controls: number;
  readonly engine: string;
  readonly inputsHash: string;
}

export const collectionsList = '~collection';
export const collectionHead = '~collections';

/** The first moment after `after` at which local clocks show that second of the day; one that a change of the clocks leaves out comes as it ends. */
export function nextLocal(timeZone: string, dayS: number, after: Seconds): Seconds {
  const { year, month, day } = localTime(timeZone, after);
  for (let days = 0; ; days++) {
    const asUtc = Date.UTC(year, month - 1, day + days) / 1000 + dayS;
    const guess = asUtc - offsetS(timeZone, asUtc);
    const moment = asUtc - offsetS(timeZone, guess);
    if (moment > after) return moment;
  }
}

/** The collection that is due at `now`; undefined while the last one is still to be the last. The first takes effect at once. */
export function dueCollection(
  last: Pick<Collection, 'publishedAt' | 'number'> | undefined,
  times: VariableTimes,
  now: Seconds,
): Pick<Collection, 'number' | 'effectiveAt' | 'until'> | undefined {
  if (last && now < nextLocal(times.timeZone, times.publishAtS, last.publishedAt)) return undefined;
  const effectiveAt = last ? nextLocal(times.timeZone, times.effectiveAtS, now - 1) : now;
  return { number: (last?.number ?? 0) + 1, effectiveAt, until: effectiveAt + times.horizonS };
}

export function collectionDocs(collection: Collection): NewDoc[] {
  const common = { changed: collection.publishedAt, kind: collectionsList, body: collection };
  const key = String(collection.number).padStart(10, '0');
  return [
    { href: `${collectionsList}/${collection.number}`, list: collectionsList, sortKey: key, ...common },
    { href: collectionHead, list: '', sortKey: '', ...common },
  ];
}

export type CollectionHead = Doc<Collection>;
