import { type FunctionSetAssignments } from '../model/fsa';
import { model } from '../model';
import { href } from '../model/href';
import { assignedLinks } from './assigned';
import { type Behaviour, type Context } from './behaviour';
import { programView } from './der-program';
import { pageOf } from './lists';
import { type StoredFsa, type StoredProgram } from './provision';

async function fsaView(ctx: Context, stored: StoredFsa, at: string): Promise<FunctionSetAssignments> {
  const { programs, assigned = {}, ...rest } = stored;
  return {
    href: at,
    ...(await assignedLinks(ctx, Object.keys(assigned))),
    ...(programs.length > 0 && { DERProgramListLink: { href: `${at}/derp`, all: programs.length } }),
    TimeLink: { href: href(model.time.time) },
    ...rest,
  };
}

const list: Behaviour = { resource: model.fsa.list, view: (ctx, body, at) => fsaView(ctx, body as StoredFsa, at) };
const item: Behaviour = {
  resource: model.fsa.assignments,
  view: (ctx, body, at) => fsaView(ctx, body as StoredFsa, at),
};

/** The programs of one assignment, in the order of the standard. The programs themselves live at /derp and may be shared. */
const programs: Behaviour = {
  resource: model.fsa.programs,
  list: async (ctx, params, page) => {
    const fsa = await ctx.store.get<StoredFsa>(href(model.fsa.assignments, params));
    const docs = await ctx.store.many<StoredProgram>(
      (fsa?.body.programs ?? []).map(derp => href(model.der.program, { derp })),
    );
    const entries = docs.map(doc => ({ key: doc.sortKey, item: doc })).sort((a, b) => (a.key < b.key ? -1 : 1));
    const { items, all } = pageOf(entries, page);
    return { all, items: await Promise.all(items.map(doc => programView(ctx, doc.body, doc.href))) };
  },
};

export const fsaBehaviours = [list, item, programs];
