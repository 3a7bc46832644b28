/** What a device says of its DER: capability, settings, status, availability (protocol facts 3.7). The last PUT is what a GET shows; those before it are kept (past.ts). */
import { model } from '../model';
import { href } from '../model/href';
import { type DERSettings, type DERStatus } from '../model/der';
import { type Resource } from '../model/resource';
import { alarmPlan, wordsOfStatus, type Word } from './alarms';
import { badValue, notFound, type Behaviour, type Context, type Incoming } from './behaviour';
import { programView } from './der-program';
import { pageOf } from './lists';
import { assignmentsOf } from './groups';
import { remember } from './past';
import { docOf, type StoredProgram } from './provision';
import { stored } from './stored';

/** A client's clock may be ahead of ours by this much before its times are refused. */
const aheadS = 300;

/** @throws Problem BAD_VALUE when a client's time is further ahead of ours than clocks drift. */
export function notAhead({ now }: Context, at: string, time: number): void {
  if (time > now + aheadS) throw badValue(at, `more than ${aheadS} s ahead of the server's clock, ${now}`, time);
}

interface Saying {
  /** Throws a Problem where a device may not say this. */
  readonly check?: (ctx: Context, value: never) => void;
  /** What it says of alarms that the value before did not. */
  readonly words?: (old: never, value: never) => Word[];
}

function written(resource: Resource, { check, words }: Saying = {}): Behaviour {
  return {
    resource,
    put: async (ctx: Context, params, incoming: Incoming) => {
      const at = href(resource, params);
      const old = await ctx.store.get(at);
      if (!old) throw notFound(at);
      check?.(ctx, incoming.value as never);
      const { href: _href, ...body } = incoming.value as { href?: string };
      const past = await remember(ctx, at, [old]);
      const alarms = await alarmPlan(ctx, params['edev'] ?? '', words?.(old.body as never, body as never) ?? []);
      return {
        status: 204,
        plan: {
          expect: { [at]: old.version, ...past.expect, ...alarms.expect },
          put: [docOf(resource, params, body, ctx.now), ...past.put, ...alarms.put],
          drop: [...past.drop, ...alarms.drop],
        },
      };
    },
  };
}

interface StoredDer {
  readonly href?: string;
}

/** Links to the four; they exist from registration on. */
function derView(_ctx: Context, _body: StoredDer, at: string): object {
  return {
    href: at,
    DERAvailabilityLink: { href: `${at}/dera` },
    DERCapabilityLink: { href: `${at}/dercap` },
    DERSettingsLink: { href: `${at}/derg` },
    DERStatusLink: { href: `${at}/ders` },
  };
}

/** Programs assigned to the device of a DER, through whichever of its assignments. */
async function programsOfDer({ store }: Context, edev: string) {
  const ids = new Set((await assignmentsOf(store, edev)).flatMap(({ fsa }) => fsa.programs));
  const found = await store.many<StoredProgram>([...ids].map(derp => href(model.der.program, { derp })));
  return found.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
}

/** Not linked to: an old client that comes by two ways to one program stalls (protocol facts 10). */
const associatedPrograms: Behaviour = {
  resource: model.der.associatedPrograms,
  list: async (ctx, { edev = '' }, page) => {
    const entries = (await programsOfDer(ctx, edev)).map(doc => ({ key: doc.sortKey, item: doc }));
    const { items, all } = pageOf(entries, page);
    return { all, items: await Promise.all(items.map(doc => programView(ctx, doc.body, doc.href))) };
  },
};

/** The strongest of them with a control in force, else the strongest. */
const currentProgram: Behaviour = {
  resource: model.der.currentProgram,
  item: async (ctx, { edev = '' }) => {
    const docs = await programsOfDer(ctx, edev);
    const shown = await Promise.all(docs.map(doc => programView(ctx, doc.body, doc.href)));
    return shown.find(program => (program.ActiveDERControlListLink?.all ?? 0) > 0) ?? shown[0];
  },
};

const ders: Behaviour = { resource: model.der.ders, view: derView };
const der: Behaviour = { resource: model.der.der, view: derView };

export const derInfoBehaviours: Behaviour[] = [
  ders,
  der,
  stored(model.der.usagePoint),
  associatedPrograms,
  currentProgram,
  // CSIP-AUS demands what a plain client never says: none of its modes, then.
  { ...written(model.der.capability), view: (_ctx, body) => ({ doeModesSupported: '00', ...body }) },
  written(model.der.settings, {
    check: (ctx, { updatedTime }: DERSettings) => notAhead(ctx, '/DERSettings/updatedTime', updatedTime),
  }),
  written(model.der.status, {
    check: (ctx, { readingTime }: DERStatus) => notAhead(ctx, '/DERStatus/readingTime', readingTime),
    words: wordsOfStatus,
  }),
  written(model.der.availability),
];
