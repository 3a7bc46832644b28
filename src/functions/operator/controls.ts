/** What an operator does with controls: issue, change, cancel. They are immutable but for their cancellation (protocol facts 4.1). */
import { mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { type DERControlBase, type DERCurve } from '../../model/der';
import { type Doc, type NewDoc, type Plan, type Store } from '../../store/api';
import { eventStatus, earliestStart, scheduledEnd, statusAt } from '../../services/timeline';
import { apply } from '../behaviour';
import {
  ledgerDoc,
  ledgerHref,
  noneIssued,
  orderedMrid,
  pastList,
  readIssued,
  spent,
  type ControlLedger,
} from '../issued-controls';
import { modesOf } from '../modes';
import { docOf, wireText } from '../provision';
import { factsOf, type StoredControl } from '../stored-control';
import { checkEventBase, type CurveAt } from './control-rules';
import { inTurn } from './in-turn';
import { programAt, type ProgramDeps } from './program-at';
import { type OperatorDeps } from './sites';

export interface NewControl {
  readonly description?: string;
  readonly start: number;
  readonly durationS: number;
  readonly base: DERControlBase;
  /** Seconds, -3600 … 3600. */
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  /** HexBinary32: the kinds of device it is for; all when absent. */
  readonly deviceCategory?: string;
  /** HexBinary8, `03` unless given: received, started, completed … */
  readonly responseRequired?: string;
}

/** Issues a control. Envelope programs take none: their controls come from publications alone. */
export async function addControl(deps: ProgramDeps, derp: string, control: NewControl): Promise<StoredControl> {
  const [made] = await addControls(deps, derp, [control]);
  if (!made) throw new Problem('BUG', { at: 'addControl' });
  return made;
}

/** Issues several, all or none. Of those of one second a later one has the higher mRID, and so wins. */
export async function addControls(
  deps: ProgramDeps,
  derp: string,
  controls: readonly NewControl[],
): Promise<StoredControl[]> {
  return change(deps, derp, async ledger => {
    await checkControls(deps, derp, controls);
    return issue(deps, ledger, controls);
  });
}

interface Issuing {
  readonly ledger: ControlLedger;
  readonly made: readonly StoredControl[];
  readonly put?: readonly StoredControl[];
  readonly expect?: Plan['expect'];
}

/** Decides on what the program's ledger says, and writes it with the controls; done again when another was quicker. */
function change(
  { store, clock }: OperatorDeps,
  derp: string,
  decide: (ledger: ControlLedger) => Promise<Issuing>,
): Promise<StoredControl[]> {
  return inTurn(store, derp, async () => {
    let done: readonly StoredControl[] = [];
    await apply(store, async () => {
      const at = ledgerHref(derp);
      const old = await store.get<ControlLedger>(at);
      const before = old?.body ?? noneIssued;
      const { ledger, made, put = [], expect } = await decide(before);
      done = made;
      const now = clock.now();
      const written = [...made, ...put].map(each => controlDoc(derp, each, now));
      return {
        status: 201,
        plan: {
          expect: {
            [at]: old?.version ?? 0,
            ...Object.fromEntries(made.map(m => [controlHref(derp, m.mRID), 0])),
            ...expect,
          },
          put: [ledgerDoc(derp, ledger, now), ...written, ...(await aside(store, derp, before, ledger, now, put))],
        },
      };
    });
    return [...done];
  });
}

/** Every so many issues, what is long over is laid aside, so that lists stay as long as what stands in them. */
const sweepEvery = 64;
const mostSwept = 500;

async function aside(
  store: Store,
  derp: string,
  before: ControlLedger,
  after: ControlLedger,
  now: number,
  written: readonly StoredControl[],
): Promise<NewDoc[]> {
  if (Math.floor(before.issued / sweepEvery) === Math.floor(after.issued / sweepEvery)) return [];
  const controls = await readIssued(store, derp);
  const put = new Set(written.map(({ mRID }) => mRID));
  return spent(controls, now)
    .filter(({ stored }) => !put.has(stored.mRID))
    .slice(0, mostSwept)
    .map(({ stored, facts: { supersededAt } }) => ({
      ...controlDoc(derp, { ...stored, ...(supersededAt !== undefined && { supersededAt }) }, now),
      list: pastList(derp),
    }));
}

const issue = (
  { clock, ids, pen }: ProgramDeps,
  ledger: ControlLedger,
  controls: readonly NewControl[],
): Pick<Issuing, 'ledger' | 'made'> => {
  const now = clock.now();
  const first = ledger.at === now ? ledger.inSecond : 0;
  const made = controls.map((control, i): StoredControl => {
    const { description, start, durationS, base, randomizeStart, randomizeDuration, deviceCategory } = control;
    return {
      mRID: orderedMrid(now, first + i, mridOf(`control/${ids.next()}`, pen)),
      creationTime: now,
      interval: { duration: durationS, start },
      base,
      responseRequired: control.responseRequired ?? '03',
      ...(description !== undefined && { description: wireText(description) }),
      ...(randomizeStart !== undefined && { randomizeStart }),
      ...(randomizeDuration !== undefined && { randomizeDuration }),
      ...(deviceCategory !== undefined && { deviceCategory }),
    };
  });
  return {
    ledger: { at: now, inSecond: first + made.length, issued: ledger.issued + made.length },
    made,
  };
};

async function checkControls(deps: OperatorDeps, derp: string, controls: readonly NewControl[]): Promise<void> {
  const program = await programAt(deps, derp);
  if (program.envelopeOf !== undefined)
    throw new Problem('BAD_VALUE', {
      at: `program ${derp}`,
      note: 'the controls of an envelope program are published by the engine; make a program of your own',
    });
  const curveAt = await curvesFor(
    deps.store,
    derp,
    controls.map(({ base }) => base),
  );
  for (const control of controls) {
    checkTimes(control, deps.clock.now());
    checkEventBase(control.base, curveAt);
  }
}

function checkTimes(control: NewControl, now: number): void {
  const fail = (at: string, want: string, got: unknown) => {
    throw new Problem('BAD_VALUE', { at, want, got });
  };
  const { start, durationS, deviceCategory, responseRequired } = control;
  if (!Number.isInteger(start)) fail('start', 'whole seconds since 1970', start);
  if (!Number.isInteger(durationS) || durationS < 1) fail('durationS', 'whole seconds, 1 or more', durationS);
  if (start + durationS <= now)
    fail('start', `an interval that ends after now, ${now}`, `its end ${start + durationS}`);
  for (const field of ['randomizeStart', 'randomizeDuration'] as const) {
    const shift = control[field];
    if (shift !== undefined && !(Number.isInteger(shift) && Math.abs(shift) <= 3600))
      fail(field, 'whole seconds from -3600 to 3600', shift);
  }
  if (deviceCategory !== undefined && !/^([0-9A-F]{2}){1,4}$/.test(deviceCategory))
    fail('deviceCategory', 'two to eight upper-case hex digits', deviceCategory);
  if (responseRequired !== undefined && !/^[0-9A-F]{2}$/.test(responseRequired))
    fail('responseRequired', 'two upper-case hex digits', responseRequired);
}

/** The curves that bases link to, read beforehand. */
export async function curvesFor(store: Store, derp: string, bases: readonly DERControlBase[]): Promise<CurveAt> {
  const below = `${href(model.der.curves, { derp })}/`;
  const links = bases.flatMap(base => Object.values(base).map(value => (value as { href?: unknown } | null)?.href));
  const here = links.filter((link): link is string => typeof link === 'string' && link.startsWith(below));
  const docs = await store.many<DERCurve>([...new Set(here)]);
  const found = new Map(docs.map(doc => [doc.href, doc.body]));
  return at => found.get(at);
}

/** A control by its mRID. @throws Problem NO_SUCH */
export async function issuedAt(store: Store, mRID: string): Promise<Doc<StoredControl> & { derp: string }> {
  const found = await store.find<StoredControl>('mrid', mRID.toUpperCase());
  const doc = found.find(({ kind }) => kind === model.der.control.name);
  if (!doc) throw new Problem('NO_SUCH', { at: `control ${mRID}`, note: 'no such control' });
  return { ...doc, derp: doc.href.split('/')[2] ?? '' };
}

/** Its facts, supersession included. */
export async function issuedFacts(store: Store, derp: string, control: StoredControl) {
  const issued = await readIssued(store, derp);
  return issued.find(({ stored }) => stored.mRID === control.mRID)?.facts ?? factsOf(control);
}

/** Cancels a control: it stays readable with status 2, or 3 where devices are to spread the end (protocol facts 4.4). */
export async function cancelControl(deps: OperatorDeps, mRID: string, randomized = false): Promise<void> {
  const { derp } = await issuedAt(deps.store, mRID);
  await change(deps, derp, async ledger => {
    const doc = await issuedAt(deps.store, mRID);
    if (doc.body.cancelledAt !== undefined) return { ledger, made: [] };
    await checkStands(deps, derp, doc.body);
    return {
      ledger,
      made: [],
      put: [{ ...doc.body, cancelledAt: deps.clock.now(), cancelRandomized: randomized }],
      expect: { [doc.href]: doc.version },
    };
  });
}

async function checkStands({ store, clock }: OperatorDeps, derp: string, control: StoredControl) {
  const facts = await issuedFacts(store, derp, control);
  const now = clock.now();
  const { currentStatus, dateTime } = statusAt(facts, now, 2023);
  if (currentStatus > eventStatus.active)
    throw new Problem('CONFLICT', {
      at: `control ${control.mRID}`,
      note: `it is over since ${dateTime}, with status ${currentStatus}`,
    });
  return { facts, now, active: currentStatus === eventStatus.active };
}

export type ControlChange = Partial<NewControl>;

/**
 * Puts another control in the place of one that stands, in one commit. Where the new one takes over every mode at once, it
 * supersedes the old one, and devices pass from one to the other; else the old one is cancelled.
 */
export async function changeControl(deps: ProgramDeps, mRID: string, changes: ControlChange): Promise<StoredControl> {
  const { derp } = await issuedAt(deps.store, mRID);
  const [made] = await change(deps, derp, async ledger => {
    const doc = await issuedAt(deps.store, mRID);
    const old = doc.body;
    if (old.cancelledAt !== undefined)
      throw new Problem('CONFLICT', { at: `control ${mRID}`, note: `it was cancelled at ${old.cancelledAt}` });
    const { active, now } = await checkStands(deps, derp, old);
    const next: NewControl = {
      start: old.interval.start,
      durationS: old.interval.duration,
      base: old.base,
      responseRequired: old.responseRequired,
      ...(old.description !== undefined && { description: old.description }),
      ...(old.randomizeStart !== undefined && { randomizeStart: old.randomizeStart }),
      ...(old.randomizeDuration !== undefined && { randomizeDuration: old.randomizeDuration }),
      ...(old.deviceCategory !== undefined && { deviceCategory: old.deviceCategory }),
      ...changes,
    };
    await checkControls(deps, derp, [next]);
    const { ledger: after, made: fresh } = issue(deps, ledger, [next]);
    const takesOver = active && fresh.every(each => replaces(each, old, now));
    return {
      ledger: after,
      made: fresh,
      expect: { [doc.href]: doc.version },
      put: takesOver ? [] : [{ ...old, cancelledAt: now, cancelRandomized: false }],
    };
  });
  if (!made) throw new Problem('BUG', { at: 'changeControl' });
  return made;
}

function replaces(next: StoredControl, old: StoredControl, now: number): boolean {
  const [after, before] = [factsOf(next), factsOf(old)];
  const named = modesOf(next.base);
  return (
    earliestStart(after) <= now &&
    after.start < scheduledEnd(before) &&
    scheduledEnd(after) > before.start &&
    next.deviceCategory === old.deviceCategory &&
    modesOf(old.base).every(mode => named.includes(mode))
  );
}

const controlHref = (derp: string, mRID: string): string => href(model.der.control, { derp, derc: mRID });

function controlDoc(derp: string, stored: StoredControl, now: number): NewDoc {
  return docOf(model.der.control, { derp, derc: stored.mRID }, stored, now, [
    { index: 'mrid', key: stored.mRID, unique: true },
  ]);
}
