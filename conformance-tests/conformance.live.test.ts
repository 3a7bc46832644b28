/**
 * The whole suite against `headroom serve`, over real mutual TLS, in a process of its own. The server runs on a clock that is
 * warped, and the suite waits by the server's clock, so that minutes pass in seconds. Run by `npm run test:conformance`;
 * `ONLY="BASIC-02* COMM-*" npm run test:conformance` runs some.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { procedures, select } from './procedures';
import { tableOf } from './reports/table';
import { type ProcedureResult } from './run';
import { runAll } from './run-all';
import { claimed, startHeadroom, type HeadroomUnderTest } from './testing/headroom';

const chosen = select((process.env['ONLY'] ?? '').split(/\s+/).filter(Boolean));
const speed = 20;
let server: HeadroomUnderTest;
let results: ReadonlyMap<string, ProcedureResult>;

beforeAll(async () => {
  server = await startHeadroom({ speed });
  const done = await runAll(chosen, {
    lab: server.lab,
    claims: claimed(),
    speed,
    sideBySide: 10,
    progress: text => process.stderr.write(`${text}\n`),
  });
  results = new Map(done.map(result => [result.id, result]));
  process.stderr.write(`${tableOf(done)}\n`);
}, 600_000);

afterAll(() => server.stop());

/** Procedure → verdict that is known and explained. */
const exceptions = new Map(
  [
    ...readFileSync(join(__dirname, 'exceptions.md'), 'utf8').matchAll(/^\| ([A-Z]+-\d+[A-G]?) +\| ([A-Z ]+?) +\|/gm),
  ].map(([, id = '', verdict = '']) => [id, verdict] as const),
);

it('has procedures', () => expect(procedures.length).toBeGreaterThan(0));

it.each(chosen.map(({ id }) => id))('%s', id => {
  const result = results.get(id);
  if (result?.verdict !== (exceptions.get(id) ?? 'PASS')) throw new Error(result ? tableOf([result]) : 'not run');
});
