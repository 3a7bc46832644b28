/**
 * A device on the command line: finds a 2030.5 server, prints its limits whenever they change, and answers the events it is sent.
 *
 *   headroom init here && headroom cert here porch       a key, a chain, and the LFDI and PIN to register
 *   headroom site add here …                             (with that LFDI and PIN), then: headroom serve here
 *   node dist/examples/client.js here porch 127.0.0.1 8443 PIN
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { jsonLog } from '../src/base/log';
import { seededRandom } from '../src/base/random';
import { tasks } from '../src/base/tasks';
import { createClient, httpsTransport } from '../src/client';
import { clientTls, lfdiOf, pemToDer } from '../src/tls';

const [dir, name, host, port, pin] = process.argv.slice(2);
if (!dir || !name || !host || !port) {
  process.stderr.write('usage: node dist/examples/client.js DIR NAME HOST PORT [PIN]\n');
  process.exit(2);
}
const clock = new SystemClock();
const log = jsonLog();
const read = (...path: string[]) => readFileSync(join(dir, ...path), 'utf8');
const chainPem = read('certs', `${name}.chain.pem`);
const [leaf] = pemToDer(chainPem, `${name}.chain.pem`);
if (!leaf) throw new Error(`${name}.chain.pem holds no certificate`);

const client = createClient({
  transport: httpsTransport({
    host,
    port: Number(port),
    tls: clientTls({ keyPem: read('certs', `${name}.key.pem`), chainPem, rootsPem: read('pki', 'roots.pem'), clock }),
  }),
  clock,
  tasks: tasks(error => log.error('a task failed', { error })),
  random: seededRandom(process.pid),
  log,
  lfdi: lfdiOf(leaf),
  dialect: 'csipaus-1.2',
  ...(pin !== undefined && { pin: Number(pin) }),
});
client.onChange(limits => log.info('limits', { ...limits }));
client.onTransition(({ outcome, event, at }) => log.info('event', { outcome, mrid: event.mrid, at }));
client.start();
process.once('SIGINT', () => client.stop());
