/** What a Response can be about: a DERControl of an operator or an engine, or an event of another kind. */
import { type Complex } from '../model/dsl';
import { DERControlResponse, Response } from '../model/response';
import { type Context } from './behaviour';
import { controlByMrid } from './der-control';
import { eventKindNamed, responseSetOf } from './event-kinds';

export interface ResponseSubject {
  /** Id of the ResponseSet its Responses go to. */
  readonly rsps: string;
  /** Type of the Responses to it, beside the plain one. */
  readonly response: Complex;
}

/** The event an mRID names, whether or not it still stands in a list. */
export async function subjectOf(ctx: Context, mrid: string): Promise<ResponseSubject | undefined> {
  const control = await controlByMrid(ctx, mrid);
  if (control) return { rsps: control.derp, response: DERControlResponse };
  for (const { href, kind } of await ctx.store.find('mrid', mrid)) {
    const found = eventKindNamed(kind);
    if (found) return { rsps: responseSetOf(href), response: found.response };
  }
  return undefined;
}

/** Whether a document of this type says something of such an event: the plain Response always does. */
export const answersTo = ({ response }: ResponseSubject, type: Complex): boolean =>
  type === Response || type === response;
