/**
 * The controls an operator issued for a program, as facts with supersession worked out. Every write to them writes the
 * program's ledger too (`~controls/:derp`), so one small read tells whether what was worked out before still holds.
 */
import { type Seconds } from '../base/clock';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Doc, type NewDoc, type Store } from '../store/api';
import { withSupersession } from '../services/supersession';
import { leavesAt, scheduledEnd } from '../services/timeline';
import { eventOf, factsOf, type IssuedControl, type StoredControl } from './stored-control';

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
  let size = 0;
  const kept = new Map<string, { version: number; controls: readonly IssuedControl[] }>();
  const keep = (derp: string, version: number, controls: readonly IssuedControl[]) => {
    size += controls.length + 1 - ((kept.get(derp)?.controls.length ?? -1) + 1);
    kept.delete(derp); // so that it stands last
    kept.set(derp, { version, controls });
    for (const [oldest, gone] of kept) {
      if (size <= most) break;
      kept.delete(oldest);
      size -= gone.controls.length + 1;
    }
  };
  const versionOf = async (store: Store, derp: string) => (await store.get(ledgerHref(derp)))?.version ?? 0;
  return {
    async ofProgram(store, derp) {
      for (;;) {
        const version = await versionOf(store, derp);
        const known = kept.get(derp);
        if (known?.version === version) return known.controls;
        const controls = await readIssued(store, derp);
        if ((await versionOf(store, derp)) !== version) continue; // written to while its pages were read
        keep(derp, version, controls);
        return controls;
      }
    },
  };
}

export async function readIssued(store: Store, derp: string): Promise<IssuedControl[]> {
  const docs = await wholeListOf<StoredControl>(store, href(model.der.controls, { derp }));
  const facts = withSupersession(docs.map(({ body }) => eventOf(body)));
  return docs.map(({ body: stored, sortKey: key }, i) => ({ stored, key, facts: facts[i] ?? factsOf(stored) }));
}

/** Controls to lay aside: gone from every list, and older than nothing that still stands and was superseded by them. */
export function spent(controls: readonly IssuedControl[], now: Seconds): IssuedControl[] {
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
