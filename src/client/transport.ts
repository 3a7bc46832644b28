/**
 * How a client reaches its server: one request, one answer. Statuses are data; only the network throws. `httpsTransport` is the
 * real one, over one keep-alive connection; tests answer in process.
 */
import { Agent, type AgentOptions, request as httpsRequest, type RequestOptions } from 'node:https';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type TLSSocket } from 'node:tls';
import { Problem } from '../base/problem';

export interface TransportRequest {
  /** Any token, known to HTTP or not. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names and values in turn, sent as they are and instead of `headers`; no Host is added. For conformance tests. */
  readonly rawHeaders?: readonly string[];
  readonly body?: string | Buffer;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[];
  readonly body: Buffer;
}

export interface Transport {
  /** @throws Problem CANNOT_REACH when no whole answer came. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** `https://host:port`, the port left out where it is 443; absent where there is none. */
  readonly origin?: string;
  /** A transport to another origin with the same identity, for redirects; absent where there is none. */
  at?(origin: URL): Transport;
  /** Ends open connections; the next request opens one anew. */
  close?(): void;
}

/** What was seen of the server on the latest connection. */
export interface SeenPeer {
  readonly leafDer: Buffer;
  /** As OpenSSL calls it, and as the standards do. */
  readonly cipher: { readonly name: string; readonly standardName: string };
  readonly protocol: string;
}

export interface TransportCounts {
  requests: number;
  /** Requests that got no answer. */
  failures: number;
  connections: number;
  /** Bytes of bodies. */
  bytesSent: number;
  bytesReceived: number;
}

export interface HttpsTransportOptions {
  readonly host: string;
  readonly port: number;
  /** Key, chain, roots and cipher policy: `clientTls()` of `tls`. */
  readonly tls: AgentOptions;
  /** Real milliseconds without a byte before a request is given up; 10,000 unless given. */
  readonly timeoutMs?: number;
  /** Longest answer read, bytes; 8 MiB unless given. */
  readonly maxBodyBytes?: number;
}

export interface HttpsTransport extends Transport {
  readonly counts: Readonly<TransportCounts>;
  /** Undefined before the first handshake. */
  readonly peer: SeenPeer | undefined;
  at(origin: URL): HttpsTransport;
  close(): void;
}

export function httpsTransport(options: HttpsTransportOptions): HttpsTransport {
  return new Https(options);
}

class Https implements HttpsTransport {
  readonly counts: TransportCounts = { requests: 0, failures: 0, connections: 0, bytesSent: 0, bytesReceived: 0 };
  peer: SeenPeer | undefined;
  readonly origin: string;
  private readonly agent: Agent;
  private readonly sockets = new WeakSet<TLSSocket>();
  /** Counts `close`: what was sent before one is not sent again after it. */
  private closed = 0;

  constructor(private readonly options: HttpsTransportOptions) {
    this.origin = new URL(
      `https://${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`,
    ).origin;
    this.agent = new Agent({ ...options.tls, keepAlive: true, maxSockets: 1 });
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    this.counts.requests++;
    try {
      return await this.exchange(request, true);
    } catch (thrown) {
      this.counts.failures++;
      const { host, port } = this.options;
      const note = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Problem('CANNOT_REACH', {
        at: `${request.method} https://${host}:${port}${request.path}`,
        note,
        cause: thrown,
      });
    }
  }

  at(origin: URL): HttpsTransport {
    return new Https({
      ...this.options,
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: Number(origin.port || 443),
    });
  }

  close(): void {
    this.closed++;
    this.agent.destroy();
  }

  private async exchange(request: TransportRequest, first: boolean): Promise<TransportResponse> {
    const { closed } = this;
    const outgoing = httpsRequest(this.requestOptions(request));
    const socket = this.watch(outgoing);
    try {
      const response = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve);
        outgoing.on('error', reject);
      });
      outgoing.end(request.body);
      const incoming = await response;
      const body = await this.read(incoming);
      this.counts.bytesSent += request.body === undefined ? 0 : Buffer.byteLength(request.body);
      this.counts.bytesReceived += body.length;
      const { statusCode = 0, headers, rawHeaders } = incoming;
      return { status: statusCode, headers, rawHeaders, body };
    } catch (thrown) {
      outgoing.destroy();
      // A kept connection that the server had closed already: the request never arrived, so asking again is safe for a GET.
      const stale = socket.kept && ['ECONNRESET', 'EPIPE'].includes((thrown as { code?: string }).code ?? '');
      if (first && stale && closed === this.closed && (request.method === 'GET' || request.method === 'HEAD'))
        return this.exchange(request, false);
      throw thrown;
    }
  }

  private requestOptions({ method, path, headers, rawHeaders }: TransportRequest): RequestOptions {
    const { host, port } = this.options;
    const target = { agent: this.agent, host, port, method, path };
    if (rawHeaders) return { ...target, headers: [...rawHeaders], setHost: false };
    return { ...target, headers: { ...headers } };
  }

  /**
   * Timeouts and what is seen of the peer belong to the socket, which is known only once the agent has one. `kept` then says
   * that it served an earlier request; Node's own `reusedSocket` leaves out requests that waited for it.
   */
  private watch(outgoing: ClientRequest): { readonly kept: boolean } {
    const { timeoutMs = 10_000 } = this.options;
    const seen = { kept: false };
    outgoing.once('socket', plain => {
      const socket = plain as TLSSocket;
      const tooLate = () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`));
      socket.setTimeout(timeoutMs);
      socket.once('timeout', tooLate);
      outgoing.once('close', () => {
        socket.setTimeout(0);
        socket.removeListener('timeout', tooLate);
      });
      seen.kept = this.sockets.has(socket);
      this.sockets.add(socket);
      if (!seen.kept) socket.once('secureConnect', () => this.see(socket));
    });
    return seen;
  }

  private see(socket: TLSSocket): void {
    this.counts.connections++;
    const certificate = socket.getPeerX509Certificate();
    const { name, standardName } = socket.getCipher();
    if (certificate)
      this.peer = { leafDer: certificate.raw, cipher: { name, standardName }, protocol: socket.getProtocol() ?? '' };
  }

  private async read(incoming: IncomingMessage): Promise<Buffer> {
    const { maxBodyBytes = 8 * 1024 * 1024 } = this.options;
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBodyBytes) throw new Error(`an answer of more than ${maxBodyBytes} bytes`);
      chunks.push(chunk);
    }
    const [only] = chunks;
    return chunks.length === 1 && only ? only : Buffer.concat(chunks);
  }
}
