/** Curves of a program. One that a standing control links to does not change under it: events are immutable. */
import { mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { type DERControlBase, type DERCurve } from '../../model/der';
import { href, type Href } from '../../model/href';
import { leavesAt } from '../../services/timeline';
import { type Doc } from '../../store/api';
import { apply } from '../behaviour';
import { ledgerDoc, ledgerHref, noneIssued, readIssued, wholeListOf, type ControlLedger } from '../issued-controls';
import { docOf, type StoredDefault } from '../provision';
import { checkCurve, type NewCurve } from './curve-rules';
import { idOf, programAt, type ProgramDeps } from './program-at';
import { type OperatorDeps } from './sites';

export type { NewCurve } from './curve-rules';

/** Adds a curve to a program. */
export async function addCurve(deps: ProgramDeps, derp: string, curve: NewCurve): Promise<{ href: string }> {
  const { store, clock, pen, ids } = deps;
  await programAt(deps, derp);
  checkCurve(curve);
  const mRID = mridOf(`curve/${ids.next()}`, pen);
  const at = href(model.der.curve, { derp, dc: idOf(mRID) });
  const doc = docOf(
    model.der.curve,
    { derp, dc: idOf(mRID) },
    { ...curve, mRID, version: 0, creationTime: clock.now() },
    clock.now(),
  );
  await apply(store, async () => ({ status: 201, plan: { expect: { [at]: 0 }, put: [doc] } }));
  return { href: at };
}

export async function curvesOf(deps: OperatorDeps, derp: string): Promise<(DERCurve & { href: Href })[]> {
  await programAt(deps, derp);
  const docs = await wholeListOf<DERCurve>(deps.store, href(model.der.curves, { derp }));
  return docs.map(doc => ({ ...doc.body, href: doc.href }));
}

/** Replaces what a curve says; its mRID stays, its version counts on. */
export async function changeCurve(deps: OperatorDeps, derp: string, dc: string, curve: NewCurve): Promise<void> {
  checkCurve(curve);
  await apply(deps.store, async () => {
    const { doc, expect, fallback, ledger } = await unusedCurve(deps, derp, dc);
    if (fallback && curve.curveType !== doc.body.curveType)
      throw new Problem('BAD_VALUE', { at: 'curveType', want: doc.body.curveType, got: curve.curveType });
    const { mRID, version = 0, creationTime } = doc.body;
    const body = { ...curve, mRID, version: version + 1, creationTime };
    const put = [docOf(model.der.curve, { derp, dc }, body, deps.clock.now()), ...ledger];
    return { status: 204, plan: { expect, put } };
  });
}

export async function removeCurve(deps: OperatorDeps, derp: string, dc: string): Promise<void> {
  await apply(deps.store, async () => {
    const { doc, expect, fallback, ledger } = await unusedCurve(deps, derp, dc);
    if (fallback) throw inUse(doc.href, 'the default of its program');
    return { status: 204, plan: { expect, drop: [doc.href], put: ledger } };
  });
}

const inUse = (at: Href, by: string) => new Problem('CONFLICT', { at: `curve ${at}`, note: `${by} links to it` });

/** A curve no standing control links to; `fallback` where the default does. */
async function unusedCurve(deps: OperatorDeps, derp: string, dc: string) {
  const { store, clock } = deps;
  await programAt(deps, derp);
  const at = href(model.der.curve, { derp, dc });
  const ledger = await store.get<ControlLedger>(ledgerHref(derp));
  const fallbackAt = href(model.der.defaultControl, { derp });
  const [doc, fallback, issued] = await Promise.all([
    store.get<DERCurve>(at),
    store.get<StoredDefault>(fallbackAt),
    readIssued(store, derp),
  ]);
  if (!doc) throw new Problem('NO_SUCH', { at: `curve ${dc}`, note: `program ${derp} has no such curve` });
  const user = issued.find(({ stored, facts }) => leavesAt(facts) > clock.now() && linksTo(stored.base, at));
  if (user) throw inUse(at, `control ${user.stored.mRID}`);
  return {
    doc: doc satisfies Doc<DERCurve>,
    expect: { [at]: doc.version, [ledgerHref(derp)]: ledger?.version ?? 0, [fallbackAt]: fallback?.version ?? 0 },
    // Written along, so that a control issued meanwhile that links to it is decided on again.
    ledger: [ledgerDoc(derp, ledger?.body ?? noneIssued, clock.now())],
    fallback: linksTo(fallback?.body.base, at),
  };
}

const linksTo = (base: DERControlBase | undefined, at: Href): boolean =>
  Object.values(base ?? {}).some(value => (value as { href?: Href } | null)?.href === at);
