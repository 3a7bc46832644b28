/** The server of a simulated day: real files, real ports, stopped, killed and started again, and the ways to it. */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ManualClock } from '../../../base/clock';
import { countingIds } from '../../../base/ids';
import { type Log, type LogFields, silentLog } from '../../../base/log';
import { promMetrics } from '../../../base/metrics';
import { Problem } from '../../../base/problem';
import { tasks } from '../../../base/tasks';
import { httpsTransport, type Transport } from '../../../client';
import { ccm8, clientTls, type Device, loadServerFiles, sfdiOf } from '../../../tls';
import { checkConfig, readConfig } from '../../config';
import { readOperatorKey } from '../../init';
import { type RunningServer, startServer } from '../../start';

const files = ['headroom.db', 'headroom.db-wal', 'headroom.db-shm'];

export class World {
  readonly tasks = tasks(error => this.faults.push(String(error)));
  /** Errors of background work and of the server's log: there should be none. */
  readonly faults: string[] = [];
  requests = 0;
  private readonly ids = countingIds();
  private readonly metrics = promMetrics();
  private server: RunningServer | undefined;
  /** Counts the lives of the server: what was asked of one is not answered by the next. */
  private life = 0;
  private ports: { port: number; operatorPort: number } = { port: 0, operatorPort: 0 };
  private readonly log: Log = noting(this.faults);

  constructor(
    private readonly dir: string,
    readonly clock: ManualClock,
  ) {}

  get running(): RunningServer {
    if (!this.server) throw new Error('the server is down');
    return this.server;
  }

  /** On the ports of the first life, which clients know. */
  async open(): Promise<void> {
    this.server = await startServer({
      dir: this.dir,
      config: checkConfig({ ...readConfig(this.dir), ...this.ports }, 'day'),
      clock: this.clock,
      ids: this.ids,
      log: this.log,
      metrics: this.metrics,
      tasks: this.tasks,
    });
    const { port, operatorPort } = this.server;
    this.ports = { port, operatorPort };
  }

  async close(): Promise<void> {
    const { running } = this;
    this.server = undefined;
    this.life++;
    await running.close();
  }

  /**
   * As SIGKILL at this instant would leave it: what the next life finds are the files as they are now. Nobody hears
   * anything of the old life any more; it is closed only to free its ports.
   */
  async kill(): Promise<void> {
    const { running, dir } = this;
    this.server = undefined;
    this.life++;
    for (const file of files) if (existsSync(join(dir, file))) cpSync(join(dir, file), join(dir, `${file}.image`));
    await running.close();
    for (const file of files) {
      rmSync(join(dir, file), { force: true });
      if (existsSync(join(dir, `${file}.image`))) renameSync(join(dir, `${file}.image`), join(dir, file));
    }
  }

  async operator<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.running.operatorPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${readOperatorKey(this.dir)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** Without a socket, as whoever has that certificate. */
  inProcess(lfdi: string): Transport {
    const peer = { lfdi, sfdi: sfdiOf(lfdi) };
    return this.mortal({
      send: async ({ method, path, headers = {}, body = '' }) => {
        const answer = await this.running.answer({
          id: 'day',
          method,
          url: path,
          accept: headers['Accept'],
          contentType: headers['Content-Type'],
          namesHost: true,
          peer,
          body: async () => Buffer.from(body),
        });
        const named = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
        return {
          status: answer.status,
          headers: Object.fromEntries(named) as Record<string, string>,
          body: Buffer.from(answer.body),
        };
      },
    });
  }

  /** Over TLS with a certificate and a connection of its own. */
  overTls(device: Device): Transport {
    const { rootsPem } = loadServerFiles(this.dir);
    const tls = clientTls({ ...device, rootsPem, clock: this.clock, suites: [ccm8] });
    return this.mortal(httpsTransport({ host: '127.0.0.1', port: this.ports.port, tls }));
  }

  /** What a life that has ended still answers is not heard. */
  private mortal(inner: Transport): Transport {
    return {
      send: async request => {
        const { life } = this;
        if (!this.server) throw new Problem('CANNOT_REACH', { at: request.path, note: 'the server is down' });
        this.requests++;
        const answer = await inner.send(request);
        if (life !== this.life) throw new Problem('CANNOT_REACH', { at: request.path, note: 'cut off' });
        return answer;
      },
      close: () => inner.close?.(),
    };
  }
}

function noting(faults: string[]): Log {
  const error = (message: string, fields?: LogFields) => void faults.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, error, with: () => log };
  return log;
}
