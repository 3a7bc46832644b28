/**
 * Routes of everything an operator provisions beside DER: one declaration for each kind of document the model has, none by hand
 * (functions/operator/documents/nodes.ts).
 */
import { z } from 'zod';
import {
  makeDocuments,
  makeProgram,
  placeDocument,
  removeDocument,
  replaceDocument,
} from '../../functions/operator/documents/documents';
import { cancelEvent, replaceEvent } from '../../functions/operator/documents/events';
import { type DocumentSpec } from '../../functions/operator/documents/making';
import {
  givenFields,
  isProgram,
  itemPath,
  programNodes,
  withBelow,
  type DocumentNode,
} from '../../functions/operator/documents/nodes';
import { documentPage, documentShown, eventResponses } from '../../functions/operator/documents/shown';
import { eventsInForce } from '../../functions/operator/events-in-force';
import { findSite } from '../../functions/operator/sites';
import * as input from '../input';
import { fieldsShape } from '../model-shape';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { placesAt } from './places-at';

const tags: Readonly<Record<DocumentNode['root'], string>> = {
  bill: 'Billing',
  dr: 'Demand response',
  file: 'Files',
  msg: 'Messages',
  ppy: 'Prepayment',
  tp: 'Tariffs',
};

const made = z.strictObject({ id: z.string(), href: z.string(), mRID: z.string().optional() });
const state = z.strictObject({
  status: z.number().describe('0 scheduled, 1 active, 2 and 3 cancelled, 4 superseded, 5 completed'),
  since: z.number(),
  potentiallySuperseded: z.boolean(),
  version: z.number(),
  reason: z.string().optional(),
  listed: z.boolean().describe('whether clients of the 2018 edition still see it'),
});
const shown = z.strictObject({
  id: z.string(),
  href: z.string(),
  changed: z.number(),
  mRID: z.string().optional(),
  version: z.number().optional(),
  creationTime: z.number().optional(),
  value: z.record(z.string(), z.unknown()).describe('in wire form, without what the server says'),
  state: state.optional(),
  places: z.strictObject({ sites: z.array(z.string()), groups: z.array(z.string()) }).optional(),
});
const responses = z.strictObject({
  responses: z.array(
    z.strictObject({
      site: z.string(),
      status: z.number().optional(),
      receivedAt: z.number(),
      response: z.record(z.string(), z.unknown()),
    }),
  ),
});

const valueOf = (node: DocumentNode): z.ZodType => fieldsShape(givenFields(node));

/** A document with what may be made below it in the same step. */
function specOf(node: DocumentNode, more: z.ZodRawShape = {}): z.ZodType {
  const below = node.children.map(child => {
    const shape = child.list ? z.array(specOf(child)).max(10_000).optional() : valueOf(child);
    return [child.key, child.list || child.demanded ? shape : shape.optional()] as const;
  });
  return z.strictObject({ value: valueOf(node), ...Object.fromEntries(below), ...more });
}

const idsOf = ({ params }: DocumentNode, given: Readonly<Record<string, string>>): string[] =>
  params.flatMap(({ ours }) => given[ours] ?? []);

function listRoutes(node: DocumentNode, what: string): Route[] {
  const tag = tags[node.root];
  const places = { sites: input.names.default([]), groups: input.names.default([]) };
  const spec = specOf(node, isProgram(node) ? places : {});
  return [
    route({
      method: 'get',
      path: node.path,
      tag,
      summary: `list every ${what}${node.event ? ' that stands or lately stood' : ''}`,
      role: 'viewer',
      query: node.event
        ? pageQuery.extend({ past: z.enum(['true', 'false']).default('false').describe('those long over instead') })
        : pageQuery,
      answer: paged('documents', shown),
      handle: async (deps, { params, query }) => {
        const { limit, after, past } = query as { limit: number; after?: string; past?: string };
        return documentPage(deps, node, idsOf(node, params), { limit, after, past: past === 'true' });
      },
    }),
    route({
      method: 'post',
      path: node.path,
      tag,
      summary: isProgram(node)
        ? `make a ${what} with all below it and assign it to sites and groups`
        : `make a ${what}, or up to 10,000 of them, all or none`,
      role: 'operator',
      body: isProgram(node) ? spec : z.union([spec, z.strictObject({ items: z.array(spec).min(1).max(10_000) })]),
      answer: isProgram(node) ? made : z.union([made, z.strictObject({ items: z.array(made) })]),
      status: 201,
      handle: async (deps, { params, body }) => {
        if (isProgram(node)) {
          const { sites, groups, ...program } = body as DocumentSpec & { sites: string[]; groups: string[] };
          return makeProgram(deps, node, program, await placesAt(deps, { sites, groups }));
        }
        const many = (body as { items?: DocumentSpec[] }).items;
        const items = await makeDocuments(deps, node, idsOf(node, params), many ?? [body as DocumentSpec]);
        return many ? { items } : items[0];
      },
    }),
  ];
}

function itemRoutes(node: DocumentNode, what: string): Route[] {
  const common = { path: itemPath(node), tag: tags[node.root] };
  const replacing = node.event
    ? route({
        ...common,
        method: 'put',
        summary: `put another ${what} in the place of one that stands`,
        role: 'operator',
        body: specOf(node),
        answer: made,
        handle: async (deps, { params, body }) => replaceEvent(deps, node, idsOf(node, params), body as DocumentSpec),
      })
    : route({
        ...common,
        method: 'put',
        summary: node.list ? `replace a ${what}; what is below it stays` : `set a ${what}`,
        role: 'operator',
        body: z.strictObject({ value: valueOf(node) }),
        handle: async (deps, { params, body }) =>
          replaceDocument(deps, node, idsOf(node, params), (body as DocumentSpec).value),
      });
  return [
    route({
      ...common,
      method: 'get',
      summary: `show a ${what}`,
      role: 'viewer',
      answer: shown,
      handle: async (deps, { params }) => documentShown(deps, node, idsOf(node, params)),
    }),
    replacing,
    ...(node.demanded
      ? []
      : [
          route({
            ...common,
            method: 'delete',
            summary: `remove a ${what}${node.event ? ' that is over' : ' with all below it'}`,
            role: 'operator',
            handle: async (deps, { params }) => removeDocument(deps, node, idsOf(node, params)),
          }),
        ]),
  ];
}

function eventRoutes(node: DocumentNode, what: string): Route[] {
  const at = itemPath(node);
  const tag = tags[node.root];
  return [
    route({
      method: 'post',
      path: `${at}/cancel`,
      tag,
      summary: `cancel a ${what}; devices see it cancelled`,
      role: 'operator',
      body: z.strictObject({ randomized: z.boolean().optional(), reason: z.string().max(192).optional() }),
      bodyOptional: true,
      handle: async (deps, { params, body }) => cancelEvent(deps, node, idsOf(node, params), body),
    }),
    route({
      method: 'get',
      path: `${at}/responses`,
      tag,
      summary: `show what devices answered to a ${what}`,
      role: 'viewer',
      answer: responses,
      handle: async (deps, { params }) => ({ responses: await eventResponses(deps, node, idsOf(node, params)) }),
    }),
  ];
}

const placeRoutes = (node: DocumentNode, what: string): Route[] => [
  route({
    method: 'put',
    path: `${itemPath(node)}/places`,
    tag: tags[node.root],
    summary: `assign a ${what} to these sites and groups and no others`,
    role: 'operator',
    body: input.places,
    handle: async (deps, { params, body }) =>
      placeDocument(deps, node, idsOf(node, params)[0] ?? '', await placesAt(deps, body)),
  }),
];

const inForceRoute = route({
  method: 'get',
  path: '/api/sites/{site}/events-in-force',
  tag: 'Groups and assignments',
  summary: 'show which events beside DERControls a site is to follow now',
  role: 'viewer',
  answer: z.strictObject({
    events: z.array(
      z.strictObject({
        kind: z.string(),
        program: z.string(),
        primacy: z.number(),
        mRID: z.string(),
        href: z.string(),
      }),
    ),
  }),
  handle: async (deps, { params }) => ({
    events: await eventsInForce(deps, (await findSite(deps.store, params['site'] ?? '')).edev),
  }),
});

const provisioning: readonly Route[] = programNodes.flatMap(withBelow).flatMap(node => {
  const what = node.resource.type.name;
  return [
    ...(node.list ? listRoutes(node, what) : []),
    ...itemRoutes(node, what),
    ...(node.event ? eventRoutes(node, what) : []),
    ...(isProgram(node) ? placeRoutes(node, what) : []),
  ];
});

export const documentRoutes: readonly Route[] = [inForceRoute, ...provisioning];
