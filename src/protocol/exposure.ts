/** What this server serves, as one look-up: from a path to its resource and what that does. */
import { type Behaviour, type Context } from '../functions/behaviour';
import { href } from '../model/href';
import { maySee } from './access';
import { router, type Match } from './router';
import { type Subject } from './value';

export interface Exposure {
  find(path: string): Match | undefined;
  behaviourOf(match: Match): Behaviour;
}

export function exposureOf(behaviours: readonly Behaviour[]): Exposure {
  const byName = new Map(behaviours.map(behaviour => [behaviour.resource.name, behaviour]));
  return {
    find: router(behaviours.map(behaviour => behaviour.resource)),
    behaviourOf: ({ resource }) => byName.get(resource.name) ?? { resource },
  };
}

/** Whether this caller may know of it. */
export const isKnown = (ctx: Context, exposure: Exposure, match: Match): Promise<boolean> =>
  maySee(ctx, match, async item => {
    const { exists } = exposure.behaviourOf({ ...match, resource: item });
    return exists ? exists(ctx, match.params) : (await ctx.store.get(href(item, match.params))) !== undefined;
  });

/** What stands at a path for this caller; undefined where there is nothing it may know of. */
export async function visible(ctx: Context, exposure: Exposure, path: string): Promise<Subject | undefined> {
  const match = exposure.find(path);
  if (!match || !(await isKnown(ctx, exposure, match))) return undefined;
  return { ...match, behaviour: exposure.behaviourOf(match) };
}
