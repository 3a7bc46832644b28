/**
 * Posts notifications. We are the client of the TLS connection here and present the server's own certificate; whom we may talk
 * to is known by chain and LFDI, as everywhere (protocol facts 6). Connections are kept and reused, one set for each receiver.
 */
import { Agent as PlainAgent, request as plainRequest, type ClientRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type Outcome, type Post } from '../functions/notices';
import { type Credentials, outboundTls, type Trust } from '../tls';
import { sepXml } from './headers';
import { hostOf, type Guard } from './push-guard';

export interface PushOptions {
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly guard: Guard;
  /** Whether a receiver must have the subscriber's own LFDI, or may be any device of the PKI. */
  readonly peer: 'subscriber' | 'trusted';
  /** Connections to one receiver at most. */
  readonly connections: number;
  /** Real milliseconds for the whole exchange, connecting included. */
  readonly timeoutMs: number;
}

/** Receivers whose connections are kept; beyond, those used longest ago are closed. */
const mostReceivers = 1000;
/** Idle connections are closed before the usual receiver would. */
const idleMs = 60_000;
/** Of an answer nothing but its status counts. */
const mostAnswerBytes = 65_536;

export interface Push extends Post {
  /** Connects anew from now on: the server has another certificate. */
  renew(): void;
  close(): void;
}

export function push(options: PushOptions): Push {
  const { trust, guard, timeoutMs } = options;
  const agents = new Map<string, Agent | PlainAgent>();
  const open = new Set<ClientRequest>();
  let closed = false;
  const closeAll = () => {
    for (const agent of agents.values()) agent.destroy();
    agents.clear();
  };
  // A connection stands on what was trusted when it was made.
  const unhear = trust.onChange(closeAll);

  const agentFor = (lfdi: string, url: URL): Agent | PlainAgent => {
    const key = `${lfdi} ${url.origin}`;
    const agent = agents.get(key) ?? newAgent(options, lfdi, url);
    agents.delete(key);
    agents.set(key, agent);
    for (const [oldest, idle] of agents) {
      if (agents.size <= mostReceivers) break;
      idle.destroy();
      agents.delete(oldest);
    }
    return agent;
  };

  const exchange = ({ lfdi, uri }: { lfdi: string; uri: string }, body: string): Promise<Outcome> =>
    new Promise(resolve => {
      const url = new URL(uri);
      const call = (url.protocol === 'https:' ? request : plainRequest)({
        agent: agentFor(lfdi, url),
        host: hostOf(url),
        port: url.port || (url.protocol === 'https:' ? 443 : 80),
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { 'Content-Type': sepXml, 'Content-Length': Buffer.byteLength(body), Accept: sepXml, Host: url.host },
        signal: AbortSignal.timeout(timeoutMs),
      });
      open.add(call);
      call.once('close', () => open.delete(call));
      call.once('response', answer => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostAnswerBytes) answer.destroy();
        });
        // Read to its end, so that the connection can serve the next; what it says does not matter, nor whether it ends.
        answer.once('close', () => resolve(outcomeOf(answer.statusCode ?? 0)));
        answer.once('error', () => undefined);
      });
      call.on('error', (error: NodeJS.ErrnoException) => resolve(failure(error)));
      call.end(body);
    });

  return {
    post: async (to, body) => {
      const refusal = closed ? 'the server stops' : guard.refusal(to.uri);
      if (refusal !== undefined) return { outcome: 'refused', why: refusal };
      if (trust.revoked.has(to.lfdi)) return { outcome: 'refused', why: 'the subscriber is revoked' };
      try {
        return await exchange(to, body);
      } catch (thrown) {
        if (thrown instanceof Problem) return { outcome: 'refused', why: thrown.message };
        return { outcome: 'unreachable', why: String(thrown) };
      }
    },
    renew: closeAll,
    close: () => {
      closed = true;
      unhear();
      for (const call of open) call.destroy(new Error('the server stops'));
      closeAll();
    },
  };
}

function newAgent({ credentials, trust, guard, peer, connections }: PushOptions, lfdi: string, url: URL) {
  const common = { keepAlive: true, maxSockets: connections, timeout: idleMs, lookup: guard.lookup };
  if (url.protocol !== 'https:') return new PlainAgent(common);
  return new Agent({
    ...outboundTls({ ...credentials, trust, ...(peer === 'subscriber' && { expectLfdi: lfdi }) }),
    ...common,
  });
}

/** Any 2xx is good (erratum 44), 400 ends the Subscription (ERR-002). Redirects are not followed: they could lead anywhere. */
function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 400) return { outcome: 'unwanted' };
  return { outcome: 'answer', why: `answered with ${status}` };
}

function failure(error: NodeJS.ErrnoException): Outcome {
  const refused = ['SERVER_REFUSED', 'ADDRESS_REFUSED'].includes(error.code ?? '');
  const why = ['AbortError', 'TimeoutError'].includes(error.name) ? 'took too long' : error.message;
  return { outcome: refused ? 'refused' : 'unreachable', why };
}
