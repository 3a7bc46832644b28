/**
 * Typed requests on hrefs a server gave: codec, redirects, whole lists, and the pauses a busy server asks for. A GET whose body
 * is that of the last time is not read again.
 */
import { type Clock, type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { read } from '../codec/read';
import { write } from '../codec/write';
import { type Dialect } from '../model/dialect';
import { type Complex, type Infer } from '../model/dsl';
import { type Answer, type Done, type Failure, failureOf, type Got } from './answer';
import { type Transport, type TransportResponse } from './transport';

const sepXml = 'application/sep+xml';
const mostHops = 5;
/** Longest page a client asks for: what an old server can count in its UInt8. */
export const longestPage = 255;
/** How often a list is begun again because it changed while it was read. */
const mostAttempts = 4;
const mostCached = 128;

export interface ApiOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** How we speak: namespace and layers of what we send. */
  readonly dialect: Dialect;
  /** How answers are read; `lenient` unless given. */
  readonly mode?: 'strict' | 'lenient';
}

export interface WholeList<T> extends Done {
  readonly items: readonly T[];
  /** Each page is the one of the last time, and `items` the same array. */
  readonly unchanged: boolean;
  readonly pollRate?: number;
}

type ItemOf<L> =
  L extends Complex<infer D, `${infer N}List`>
    ? N extends keyof D
      ? D[N] extends (infer I)[]
        ? I
        : never
      : never
    : never;

interface CachedList {
  readonly pages: readonly Got<unknown>[];
  readonly items: readonly unknown[];
}

interface Cached {
  readonly body: Buffer;
  readonly value: unknown;
}

type Reply = { ok: true; response: TransportResponse; href: string } | Failure;

export class Api {
  /** A redirect was followed: links found before may be old. Set back by whoever finds them anew. */
  moved = false;
  private transport: Transport;
  private readonly cache = new Map<string, Cached>();
  private readonly lists = new Map<string, CachedList>();
  private pausedUntil: Seconds = -Infinity;

  constructor(private readonly options: ApiOptions) {
    this.transport = options.transport;
  }

  async get<T extends Complex>(type: T, href: string): Promise<Answer<Infer<T>>> {
    const reply = await this.exchange('GET', href);
    if (!reply.ok) return reply;
    const { response, href: from } = reply;
    if (response.status === 204 || response.body.length === 0)
      return failureOf(from, { ...response, status: 204 }, this.options.clock.now());
    const known = this.cache.get(href);
    const got = { ok: true, status: response.status, href: from } as const;
    if (known?.body.equals(response.body)) return { ...got, value: known.value as Infer<T>, unchanged: true };
    try {
      const { value } = read(type, response.body, { mode: this.options.mode ?? 'lenient' });
      this.keep(href, { body: Buffer.from(response.body), value });
      return { ...got, value, unchanged: false };
    } catch (thrown) {
      return broken(from, response.status, thrown);
    }
  }

  /**
   * All entries of a list, in its order, each once. `all` is the count its link gave: the first page asks for so many, at most
   * 255. A list that changes while it is read is begun again; a page without entries ends it.
   */
  async list<L extends Complex>(type: L, href: string, all?: number): Promise<WholeList<ItemOf<L>> | Failure> {
    const limit = Math.max(1, Math.min(longestPage, all ?? longestPage));
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const pages = await this.pages(type, href, limit);
      if (pages === 'shifted') continue;
      if ('ok' in pages) return pages;
      const [first] = pages;
      if (!first) break;
      const known = this.lists.get(href);
      const unchanged = known !== undefined && same(known.pages, pages);
      const items = unchanged ? known.items : unique(pages.flatMap(page => entriesOf(type, page.value)));
      if (!unchanged) this.lists.set(href, { pages, items });
      const { pollRate } = first.value as unknown as { pollRate?: number };
      const { status, href: from } = first;
      return {
        ok: true,
        status,
        href: from,
        items: items as ItemOf<L>[],
        unchanged,
        ...(pollRate !== undefined && { pollRate }),
      };
    }
    return { ok: false, reason: 'broken', status: 200, href, text: `changed ${mostAttempts} times while it was read` };
  }

  /** The pages of a list; `shifted` when its count changed between two of them. */
  private async pages<L extends Complex>(
    type: L,
    href: string,
    limit: number,
  ): Promise<Got<Infer<L>>[] | Failure | 'shifted'> {
    const pages: Got<Infer<L>>[] = [];
    let read = 0;
    let total: number | undefined;
    for (;;) {
      const page = await this.get(type, query(href, read, limit));
      if (!page.ok) return page;
      const { all } = page.value as unknown as { all: number };
      if (total !== undefined && total !== all) return 'shifted';
      total = all;
      pages.push(page);
      const { length } = entriesOf(type, page.value);
      read += length;
      if (length === 0 || read >= total) return pages;
    }
  }

  put<T extends Complex>(type: T, href: string, value: Infer<T>): Promise<Done | Failure> {
    return this.send('PUT', href, write(type, value, { dialect: this.options.dialect }));
  }

  post<T extends Complex>(type: T, href: string, value: Infer<T>): Promise<Done | Failure> {
    return this.send('POST', href, write(type, value, { dialect: this.options.dialect }));
  }

  delete(href: string): Promise<Done | Failure> {
    return this.send('DELETE', href);
  }

  private async send(method: string, href: string, body?: string): Promise<Done | Failure> {
    const reply = await this.exchange(method, href, body);
    if (!reply.ok) return reply;
    const { location } = reply.response.headers;
    const path = location === undefined ? undefined : target(location, reply.href).path;
    return { ok: true, status: reply.response.status, href: reply.href, ...(path !== undefined && { location: path }) };
  }

  /** One request with its redirects; anything but 2xx is a failure. */
  private async exchange(method: string, href: string, body?: string): Promise<Reply> {
    const { clock } = this.options;
    const wait = this.pausedUntil - clock.now();
    if (wait > 0)
      return { ok: false, reason: 'busy', status: 0, href, retryAfterS: wait, text: 'the server asked us to wait' };
    const headers = { Accept: sepXml, ...(body !== undefined && { 'Content-Type': sepXml }) };
    let at = href;
    try {
      for (let hops = 0; hops <= mostHops; hops++) {
        const response = await this.transport.send({ method, path: at, headers, ...(body !== undefined && { body }) });
        const { status } = response;
        if (status >= 200 && status < 300) return { ok: true, response, href: at };
        const { location } = response.headers;
        if (status < 300 || status >= 400 || location === undefined) return this.failed(at, response);
        at = this.follow(location, at);
      }
      return { ok: false, reason: 'broken', status: 0, href: at, text: `more than ${mostHops} redirects` };
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      if (this.transport !== this.options.transport) this.goHome(); // where we were sent to is gone: ask at home again
      const reason = thrown.code === 'CANNOT_REACH' ? 'unreachable' : 'broken';
      return { ok: false, reason, status: 0, href: at, text: thrown.detail.note ?? thrown.message };
    }
  }

  private failed(href: string, response: TransportResponse): Failure {
    const now = this.options.clock.now();
    const failure = failureOf(href, response, now);
    if (failure.reason === 'busy' && failure.retryAfterS !== undefined) this.pausedUntil = now + failure.retryAfterS;
    return failure;
  }

  private follow(location: string, from: string): string {
    const { origin, path } = target(location, from);
    this.moved = true;
    if (origin && origin.origin !== this.transport.origin) {
      const other = this.transport.at?.(origin);
      if (!other)
        throw new Problem('BAD_SERVER', {
          at: from,
          note: `sent us to ${origin.origin}, which this transport cannot reach`,
        });
      if (this.transport !== this.options.transport) this.transport.close?.();
      this.transport = other;
      this.cache.clear();
      this.lists.clear();
    }
    return path;
  }

  private goHome(): void {
    this.transport.close?.();
    this.transport = this.options.transport;
    this.moved = true;
  }

  private keep(href: string, cached: Cached): void {
    this.cache.delete(href);
    this.cache.set(href, cached);
    if (this.cache.size <= mostCached) return;
    for (const oldest of this.cache.keys()) {
      this.cache.delete(oldest);
      break;
    }
  }
}

function broken(href: string, status: number, thrown: unknown): Failure {
  if (!(thrown instanceof Problem)) throw thrown;
  return { ok: false, reason: 'broken', status, href, text: thrown.message };
}

const query = (href: string, start: number, limit: number): string =>
  `${href}${href.includes('?') ? '&' : '?'}s=${start}&l=${limit}`;

const same = (a: readonly Got<unknown>[], b: readonly Got<unknown>[]): boolean =>
  a.length === b.length && a.every(({ value }, i) => value === b[i]?.value);

/** @throws Problem BUG when `type` is not a list type. */
function entriesOf(type: Complex, page: unknown): readonly unknown[] {
  if (!type.item) throw new Problem('BUG', { note: `${type.name} is not a list` });
  return (page as Record<string, readonly unknown[]>)[type.item.name] ?? [];
}

/** Entries without repetition: a list that grew at its head while it was read shows some twice. */
function unique(items: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return items.filter(item => {
    const { href } = item as { href?: string };
    if (href === undefined) return true;
    if (seen.has(href)) return false;
    seen.add(href);
    return true;
  });
}

const nowhere = 'https://0.invalid';

/** Where a Location leads: a path of the same server, or another origin with its path. */
function target(location: string, from: string): { origin?: URL; path: string } {
  let url: URL;
  try {
    url = new URL(location, new URL(from, nowhere));
  } catch {
    throw new Problem('BAD_SERVER', { at: from, note: 'redirected to what is no URL', got: location });
  }
  const path = url.pathname + url.search;
  if (url.origin === nowhere) return { path };
  if (url.protocol !== 'https:') throw new Problem('BAD_SERVER', { at: from, note: `redirected to ${url.protocol}` });
  return { origin: url, path };
}
