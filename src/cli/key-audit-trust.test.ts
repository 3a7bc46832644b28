/** `headroom key`, `audit` and `trust`, on a folder without a running server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../base/clock';
import { createPki, derToPem } from '../tls';
import { commandLine } from './testing/command-line';

const clock = new ManualClock(Date.UTC(2026, 9, 12, 8) / 1000);
let cwd: string;
const run = (...args: string[]) => commandLine(args, { cwd, clock });
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-key-'));
  expect((await run('init', 'home')).exitCode).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('makes a key, shows it once, lists and removes it', async () => {
  const made = await run('key', 'add', 'home', 'dispatch', '--role', 'operator', '--days', '30');
  expect(made.exitCode).toBe(0);
  expect(made.out).toEqual([expect.stringMatching(/^hrk_[A-Za-z0-9_-]{43}$/)]);
  const listed = await run('key', 'list', 'home');
  expect(listed.out[0]).toMatch(/^NAME +ROLE +KIND/);
  expect(listed.out[1]).toBe('dispatch  operator  key   2026-10-12 08:00:00Z  2026-11-11 08:00:00Z');
  expect(JSON.parse((await run('key', 'list', 'home', '--json')).out[0] ?? '')).toMatchObject([{ name: 'dispatch' }]);
  expect((await run('key', 'remove', 'home', 'dispatch')).out).toEqual(['dispatch is removed']);
  expect(await run('key', 'remove', 'home', 'dispatch')).toMatchObject({
    exitCode: 1,
    said: [expect.stringContaining('NO_SUCH')],
  });
  expect((await run('key', 'add', 'home', 'x', '--role', 'king')).exitCode).toBe(1);
  expect((await run('key', 'add', 'home', 'x', '--role', 'viewer', '--days', 'soon')).exitCode).toBe(2);
});

it('prints the audit trail, for people and as JSON lines, and finds in it', async () => {
  const all = await run('audit', 'home');
  expect(all.out[0]).toMatch(
    /^2026-10-12 08:00:00Z {2}done +key operator\.key {2}from 127\.0\.0\.1 {2}POST \/api\/keys/,
  );
  const rows = (await run('audit', 'home', '--json')).out.map(line => JSON.parse(line) as { id: number; what: string });
  expect(rows.map(row => row.id)).toEqual(rows.map((_, i) => i + 1));
  const removed = await run('audit', 'home', '--json', '--what', 'DELETE /api/keys/{name}');
  expect(removed.out.map(line => JSON.parse(line) as object)).toMatchObject([{ subject: 'dispatch' }]);
  expect((await run('audit', 'home', '--since', '2026-10-13')).out).toEqual([]);
  expect((await run('audit', 'home', '--until', '2026-10-13', '--since', '2026-10-12T08:00Z')).out).toHaveLength(
    rows.length,
  );
  expect((await run('audit', 'home', '--since', 'tuesday')).exitCode).toBe(2);
});

it('adds, lists and retires roots, renews, lists who is revoked', async () => {
  writeFileSync(join(cwd, 'root.pem'), derToPem(createPki({ notBefore: 1_700_000_000 }).serca.der));
  const added = JSON.parse((await run('trust', 'add', 'home', 'root.pem', '--json')).out[0] ?? '') as {
    fingerprint: string;
  };
  const listed = await run('trust', 'list', 'home');
  expect(listed.out.find(line => line.endsWith(added.fingerprint))).toContain('yes (operator)');
  expect((await run('trust', 'retire', 'home', added.fingerprint.slice(0, 8))).exitCode).toBe(0);
  const certificates = JSON.parse((await run('trust', 'list', 'home', '--json')).out[0] ?? '') as object[];
  expect(certificates).toContainEqual(expect.objectContaining({ fingerprint: added.fingerprint, trusted: false }));
  expect((await run('trust', 'renew', 'home')).out).toEqual([expect.stringMatching(/^serving as LFDI [0-9A-F]{40}$/)]);
  expect((await run('trust', 'add', 'home', 'nowhere.pem')).exitCode).toBe(2);
  const lfdi = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
  await run('site', 'revoke', 'home', lfdi);
  expect((await run('trust', 'revoked', 'home')).out).toEqual([`${lfdi}  since 2026-10-12 08:00:00Z`]);
});
