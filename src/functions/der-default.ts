import { type DERControlBase } from '../model/der';
import { model } from '../model';
import { href } from '../model/href';
import { type Behaviour } from './behaviour';
import { programOf, setMaxW } from './der-control';
import { firmDefault } from './firm';
import { limitsBase } from './limits';
import { type StoredDefault } from './provision';

/** DefaultDERControl carries the firm limits: what holds whenever no envelope does. */
const defaultControl: Behaviour = {
  resource: model.der.defaultControl,
  item: async (ctx, { derp = '' }) => {
    const doc = await ctx.store.get<StoredDefault>(href(model.der.defaultControl, { derp }));
    if (!doc) return undefined;
    const { mRID, description, base, settings } = doc.body;
    const program = await programOf(ctx, derp);
    const site = program?.envelopeOf;
    const firm = site === undefined ? doc.body : await firmDefault(ctx.store, site, doc.body, ctx.nowUntil.bind(ctx));
    const { importW, exportW, version } = firm;
    const maxW = program?.envelopeOf !== undefined ? await setMaxW(ctx, program.envelopeOf) : 0;
    const limits = limitsBase(
      { ...(importW !== undefined && { importW }), ...(exportW !== undefined && { exportW }) },
      ctx.scope.dialect,
      maxW,
    );
    return {
      href: doc.href,
      mRID,
      description,
      version,
      DERControlBase: { ...(base as DERControlBase | undefined), ...limits },
      ...settings,
    };
  },
};

const curves: Behaviour = { resource: model.der.curves };
const curve: Behaviour = { resource: model.der.curve };

export const defaultBehaviours = [defaultControl, curves, curve];
