/** The test server in short: a few scenarios for each client of this house, and verdicts on some that are wrong on purpose. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableOf } from '../reports/table';
import { clientClaims, roles } from './client-scenario';
import { scenarios, selectScenarios } from './scenarios';
import { scenarioBook } from './scenario-text';
import { clientMutants } from './testing/client-mutants';
import { rightClients } from './testing/right-clients';
import { virtualBench, type VirtualBench } from './testing/virtual-bench';

let bench: VirtualBench;
beforeAll(async () => {
  bench = await virtualBench();
});
afterAll(() => bench.close());

const short = {
  'der-client': ['COMM-002', 'CORE-005', 'CORE-022', 'FAULT-014'],
  aggregator: ['AGG-003', 'CORE-018'],
} as const;

it.each(rightClients)(
  '$name passes a few',
  async ({ role, claims, make }) => {
    for (const id of short[role]) {
      const [scenario] = selectScenarios([id]);
      if (!scenario) throw new Error(`no scenario ${id}`);
      const result = await bench.run(scenario, make, role, claims);
      if (result.verdict !== 'PASS') throw new Error(tableOf([result]));
    }
  },
  60_000,
);

it.each(['ignores cancellations', 'goes by its own clock', 'takes no heed of notifications'])(
  'a client that %s fails',
  async name => {
    const mutant = clientMutants.find(each => each.name === name);
    const [scenario] = selectScenarios([mutant?.caughtBy ?? '?']);
    if (!mutant || !scenario) throw new Error(`no mutant that ${name}`);
    expect((await bench.run(scenario, mutant.make, mutant.role)).verdict).toBe('FAIL');
  },
  60_000,
);

it('does not ask of a client what it does not claim, or of a role what is not its', async () => {
  const [alarms] = selectScenarios(['BASIC-027']);
  const [subscription] = selectScenarios(['CORE-018']);
  const [ours] = rightClients;
  if (!alarms || !subscription || !ours) throw new Error('no scenario');
  expect(await bench.run(alarms, ours.make, 'der-client', ['csip'])).toMatchObject({
    verdict: 'NOT SUPPORTED',
    why: 'alarms',
  });
  expect(await bench.run(subscription, ours.make, 'der-client')).toMatchObject({ verdict: 'NOT SUPPORTED' });
});

it('is blocked when the client does not come', async () => {
  const [scenario] = selectScenarios(['COMM-002']);
  if (!scenario) throw new Error('no scenario');
  const idle = () => ({ start: () => undefined, stop: () => undefined, alarms: () => undefined });
  const result = await bench.run(scenario, idle, 'der-client');
  expect(result).toMatchObject({ verdict: 'BLOCKED', why: 'no request of the client within 120 s' });
});

it('tells of each client that is wrong in the README, and of each scenario that catches one', () => {
  const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| ([^|]+?) +\| ([A-Z]+-\d+[A-G]?) +\|/gm)].map(row => row.slice(1, 3));
  expect(rows).toEqual(clientMutants.map(({ name, caughtBy }) => [name, caughtBy]));
  expect(new Set(clientMutants.map(({ name }) => name)).size).toBe(clientMutants.length);
  for (const { caughtBy, role } of clientMutants) expect(selectScenarios([caughtBy])[0]?.roles).toContain(role);
});

/** Columns of the CSIP tables as protocol facts 7 have them; COMM-001 is optional, UTIL-001 is of servers alone. */
const number = (n: number) => String(n).padStart(3, '0');
const ids = (family: string, ...numbers: number[]) => numbers.map(n => `${family}-${number(n)}`);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const comm = [...ids('COMM', 2, 3), ...'ABCDEFG'.split('').map(step => `COMM-004${step}`)];
const shared = [
  ...comm,
  ...ids('CORE', 3, 5, 9, 10, 11, 12, 13, 14, 21, 22),
  ...ids('BASIC', 1, 27, 28, 29),
  'ERR-001',
];
const columns = {
  'der-client': [...shared, ...ids('BASIC', ...range(2, 26))],
  aggregator: [
    ...shared,
    ...ids('CORE', 18, 19),
    ...ids('AGG', ...range(1, 12)),
    ...ids('UTIL', 2, 3, 4),
    ...ids('MAINT', 1, 3, 4, 5, 6),
    'ERR-002',
  ],
} as const;

it.each(roles)('has every procedure of the column of the %s', role => {
  const there = scenarios.filter(each => each.roles.includes(role)).map(({ id }) => id);
  expect(columns[role].filter(id => !there.includes(id))).toEqual([]);
});

it('names each scenario once, with texts a lab can read', () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  for (const { id, title, arranged, requirements, needs, expect: wanted } of scenarios) {
    expect([id, title.length > 3, arranged.length > 10, requirements.length > 0, wanted.length > 0]).toEqual([
      id,
      true,
      true,
      true,
      true,
    ]);
    for (const need of needs) expect(clientClaims).toHaveProperty(need);
  }
  expect(scenarioBook(scenarios).match(/^## /gm)).toHaveLength(scenarios.length);
});
