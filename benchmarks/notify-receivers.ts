/** Receivers of notifications: https servers, each with the certificate of one aggregator. They count what comes and tell when all is there. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { SystemClock } from '../src/base/clock';
import { pemToDer, serverTls, Trust, type Device } from '../src/tls';

export interface Arrived {
  readonly posts: number;
  readonly distinct: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Bodies that do not say what they should. */
  readonly wrong: number;
  readonly sample: string;
}

const clock = new SystemClock();
const devices = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Device[];
let wanted = { posts: Infinity, says: '' };
let seen = new Set<string>();
let [posts, wrong, firstMs] = [0, 0, 0];

process.on('message', (message: typeof wanted) => {
  wanted = message;
  seen = new Set();
  [posts, wrong, firstMs] = [0, 0, 0];
});
process.once('disconnect', () => process.exit(0));

function arrived(path: string, sample: string): void {
  if (posts++ === 0) firstMs = clock.nowMs();
  seen.add(path);
  if (!sample.includes(wanted.says)) wrong++;
  if (posts !== wanted.posts) return;
  const all: Arrived = { posts, distinct: seen.size, firstMs, lastMs: clock.nowMs(), wrong, sample };
  process.send?.(all);
}

const ports = devices.map(async (device, i) => {
  const trust = new Trust({ clock, roots: pemToDer(device.rootsPem, 'roots') });
  const server = createServer(
    { ...serverTls({ credentials: device, trust }), keepAliveTimeout: 600_000 },
    (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        arrived(`${i}${req.url}`, Buffer.concat(chunks).toString());
        res.writeHead(201, { 'Content-Length': '0' }).end();
      });
    },
  );
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
});
void Promise.all(ports).then(all => process.send?.(all));
