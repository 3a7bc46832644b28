/** DefaultDERControls: what holds whenever no event does. */
import { mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { type DERControlBase } from '../../model/der';
import { href } from '../../model/href';
import { apply } from '../behaviour';
import { ledgerHref } from '../issued-controls';
import { docOf, wireText, type StoredDefault } from '../provision';
import { checkBase, checkSettings, type DefaultSettings } from './control-rules';
import { curvesFor } from './controls';
import { programAt, type ProgramDeps } from './program-at';
import { type OperatorDeps } from './sites';

export interface DefaultMore {
  readonly description?: string;
  /** Ramps and enter-service settings. */
  readonly settings?: DefaultSettings;
}

/** Sets or replaces the DefaultDERControl of a program. Firm limits of an envelope program stay as the contract has them. */
export async function setDefault(
  deps: ProgramDeps,
  derp: string,
  base: DERControlBase,
  { description, settings = {} }: DefaultMore = {},
): Promise<void> {
  const { store, clock, pen } = deps;
  checkSettings(settings);
  const at = href(model.der.defaultControl, { derp });
  await apply(store, async () => {
    await programAt(deps, derp);
    const ledger = await store.get(ledgerHref(derp)); // written when a curve goes that it may link to
    checkBase(base, await curvesFor(store, derp, [base]));
    const old = await store.get<StoredDefault>(at);
    const body: StoredDefault = {
      mRID: old?.body.mRID ?? mridOf(`default/${derp}`, pen),
      description: description === undefined ? (old?.body.description ?? 'Default') : wireText(description),
      version: old ? old.body.version + 1 : 0,
      ...(old?.body.importW !== undefined && { importW: old.body.importW }),
      ...(old?.body.exportW !== undefined && { exportW: old.body.exportW }),
      base,
      settings,
    };
    return {
      status: 204,
      plan: {
        expect: { [at]: old?.version ?? 0, [ledgerHref(derp)]: ledger?.version ?? 0 },
        put: [docOf(model.der.defaultControl, { derp }, body, clock.now())],
      },
    };
  });
}

export async function defaultOf(deps: OperatorDeps, derp: string): Promise<StoredDefault> {
  await programAt(deps, derp);
  const doc = await deps.store.get<StoredDefault>(href(model.der.defaultControl, { derp }));
  if (!doc) throw new Problem('NO_SUCH', { at: `default of program ${derp}`, note: 'it has none' });
  return doc.body;
}

/** Takes the default away. An envelope program keeps its own: it is what a site may rely on. */
export async function removeDefault(deps: OperatorDeps, derp: string): Promise<void> {
  const at = href(model.der.defaultControl, { derp });
  await apply(deps.store, async () => {
    if ((await programAt(deps, derp)).envelopeOf !== undefined)
      throw new Problem('BAD_VALUE', { at: `program ${derp}`, note: 'the firm limits of a site are not taken away' });
    const old = await deps.store.get(at);
    return { status: 204, plan: { expect: { [at]: old?.version ?? 0 }, drop: [at] } };
  });
}
