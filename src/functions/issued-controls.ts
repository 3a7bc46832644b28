/**
 * The controls an operator issued for a program, as facts with supersession worked out. Every write to them writes the
 * program's ledger too (`~controls/:derp`), so one small read tells whether what was worked out before still holds.
 */
import { type Seconds } from '../base/clock';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Doc, type NewDoc, type Store } from '../store/api';
import { withSupersession } from '../services/supersession';
import { leavesAt, scheduledEnd, type EventFacts } from '../services/timeline';
import { eventOf, factsOf, type IssuedControl, type StoredControl } from './stored-control';
import { versionKept } from './version-kept';

/** What is written with every control: who writes second decides again, and mRIDs of one second are in order of issue. */
export interface ControlLedger {
  /** Second of the last issue, and how many were issued in it. */
  readonly at: Seconds;
  readonly inSecond: number;
  readonly issued: number;
}

export const noneIssued: ControlLedger = { at: 0, inSecond: 0, issued: 0 };

export const ledgerHref = (derp: string): Href => `~controls/${derp}`;
export const ledgerDoc = (derp: string, body: ControlLedger, now: Seconds): NewDoc => ({
  href: ledgerHref(derp),
  list: '',
  kind: '~controls',
  changed: now,
  sortKey: '',
  body,
});
/** Controls that are over and have no bearing on others are laid aside here: found by mRID, read no more with the rest. */
export const pastList = (derp: string): Href => `~past/${derp}`;

export interface IssuedControls {
  ofProgram(store: Store, derp: string): Promise<readonly IssuedControl[]>;
}

const pageSize = 500;

/** Every document of a list, however long. */
export async function wholeListOf<B>(store: Store, list: Href): Promise<Doc<B>[]> {
  const found: Doc<B>[] = [];
  for (;;) {
    const { docs } = await store.page<B>(list, { start: found.length, limit: pageSize });
    found.push(...docs);
    if (docs.length < pageSize) return found;
  }
}

/** Not more than `most` controls are kept; the programs read longest ago go first. */
export function issuedControls({ most = 200_000 } = {}): IssuedControls {
  const kept = versionKept<IssuedControl>(most);
  return { ofProgram: (store, derp) => kept.of(store, ledgerHref(derp), () => readIssued(store, derp)) };
}

export async function readIssued(store: Store, derp: string): Promise<IssuedControl[]> {
  const docs = await wholeListOf<StoredControl>(store, href(model.der.controls, { derp }));
  const facts = withSupersession(docs.map(({ body }) => eventOf(body)));
  return docs.map(({ body: stored, sortKey: key }, i) => ({ stored, key, facts: facts[i] ?? factsOf(stored) }));
}

/** Events to lay aside: gone from every list, and older than nothing that still stands and was superseded by them. */
export function spent<E extends { readonly facts: EventFacts }>(controls: readonly E[], now: Seconds): E[] {
  const standing = controls.filter(({ facts }) => leavesAt(facts, 2023) > now);
  return controls.filter(
    ({ facts }) =>
      leavesAt(facts, 2023) <= now &&
      !standing.some(
        ({ facts: other }) =>
          other.createdAt <= facts.createdAt && other.start < scheduledEnd(facts) && scheduledEnd(other) > facts.start,
      ),
  );
}

/**
 * Second of issue, place in that second, then what makes it unique, then the enterprise number: clients that break a tie of
 * creationTime by mRID take the one issued last.
 */
export function orderedMrid(now: number, place: number, unique: string): string {
  const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, '0').slice(-digits);
  return hex(now, 8) + hex(place, 6) + unique.slice(0, 10) + unique.slice(24);
}
