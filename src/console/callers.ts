/** Who is asking: the holder of operator.key, of a key made by `headroom key`, or of a client certificate entered as one. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { hashOf, keyOf } from '../functions/operator/keys';
import { type RouteDeps } from './deps';
import { type Caller, type Role } from './route';

export interface CallersDeps {
  readonly store: RouteDeps['store'];
  readonly clock: Clock;
  /** The key in operator.key: an admin's, so that whoever may read the folder is never locked out. */
  readonly key: string;
}

/** @throws Problem NO_KEY */
export function callers({ store, clock, key }: CallersDeps): (req: IncomingMessage) => Promise<Caller> {
  const own = createHash('sha256').update(key).digest();
  return async req => {
    const from = req.socket.remoteAddress ?? '';
    const given = req.headers.authorization;
    if (given !== undefined) {
      const [, secret = ''] = /^Bearer (\S+)$/.exec(given) ?? [];
      if (timingSafeEqual(createHash('sha256').update(secret).digest(), own))
        return { name: 'operator.key', role: 'admin', from };
      const known = await keyOf(store, hashOf(secret), clock.now());
      if (known?.kind === 'key') return { name: known.name, role: known.role as Role, from };
      throw new Problem('NO_KEY', { at: 'Authorization', note: 'it is not a key of this server' });
    }
    const print = fingerprint(req.socket);
    const known = print === undefined ? undefined : await keyOf(store, print, clock.now());
    if (known?.kind === 'certificate') return { name: known.name, role: known.role as Role, from };
    throw new Problem('NO_KEY', {
      at: 'Authorization',
      note: print === undefined ? 'there is none' : 'there is none, and the client certificate is not entered as a key',
    });
  };
}

/** Of the client's certificate, where it leads to a root of ours; the handshake proved that it holds the private key. */
function fingerprint(socket: IncomingMessage['socket']): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!socket.authorized) return undefined; // shown, but it leads to none of our roots
  const { fingerprint256 } = socket.getPeerCertificate() as { fingerprint256?: string };
  return fingerprint256?.replaceAll(':', '');
}
