import { type DERProgram } from '../model/der';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Behaviour, type Context } from './behaviour';
import { controlCounts } from './der-control';
import { pageOf } from './lists';
import { type StoredProgram } from './provision';

/** A program with its links; `all` of both control lists is what a GET at this moment would say. */
export async function programView(ctx: Context, stored: StoredProgram, at: Href): Promise<DERProgram> {
  const derp = at.slice(at.lastIndexOf('/') + 1);
  const params = { derp };
  const curves = href(model.der.curves, params);
  const fallback = href(model.der.defaultControl, params);
  const [{ all, active }, curveCount, hasDefault] = await Promise.all([
    controlCounts(ctx, derp, stored),
    ctx.store.count(curves),
    ctx.store.get(fallback),
  ]);
  return {
    href: at,
    mRID: stored.mRID,
    description: stored.description,
    version: stored.version,
    ActiveDERControlListLink: { href: href(model.der.activeControls, params), all: active },
    ...(hasDefault && { DefaultDERControlLink: { href: fallback } }),
    DERControlListLink: { href: href(model.der.controls, params), all },
    ...(curveCount > 0 && { DERCurveListLink: { href: curves, all: curveCount } }),
    primacy: stored.primacy,
  };
}

const list: Behaviour = {
  resource: model.der.programs,
  list: async (ctx, _params, page) => {
    const docs = await ctx.store.many<StoredProgram>(ctx.scope.programs.map(derp => href(model.der.program, { derp })));
    const entries = docs.map(doc => ({ key: doc.sortKey, item: doc })).sort((a, b) => (a.key < b.key ? -1 : 1));
    const { items, all } = pageOf(entries, page);
    return { all, items: await Promise.all(items.map(doc => programView(ctx, doc.body, doc.href))) };
  },
};

const item: Behaviour = {
  resource: model.der.program,
  view: (ctx, body, at) => programView(ctx, body as StoredProgram, at),
};

export const programBehaviours = [list, item];
