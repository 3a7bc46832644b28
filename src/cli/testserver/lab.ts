/** Our server in lab mode, with the front of the test server before it: what `headroom testserver` and its tests run. */
import { type Clock } from '../../base/clock';
import { type Ids } from '../../base/ids';
import { type Log } from '../../base/log';
import { type Metrics } from '../../base/metrics';
import { Problem } from '../../base/problem';
import { type Tasks } from '../../base/tasks';
import { Front, type Asked } from '../../../conformance-tests/clients/front';
import { type Told } from '../../../conformance-tests/clients/heard';
import { LabClock } from '../../../conformance-tests/clients/lab-clock';
import { type Bench } from '../../../conformance-tests/clients/stage';
import { headroomOperator } from '../../../conformance-tests/operator-api';
import { checkConfig, readConfig } from '../../server/config';
import { readOperatorKey } from '../../server/init';
import { startServer, type RunningServer } from '../../server/start';
import { type Credentials, loadPki, loadServerFiles } from '../../tls';

export interface TestLabOptions {
  /** Folder made by `headroom init`: its PKI and operator key; its database is left alone. */
  readonly dir: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** What stories are told by. */
  readonly steady: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tasks: Tasks;
}

export interface TestLab extends Pick<Bench, 'operator' | 'front' | 'clock' | 'told' | 'pki' | 'credentials'> {
  readonly port: number;
  readonly rootsPem: string;
  readonly server: RunningServer;
  close(): Promise<void>;
}

/** Nothing is kept, and what a test needs is allowed; the rest of config.json holds. */
const labSettings = {
  database: ':memory:',
  host: '127.0.0.1',
  port: 0,
  operatorHost: '127.0.0.1',
  operatorPort: 0,
  redirectPort: 0,
  timeQuality: 7,
  notifySpacingS: 30,
  postRateS: 60,
  maxRequestsPerMinute: 60_000,
  engineEveryS: 0,
} as const;

/** @throws Problem PORT_TAKEN and what starting a server throws */
export async function openTestLab(options: TestLabOptions): Promise<TestLab> {
  const { dir, host, port, steady, ids, log, metrics, tasks } = options;
  const given = readConfig(dir);
  const config = checkConfig({ ...given, ...labSettings, notifyAllow: given.notifyAllow || '0.0.0.0/0, ::/0' }, dir);
  const clock = new LabClock(steady);
  const told: Told[] = [];
  const server = await startServer({
    dir,
    config,
    clock,
    ids,
    log,
    metrics,
    tasks,
    told: ({ lfdi, uri }, body, { outcome, ...more }) =>
      void told.push({ lfdi, uri, body, outcome, ...('why' in more && { why: more.why }), at: clock.nowMs() / 1000 }),
  });
  const { rootsPem, keyPem, chainPem } = loadServerFiles(dir, config.pki);
  const credentials: Credentials = { keyPem, chainPem };
  const ask = async ({ method, url, headers, body, peer }: Asked) => {
    const {
      status,
      headers: shown,
      body: text,
    } = await server.answer({
      id: ids.next(),
      method,
      url,
      accept: headers['accept'],
      contentType: headers['content-type'],
      namesHost: headers['host'] !== undefined,
      peer,
      body: async () => Buffer.from(body, 'utf8'),
    });
    return { status, headers: shown, body: text };
  };
  const front = new Front({ credentials, rootsPem, clock, dcapPath: '/dcap', ask });
  const bound = await front.listen(port, host).catch(async (cause: unknown) => {
    await server.close();
    throw new Problem('PORT_TAKEN', { at: `${host}:${port}`, cause });
  });
  return {
    operator: headroomOperator({ base: server.operatorUrl, key: readOperatorKey(dir) }),
    front,
    clock,
    told,
    pki: loadPki(dir, config.pki),
    credentials,
    port: bound,
    rootsPem,
    server,
    close: async () => {
      front.close();
      await server.close();
    },
  };
}
