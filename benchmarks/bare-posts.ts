/**
 * The baseline of `bench -- posts`: node:https with the same TLS settings, that reads a body, inserts it as one row with
 * better-sqlite3 (WAL, FULL) and answers 204.
 */
import Database from 'better-sqlite3';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { loadServerFiles, pemToDer, serverTls, Trust } from '../src/tls';

process.once('SIGTERM', () => process.exit(0));
const [dir = '', databaseFolder = ''] = process.argv.slice(2);
const db = new Database(join(databaseFolder, 'bare.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE posts (id INTEGER PRIMARY KEY, path TEXT NOT NULL, body BLOB NOT NULL) STRICT');
const insert = db.prepare('INSERT INTO posts (path, body) VALUES (?, ?)');

const clock = new SystemClock();
const files = loadServerFiles(dir);
const trust = new Trust({ clock, roots: pemToDer(files.rootsPem, 'roots') });
const server = createServer({ ...serverTls({ credentials: files, trust }), keepAliveTimeout: 60_000 }, (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    insert.run(req.url, Buffer.concat(chunks));
    res.writeHead(204, { Location: '/upt/1/mr', 'Content-Length': '0' });
    res.end();
  });
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`),
);
