/** A part of the day of `npm run test:day`, with fewer sites: every client's view is the server's. */
import { type Transport } from '../client';
import { type DayOptions, simulateDay } from './testing/day/day';

const hours = (more: Partial<DayOptions> = {}) =>
  simulateDay({
    seed: 7,
    sites: 30,
    hours: 2,
    checkEveryH: 1,
    overTls: 4,
    aggregators: 2,
    subscribers: 2,
    restarts: 2,
    ...more,
  });

it('thirty sites through joins, leaves, moves, cancels and restarts know what the server knows', async () => {
  const { differences, faults, compared, deeds, kills, restarts } = await hours();
  expect([differences, faults]).toEqual([[], []]);
  expect(compared.controls).toBeGreaterThan(300);
  expect(compared.byEvent).toBeGreaterThan(50);
  expect(compared.modes).toBeGreaterThan(compared.byEvent);
  expect(deeds.cancelled + deeds.changed).toBeGreaterThan(0);
  expect(deeds.moves + deeds.subtrees).toBeGreaterThan(0);
  expect(kills + restarts).toBe(2);
}, 300_000);

/** Spoils what one site reads. */
const spoilt =
  (spoil: (path: string, body: string) => string) =>
  (name: string, inner: Transport): Transport =>
    name !== 'site 5'
      ? inner
      : {
          send: async request => {
            const answer = await inner.send(request);
            return request.method === 'GET'
              ? { ...answer, body: Buffer.from(spoil(request.path, String(answer.body))) }
              : answer;
          },
        };

it.each<[string, number, (path: string, body: string) => string]>([
  ['is deaf to cancels', 3, (_path, body) => body.replace(/currentStatus>[23]</g, 'currentStatus>1<')],
  [
    'takes one limit for another',
    1,
    (_path, body) => body.replace(/(opModExpLimW><multiplier>\d<\/multiplier><value>)/g, '$11'),
  ],
  ['never hears of its envelope', 1, (path, body) => (/derp\/\d+\/derc/.test(path) ? '' : body)],
])(
  'a client that %s is found out, and no other',
  async (_what, enough, spoil) => {
    const { differences } = await hours({ hours: enough, sites: 12, overTls: 0, restarts: 0, spoil: spoilt(spoil) });
    expect(differences.length).toBeGreaterThan(0);
    for (const line of differences) expect(line).toContain('site 5 ');
  },
  300_000,
);
