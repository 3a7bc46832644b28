/** A whole server in this process, with its ports open and a clock that is moved by hand, and clients with certificates. */
import { Agent, request } from 'node:https';
import { type Clock, ManualClock } from '../../base/clock';
import { countingIds } from '../../base/ids';
import { keptLog } from '../../base/log';
import { promMetrics } from '../../base/metrics';
import { tasks } from '../../base/tasks';
import { received } from '../../codec/testing/received';
import { type Device, issueDevice, loadPki, loadServerFiles } from '../../tls';
import { clientTls } from '../../tls/client-tls';
import { checkConfig, readConfig } from '../config';
import { readOperatorKey } from '../init';
import { startServer } from '../start';

export { folder } from './folder';

export const t0 = 1_790_000_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the device port: one keep-alive connection with a certificate of its own. */
export interface DeviceClient {
  readonly issued: Device;
  readonly lfdi: string;
  readonly tls: ReturnType<typeof clientTls>;
  ask(path: string, asked?: Asked): Promise<Answer>;
  close(): void;
}

export function deviceClient(port: number, issued: Device, rootsPem: string, clock: Clock): DeviceClient {
  const options = clientTls({ ...issued, rootsPem, clock });
  const agent = new Agent({ ...options, maxSockets: 1 });
  return {
    issued,
    lfdi: issued.lfdi,
    tls: options,
    ask: (path, { method = 'GET', body, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const type = {
          accept: 'application/sep+xml',
          ...(body !== undefined && { 'content-type': 'application/sep+xml' }),
        };
        const call = request(
          { host: '127.0.0.1', port, path, method, agent, headers: { ...type, ...headers } },
          res => {
            let text = '';
            res.setEncoding('utf8').on('data', (part: string) => (text += part));
            res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: received(text) }));
            res.on('error', reject);
          },
        );
        call.on('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

export async function openHouse(dir: string, { clock = new ManualClock(t0), config = {} } = {}) {
  const log = keptLog();
  const metrics = promMetrics();
  const failed: unknown[] = [];
  const work = tasks(error => failed.push(error));
  const server = await startServer({
    dir,
    config: checkConfig({ ...readConfig(dir), ...config }, 'test'),
    clock,
    ids: countingIds(),
    log,
    metrics,
    tasks: work,
    checkAnswers: true,
  });
  const key = readOperatorKey(dir);
  const pki = loadPki(dir);
  const { rootsPem } = loadServerFiles(dir);
  const clients: DeviceClient[] = [];
  /** One request to the operator API; a string is sent as it is, anything else as JSON. */
  const operator = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.operatorPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const json = (/json/.test(type) ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, type, text, json, headers: response.headers };
  };
  return {
    server,
    clock,
    log,
    metrics,
    tasks: work,
    failed,
    key,
    pki,
    rootsPem,
    operator,
    /** Waits until what is recorded of refusals is written. */
    settle: () => server.recorded(),
    /** A new device, or one that was here before. */
    device(who: string | Device): DeviceClient {
      const issued = typeof who === 'string' ? issueDevice(pki, { name: who, role: 'device' }) : who;
      const client = deviceClient(server.port, issued, rootsPem, clock);
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await server.close();
    },
  };
}
export type OpenHouse = Awaited<ReturnType<typeof openHouse>>;
