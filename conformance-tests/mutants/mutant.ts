/**
 * A server that is wrong on purpose: ours, with one behaviour changed at a seam. What a mutant changes is what a careless server
 * would do; the procedure that is meant for it must catch it, or the procedure proves nothing.
 */
import { type Answer, type Request } from '../../src/protocol/exchange';
import { type Push } from '../../src/protocol/push';
import { type Trust } from '../../src/tls';

export interface Inside {
  /** Asks the right server as the same peer. */
  ask(request: Request): Promise<Answer>;
  /** The server's clock, seconds. */
  now(): number;
  /** What this mutant remembers. */
  readonly memory: Map<string, unknown>;
}

export interface Mutant {
  /** What it does wrong. */
  readonly name: string;
  /** The procedure that is meant to catch it. */
  readonly caughtBy: string;
  readonly answer?: (answer: Answer, request: Request, inside: Inside) => Answer | Promise<Answer>;
  readonly request?: (request: Request) => Request;
  /** How it posts a notification, instead of doing so once. */
  readonly post?: (push: Push, to: Parameters<Push['post']>[0], body: string) => ReturnType<Push['post']>;
  readonly trust?: (trust: Trust) => void;
}

type Edit = (xml: string, request: Request, inside: Inside) => string;

/** A mutant that shows a document otherwise; `root` is the name of its root element, all where it is empty. */
export const shown = (name: string, caughtBy: string, root: string, edit: Edit): Mutant => ({
  name,
  caughtBy,
  answer: (answer, request, inside) =>
    answer.status === 200 && (root === '' || answer.body.startsWith(`<${root} `) || answer.body.startsWith(`<${root}>`))
      ? { ...answer, body: edit(answer.body, request, inside) }
      : answer,
});

/** A mutant that answers what fits otherwise. */
export const answered = (
  name: string,
  caughtBy: string,
  fits: (answer: Answer, request: Request) => boolean,
  change: (answer: Answer, request: Request, inside: Inside) => Answer | Promise<Answer>,
): Mutant => ({
  name,
  caughtBy,
  answer: (answer, request, inside) => (fits(answer, request) ? change(answer, request, inside) : answer),
});

/** A mutant that hears something else than what was asked. */
export const heard = (name: string, caughtBy: string, request: (request: Request) => Request): Mutant => ({
  name,
  caughtBy,
  request,
});

/** A mutant that notifies otherwise. */
export const told = (name: string, caughtBy: string, post: NonNullable<Mutant['post']>): Mutant => ({
  name,
  caughtBy,
  post,
});

export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}[ >].*?</${name}>`, 'gs'))].map(([text]) => text);

/** Sets entries of a list document, with `all` and `results` made to fit. */
export function withEntries(xml: string, name: string, entries: readonly string[]): string {
  const [head = ''] = /^<[^>]*>/.exec(xml) ?? [];
  const gone = elements(xml, name).length - entries.length;
  const all = Number(/ all="(\d+)"/.exec(head)?.[1] ?? 0) - gone;
  const opened = head
    .replace(/\/>$/, '>')
    .replace(/ all="\d+"/, ` all="${all}"`)
    .replace(/ results="\d+"/, ` results="${entries.length}"`);
  const root = /^<([\w:]+)/.exec(xml)?.[1] ?? '';
  return `${opened}${entries.join('')}</${root}>`;
}
