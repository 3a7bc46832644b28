/**
 * What the test server does wrong on purpose, as data: a scenario names them, and the lab API sets them by the same JSON. Nothing
 * here touches a socket; `front.ts` does what is said here.
 */
import { Problem } from '../../src/base/problem';

/** Requests a fault is meant for; what is not named fits any. */
export interface FaultOn {
  readonly method?: string;
  /** Element name of the resource, such as `DERControlList`: what the link that led to it is called. */
  readonly resource?: string;
  /** Path as the client asks for it, `*` for any characters. */
  readonly path?: string;
}

/** How a body is spoilt. */
export const spoilt = [
  'truncated',
  'not-xml',
  'wrong-root',
  'empty',
  'html',
  'unknown-elements',
  'no-namespace',
  'no-entries',
] as const;
export type Spoilt = (typeof spoilt)[number];

export type FaultDeed =
  /** Answers with this status and no body; the server is not asked. */
  | { readonly do: 'status'; readonly status: number; readonly retryAfterS?: number }
  /** Sends the client to another place: the same resource below `/moved` unless a Location is given. */
  | { readonly do: 'redirect'; readonly status: 301 | 302 | 307 | 308; readonly location?: string }
  /** Answers so many seconds late. */
  | { readonly do: 'delay'; readonly seconds: number }
  /** Ends the connection: before the server was asked, after it has acted, or in the middle of the answer. */
  | { readonly do: 'drop'; readonly when: 'before' | 'after' | 'during' }
  | { readonly do: 'body'; readonly as: Spoilt }
  /** Pages of a list have at most so many entries, whatever is asked for. */
  | { readonly do: 'page'; readonly most: number }
  /** Every href begins with this; paths without it are not there, but for the entry path. */
  | { readonly do: 'hrefs'; readonly prefix: string };

export type Fault = FaultDeed & {
  readonly on?: FaultOn;
  /** Requests it takes; all unless given. */
  readonly times?: number;
};

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly resource: string | undefined;
}

export class Faults {
  private set: { readonly fault: Fault; left: number }[] = [];

  get all(): readonly Fault[] {
    return this.set.map(({ fault, left }) => ({ ...fault, ...(left < Infinity && { times: left }) }));
  }

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) this.set.push({ fault, left: fault.times ?? Infinity });
  }

  /** Without a deed all are taken away. */
  clear(deed?: Fault['do']): void {
    this.set = deed === undefined ? [] : this.set.filter(({ fault }) => fault.do !== deed);
  }

  /** Those that this request meets; each counts it. */
  meet(target: FaultTarget): Fault[] {
    const met = this.set.filter(({ fault, left }) => left > 0 && fits(fault.on ?? {}, target));
    for (const each of met) each.left--;
    this.set = this.set.filter(({ left }) => left > 0);
    return met.map(({ fault }) => fault);
  }
}

function fits({ method, resource, path }: FaultOn, target: FaultTarget): boolean {
  if (method !== undefined && method !== target.method) return false;
  if (resource !== undefined && resource !== target.resource) return false;
  return path === undefined || glob(path).test(target.path);
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map(text => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

/** A body as this fault leaves it. */
export function spoil(body: string, as: Spoilt): string {
  if (as === 'truncated') return body.slice(0, Math.floor(body.length / 2));
  if (as === 'not-xml') return '\u0001\u0002 }{ nonsense';
  if (as === 'wrong-root') return '<FileList xmlns="urn:ieee:std:2030.5:ns" all="0" results="0"/>';
  if (as === 'empty') return '';
  if (as === 'html') return '<html><body>Bad Gateway</body></html>';
  if (as === 'no-entries') return emptied(body);
  if (as === 'no-namespace') return body.replace(/ xmlns="[^"]*"/, '');
  // As a later edition would: an attribute on the root, and elements nobody knows at the end of it.
  return body
    .replace(/^<(\w+)/, '<$1 x:grade="A" xmlns:x="urn:example:later"')
    .replace(/(<\/\w+>)\s*$/, '<x:Later><x:value>1</x:value></x:Later>$1');
}

/** A list with nothing in it. */
function emptied(body: string): string {
  const [head = '', root = ''] = /^<(\w+)[^>]*>/.exec(body) ?? [];
  return `${head.replace(/ (all|results)="\d+"/g, ' $1="0"').replace(/\/?>$/, '>')}</${root}>`;
}

const deeds: Readonly<Record<Fault['do'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  status: { status: v => whole(v, 200, 599), retryAfterS: v => v === undefined || whole(v, 0, 86_400) },
  redirect: { status: v => [301, 302, 307, 308].includes(v as number), location: v => v === undefined || isText(v) },
  delay: { seconds: v => typeof v === 'number' && v >= 0 && v <= 3600 },
  drop: { when: v => ['before', 'after', 'during'].includes(v as string) },
  body: { as: v => spoilt.includes(v as Spoilt) },
  page: { most: v => whole(v, 1, 255) },
  hrefs: { prefix: v => typeof v === 'string' && /^\/[\w.~/-]{1,60}$/.test(v) },
};
const whole = (v: unknown, least: number, most: number) =>
  Number.isInteger(v) && (v as number) >= least && (v as number) <= most;
const isText = (v: unknown) => typeof v === 'string' && v.length > 0 && v.length <= 255;

/** A fault as somebody from outside says it. @throws Problem BAD_VALUE */
export function faultOf(given: unknown): Fault {
  const said = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const name = said['do'] as Fault['do'];
  const wants = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (!wants) throw new Problem('BAD_VALUE', { at: 'fault/do', got: said['do'], want: Object.keys(deeds).join(', ') });
  for (const [field, good] of Object.entries(wants))
    if (!good(said[field])) throw new Problem('BAD_VALUE', { at: `fault/${field}`, got: said[field] });
  const { on = {}, times } = said as { on?: Record<string, unknown>; times?: unknown };
  for (const [field, value] of Object.entries(on))
    if (!['method', 'resource', 'path'].includes(field) || !isText(value))
      throw new Problem('BAD_VALUE', { at: `fault/on/${field}`, got: value, want: 'method, resource or path' });
  if (times !== undefined && !whole(times, 1, 1e9)) throw new Problem('BAD_VALUE', { at: 'fault/times', got: times });
  const known = ['do', 'on', 'times', ...Object.keys(wants)];
  const odd = Object.keys(said).find(field => !known.includes(field));
  if (odd !== undefined) throw new Problem('BAD_VALUE', { at: `fault/${odd}`, want: known.join(', ') });
  return given as Fault;
}
