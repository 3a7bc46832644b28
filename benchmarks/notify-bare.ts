/** The baseline: node:https that posts the same bytes to the same receivers over as many connections, and nothing else. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { SystemClock } from '../src/base/clock';
import { clientTls, loadServerFiles } from '../src/tls';

export interface BareWork {
  readonly dir: string;
  readonly urls: readonly string[];
  readonly connections: number;
  readonly lfdis: readonly string[];
}

const { dir, urls, connections, lfdis } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BareWork;
const files = loadServerFiles(dir);
const agents = lfdis.map(
  expectLfdi =>
    new Agent({ ...clientTls({ ...files, clock: new SystemClock(), expectLfdi }), maxSockets: connections }),
);
const agentOf = new Map<string, Agent>();
for (const url of urls) {
  const { origin } = new URL(url);
  if (!agentOf.has(origin)) agentOf.set(origin, agents[agentOf.size] as Agent);
}

process.on('message', (body: string) => {
  for (const url of urls) {
    const { hostname, port, pathname, origin } = new URL(url);
    const call = request({
      agent: agentOf.get(origin),
      host: hostname,
      port,
      path: pathname,
      method: 'POST',
      headers: { 'Content-Type': 'application/sep+xml', 'Content-Length': Buffer.byteLength(body) },
    });
    call.on('response', answer => answer.resume());
    call.end(body);
  }
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
