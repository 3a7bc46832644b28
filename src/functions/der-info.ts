/** What a device says of its DER: capability, settings, status, availability (protocol facts 3.7). The last PUT is what a GET shows. */
import { model } from '../model';
import { href } from '../model/href';
import { type DERSettings, type DERStatus } from '../model/der';
import { type Resource } from '../model/resource';
import { badValue, notFound, type Behaviour, type Context, type Incoming } from './behaviour';
import { docOf } from './provision';

/** A client's clock may be ahead of ours by this much before its times are refused. */
const aheadS = 300;

function notAhead({ now }: Context, at: string, time: number): void {
  if (time > now + aheadS) throw badValue(at, `more than ${aheadS} s ahead of the server's clock, ${now}`, time);
}

function written(resource: Resource, check: (ctx: Context, value: never) => void = () => undefined): Behaviour {
  return {
    resource,
    put: async (ctx: Context, params, incoming: Incoming) => {
      const at = href(resource, params);
      const old = await ctx.store.get(at);
      if (!old) throw notFound(at);
      check(ctx, incoming.value as never);
      const { href: _href, ...body } = incoming.value as { href?: string };
      return { status: 204, plan: { expect: { [at]: old.version }, put: [docOf(resource, params, body, ctx.now)] } };
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

const ders: Behaviour = { resource: model.der.ders, view: derView };
const der: Behaviour = { resource: model.der.der, view: derView };

export const derInfoBehaviours: Behaviour[] = [
  ders,
  der,
  written(model.der.capability),
  written(model.der.settings, (ctx, value: DERSettings) =>
    notAhead(ctx, '/DERSettings/updatedTime', value.updatedTime),
  ),
  written(model.der.status, (ctx, value: DERStatus) => notAhead(ctx, '/DERStatus/readingTime', value.readingTime)),
  written(model.der.availability),
];
