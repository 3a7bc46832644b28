/**
 * Every scenario of the test server against every client of this house: ours by itself, both kinds of simulated site, and an
 * aggregator. Part of `npm run test:conformance`; `ONLY="BASIC-02* FAULT-*"` runs some.
 */
import { tableOf } from '../reports/table';
import { selectScenarios } from './scenarios';
import { rightClients } from './testing/right-clients';
import { virtualBench, type VirtualBench } from './testing/virtual-bench';

const chosen = selectScenarios((process.env['ONLY'] ?? 'all').split(/\s+/).filter(Boolean));
const cases = rightClients.flatMap(client =>
  chosen
    .filter(({ roles, needs }) => roles.includes(client.role) && needs.every(need => client.claims.includes(need)))
    .map(scenario => [client.name, scenario.id, client, scenario] as const),
);
let bench: VirtualBench;
let passed = 0;

beforeAll(async () => {
  bench = await virtualBench();
});
afterAll(async () => {
  await bench.close();
  process.stderr.write(`clients: ${passed} passed, ${cases.length - passed} failed\n`);
});

it('has scenarios', () => expect(selectScenarios(['all']).length).toBeGreaterThan(0));

for (const [name, id, client, scenario] of cases)
  it(`${name} passes ${id}`, async () => {
    const result = await bench.run(scenario, client.make, client.role, client.claims);
    if (result.verdict !== 'PASS') throw new Error(tableOf([result]));
    passed++;
  }, 120_000);
