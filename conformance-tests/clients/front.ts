/**
 * The test server's face: the TLS port that clients under test talk to. It writes down what they send, does the faults that are
 * set, and hands the rest to the server behind it, whichever that is.
 */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { until } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import { noMetrics } from '../../src/base/metrics';
import { ccm8, type Credentials, deviceServer, peerOf, pemToDer, Trust } from '../../src/tls';
import { Faults, spoil, type Fault } from './faults';
import { Links, pathOf, type Heard } from './heard';
import { type LabClock } from './lab-clock';

export interface Asked {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly peer: { readonly lfdi: string; readonly sfdi: number };
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FrontOptions {
  readonly credentials: Credentials;
  readonly rootsPem: string;
  readonly clock: LabClock;
  readonly dcapPath: string;
  /** The server behind. */
  readonly ask: (asked: Asked) => Promise<Answered>;
}

const moved = '/moved';
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Front {
  readonly faults = new Faults();
  readonly links: Links;
  /** In order of arrival. */
  readonly heard: Heard[] = [];
  /** Connections that were opened, those that came to nothing included. */
  connections = 0;
  /** Answers that are being held back. */
  holding = 0;
  private presented: Credentials;
  private round = 0;
  private readonly device: ReturnType<typeof deviceServer>;
  private readonly listeners = new Set<(heard: Heard) => void>();

  constructor(private readonly options: FrontOptions) {
    const { credentials, rootsPem, clock, dcapPath } = options;
    this.links = new Links(dcapPath);
    this.presented = credentials;
    this.device = deviceServer(
      {
        credentials,
        trust: new Trust({ clock, roots: pemToDer(rootsPem, 'roots') }),
        clock,
        log: silentLog,
        metrics: noMetrics,
        suites: [ccm8],
        http: { keepAlive: true, keepAliveTimeout: 3_600_000, requestTimeout: 0, headersTimeout: 0 },
      },
      (req, res) => void this.take(req, res).catch(() => req.socket.destroy()),
    );
    this.device.server.on('connection', () => void this.connections++);
  }

  listen(port: number, host: string): Promise<number> {
    const { server } = this.device;
    return new Promise((ready, failed) => {
      server.once('error', failed);
      server.listen(port, host, () => ready((server.address() as AddressInfo).port));
    });
  }

  /** Shows this certificate from now on, and ends what is open. */
  present(credentials: Credentials): void {
    if (credentials === this.presented) return;
    this.presented = credentials;
    this.device.renew(credentials);
    for (const socket of this.device.open.keys()) socket.destroy();
  }

  /** Told of each request when it has been answered, or was not. */
  onHeard(listener: (heard: Heard) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Forgets what was heard and takes all faults away; what links have told stays told. */
  reset(): void {
    this.listenAnew();
    this.faults.clear();
    this.present(this.options.credentials);
  }

  /** Ends what is open and forgets what was heard: the last words of a client that was stopped are not those of the next. */
  listenAnew(): void {
    this.round++;
    for (const socket of this.device.open.keys()) socket.destroy();
    this.heard.length = 0;
    this.connections = 0;
  }

  close(): void {
    this.device.server.close();
    this.device.server.closeAllConnections();
  }

  private get prefix(): string {
    const fault = this.faults.all.find(each => each.do === 'hrefs');
    return fault?.do === 'hrefs' ? fault.prefix : '';
  }

  private async take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { clock, dcapPath } = this.options;
    const socket = req.socket as TLSSocket;
    const peer = peerOf(socket);
    if (!peer || socket.destroyed) return void socket.destroy();
    const { round } = this;
    const { method = '', url = '' } = req;
    const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
    const at = clock.nowMs() / 1000;
    const prefix = this.prefix;
    const inner = url.replace(new RegExp(`^${moved}(?=/)`), '');
    const known = prefix === '' || inner.startsWith(`${prefix}/`) || pathOf(inner) === dcapPath;
    const plain = inner.startsWith(`${prefix}/`) ? inner.slice(prefix.length) : inner;
    const path = pathOf(plain);
    const heard: Mutable<Heard> = {
      method,
      path: url,
      requestHeaders: headers,
      requestBody: '',
      status: 0,
      reason: '',
      headers: {},
      body: '',
      at,
      lfdi: peer.lfdi,
      resource: this.links.resourceAt(path),
      offered: known && this.links.has(path),
      faults: [],
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher().name,
    };
    this.heard.push(heard);
    const body = await bodyOf(req);
    heard.requestBody = body;
    const faults = this.faults.meet({ method, path: url, resource: heard.resource });
    heard.faults = faults.map(fault => fault.do);
    const finish = () => {
      if (round === this.round) this.listeners.forEach(listener => listener(heard));
    };
    const drop = () => {
      socket.destroy();
      finish();
    };
    await this.hold(faults);
    if (has(faults, 'drop')?.when === 'before') return drop();
    const asked = {
      method,
      url: paged(plain, faults),
      headers,
      body: prefix === '' ? body : body.replaceAll(`<subscribedResource>${prefix}/`, '<subscribedResource>/'),
      peer: { lfdi: peer.lfdi, sfdi: peer.sfdi },
    };
    const answer =
      instead(faults, url) ?? (known ? await this.options.ask(asked) : { status: 404, headers: {}, body: '' });
    this.links.learn(answer.body);
    const { Location: location } = answer.headers;
    if (location?.startsWith('/')) this.links.offer(pathOf(location.replace(new RegExp(`^${moved}(?=/)`), '')));
    if (has(faults, 'drop')?.when === 'after') return drop();
    const shown = prefixed(answer, prefix);
    const spoilt = has(faults, 'body');
    const text = spoilt && shown.status === 200 ? spoil(shown.body, spoilt.as) : shown.body;
    Object.assign(heard, {
      status: shown.status,
      headers: shown.headers,
      body: text,
      answeredAt: clock.nowMs() / 1000,
    });
    if (has(faults, 'drop')?.when === 'during') {
      res.writeHead(shown.status, { ...shown.headers, 'Content-Length': String(Buffer.byteLength(text) + 1) });
      res.write(text.slice(0, text.length / 2), drop);
      return;
    }
    res.writeHead(shown.status, { ...shown.headers, 'Content-Length': String(Buffer.byteLength(text)) });
    res.end(method === 'HEAD' ? undefined : text);
    finish();
  }

  private async hold(faults: readonly Fault[]): Promise<void> {
    const delay = has(faults, 'delay');
    if (!delay) return;
    const { steady } = this.options.clock;
    this.holding++;
    await until(steady, steady.nowMs() / 1000 + delay.seconds);
    this.holding--;
  }
}

const has = <D extends Fault['do']>(faults: readonly Fault[], deed: D) =>
  faults.find((each): each is Fault & { do: D } => each.do === deed);

/** The answer of a fault that does not ask the server. */
function instead(faults: readonly Fault[], url: string): Answered | undefined {
  const redirect = has(faults, 'redirect');
  // Who has come to the other place finds it.
  if (redirect && (redirect.location !== undefined || !url.startsWith(`${moved}/`)))
    return { status: redirect.status, headers: { Location: redirect.location ?? `${moved}${url}` }, body: '' };
  const status = has(faults, 'status');
  if (!status) return undefined;
  const wait = status.retryAfterS === undefined ? {} : { 'Retry-After': String(status.retryAfterS) };
  return { status: status.status, headers: wait, body: '' };
}

function paged(url: string, faults: readonly Fault[]): string {
  const page = has(faults, 'page');
  if (!page) return url;
  const [path = '', query = ''] = url.split('?', 2);
  const asked = new URLSearchParams(query);
  asked.set('l', String(Math.min(page.most, Number(asked.get('l') ?? 1))));
  return `${path}?${asked.toString()}`;
}

function prefixed({ status, headers, body }: Answered, prefix: string): Answered {
  if (prefix === '') return { status, headers, body };
  const { Location: location } = headers;
  return {
    status,
    headers: location?.startsWith('/') ? { ...headers, Location: prefix + location } : headers,
    body: body.replace(/((?:href|replyTo)="|<(?:subscribedResource|subscriptionURI)>)\//g, `$1${prefix}/`),
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
