/**
 * Tests of the tests, for clients: every client that is wrong on purpose must be caught by the scenario meant for it, and the
 * right client passes each of those. Part of `npm run test:mutants`; `ONLY="primacy PIN"` runs those whose names have one of the words.
 */
import { type ProcedureResult } from '../run';
import { selectScenarios } from './scenarios';
import { clientMutants } from './testing/client-mutants';
import { ourAggregator } from './testing/our-aggregator';
import { ourClient } from './testing/our-client';
import { virtualBench, type Make, type VirtualBench } from './testing/virtual-bench';
import { type Role } from './client-scenario';
import { tableOf } from '../reports/table';

const words = (process.env['ONLY'] ?? '').split(/\s+/).filter(Boolean);
const chosen = clientMutants.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)));
const right = { 'der-client': ourClient(), aggregator: ourAggregator() } as const;
let bench: VirtualBench;

beforeAll(async () => {
  bench = await virtualBench();
});
afterAll(() => bench.close());

function verdict(id: string, role: Role, make: Make): Promise<ProcedureResult> {
  const [scenario] = selectScenarios([id]);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return bench.run(scenario, make, role);
}

it('has thirty mutants at least', () => expect(clientMutants.length).toBeGreaterThanOrEqual(30));

it.each([...new Map(chosen.map(({ caughtBy, role }) => [`${caughtBy} ${role}`, { caughtBy, role }])).values()])(
  'the right $role passes $caughtBy',
  async ({ caughtBy, role }) => {
    const result = await verdict(caughtBy, role, right[role]);
    if (result.verdict !== 'PASS') throw new Error(tableOf([result]));
  },
  60_000,
);

it.each(chosen)(
  '$name: caught by $caughtBy',
  async ({ name, caughtBy, role, make }) => {
    const result = await verdict(caughtBy, role, make);
    const check = result.steps.flatMap(step => step.checks).find(({ ok }) => !ok);
    process.stderr.write(
      `| ${name} | ${caughtBy} | ${(check?.text ?? result.faults[0] ?? result.why ?? 'NOT CAUGHT').slice(0, 110)} |\n`,
    );
    expect(['FAIL', 'BLOCKED']).toContain(result.verdict);
  },
  60_000,
);
