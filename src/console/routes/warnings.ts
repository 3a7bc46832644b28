import { z } from 'zod';
import { alarmsStanding } from '../../functions/operator/telemetry';
import { withdrawnSites } from '../../functions/operator/withdrawals';
import { type RouteDeps } from '../deps';
import { route, type Route } from '../route';

const warning = z.strictObject({
  kind: z.enum(['certificate', 'engine', 'alarms', 'withdrawn', 'registration']),
  text: z.string(),
});
type Warning = z.output<typeof warning>;

const alarmsLookedAt = 1000;

/** What an operator should look at now, the gravest first. */
async function warningsOf({ trust, envelopes, store, clock, house }: RouteDeps): Promise<Warning[]> {
  const found: Warning[] = [];
  const say = (kind: Warning['kind'], text: string) => void found.push({ kind, text });
  for (const { name, daysLeft, endsSoon } of await trust.certificates())
    if (endsSoon)
      say('certificate', daysLeft < 0 ? `${name} ended ${-daysLeft} days ago` : `${name} ends in ${daysLeft} days`);
  const last = envelopes.runs().at(-1);
  for (const note of last?.notes ?? []) if (note.what === 'fallback') say('engine', note.text);
  const { items, next } = await alarmsStanding(store, { limit: alarmsLookedAt });
  if (items.length > 0) say('alarms', `${items.length}${next === undefined ? '' : ' or more'} alarms stand`);
  const withdrawn = (await withdrawnSites(store, clock.now())).size;
  if (withdrawn > 0) say('withdrawn', `the envelopes of ${withdrawn} sites are withdrawn`);
  if (house.inBandRegistration) say('registration', 'any good certificate may register itself');
  return found;
}

export const warningRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/warnings',
    tag: 'Server',
    summary:
      'say what needs a look: certificates that end, an engine that fell back, alarms, withdrawals, an open door',
    role: 'viewer',
    answer: z.strictObject({ warnings: z.array(warning) }),
    handle: async deps => ({ warnings: await warningsOf(deps) }),
  }),
];
