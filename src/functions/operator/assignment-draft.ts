/**
 * Changes to groups and assignments, gathered before anything is written and judged as a whole: every device they reach must
 * stay within its bounds and reach each program by one way only. All such changes go through one ledger, so that they
 * come one after another even from two processes; devices never read that ledger.
 */
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { type NewDoc, type Plan, type Store } from '../../store/api';
import { apply } from '../behaviour';
import {
  groupDoc,
  groupHref,
  groupKey,
  mostAssigned,
  mostAssignments,
  mostPrograms,
  pathOf,
  withGroup,
  type StoredGroup,
} from '../groups';
import { fsaDoc, type StoredFsa } from '../provision';
import { siteHref } from '../site';
import { inTurn } from './in-turn';
import { type OperatorDeps } from './sites';

const ledger = '~assignments';

export class AssignmentDraft {
  private readonly groups = new Map<string, StoredGroup | undefined>();
  private readonly fsas = new Map<string, Map<string, StoredFsa>>();
  private readonly changedGroups = new Set<string>();
  private readonly changedFsas = new Map<string, Set<string>>();
  private readonly versions: Record<string, number> = {};

  constructor(private readonly store: Store) {}

  readonly groupAt = async (id: string): Promise<StoredGroup | undefined> => {
    if (!this.groups.has(id)) {
      const doc = await this.store.get<StoredGroup>(groupHref(id));
      this.versions[groupHref(id)] = doc?.version ?? 0;
      this.groups.set(id, doc?.body);
    }
    return this.groups.get(id);
  };

  /** Assignments of a device by the last segment of their path. */
  async fsasOf(edev: string): Promise<ReadonlyMap<string, StoredFsa>> {
    let known = this.fsas.get(edev);
    if (!known) {
      const { docs } = await this.store.page<StoredFsa>(href(model.fsa.list, { edev }), { start: 0, limit: 100 });
      for (const doc of docs) this.versions[doc.href] = doc.version;
      known = new Map(docs.map(doc => [doc.href.slice(doc.href.lastIndexOf('/') + 1), doc.body]));
      this.fsas.set(edev, known);
    }
    return known;
  }

  putGroup(group: StoredGroup): void {
    this.groups.set(group.id, group);
    this.changedGroups.add(group.id);
  }

  dropGroup(id: string): void {
    this.groups.set(id, undefined);
    this.changedGroups.add(id);
  }

  /** Writes an assignment, or takes it away. */
  async setFsa(edev: string, fsa: string, body: StoredFsa | undefined): Promise<void> {
    await this.fsasOf(edev);
    if (body) this.fsas.get(edev)?.set(fsa, body);
    else this.fsas.get(edev)?.delete(fsa);
    const changed = this.changedFsas.get(edev) ?? new Set<string>();
    this.changedFsas.set(edev, changed.add(fsa));
    const site = await this.store.get(siteHref(edev));
    this.versions[siteHref(edev)] = site?.version ?? 0; // a site that is removed meanwhile gets nothing any more
  }

  /** Sum of what a group and the nodes above it add to versions. */
  async versionAt(id: string | undefined): Promise<number> {
    if (id === undefined) return 0;
    return (await pathOf(this.groupAt, id)).reduce((sum, group) => sum + group.version, 0);
  }

  async children(id: string): Promise<string[]> {
    const docs = await this.store.find<StoredGroup>('owner', groupKey.below(id));
    const ids = new Set([...docs.map(doc => doc.body.id), ...this.changedGroups]);
    const groups = await Promise.all([...ids].map(this.groupAt));
    return groups.flatMap(group => (group?.parent === id ? [group.id] : []));
  }

  /** Devices whose assignments name this group. */
  async members(id: string): Promise<string[]> {
    const docs = await this.store.find<StoredFsa>('owner', groupKey.members(id));
    const edevs = new Set([...docs.map(doc => doc.href.split('/')[2] ?? ''), ...this.changedFsas.keys()]);
    const found: string[] = [];
    for (const edev of edevs)
      if ([...(await this.fsasOf(edev)).values()].some(({ group }) => group === id)) found.push(edev);
    return found;
  }

  /** Devices of which something may be different. */
  private async reached(): Promise<Set<string>> {
    const edevs = new Set(this.changedFsas.keys());
    const seen = new Set<string>();
    const below = [...this.changedGroups];
    for (let id = below.pop(); id !== undefined; id = below.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const edev of await this.members(id)) edevs.add(edev);
      below.push(...(await this.children(id)));
    }
    return edevs;
  }

  /** @throws Problem LIMIT or CONFLICT naming the device that would not bear it */
  async check(): Promise<void> {
    for (const edev of await this.reached()) {
      const fsas = [...(await this.fsasOf(edev)).values()];
      if (fsas.length > mostAssignments)
        throw new Problem('LIMIT', {
          at: `FunctionSetAssignments of site ${edev}`,
          want: `at most ${mostAssignments}`,
          got: fsas.length,
        });
      const way = new Map<string, string>();
      const given: Record<string, Set<string>> = {};
      for (const fsa of fsas) {
        const { programs, assigned = {} } = await withGroup(this.groupAt, fsa);
        for (const [root, ids] of Object.entries(assigned)) for (const id of ids) (given[root] ??= new Set()).add(id);
        for (const derp of programs) {
          const other = way.get(derp);
          if (other !== undefined)
            throw new Problem('CONFLICT', {
              at: `program ${derp}`,
              note: `site ${edev} would reach it by two ways: ${other} and ${fsa.description}`,
            });
          way.set(derp, fsa.description);
        }
      }
      for (const [root, { size }] of Object.entries(given))
        if (size > mostAssigned)
          throw new Problem('LIMIT', { at: `${root} of site ${edev}`, want: `at most ${mostAssigned}`, got: size });
      if (way.size > mostPrograms)
        throw new Problem('LIMIT', { at: `programs of site ${edev}`, want: `at most ${mostPrograms}`, got: way.size });
    }
  }

  plan(now: Seconds): Plan {
    const put: NewDoc[] = [];
    const drop: string[] = [];
    const expect: Record<string, number> = {};
    for (const id of this.changedGroups) {
      const group = this.groups.get(id);
      expect[groupHref(id)] = this.versions[groupHref(id)] ?? 0;
      if (group) put.push(groupDoc(group, now));
      else drop.push(groupHref(id));
    }
    for (const [edev, ids] of this.changedFsas) {
      expect[siteHref(edev)] = this.versions[siteHref(edev)] ?? 0;
      for (const fsa of ids) {
        const at = href(model.fsa.assignments, { edev, fsa });
        const body = this.fsas.get(edev)?.get(fsa);
        expect[at] = this.versions[at] ?? 0;
        if (body) put.push(fsaDoc({ edev, fsa }, body, now));
        else drop.push(at);
      }
    }
    return { expect, put, drop };
  }
}

/** Decides on a draft and commits it whole, with whatever else belongs to it; several come one after another. */
export function reassign(
  { store, clock }: OperatorDeps,
  decide: (draft: AssignmentDraft) => Promise<Plan | void>,
): Promise<void> {
  return inTurn(store, ledger, async () => {
    await apply(store, async () => {
      const before = await store.get<{ changes: number }>(ledger);
      const draft = new AssignmentDraft(store);
      const more = (await decide(draft)) ?? {};
      await draft.check();
      const now = clock.now();
      const mine = draft.plan(now);
      const body = { changes: (before?.body.changes ?? 0) + 1 };
      return {
        status: 204,
        plan: {
          ...more,
          expect: { [ledger]: before?.version ?? 0, ...mine.expect, ...more.expect },
          put: [
            { href: ledger, list: '', kind: ledger, changed: now, sortKey: '', body },
            ...(mine.put ?? []),
            ...(more.put ?? []),
          ],
          drop: [...(mine.drop ?? []), ...(more.drop ?? [])],
        },
      };
    });
  });
}
