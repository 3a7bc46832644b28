/**
 * One client connection to the server under test. Every answer is held against what holds for all of them (`rules/`). What breaks
 * a rule is kept for the procedure that saw it.
 */
import { Agent, request } from 'node:https';
import { type TLSSocket } from 'node:tls';
import { type Clock } from '../src/base/clock';
import { Problem } from '../src/base/problem';
import { read } from '../src/codec/read';
import { write } from '../src/codec/write';
import { dialects } from '../src/model/dialect';
import { type Complex, type Infer } from '../src/model/dsl';
import { clientTls } from '../src/tls';
import { answerFaults, Known } from './rules/answer-rules';

export interface WireIdentity {
  readonly name: string;
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: number;
  readonly keyPem: string;
  readonly chainPem: string;
}

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Seconds by the suite's clock, with their fraction. */
  readonly at: number;
}

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly identity: WireIdentity;
  readonly rootsPem: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** Cipher suites to offer, by OpenSSL name. */
  readonly suites?: readonly string[];
}

export interface SendOptions {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** False leaves the Host header out. */
  readonly host?: boolean;
}

export class Wire {
  /** Told of every exchange. */
  heard: (exchange: Exchange) => void = () => undefined;
  /** Blanket rules that were broken, in words. */
  readonly faults: string[] = [];
  /** Of the last connection. */
  cipher = '';
  protocol = '';
  private readonly agent: Agent;
  private readonly known = new Known();

  constructor(private readonly options: WireOptions) {
    const { identity, rootsPem, clock, suites } = options;
    this.agent = new Agent({
      ...clientTls({
        keyPem: identity.keyPem,
        chainPem: identity.chainPem,
        rootsPem,
        clock,
        ...(suites && { suites }),
      }),
      keepAlive: true,
      maxSockets: 1,
    });
  }

  get identity(): WireIdentity {
    return this.options.identity;
  }

  /** One request; any status is an answer. @throws Problem CANNOT_REACH when there is none */
  send(
    method: string,
    path: string,
    { body = '', headers = {}, host: named = true }: SendOptions = {},
  ): Promise<Exchange> {
    const { host, port, clock, timeoutMs = 15_000 } = this.options;
    return new Promise((resolve, reject) => {
      const unreachable = (cause: unknown) =>
        reject(
          new Problem('CANNOT_REACH', { at: `https://${host}:${port}${path}`, note: (cause as Error).message, cause }),
        );
      const requestHeaders: Record<string, string> = {
        Accept: 'application/sep+xml',
        ...(body !== '' && {
          'Content-Type': 'application/sep+xml',
          'Content-Length': String(Buffer.byteLength(body)),
        }),
        ...headers,
      };
      const sent = request(
        {
          host,
          port,
          method,
          path,
          agent: this.agent,
          headers: requestHeaders,
          setHost: named,
        },
        response => {
          const socket = response.socket as TLSSocket;
          this.cipher = socket.getCipher().name;
          this.protocol = socket.getProtocol() ?? '';
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', unreachable);
          response.once('end', () => {
            const received = Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            );
            const exchange: Exchange = {
              method,
              path,
              requestHeaders,
              requestBody: body,
              status: response.statusCode ?? 0,
              reason: response.statusMessage ?? '',
              headers: received,
              body: Buffer.concat(chunks).toString('utf8'),
              at: clock.nowMs() / 1000,
            };
            this.heard(exchange);
            this.faults.push(...answerFaults({ ...exchange, protocol: this.protocol }, this.known));
            resolve(exchange);
          });
        },
      );
      sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      sent.once('error', unreachable);
      sent.end(body);
    });
  }

  /** GETs a document of a type; strict reading finds what is not schema-valid. @throws Problem when there is no such document */
  async get<T extends Complex>(type: T, path: string): Promise<Infer<T>> {
    const exchange = await this.send('GET', path);
    if (exchange.status !== 200)
      throw new Problem('CANNOT_REACH', { at: `GET ${path}`, want: 200, got: exchange.status });
    return read(type, exchange.body, { mode: 'strict' }).value;
  }

  /** Writes a document; any status is an answer. */
  put<T extends Complex>(type: T, path: string, value: Infer<T>): Promise<Exchange> {
    return this.send('PUT', path, { body: write(type, value, { dialect: dialects['2018'] }) });
  }

  post<T extends Complex>(type: T, path: string, value: Infer<T>): Promise<Exchange> {
    return this.send('POST', path, { body: write(type, value, { dialect: dialects['2018'] }) });
  }

  close(): void {
    this.agent.destroy();
  }
}
