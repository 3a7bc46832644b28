/**
 * What a subscriber cares about of a resource, as a short digest. Counts in links are left out: when only something below a
 * resource changes, that is for the subscribers of what is below it (CTP v1.3, erratum 42). A DERProgram shows nothing but such
 * links, so there they count (docs/choices.md).
 */
import { createHash } from 'node:crypto';
import { Problem } from '../base/problem';
import { type Context } from '../functions/behaviour';
import { model } from '../model';
import { href } from '../model/href';
import { type Condition } from '../model/subscription';
import { isList, itemValue, listValue, type Subject } from './value';

export interface Digested {
  readonly digest: string;
  /** A condition that does not hold: what it was about went back to where nobody wants to be told. */
  readonly quiet: boolean;
}

/** Entries read at a time. */
const pageSize = 500;

/** Undefined where there is nothing to see. */
export async function digestOf(ctx: Context, subject: Subject, condition?: Condition): Promise<Digested | undefined> {
  try {
    if (condition) return sideOf(await itemValue(ctx, subject, href(subject.resource, subject.params)), condition);
    const essence = isList(subject.resource)
      ? await listEssence(ctx, subject)
      : await itemValue(ctx, subject, href(subject.resource, subject.params));
    const counts = subject.resource === model.der.program;
    return { digest: hash(JSON.stringify(essence, counts ? withoutOurs : withoutCounts)), quiet: false };
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'NOT_FOUND') return undefined;
    throw thrown;
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

function sideOf(value: object, { lowerThreshold, upperThreshold }: Condition): Digested {
  const { value: reading = 0 } = value as { value?: number };
  const digest = reading < lowerThreshold ? 'below' : reading > upperThreshold ? 'above' : 'inside';
  return { digest, quiet: digest === 'inside' };
}

async function listEssence(ctx: Context, subject: Subject): Promise<unknown> {
  const { behaviour, resource, params } = subject;
  if (behaviour.essence) return behaviour.essence(ctx, params);
  const found: unknown[] = [];
  for (let start = 0; ; start += pageSize) {
    const page = { start, limit: pageSize };
    if (!behaviour.list) {
      // Only stored: what is shown changes when a document does.
      const { docs } = await ctx.store.page(href(resource, params), page);
      found.push(...docs.map(doc => [doc.href, doc.version]));
      if (docs.length < pageSize) return found;
    } else {
      const value = (await listValue(ctx, subject, '', page)) as Readonly<Record<string, unknown>>;
      const items = value[resource.type.item?.name ?? ''] as readonly object[];
      found.push(...items);
      if (items.length < pageSize) return found;
    }
  }
}

/** Attributes that say how to use the resource, not what it is. */
const ours = new Set(['pollRate', 'subscribable']);
const withoutOurs = (key: string, value: unknown): unknown => (ours.has(key) ? undefined : value);

function withoutCounts(key: string, value: unknown): unknown {
  if (key.endsWith('Link') && typeof value === 'object' && value !== null && 'href' in value) return value.href;
  return withoutOurs(key, value);
}
