import { type FunctionSetAssignments } from '../model/fsa';
import { model } from '../model';
import { href } from '../model/href';
import { assignedDocs, assignedLinks, linkTo, roots, type Root } from './assigned';
import { type Behaviour, type Context } from './behaviour';
import { programView } from './der-program';
import { assignmentOf, assignmentsOf, groupsOf, type Assignment } from './groups';
import { pageOf } from './lists';
import { type StoredFsa, type StoredProgram } from './provision';
import { withLinks } from './stored';
import { itemOf } from './tree';

async function fsaView(ctx: Context, { href: at, fsa }: Assignment): Promise<FunctionSetAssignments> {
  const { programs, assigned = {}, group: _group, ...rest } = fsa;
  return {
    href: at,
    ...(await assignedLinks(ctx, { at, assigned })),
    ...(programs.length > 0 && { DERProgramListLink: { href: `${at}/derp`, all: programs.length } }),
    TimeLink: { href: href(model.time.time) },
    ...rest,
  };
}

const list: Behaviour = {
  resource: model.fsa.list,
  list: async (ctx, { edev = '' }, page) => {
    const found = await assignmentsOf(ctx.store, edev);
    const { items, all } = pageOf(
      found.map(each => ({ key: each.sortKey, item: each })),
      page,
    );
    return { all, items: await Promise.all(items.map(each => fsaView(ctx, each))) };
  },
};

async function assignmentAt(ctx: Context, params: Readonly<Record<string, string>>): Promise<Assignment | undefined> {
  const doc = await ctx.store.get<StoredFsa>(href(model.fsa.assignments, params));
  return doc && assignmentOf(groupsOf(ctx.store), doc);
}

const item: Behaviour = {
  resource: model.fsa.assignments,
  item: async (ctx, params) => {
    const found = await assignmentAt(ctx, params);
    return found && fsaView(ctx, found);
  },
};

/** The programs of one assignment, in the order of the standard. The programs themselves live at /derp and may be shared. */
const programs: Behaviour = {
  resource: model.fsa.programs,
  list: async (ctx, params, page) => {
    const found = await assignmentAt(ctx, params);
    const docs = await ctx.store.many<StoredProgram>(
      (found?.fsa.programs ?? []).map(derp => href(model.der.program, { derp })),
    );
    const entries = docs.map(doc => ({ key: doc.sortKey, item: doc })).sort((a, b) => (a.key < b.key ? -1 : 1));
    const { items, all } = pageOf(entries, page);
    return { all, items: await Promise.all(items.map(doc => programView(ctx, doc.body, doc.href))) };
  },
};

/** What else one assignment gives. The documents live below their own roots and may be shared. */
function givenBy(root: Root): Behaviour {
  const [, whole, resource] = linkTo[root];
  return {
    resource,
    list: async (ctx, params, page) => {
      const docs = await assignedDocs(ctx, whole, (await assignmentAt(ctx, params))?.fsa.assigned ?? {});
      const { items, all } = pageOf(
        docs.map(doc => ({ key: doc.sortKey, item: doc })),
        page,
      );
      return { all, items: await Promise.all(items.map(doc => withLinks(ctx, itemOf(whole), doc.body, doc.href))) };
    },
  };
}

export const fsaBehaviours = [list, item, programs, ...roots.map(givenBy)];
