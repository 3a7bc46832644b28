/** Programs beside the envelopes: for emergency orders, price responses and conformance fixtures. */
import { mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { type Plan, type Store } from '../../store/api';
import { leavesAt, statusAt, eventStatus } from '../../services/timeline';
import { apply } from '../behaviour';
import { groupHref, primacyOf, type StoredGroup } from '../groups';
import { ledgerHref, readIssued } from '../issued-controls';
import { docOf, wireText, type StoredFsa, type StoredProgram } from '../provision';
import { reassign, type AssignmentDraft } from './assignment-draft';
import { idOf, programAt, type ProgramDeps } from './program-at';
import { noSite, type OperatorDeps } from './sites';

export { addControl, addControls, cancelControl, changeControl, type NewControl } from './controls';
export { addCurve } from './curves';
export { setDefault } from './defaults';
export { type ProgramDeps } from './program-at';

export interface NewProgram {
  readonly description: string;
  /** 0 … 255, lower is stronger; where there is none, that of the level of the first group. */
  readonly primacy?: number;
  /** Sites (`:edev`) it is assigned to. */
  readonly sites: readonly string[];
  /** Ids of groups it is on. */
  readonly groups?: readonly string[];
}

function checkPrimacy(primacy: number): void {
  if (!Number.isInteger(primacy) || primacy < 0 || primacy > 255)
    throw new Problem('BAD_VALUE', { at: 'primacy', want: 'a whole number from 0 to 255', got: primacy });
}

/** Makes a program and assigns it: it joins the first FunctionSetAssignments of each site, in one commit. */
export async function addProgram(
  { ids, ...deps }: ProgramDeps,
  { description, primacy: asked, sites, groups = [] }: NewProgram,
): Promise<{ derp: string; mRID: string }> {
  const primacy = asked ?? (await primacyAt(deps.store, groups[0]));
  checkPrimacy(primacy);
  const mRID = mridOf(`program/${ids.next()}`, deps.pen);
  const derp = idOf(mRID);
  const make = (): Plan => {
    const now = deps.clock.now();
    const program: StoredProgram = { mRID, description: wireText(description), version: 0, primacy };
    const responses = { mRID: mridOf(`responses/${derp}`, deps.pen), description: wireText(description), version: 0 };
    const docs = [
      docOf(model.der.program, { derp }, program, now),
      docOf(model.response.set, { rsps: derp }, responses, now),
    ];
    return { expect: { [href(model.der.program, { derp })]: 0 }, put: docs };
  };
  if (sites.length + groups.length === 0) await apply(deps.store, async () => ({ status: 201, plan: make() }));
  else
    await reassign(deps, async draft => {
      for (const edev of new Set(sites)) await assignTo(draft, edev, derp);
      for (const id of new Set(groups)) await putOn(draft, id, derp);
      return make();
    });
  return { derp, mRID };
}

async function primacyAt(store: Store, id: string | undefined): Promise<number> {
  const group = id === undefined ? undefined : await store.get<StoredGroup>(groupHref(id));
  if (group?.body.level === undefined)
    throw new Problem('BAD_VALUE', { at: 'primacy', want: 'a whole number from 0 to 255', got: undefined });
  return primacyOf(group.body.level);
}

async function assignTo(draft: AssignmentDraft, edev: string, derp: string): Promise<void> {
  const fsa = (await draft.fsasOf(edev)).get('1');
  if (!fsa) throw noSite(edev);
  if (fsa.programs.includes(derp)) return;
  await draft.setFsa(edev, '1', { ...fsa, version: fsa.version + 1, programs: [...fsa.programs, derp] });
}

async function putOn(draft: AssignmentDraft, id: string, derp: string): Promise<void> {
  const group = await draft.groupAt(id);
  if (!group) throw new Problem('NO_SUCH', { at: `group ${id}`, note: 'no such group' });
  if (group.programs.includes(derp)) return;
  draft.putGroup({ ...group, version: group.version + 1, programs: [...group.programs, derp] });
}

export interface Places {
  readonly groups: readonly string[];
  /** Sites that have it in the assignment of the network itself. */
  readonly sites: readonly string[];
}

/** Where a program is: on which groups, and in the assignments of which sites by themselves. */
export async function placesOf(store: Store, derp: string): Promise<Places> {
  const docs = await store.find<StoredFsa | StoredGroup>('program', derp);
  return {
    groups: docs.flatMap(({ href: at }) => (at.startsWith('~group/') ? [at.slice('~group/'.length)] : [])),
    sites: docs.flatMap(({ href: at }) => (at.startsWith('/edev/') ? [at.split('/')[2] ?? ''] : [])),
  };
}

/** Puts a program on these groups and sites and no others. Explicit assignments (setAssignments) stay as they are. */
export async function placeProgram(deps: OperatorDeps, derp: string, { groups, sites }: Places): Promise<void> {
  await reassign(deps, async draft => {
    await ownProgram(deps, derp);
    const before = await placesOf(deps.store, derp);
    for (const id of before.groups) if (!groups.includes(id)) await takeOff(draft, id, derp);
    for (const edev of new Set(before.sites)) if (!sites.includes(edev)) await takeFrom(draft, edev, derp, ['1']);
    for (const id of new Set(groups)) await putOn(draft, id, derp);
    for (const edev of new Set(sites)) await assignTo(draft, edev, derp);
  });
}

async function takeOff(draft: AssignmentDraft, id: string, derp: string): Promise<void> {
  const group = await draft.groupAt(id);
  if (!group) return;
  draft.putGroup({ ...group, version: group.version + 1, programs: group.programs.filter(each => each !== derp) });
}

async function takeFrom(draft: AssignmentDraft, edev: string, derp: string, only?: readonly string[]): Promise<void> {
  for (const [name, fsa] of [...(await draft.fsasOf(edev))])
    if (fsa.programs.includes(derp) && (only?.includes(name) ?? true))
      await draft.setFsa(edev, name, {
        ...fsa,
        version: fsa.version + 1,
        programs: fsa.programs.filter(each => each !== derp),
      });
}

async function ownProgram(deps: OperatorDeps, derp: string): Promise<StoredProgram> {
  const program = await programAt(deps, derp);
  if (program.envelopeOf !== undefined)
    throw new Problem('BAD_VALUE', {
      at: `program ${derp}`,
      note: 'the envelope program of a site goes with its site',
    });
  return program;
}

export interface ProgramChange {
  readonly description?: string;
  readonly primacy?: number;
}

/** Changes primacies or descriptions, of several programs in one commit: what is swapped is never equal (MAINT-005). */
export async function changePrograms(
  { store, clock }: OperatorDeps,
  changes: Readonly<Record<string, ProgramChange>>,
): Promise<void> {
  await apply(store, async () => {
    const now = clock.now();
    const expect: Record<string, number> = {};
    const put = [];
    for (const [derp, { description, primacy }] of Object.entries(changes)) {
      const at = href(model.der.program, { derp });
      const old = await store.get<StoredProgram>(at);
      if (!old) throw new Problem('NO_SUCH', { at: `program ${derp}`, note: 'no such program' });
      if (primacy !== undefined) checkPrimacy(primacy);
      expect[at] = old.version;
      const body: StoredProgram = {
        ...old.body,
        version: old.body.version + 1,
        ...(description !== undefined && { description: wireText(description) }),
        ...(primacy !== undefined && { primacy }),
      };
      put.push(docOf(model.der.program, { derp }, body, now));
    }
    return { status: 204, plan: { expect, put } };
  });
}

/** Removes a program none of whose controls is scheduled or active. Responses to them are kept as what they are, evidence. */
export async function removeProgram(deps: OperatorDeps, derp: string): Promise<void> {
  const { store, clock } = deps;
  await reassign(deps, async draft => {
    await ownProgram(deps, derp);
    const ledger = await store.get(ledgerHref(derp));
    const now = clock.now();
    const standing = (await readIssued(store, derp)).find(
      ({ facts }) => leavesAt(facts) > now && statusAt(facts, now).currentStatus <= eventStatus.active,
    );
    if (standing)
      throw new Problem('CONFLICT', {
        at: `program ${derp}`,
        note: `control ${standing.stored.mRID} still stands; cancel it first`,
      });
    const { groups, sites } = await placesOf(store, derp);
    for (const id of groups) await takeOff(draft, id, derp);
    for (const edev of new Set(sites)) await takeFrom(draft, edev, derp);
    return {
      expect: { [ledgerHref(derp)]: ledger?.version ?? 0 },
      dropTree: [href(model.der.program, { derp })],
      drop: [ledgerHref(derp), href(model.response.set, { rsps: derp })],
    };
  });
}
