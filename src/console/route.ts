/**
 * A route of the operator API, declared once as data: routing, validation, roles, the OpenAPI document and the reference page
 * all come from it. `README.md` shows how to add one.
 */
import { type z } from 'zod';
import { type RouteDeps } from './deps';

/** What a key may do: look; run the fleet; manage keys, trust and the server. Each may what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export const mayAct = (has: Role, needs: Role): boolean => roles.indexOf(has) >= roles.indexOf(needs);

/** Who is asking. */
export interface Caller {
  /** What its key is called. */
  readonly name: string;
  readonly role: Role;
  /** Address it comes from. */
  readonly from: string;
}

export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
}

interface Declared<P, Q, B> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, such as `/api/sites/{site}`. */
  readonly path: string;
  /** Heading it stands under in the documents. */
  readonly tag: string;
  /** What it does, in a few words without a full stop. */
  readonly summary: string;
  /** The least role that may. */
  readonly role: Role;
  /** Shapes of what is sent. A path parameter without one is an id, or a text where it is called `site` or `name`; a query or body without one must be empty. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Whether the body may be left out; then the shape is given `{}`. */
  readonly bodyOptional?: boolean;
  /** Shape of the answer. None: 204 without a body. */
  readonly answer?: z.ZodType;
  /** The media type, where the answer is a text of another kind than JSON. */
  readonly media?: 'text/csv';
  /** Whether it did anything, by its answer, where it wrote nothing to the store; it did unless this is given. */
  readonly acted?: (answer: unknown) => boolean;
  /** Whether the answer holds a secret: it is told once and kept nowhere. */
  readonly secret?: boolean;
  /** 200 unless given; 201 where it makes something. */
  readonly status?: 200 | 201;
}

/** A route as the frame sees it, its types forgotten. */
export interface Route extends Declared<z.ZodType, z.ZodType, z.ZodType> {
  handle(deps: RouteDeps, asked: Asked<unknown, unknown, unknown>): Promise<unknown>;
}

type Out<T, Otherwise> = T extends z.ZodType ? z.output<T> : Otherwise;

/** Checks a declaration against its handler. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  declared: Declared<P, Q, B> & {
    /** Throws a Problem to refuse. */
    handle(
      deps: RouteDeps,
      asked: Asked<Out<P, Readonly<Record<string, string>>>, Out<Q, object>, Out<B, undefined>>,
    ): Promise<unknown>;
  },
): Route {
  return declared as unknown as Route;
}

/** Names of the parameters in a path, in order. */
export const parametersOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
