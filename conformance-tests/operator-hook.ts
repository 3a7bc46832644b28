/**
 * The Operator port as an HTTP hook: each verb is a POST to `BASE/VERB` with `{"args": [...]}`, the arguments of `operator.ts` in
 * their order. A 2xx answer with a JSON body is its result (`{"id": …}`, `{"mRID": …}`, `{"href": …}`), 204 where there is none;
 * 404 or 501 says that this server cannot do it. Thirty lines of anybody's language make an adapter for any vendor's API.
 */
import { Problem } from '../src/base/problem';
import { Blocked, type Operator } from './operator';

/** Every verb of the port; the type makes sure that none is forgotten. */
const verbs: Readonly<Record<Exclude<keyof Operator, 'name' | 'close'>, string>> = {
  registerDevice: 'register a device',
  removeDevice: 'remove a device',
  createGroup: 'make groups',
  removeGroup: 'remove a group',
  placeDevice: 'move a device to another group',
  moveGroup: 'move a group',
  createProgram: 'make such a program',
  removeProgram: 'remove a program',
  setPrimacy: 'change the primacy of a program',
  setDefault: 'set such a default',
  addCurve: 'add a curve',
  createEvent: 'create a control',
  cancelEvent: 'cancel a control',
  publishEnvelope: 'publish an envelope',
  setPollRate: 'set poll rates',
  allowInBandRegistration: 'let certificates register themselves',
  shiftClock: 'shift the clock',
  endSubscriptions: 'end a subscription',
  redirectOnce: 'redirect a client',
  restart: 'restart the server',
};

/** @param token sent as a bearer token where one is given */
export function hookOperator(base: string, token?: string): Operator {
  const call =
    (verb: string, means: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const at = `${base.replace(/\/$/, '')}/${verb}`;
      const response = await fetch(at, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ args }),
      }).catch((cause: unknown) => {
        throw new Problem('CANNOT_REACH', { at, note: 'the hook does not answer', cause });
      });
      const text = await response.text();
      if (response.status === 404 || response.status === 501) throw new Blocked(means);
      if (!response.ok)
        throw new Problem('CANNOT_REACH', { at, note: `the lab could not arrange this: ${response.status} ${text}` });
      try {
        return text === '' ? undefined : (JSON.parse(text) as unknown);
      } catch (cause) {
        throw new Problem('CANNOT_REACH', { at, note: 'the hook answered something that is no JSON', cause });
      }
    };
  const calls = Object.fromEntries(Object.entries(verbs).map(([verb, means]) => [verb, call(verb, means)]));
  return { ...calls, name: `the hook at ${base}`, close: async () => undefined } as unknown as Operator;
}
