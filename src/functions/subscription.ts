/**
 * Subscriptions (protocol facts 6). A client asks to be told of changes of a resource it may see; services/notices tells it.
 * What a Subscription is looked at through are the eyes of the client that made it.
 */
import { mridOf } from '../base/ids';
import { Problem } from '../base/problem';
import { model } from '../model';
import { href, type Href, type Params } from '../model/href';
import { type Subscription } from '../model/subscription';
import {
  noteId,
  watchDoc,
  watchHref,
  watchKey,
  type StoredSubscription,
  type StoredWatch,
} from '../services/notices/records';
import { type Doc, type NewDoc, type Plan } from '../store/api';
import { badValue, notFound, type Behaviour, type Change, type Context, type SubscriptionRules } from './behaviour';
import { docOf } from './provision';
import { hasCondition } from './subscribable';

const defaults: SubscriptionRules = { mostPerDevice: 100, refusal: () => undefined };
const rulesOf = ({ house }: Context): SubscriptionRules => house.subscriptions ?? defaults;

const at = (field: string) => `/Subscription/${field}`;

/** Checks what a client asks for; answers the path and how what is there looks now. @throws Problem BAD_VALUE, NO_SUCH_CONDITION */
async function judged(ctx: Context, wire: Subscription): Promise<{ resource: Href; digest: string }> {
  const { subscribedResource, Condition: condition, encoding, notificationURI } = wire;
  if (encoding !== 0) throw badValue(at('encoding'), 'only 0, XML: this server has no EXI', encoding);
  const refusal = rulesOf(ctx).refusal(notificationURI);
  if (refusal !== undefined) throw badValue(at('notificationURI'), refusal, notificationURI);
  const resource = subscribedResource.split('?', 1)[0] ?? '';
  if (condition && condition.attributeIdentifier !== 0)
    throw badValue(
      at('Condition/attributeIdentifier'),
      'only 0, the value of a reading',
      condition.attributeIdentifier,
    );
  if (condition && condition.lowerThreshold > condition.upperThreshold)
    throw badValue(at('Condition/lowerThreshold'), 'above upperThreshold', condition.lowerThreshold);
  const seen = await ctx.subject(resource, condition);
  // Not there, not yours: not told apart.
  if (!seen) throw badValue(at('subscribedResource'), 'no such resource for this identity', subscribedResource);
  if (!seen.resource.subscribe)
    throw badValue(
      at('subscribedResource'),
      `a ${seen.resource.type.name} cannot be subscribed to`,
      subscribedResource,
    );
  if (condition && !hasCondition(seen.resource))
    throw new Problem('NO_SUCH_CONDITION', { at: at('Condition'), got: seen.resource.type.name });
  return { resource, digest: seen.digest };
}

async function put(
  ctx: Context,
  params: Params,
  { href: _href, ...wire }: Subscription,
  old: Doc<StoredSubscription> | undefined,
): Promise<Plan> {
  const { lfdi } = ctx.scope;
  const { resource, digest } = await judged(ctx, wire);
  const condition = wire.Condition;
  const id = watchId(lfdi, resource, condition);
  const watch = await ctx.store.get<StoredWatch>(watchHref(id));
  // Told of what it can see for itself at this moment; from here on changes are to be told.
  const fresh: StoredWatch = {
    lfdi,
    resource,
    ...(condition && { condition }),
    told: digest,
    round: 0,
    at: 0,
  };
  const body: StoredSubscription = { wire, lfdi, watch: id, since: old?.body.since ?? ctx.now };
  const doc: NewDoc = docOf(model.subscription.subscription, params, body, ctx.now, [watchKey(id)]);
  return {
    expect: { [doc.href]: old?.version ?? 0, [watchHref(id)]: watch?.version ?? 0 },
    put: [doc, ...(watch ? [] : [watchDoc(id, fresh, ctx.now)])],
  };
}

const watchId = (lfdi: string, resource: Href, condition: Subscription['Condition']): string =>
  mridOf(`watch/${lfdi}${resource}${condition ? `/${condition.lowerThreshold}/${condition.upperThreshold}` : ''}`, 0);

const subscriptions: Behaviour = {
  resource: model.subscription.subscriptions,
  view: (_ctx, body, itself) => shown(body as StoredSubscription, itself),
  /** The same client for the same resource to the same URI again is a renewal: the same Subscription, 201 once more. */
  post: async (ctx, { edev = '' }, incoming): Promise<Change> => {
    const wire = incoming.value as Subscription;
    const { subscribedResource, notificationURI, Condition: condition } = wire;
    const words = [edev, ctx.scope.lfdi, subscribedResource, notificationURI, ...(condition ? ['if'] : [])];
    const params = { edev, sub: mridOf(`subscription/${words.join(' ')}`, 0).slice(0, 16) };
    const itself = href(model.subscription.subscription, params);
    const old = await ctx.store.get<StoredSubscription>(itself);
    const { mostPerDevice } = rulesOf(ctx);
    const count = await ctx.store.count(href(model.subscription.subscriptions, { edev }));
    if (!old && count >= mostPerDevice)
      throw new Problem('LIMIT', { at: '/Subscription', want: `at most ${mostPerDevice} below one EndDevice` });
    return { status: 201, location: itself, plan: await put(ctx, params, wire, old) };
  },
};

const subscription: Behaviour = {
  resource: model.subscription.subscription,
  view: (_ctx, body, itself) => shown(body as StoredSubscription, itself),
  put: async (ctx, params, incoming) => {
    const itself = href(model.subscription.subscription, params);
    const old = await ctx.store.get<StoredSubscription>(itself);
    if (!old) throw notFound(itself);
    return { status: 204, plan: await put(ctx, params, incoming.value as Subscription, old) };
  },
  remove: async (ctx, params) => {
    const itself = href(model.subscription.subscription, params);
    const old = await ctx.store.get<StoredSubscription>(itself);
    if (!old) throw notFound(itself);
    const watch = await ctx.store.get<StoredWatch>(watchHref(old.body.watch));
    return {
      status: 204,
      plan: {
        expect: { [itself]: old.version },
        drop: [itself],
        settle: watch ? [noteId(itself, watch.body.round)] : [],
      },
    };
  },
};

const shown = ({ wire }: StoredSubscription, itself: Href): Subscription => ({ ...wire, href: itself });

export const subscriptionBehaviours = [subscriptions, subscription];
