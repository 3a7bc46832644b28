/**
 * Where a subscriber is notified: an HTTPS server with the subscriber's certificate. It holds each notification against schema and
 * list rules, and answers what the procedure wants it to.
 */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Clock } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { read } from '../src/codec/read';
import { complexTypes } from '../src/model';
import { Notification } from '../src/model/subscription';
import { deviceServer, pemToDer, Trust } from '../src/tls';
import { linkFaults, listFaults } from './rules/list-rules';
import { schemaFaults } from './rules/schema';
import { childNamed, parseXml } from './rules/xml';
import { type Exchange, type WireIdentity } from './wire';

export interface Notified {
  readonly notification: Notification;
  /** Seconds by the suite's clock. */
  readonly at: number;
  /** Whether it was answered with a 2xx; what was not is sent again. */
  readonly accepted: boolean;
}

export interface ReceiverOptions {
  readonly identity: WireIdentity;
  /** PEM of the roots the server under test hangs from. */
  readonly rootsPem: string;
  /** How the server under test reaches this machine. */
  readonly host: string;
  readonly clock: Clock;
}

export class Receiver {
  readonly received: Notified[] = [];
  readonly faults: string[] = [];
  readonly exchanges: Exchange[] = [];
  /** What notifications are answered with. */
  status = 201;
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly options: ReceiverOptions,
    private readonly device: ReturnType<typeof deviceServer>,
  ) {}

  static async open(options: ReceiverOptions): Promise<Receiver> {
    const { identity, rootsPem, clock } = options;
    const receivers: Receiver[] = [];
    const device = deviceServer(
      {
        credentials: { keyPem: identity.keyPem, chainPem: identity.chainPem },
        trust: new Trust({ clock, roots: pemToDer(rootsPem, 'server roots') }),
        clock,
        log: silentLog,
        metrics: noMetrics,
        suites: ['ECDHE-ECDSA-AES128-CCM8'],
      },
      (req, res) => receivers[0]?.take(req, res),
    );
    await new Promise<void>(ready => device.server.listen(0, options.host, ready));
    const receiver = new Receiver(options, device);
    receivers.push(receiver);
    return receiver;
  }

  get uri(): string {
    return `https://${this.options.host}:${(this.device.server.address() as AddressInfo).port}/ntfy`;
  }

  /** The first notification that fits, past or to come; undefined when none comes within so many seconds of the clock. */
  async first(fits: (each: Notified) => boolean, withinS: number): Promise<Notified | undefined> {
    const { clock } = this.options;
    const deadline = clock.now() + withinS;
    for (;;) {
      const found = this.received.find(fits);
      if (found || clock.now() >= deadline) return found;
      await new Promise<void>(resolve => {
        const settle = () => {
          cancel();
          this.waiting.delete(settle);
          resolve();
        };
        const cancel = clock.at(deadline, settle);
        this.waiting.add(settle);
      });
    }
  }

  close(): void {
    this.device.server.close();
    this.device.server.closeAllConnections();
  }

  private take(req: IncomingMessage, res: ServerResponse): void {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.once('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
      this.exchanges.push({
        method: req.method ?? '',
        path: req.url ?? '',
        requestHeaders: headers,
        requestBody: body,
        status: this.status,
        reason: '',
        headers: {},
        body: '',
        at: this.options.clock.nowMs() / 1000,
      });
      this.judge(req, body);
      res.writeHead(this.status, { 'Content-Length': '0' }).end();
      for (const settle of [...this.waiting]) settle();
    });
  }

  private judge({ method, url = '', headers }: IncomingMessage, body: string): void {
    const fault = (text: string) => this.faults.push(`notification ${method} ${url}: ${text}`);
    if (method !== 'POST') fault('not a POST');
    if (!/^application\/sep\+xml\b/i.test(headers['content-type'] ?? ''))
      fault(`Content-Type is ${headers['content-type']}`);
    if (headers['content-length'] === undefined) fault('no Content-Length');
    const root = parseXml(body);
    if (typeof root === 'string') return void fault(`not well-formed: ${root}`);
    schemaFaults(root).forEach(fault);
    linkFaults(root)
      .filter(text => !/URI$/.test(text))
      .forEach(fault);
    try {
      const notification = read(Notification, body, { mode: 'strict' }).value;
      const resource = childNamed(root, 'Resource');
      const type = complexTypes.get(notification.Resource?.$type ?? '');
      if (resource && type) listFaults(type, resource).forEach(fault);
      const again = this.received
        .filter(each => each.notification.subscriptionURI === notification.subscriptionURI)
        .at(-1);
      if (again?.accepted && JSON.stringify(again.notification) === JSON.stringify(notification))
        fault('the same as the last one, which was accepted');
      this.received.push({ notification, at: this.options.clock.now(), accepted: this.status < 300 });
    } catch (error) {
      fault((error as Error).message);
    }
  }
}
