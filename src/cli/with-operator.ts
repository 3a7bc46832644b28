import { resolve } from 'node:path';
import { systemIds } from '../base/ids';
import { jsonLog } from '../base/log';
import { promMetrics } from '../base/metrics';
import { tasks } from '../base/tasks';
import { readConfig } from '../server/config';
import { startOperator } from '../server/operator-alone';
import { type Io } from './command';
import { operatorApi, operatorApiAt, serverRuns, type OperatorApi } from './operator-api';

/**
 * Does something through the operator API: that of the running server, or, when none runs on the folder, one of our own that
 * opens the database for as long as the command takes. Either way the same code does the work.
 */
export async function withOperator<T>(dir: string, io: Io, use: (api: OperatorApi) => Promise<T>): Promise<T> {
  if (await serverRuns(dir)) return use(operatorApi(dir));
  const work = tasks(() => undefined);
  const log = jsonLog({ level: 'warn' });
  const alone = await startOperator({
    dir,
    config: readConfig(dir),
    clock: io.clock,
    ids: systemIds,
    log,
    metrics: promMetrics(),
    tasks: work,
  });
  try {
    return await use(operatorApiAt(`http://127.0.0.1:${alone.port}`, alone.key));
  } finally {
    await alone.close();
  }
}

/** What most commands on the operator API do: something with it, and then say what came of it. */
export const operatorOf = (io: Io) => ({
  use: <T>(dir: string, act: (api: OperatorApi) => Promise<T>): Promise<T> =>
    withOperator(resolve(io.cwd, dir), io, act),
  say: (json: boolean | undefined, value: object, text: string): void => io.out(json ? JSON.stringify(value) : text),
});
