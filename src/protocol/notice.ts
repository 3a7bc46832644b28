/**
 * What a subscriber is told: a resource as a GET of that client would show it at this moment, wrapped in a Notification in the
 * client's dialect. Who the client is and what it may see is worked out anew whenever anything of it has changed, so a
 * permission that was taken away ends with the next look (protocol facts 5.3, pitfall 23).
 */
import { write } from '../codec/write';
import { type Context, type Observed } from '../functions/behaviour';
import { dialects, type DialectId } from '../model/dialect';
import { type Params } from '../model/href';
import { type Resource } from '../model/resource';
import { Notification } from '../model/subscription';
import { sfdiOf } from '../tls';
import { scopes } from './access';
import { contextOf, type ContextDeps, type Timing } from './context';
import { digestOf } from './digest';
import { exposureOf, visible } from './exposure';
import { isList, itemValue, listValue, type Subject } from './value';
import { type Eyes, type Look } from '../functions/notices';

export interface NoticeDeps extends ContextDeps {
  readonly store: Observed;
  readonly dialect: DialectId;
  /** In front of our paths where a client wants an absolute URI, such as `https://utility.example:8443`; may be empty. */
  readonly publicUrl: string;
}

interface Seen extends Look {
  readonly ctx: Context;
  readonly target: Subject | undefined;
  readonly at: number;
  /** Notifications before and after the URI of their Subscription, by what the Subscription asks for. */
  readonly texts: Map<string, readonly [string, string]>;
}

/** What was seen lately and still holds is not looked at again: a thousand Subscriptions may ask for the same. */
const mostSeen = 500;
const tries = 4;
const standIn = '/subscription-uri';

export function noticeEyes(deps: NoticeDeps): Eyes {
  const exposure = exposureOf(deps.behaviours);
  const scopeOf = scopes(deps.store, deps.dialect);
  const kept = new Map<string, Seen>();

  const holds = ({ reads, who, at, until }: Seen): boolean => {
    const now = deps.clock.now();
    return now >= at && now < until && reads.unchanged() && who.unchanged();
  };

  const look = async (subject: Parameters<Eyes['look']>[0]): Promise<Seen> => {
    const { lfdi, resource, condition } = subject;
    const key = `${lfdi} ${resource}${condition ? ` ${condition.lowerThreshold} ${condition.upperThreshold}` : ''}`;
    const known = kept.get(key);
    if (known && holds(known)) return known;
    let seen = await fresh(subject);
    // A commit between two reads may have shown one thing before it and another after it.
    for (let attempt = 1; attempt < tries && !(seen.reads.unchanged() && seen.who.unchanged()); attempt++)
      seen = await fresh(subject);
    kept.delete(key);
    kept.set(key, seen);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostSeen) break;
      kept.delete(oldest);
    }
    return seen;
  };

  const fresh = async ({ lfdi, resource, condition }: Parameters<Eyes['look']>[0]): Promise<Seen> => {
    const { scope, reads: who } = await scopeOf({ lfdi, sfdi: sfdiOf(lfdi) });
    const { store, reads } = deps.store.reading();
    const timing: Timing = { at: deps.clock.now(), until: Infinity };
    const ctx = contextOf(deps, exposure, store, scope, timing);
    const target = await visible(ctx, exposure, resource);
    const digested = target && (await digestOf(ctx, target, condition));
    const match = exposure.find(resource);
    const cancelled = !target && match && (await stands(store, match.resource, match.params));
    return {
      ctx,
      target,
      reads,
      who,
      at: timing.at,
      get until() {
        return timing.until;
      },
      state: digested ?? { over: cancelled ? 1 : 4 },
      texts: new Map(),
    };
  };

  const uri = (href: string) => `${deps.publicUrl}${href}`;

  return {
    look,
    compose: async (subject, href, { wire: { limit, subscribedResource } }) => {
      for (let attempt = 1; ; attempt++) {
        const seen = await look(subject);
        const { ctx, target, texts } = seen;
        if (!target || 'over' in seen.state) return { look: seen, body: '' };
        const dialect = dialects[ctx.scope.dialect];
        const dated = dialect.layers['2023'] !== undefined;
        const asked = `${limit} ${subscribedResource}`;
        let text = dated ? undefined : texts.get(asked);
        if (!text) {
          const shown = await resourceOf(ctx, target, subject.resource, limit);
          const value = {
            ...(dated && { createdDateTime: deps.clock.now() }),
            subscribedResource,
            ...(shown && { Resource: { $type: target.resource.type.name, ...shown } }),
            status: 0,
            subscriptionURI: standIn,
          };
          const xml = write(Notification, value, { dialect });
          const cut = xml.lastIndexOf(standIn);
          texts.set(asked, (text = [xml.slice(0, cut), xml.slice(cut + standIn.length)]));
        }
        if (holds(seen) || attempt >= tries) return { look: seen, body: `${text[0]}${uri(href)}${text[1]}` };
      }
    },
    farewell: async (href, { lfdi, status, subscribedResource, newResourceURI }) => {
      const { scope } = await scopeOf({ lfdi, sfdi: sfdiOf(lfdi) });
      const value = {
        subscribedResource,
        ...(newResourceURI !== undefined && { newResourceURI }),
        status,
        subscriptionURI: uri(href),
      };
      return write(Notification, value, { dialect: dialects[scope.dialect] });
    },
  };
}

/** Of a list its first entries, of anything else all or nothing (protocol facts 6, limit). */
async function resourceOf(ctx: Context, target: Subject, url: string, limit: number): Promise<object | undefined> {
  if (isList(target.resource))
    return listValue(ctx, target, url, { start: 0, limit: Math.min(limit, ctx.house.pageCap) });
  return limit > 0 ? itemValue(ctx, target, url) : undefined;
}

/** Whether everything that has an id on the way to a resource is there: then who does not see it may not, else it is gone. */
async function stands(store: Context['store'], { path }: Resource, params: Params): Promise<boolean> {
  let at = '';
  for (const segment of path.split('/').slice(1)) {
    const id = segment.startsWith(':') ? params[segment.slice(1)] : undefined;
    at += `/${id ?? segment}`;
    if (id !== undefined && !(await store.get(at))) return false;
  }
  return true;
}
