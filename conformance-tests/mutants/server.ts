/** Our server in this process, right or as a mutant, with a lab for it. Built with the seams of `seam.ts`. */
import { ScaledClock, SystemClock } from '../../src/base/clock';
import { countingIds } from '../../src/base/ids';
import { silentLog } from '../../src/base/log';
import { noMetrics } from '../../src/base/metrics';
import { tasks } from '../../src/base/tasks';
import { checkConfig, readConfig } from '../../src/server/config';
import { readOperatorKey } from '../../src/server/init';
import { startServer } from '../../src/server/start';
import { loadPki, loadServerFiles } from '../../src/tls';
import { createLab } from '../lab';
import { headroomOperator } from '../operator-api';
import { type Lab } from '../procedure';
import { type Mutant } from './mutant';
import { become } from './seam';

export interface MutantUnderTest {
  readonly lab: Lab;
  stop(): Promise<void>;
}

let runs = 0;

/** @param dir folder made by `headroom init`; its PKI and key are used, its database is not */
export async function startMutant(dir: string, speed: number, mutant?: Mutant): Promise<MutantUnderTest> {
  const wallMs = new SystemClock().nowMs();
  const clock = new ScaledClock(wallMs, speed, wallMs);
  if (mutant) become(clock, mutant);
  const failed: unknown[] = [];
  const server = await startServer({
    dir,
    config: checkConfig({ ...readConfig(dir), database: ':memory:' }, 'mutant'),
    clock,
    ids: countingIds(),
    log: silentLog,
    metrics: noMetrics,
    tasks: tasks(error => failed.push(error)),
  });
  const lab = createLab({
    host: '127.0.0.1',
    port: server.port,
    dcapPath: '/dcap',
    operator: headroomOperator({
      base: `http://127.0.0.1:${server.operatorPort}`,
      key: readOperatorKey(dir),
      // What a mutant gets wrong has nothing to do with restarts; the suite's own server is restarted in earnest.
      restart: async () => undefined,
    }),
    clock,
    pki: loadPki(dir),
    serverRootsPem: loadServerFiles(dir).rootsPem,
    runId: `${wallMs}-${++runs}`,
  });
  return { lab, stop: () => server.close() };
}
