/**
 * The whole suite against `headroom serve`, over real mutual TLS, in a process of its own. The server runs on a clock that is
 * warped, and the suite waits by the server's clock, so that minutes pass in seconds. Run by `npm run test:conformance`;
 * `ONLY="BASIC-02* COMM-*" npm run test:conformance` runs some.
 */
import { procedures, select } from './procedures';
import { tableOf } from './report';
import { type ProcedureResult } from './run';
import { runAll } from './run-all';
import { claimed, startHeadroom, type HeadroomUnderTest } from './testing/headroom';

const chosen = select((process.env['ONLY'] ?? '').split(/\s+/).filter(Boolean));
const speed = 30;
let server: HeadroomUnderTest;
let results: ReadonlyMap<string, ProcedureResult>;

beforeAll(async () => {
  server = await startHeadroom({ speed });
  const done = await runAll(chosen, {
    lab: server.lab,
    claims: claimed(),
    speed,
    sideBySide: 12,
    progress: text => process.stderr.write(`${text}\n`),
  });
  results = new Map(done.map(result => [result.id, result]));
  process.stderr.write(`${tableOf(done)}\n`);
}, 600_000);

afterAll(() => server.stop());

it('has procedures', () => expect(procedures.length).toBeGreaterThan(0));

it.each(chosen.map(({ id }) => id))('%s', id => {
  const result = results.get(id);
  expect(result && tableOf([result])).toMatch(/\n[01] passed, 0 failed/);
});
