/**
 * Tests of the tests: every mutant must be caught by the procedure meant for it, and each of those procedures must pass on the right
 * server. Run by `npm run test:mutants`; `ONLY="primacy twice"` runs those whose names have one of the words.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { noMetrics } from '../../src/base/metrics';
import { type answerer } from '../../src/protocol/answer';
import { type push } from '../../src/protocol/push';
import { initDir } from '../../src/server/init';
import { type trustService } from '../../src/server/trust-service';
import { claims, type Claim } from '../procedure';
import { select } from '../procedures';
import { tableOf } from '../reports/table';
import { runOne, type ProcedureResult } from '../run';
import { mutants } from '.';
import { type Mutant } from './mutant';
import type * as Seam from './seam';
import { startMutant } from './server';

jest.mock('../../src/protocol/answer', () => {
  const real = jest.requireActual<{ answerer: typeof answerer }>('../../src/protocol/answer');
  const seam = jest.requireActual<typeof Seam>('./seam');
  return {
    ...real,
    answerer: (deps: Parameters<typeof answerer>[0]) => seam.aroundAnswers(deps.clock, real.answerer(deps)),
  };
});
jest.mock('../../src/protocol/push', () => {
  const real = jest.requireActual<{ push: typeof push }>('../../src/protocol/push');
  const seam = jest.requireActual<typeof Seam>('./seam');
  return { ...real, push: (deps: Parameters<typeof push>[0]) => seam.aroundPush(deps.clock, real.push(deps)) };
});
jest.mock('../../src/server/trust-service', () => {
  const real = jest.requireActual<{ trustService: typeof trustService }>('../../src/server/trust-service');
  const seam = jest.requireActual<typeof Seam>('./seam');
  return {
    ...real,
    trustService: async (deps: Parameters<typeof trustService>[0]) => {
      const made = await real.trustService(deps);
      seam.aroundTrust(deps.clock, made.trust);
      return made;
    },
  };
});

const speed = 40;
const sideBySide = 10;
const words = (process.env['ONLY'] ?? '').split(/\s+/).filter(Boolean);
const chosen = mutants.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)));
const all = Object.keys(claims) as Claim[];
const dir = join(mkdtempSync(join(tmpdir(), 'headroom-mutants-')), 'server');
const right = new Map<string, ProcedureResult>();
const caught = new Map<Mutant, ProcedureResult>();

async function verdict(id: string, mutant?: Mutant): Promise<ProcedureResult> {
  const [procedure] = select([id]);
  if (!procedure) throw new Error(`no procedure ${id}`);
  const server = await startMutant(dir, speed, mutant);
  const result = await runOne(procedure, { lab: server.lab, claims: all });
  await server.stop();
  process.stderr.write(`${result.verdict.padEnd(8)} ${id} ${mutant?.name ?? ''} (${result.seconds.toFixed(1)} s)\n`);
  return result;
}

async function lanes(jobs: (() => Promise<void>)[]): Promise<void> {
  const lane = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job();
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
}

beforeAll(async () => {
  const settings = { host: '127.0.0.1', port: 0, operatorPort: 0, timeQuality: 7, notifyAllow: '127.0.0.1' };
  await initDir(dir, settings, { clock: new SystemClock(), log: silentLog, metrics: noMetrics });
  const ids = [...new Set(chosen.map(({ caughtBy }) => caughtBy))];
  await lanes([
    ...ids.map(id => async () => void right.set(id, await verdict(id))),
    ...chosen.map(mutant => async () => void caught.set(mutant, await verdict(mutant.caughtBy, mutant))),
  ]);
  const lines = chosen.map(mutant => {
    const result = caught.get(mutant);
    return `| ${mutant.name} | ${result?.verdict === 'FAIL' ? mutant.caughtBy : `NOT CAUGHT (${result?.verdict})`} | ${result ? firstWrong(result) : ''} |`;
  });
  process.stderr.write(`\n| A server that … | caught by | because |\n| --- | --- | --- |\n${lines.join('\n')}\n`);
  const count = [...caught.values()].filter(result => result.verdict === 'FAIL').length;
  process.stderr.write(`\n${count} of ${chosen.length} mutants caught\n`);
}, 900_000);

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What gave a mutant away. */
function firstWrong({ faults, steps }: ProcedureResult): string {
  const check = steps.flatMap(step => step.checks).find(each => !each.ok);
  const stopped = steps.find(step => step.stopped !== undefined)?.stopped;
  return (check?.text ?? faults[0] ?? stopped ?? '')
    .replace(/[A-F0-9]{12,}/g, '…')
    .replaceAll('|', ' ')
    .slice(0, 100);
}

it('has sixty mutants at least', () => expect(mutants.length).toBeGreaterThanOrEqual(60));

it.each([...new Set(chosen.map(({ caughtBy }) => caughtBy))])('the right server passes %s', id => {
  const result = right.get(id);
  if (result?.verdict !== 'PASS') throw new Error(result ? tableOf([result]) : 'not run');
});

it.each(chosen.map(mutant => [mutant.name, mutant.caughtBy, mutant] as const))(
  '%s: caught by %s',
  (_name, _id, mutant) => {
    const result = caught.get(mutant);
    expect(result?.verdict).toBe('FAIL');
    // A server that does not answer at all is caught by anything.
    expect(result && firstWrong(result)).not.toContain('no answer within');
  },
);
