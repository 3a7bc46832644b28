/** The baseline: node:https with the same TLS settings that answers every path with bytes it was given, and nothing else. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { SystemClock } from '../src/base/clock';
import { loadServerFiles, pemToDer, serverTls, Trust } from '../src/tls';

process.once('SIGTERM', () => process.exit(0));
const [dir = '', bodiesFile = ''] = process.argv.slice(2);
const files = loadServerFiles(dir);
const bodies = JSON.parse(readFileSync(bodiesFile, 'utf8')) as Record<string, string>;
const trust = new Trust({ clock: new SystemClock(), roots: pemToDer(files.rootsPem, 'roots') });
const server = createServer({ ...serverTls({ credentials: files, trust }), keepAliveTimeout: 60_000 }, (req, res) => {
  const body = bodies[req.url ?? ''] ?? '';
  res.writeHead(200, { 'Content-Type': 'application/sep+xml', 'Content-Length': String(Buffer.byteLength(body)) });
  res.end(body);
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`),
);
