import { z } from 'zod';
import { levels } from '../../functions/groups';
import { inForceAt } from '../../functions/operator/in-force';
import {
  addGroup,
  allGroups,
  assignmentsShown,
  findGroup,
  joinGroup,
  leaveGroup,
  membersOf,
  moveInTree,
  removeGroup,
  renameGroup,
  setAssignments,
  type Move,
} from '../../functions/operator/groups';
import { findSite } from '../../functions/operator/sites';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { route, type Route } from '../route';

const tag = 'Groups and assignments';

const group = z.strictObject({
  id: z.string(),
  name: z.string(),
  level: z.enum(levels).optional(),
  parent: z.string().optional(),
  programs: z.array(z.string()),
  assigned: z.record(z.string(), z.array(z.string())).optional().describe('tariffs and the like, by their root'),
  version: z.number(),
});
const assignment = z.looseObject({
  mRID: z.string(),
  description: z.string(),
  version: z.number(),
  programs: z.array(z.string()),
});
const modeInForce = z.strictObject({
  mode: z.string(),
  program: z.string(),
  primacy: z.number(),
  mRID: z.string().optional(),
  value: z.unknown(),
});

const siteIds = (deps: RouteDeps, names: readonly string[]): Promise<string[]> =>
  Promise.all(names.map(async name => (await findSite(deps.store, name)).edev));
const groupId = async (deps: RouteDeps, name: string): Promise<string> => (await findGroup(deps.store, name)).id;

async function moveOf(deps: RouteDeps, move: z.output<typeof input.moves>['moves'][number]): Promise<Move> {
  const to = move.to === undefined ? {} : { to: await groupId(deps, move.to) };
  return 'group' in move
    ? { group: await groupId(deps, move.group), ...to }
    : { site: (await findSite(deps.store, move.site)).edev, ...to };
}

export const groupRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/groups',
    tag,
    summary: 'list groups',
    role: 'viewer',
    answer: z.strictObject({ groups: z.array(group) }),
    handle: async ({ store }) => ({ groups: await allGroups(store) }),
  }),
  route({
    method: 'post',
    path: '/api/groups',
    tag,
    summary: 'make a node of the network, or a group of any other kind where no level is given',
    role: 'operator',
    body: input.newGroup,
    answer: group,
    status: 201,
    handle: async (deps, { body: { name, level, parent } }) =>
      addGroup(deps, {
        name,
        ...(level !== undefined && { level }),
        ...(parent !== undefined && { parent: await groupId(deps, parent) }),
      }),
  }),
  route({
    method: 'post',
    path: '/api/groups/moves',
    tag,
    summary: 'move nodes with all below them, and sites, all in one step',
    role: 'operator',
    body: input.moves,
    handle: async (deps, { body: { moves } }) =>
      moveInTree(deps, await Promise.all(moves.map(move => moveOf(deps, move)))),
  }),
  route({
    method: 'get',
    path: '/api/groups/{group}',
    tag,
    summary: 'show a group and the sites in it',
    role: 'viewer',
    answer: group.extend({ members: z.array(z.string()) }),
    handle: async ({ store }, { params }) => {
      const found = await findGroup(store, params['group'] ?? '');
      return { ...found, members: await membersOf(store, found.id) };
    },
  }),
  route({
    method: 'patch',
    path: '/api/groups/{group}',
    tag,
    summary: 'rename a group',
    role: 'operator',
    body: input.groupChange,
    handle: async (deps, { params, body }) => renameGroup(deps, await groupId(deps, params['group'] ?? ''), body.name),
  }),
  route({
    method: 'delete',
    path: '/api/groups/{group}',
    tag,
    summary: 'remove a group that is empty',
    role: 'operator',
    handle: async (deps, { params }) => removeGroup(deps, await groupId(deps, params['group'] ?? '')),
  }),
  route({
    method: 'post',
    path: '/api/groups/{group}/join',
    tag,
    summary: 'make sites members of a group that is no node',
    role: 'operator',
    body: input.members,
    handle: async (deps, { params, body }) =>
      joinGroup(deps, await groupId(deps, params['group'] ?? ''), await siteIds(deps, body.sites)),
  }),
  route({
    method: 'post',
    path: '/api/groups/{group}/leave',
    tag,
    summary: 'take sites out of a group that is no node',
    role: 'operator',
    body: input.members,
    handle: async (deps, { params, body }) =>
      leaveGroup(deps, await groupId(deps, params['group'] ?? ''), await siteIds(deps, body.sites)),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/assignments',
    tag,
    summary: 'show what a site is assigned, by itself and by its groups',
    role: 'viewer',
    answer: z.strictObject({ assignments: z.array(assignment) }),
    handle: async ({ store }, { params }) => ({
      assignments: await assignmentsShown(store, (await findSite(store, params['site'] ?? '')).edev),
    }),
  }),
  route({
    method: 'put',
    path: '/api/sites/{site}/assignments',
    tag,
    summary: 'set what a site is assigned beside its groups',
    role: 'operator',
    body: input.assignments,
    handle: async (deps, { params, body: { more, envelope } }) =>
      setAssignments(deps, (await findSite(deps.store, params['site'] ?? '')).edev, {
        more,
        ...(envelope !== undefined && { envelope }),
      }),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/in-force',
    tag,
    summary: 'show what a site is to follow now, mode by mode',
    role: 'viewer',
    answer: z.strictObject({ modes: z.array(modeInForce) }),
    handle: async (deps, { params }) => ({
      modes: await inForceAt(deps, (await findSite(deps.store, params['site'] ?? '')).edev, deps.dialect),
    }),
  }),
];
