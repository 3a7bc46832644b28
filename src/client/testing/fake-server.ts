/**
 * A 2030.5 server in process, for tests: documents at odd paths, written and read by the real codec, with faults on demand. It
 * knows nothing of events; a test says what its documents hold.
 */
import { type Clock } from '../../base/clock';
import { Problem } from '../../base/problem';
import { read } from '../../codec/read';
import { write } from '../../codec/write';
import { type Dialect, dialects } from '../../model/dialect';
import { type Complex, type Infer } from '../../model/dsl';
import { type Transport, type TransportRequest, type TransportResponse } from '../transport';

interface Document {
  readonly type: Complex;
  readonly value: () => unknown;
}

export interface Received {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly value: unknown;
}

type Fault = (request: TransportRequest) => TransportResponse | undefined;

export const answer = (status: number, headers: Record<string, string> = {}, body = ''): TransportResponse => ({
  status,
  headers,
  body: Buffer.from(body),
});

export class FakeServer implements Transport {
  /** `GET /path?query`, as they came. */
  readonly requests: string[] = [];
  /** Bodies taken by PUT and POST. */
  readonly received: Received[] = [];
  /** Nobody answers. */
  down = false;
  /** Longest page it gives. */
  pageCap = 255;
  /** Asked first; an answer of its own is a fault. */
  fault: Fault | undefined;
  readonly at?: (origin: URL) => Transport;
  private readonly documents = new Map<string, Document>();
  private readonly posts = new Map<
    string,
    { types: readonly Complex[]; take: (value: unknown, type: string) => TransportResponse }
  >();
  private readonly puts = new Map<string, Complex>();

  constructor(
    private readonly clock: Clock,
    private readonly dialect: Dialect = dialects['csipaus-1.2'],
    at?: (origin: URL) => Transport,
  ) {
    if (at) this.at = at;
  }

  serve<T extends Complex>(path: string, type: T, value: Infer<T> | (() => Infer<T>)): void {
    this.documents.set(path, { type, value: typeof value === 'function' ? (value as () => unknown) : () => value });
  }

  remove(path: string): void {
    this.documents.delete(path);
    this.posts.delete(path);
    this.puts.delete(path);
  }

  acceptPut(path: string, type: Complex): void {
    this.puts.set(path, type);
  }

  acceptPost(path: string, types: readonly Complex[], take: (value: unknown, type: string) => TransportResponse): void {
    this.posts.set(path, { types, take });
  }

  /** Requests since the last call, without their queries. */
  taken(): string[] {
    return this.requests.splice(0).map(line => line.split('?')[0] ?? line);
  }

  bodies<T>(path: string): T[] {
    return this.received.filter(each => each.path === path).map(each => each.value as T);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    this.requests.push(`${request.method} ${request.path}`);
    await Promise.resolve(); // an answer never comes within the call
    if (this.down) throw new Problem('CANNOT_REACH', { at: request.path, note: 'connect ECONNREFUSED' });
    return this.fault?.(request) ?? this.respond(request);
  }

  private respond({ method, path: full, headers = {}, body }: TransportRequest): TransportResponse {
    const [path = '', query = ''] = full.split('?');
    if (headers['Accept'] !== 'application/sep+xml') return answer(406);
    if (method === 'GET') {
      const document = this.documents.get(path);
      return document ? this.show(path, query, document) : answer(404);
    }
    if (headers['Content-Type'] !== 'application/sep+xml') return answer(415);
    const post = method === 'POST' ? this.posts.get(path) : undefined;
    const put = method === 'PUT' ? this.puts.get(path) : undefined;
    const types = post?.types ?? (put && [put]);
    if (!types) return answer(this.documents.has(path) ? 405 : 404);
    const { type, value } = read(types, body ?? '', { mode: 'strict' });
    this.received.push({ at: this.clock.now(), method, path, type: type.name, value });
    return post ? post.take(value, type.name) : answer(204);
  }

  private show(href: string, query: string, { type, value }: Document): TransportResponse {
    const made = { href, ...(value() as object) } as Record<string, unknown>;
    const name = type.item?.name;
    if (name !== undefined) {
      const whole = (made[name] ?? []) as readonly unknown[];
      const asked = new URLSearchParams(query);
      const start = Number(asked.get('s') ?? 0);
      const limit = Math.min(Number(asked.get('l') ?? 1), this.pageCap);
      const page = whole.slice(start, start + limit);
      Object.assign(made, { all: whole.length, results: page.length, [name]: page });
    }
    const xml = write(type, made, { dialect: this.dialect });
    return answer(200, { 'content-type': 'application/sep+xml' }, xml);
  }
}
