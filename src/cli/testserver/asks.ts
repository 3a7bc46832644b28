/** What a scenario asks of whoever has the device in hand: a person who reads it here, or a hook that does it. */
import { Problem } from '../../base/problem';
import { type Bench } from '../../../conformance-tests/clients/stage';
import { type Io } from '../command';

/** @param hook URL to which `{"request", "text"}` is POSTed; it answers when it is done. HOOK_TOKEN is sent as a bearer token. */
export function asks(hook: string | undefined, io: Pick<Io, 'say'>): Bench['ask'] {
  if (hook === undefined)
    return async (request, text) => {
      if (request !== 'stop') io.say(`  → ${text}`);
    };
  const token = process.env['HOOK_TOKEN'];
  return async (request, text) => {
    const answer = await fetch(hook, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ request, text }),
    }).catch((cause: unknown) => {
      throw new Problem('CANNOT_REACH', { at: hook, note: 'the hook does not answer', cause });
    });
    if (!answer.ok)
      throw new Problem('CANNOT_REACH', { at: hook, note: `the hook answered ${answer.status} to "${request}"` });
  };
}
