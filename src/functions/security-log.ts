/**
 * The server's own security log, as LogEvents (protocol facts 1.6): SEC_TLS_ALERT where a connection was refused, its
 * logEventID the number of the alert; SEC_REGISTRATION_MISS where somebody wanted to register who may not, or as somebody else;
 * SEC_ACL_ACCESS_FAILED where somebody asked for what is not theirs. No list on the wire belongs to the server itself, and what
 * one client did is no other's business, so they stand in the operator API (docs/choices.md).
 */
import { type Seconds } from '../base/clock';
import { type LogEvent } from '../model/log';
import { type Store } from '../store/api';
import { apply, type House } from './behaviour';
import { pageAfter, type PageOf } from './operator/pages';
import { pastList, remember, type PastValue } from './past';

/** The standard names the codes and leaves no number to be read in what we have; they are numbered in its order. */
export const securityCodes = { SEC_TLS_ALERT: 0, SEC_REGISTRATION_MISS: 1, SEC_ACL_ACCESS_FAILED: 2 } as const;
export type SecurityCode = keyof typeof securityCodes;

const securityFunctionSet = 19;
const ieee2030Pen = 40_732;
const ieee2030Profile = 2;
const securityLog = '/sdev';

export interface SecurityIncident {
  readonly code: SecurityCode;
  /** Number of the TLS alert; of what has none, the second decides. */
  readonly id?: number;
  /** LFDI of who it was, or empty; what a certificate claims where it was refused. */
  readonly lfdi: string;
  /** Address, where it is known. */
  readonly from: string;
  /** In an operator's words. */
  readonly text: string;
}

export interface SecurityEvent extends Omit<SecurityIncident, 'code' | 'id'> {
  readonly event: LogEvent;
}

/** Keeps it, and as many before it as `most`. */
export async function noteSecurity(
  {
    store,
    house,
    now,
    most,
  }: { readonly store: Store; readonly house: House; readonly now: Seconds; readonly most: number },
  { code, id = now, ...about }: SecurityIncident,
): Promise<void> {
  if (most === 0) return;
  await apply(store, async () => {
    const event: LogEvent = {
      createdDateTime: now,
      details: code,
      functionSet: securityFunctionSet,
      logEventCode: securityCodes[code],
      logEventID: id % 65_536,
      logEventPEN: ieee2030Pen,
      profileID: ieee2030Profile,
    };
    const body: SecurityEvent = { event, ...about };
    const kept = { ...house, pastValues: most };
    return { status: 201, plan: await remember({ store, house: kept, now }, securityLog, [{ changed: now, body }]) };
  });
}

/** The latest first. */
export async function securityEvents(store: Store, page: PageOf): Promise<{ items: SecurityEvent[]; next?: string }> {
  const { items, next } = await pageAfter<PastValue>(store, pastList(securityLog), page);
  return { items: items.map(doc => doc.body.value as SecurityEvent), ...(next !== undefined && { next }) };
}
