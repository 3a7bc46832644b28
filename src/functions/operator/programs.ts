/** Programs beside the envelopes: for emergency orders, price responses and conformance fixtures. */
import { type Ids, mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { type DERControlBase, type DERCurve } from '../../model/der';
import { type NewDoc, type Plan } from '../../store/api';
import { apply } from '../behaviour';
import { docOf, wireText, type StoredDefault, type StoredFsa, type StoredProgram } from '../provision';
import { type StoredControl } from '../stored-control';
import { noSite, type OperatorDeps } from './sites';

export interface ProgramDeps extends OperatorDeps {
  readonly ids: Ids;
}

export interface NewProgram {
  readonly description: string;
  /** 0 … 255, lower is stronger. */
  readonly primacy: number;
  /** Sites (`:edev`) it is assigned to. */
  readonly sites: readonly string[];
}

/** Ids that fit a path of 51 characters: sixteen hex digits of a name-based mRID. */
const idOf = (mrid: string): string => `p${mrid.slice(0, 12)}`;

/** Makes a program and assigns it to sites: it joins the first FunctionSetAssignments of each, in one commit. */
export async function addProgram(
  { store, clock, pen, ids }: ProgramDeps,
  { description, primacy, sites }: NewProgram,
): Promise<{ derp: string; mRID: string }> {
  if (!Number.isInteger(primacy) || primacy < 0 || primacy > 255)
    throw new Problem('BAD_VALUE', { at: 'primacy', want: 'a whole number from 0 to 255', got: primacy });
  const mRID = mridOf(`program/${ids.next()}`, pen);
  const derp = idOf(mRID);
  await apply(store, async () => {
    const now = clock.now();
    const program: StoredProgram = { mRID, description: wireText(description), version: 0, primacy };
    const responses = { mRID: mridOf(`responses/${derp}`, pen), description: wireText(description), version: 0 };
    const put: NewDoc[] = [
      docOf(model.der.program, { derp }, program, now),
      docOf(model.response.set, { rsps: derp }, responses, now),
    ];
    const expect: Record<string, number> = {};
    for (const edev of sites) {
      const at = href(model.fsa.assignments, { edev, fsa: '1' });
      const fsa = await store.get<StoredFsa>(at);
      if (!fsa) throw noSite(edev);
      expect[at] = fsa.version;
      const programs = [...fsa.body.programs, derp];
      put.push(
        docOf(
          model.fsa.assignments,
          { edev, fsa: '1' },
          { ...fsa.body, version: fsa.body.version + 1, programs },
          now,
          programs.map(key => ({ index: 'program', key })),
        ),
      );
    }
    return { status: 201, plan: { expect, put } };
  });
  return { derp, mRID };
}

async function operated({ store }: OperatorDeps, derp: string): Promise<StoredProgram> {
  const program = await store.get<StoredProgram>(href(model.der.program, { derp }));
  if (!program) throw new Problem('NO_SUCH', { at: `program ${derp}`, note: 'no such program' });
  return program.body;
}

export interface NewControl {
  readonly description?: string;
  readonly start: number;
  readonly durationS: number;
  readonly base: DERControlBase;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  /** HexBinary8, `03` unless given: received, started, completed … */
  readonly responseRequired?: string;
}

/** Issues a control. Envelope programs take none: their controls come from publications alone. */
export async function addControl(deps: ProgramDeps, derp: string, control: NewControl): Promise<StoredControl> {
  const { store, clock, pen, ids } = deps;
  const program = await operated(deps, derp);
  if (program.envelopeOf !== undefined)
    throw new Problem('BAD_VALUE', {
      at: `program ${derp}`,
      note: 'the controls of an envelope program are published by the engine; make a program of your own',
    });
  if (!Number.isInteger(control.start))
    throw new Problem('BAD_VALUE', { at: 'start', want: 'whole seconds since 1970', got: control.start });
  if (!Number.isInteger(control.durationS) || control.durationS < 1)
    throw new Problem('BAD_VALUE', { at: 'durationS', want: 'whole seconds, 1 or more', got: control.durationS });
  for (const field of ['randomizeStart', 'randomizeDuration'] as const) {
    const shift = control[field];
    if (shift !== undefined && !(Number.isInteger(shift) && Math.abs(shift) <= 3600))
      throw new Problem('BAD_VALUE', { at: field, want: 'whole seconds from -3600 to 3600', got: shift });
  }
  const mRID = mridOf(`control/${ids.next()}`, pen);
  const now = clock.now();
  const stored: StoredControl = {
    mRID,
    version: 0,
    creationTime: now,
    interval: { duration: control.durationS, start: control.start },
    base: control.base,
    responseRequired: control.responseRequired ?? '03',
    ...(control.description !== undefined && { description: wireText(control.description) }),
    ...(control.randomizeStart !== undefined && { randomizeStart: control.randomizeStart }),
    ...(control.randomizeDuration !== undefined && { randomizeDuration: control.randomizeDuration }),
  };
  await apply(store, async () => ({
    status: 201,
    plan: { expect: { [controlHref(derp, mRID)]: 0 }, put: [controlDoc(derp, stored, now)] },
  }));
  return stored;
}

const controlHref = (derp: string, mRID: string): string => href(model.der.control, { derp, derc: mRID });

function controlDoc(derp: string, stored: StoredControl, now: number): NewDoc {
  return docOf(model.der.control, { derp, derc: stored.mRID }, stored, now, [
    { index: 'mrid', key: stored.mRID, unique: true },
  ]);
}

/** Cancels a control: it stays readable with status 2, or 3 where devices are to spread the end (protocol facts 4.4). */
export async function cancelControl({ store, clock }: OperatorDeps, mRID: string, randomized = false): Promise<void> {
  await apply(store, async () => {
    const [doc] = await store.find<StoredControl>('mrid', mRID.toUpperCase());
    if (!doc) throw new Problem('NO_SUCH', { at: `control ${mRID}`, note: 'no such control' });
    if (doc.body.cancelledAt !== undefined) return { status: 204, plan: {} };
    const derp = doc.href.split('/')[2] ?? '';
    const now = clock.now();
    const body: StoredControl = {
      ...doc.body,
      version: doc.body.version + 1,
      cancelledAt: now,
      cancelRandomized: randomized,
    };
    return { status: 204, plan: { expect: { [doc.href]: doc.version }, put: [controlDoc(derp, body, now)] } };
  });
}

/** Sets or replaces the DefaultDERControl of a program. */
export async function setDefault(deps: ProgramDeps, derp: string, base: DERControlBase): Promise<void> {
  const { store, clock, pen } = deps;
  await operated(deps, derp);
  const at = href(model.der.defaultControl, { derp });
  await apply(store, async () => {
    const old = await store.get<StoredDefault>(at);
    const body: StoredDefault = {
      mRID: mridOf(`default/${derp}`, pen),
      description: 'Default',
      version: old ? old.body.version + 1 : 0,
      base,
    };
    return {
      status: 204,
      plan: {
        expect: { [at]: old?.version ?? 0 },
        put: [docOf(model.der.defaultControl, { derp }, body, clock.now())],
      },
    };
  });
}

/** Adds a curve to a program. */
export async function addCurve(
  deps: ProgramDeps,
  derp: string,
  curve: Omit<DERCurve, 'href' | 'mRID' | 'creationTime'>,
): Promise<{ href: string }> {
  const { store, clock, pen, ids } = deps;
  await operated(deps, derp);
  const mRID = mridOf(`curve/${ids.next()}`, pen);
  const at = href(model.der.curve, { derp, dc: idOf(mRID) });
  const plan: Plan = {
    expect: { [at]: 0 },
    put: [docOf(model.der.curve, { derp, dc: idOf(mRID) }, { ...curve, mRID, creationTime: clock.now() }, clock.now())],
  };
  await apply(store, async () => ({ status: 201, plan }));
  return { href: at };
}
