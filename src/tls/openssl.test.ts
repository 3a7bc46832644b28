import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../base/clock';
import { ccm8 } from './cipher-policy';
import { derToPem } from './pem';
import { createPki, issueDevice } from './pki';
import { type Reason } from './reasons';
import { loopback, longAgo } from './testing/loopback';
import { chainCases } from './testing/wrong-chains';

/** OpenSSL's own command line as a second opinion. Nothing of the product needs it. */
function openssl(...args: string[]): string | undefined {
  try {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    return undefined;
  }
}

/** Reasons for which RFC 5280 alone, and so OpenSSL, turns a chain away too. */
const shared: readonly (Reason | 'accepted')[] = [
  'unknown-issuer',
  'bad-signature',
  'expired',
  'not-yet-valid',
  'not-a-ca',
  'path-length',
  'self-signed',
];

if (!/^OpenSSL [3-9]/.test(openssl('version') ?? '')) {
  console.warn('No openssl 3 command here: its second opinion on our certificates was not asked for.');
  test('skipped: no openssl 3 command', () => undefined);
} else {
  const pki = createPki({ notBefore: longAgo });
  const able = chainCases(new SystemClock().now(), pki).filter(
    c => (c.strict === 'accepted' || shared.includes(c.strict)) && c.name !== 'MICA with an empty subject', // no fault to it
  );
  // The first three and one of each reason: every question is a process of its own.
  const cases = able.filter((c, n) => n < 3 || able.findIndex(other => other.strict === c.strict) === n);
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'headroom-openssl-'));
    writeFileSync(join(dir, 'root.pem'), derToPem(pki.serca.der));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each(cases.map(c => [c.name, c] as const))('openssl verify agrees on: %s', (_, c) => {
    const [leaf, ...others] = c.chain;
    writeFileSync(join(dir, 'leaf.pem'), derToPem(leaf as Buffer));
    writeFileSync(join(dir, 'others.pem'), others.map(derToPem).join('') || '\n');
    const strict = c.strict === 'accepted' ? ['-x509_strict'] : [];
    const untrusted = others.length > 0 ? ['-untrusted', join(dir, 'others.pem')] : [];
    const answer = openssl('verify', ...strict, '-CAfile', join(dir, 'root.pem'), ...untrusted, join(dir, 'leaf.pem'));
    expect(answer !== undefined).toBe(c.strict === 'accepted');
  });

  test('openssl s_client shakes hands with a device server over CCM-8 and reads an answer', async () => {
    const at = await loopback({ pki });
    const device = issueDevice(pki, { name: 'd', role: 'device' });
    writeFileSync(join(dir, 'key.pem'), device.keyPem);
    writeFileSync(join(dir, 'chain.pem'), device.chainPem);
    const file = (name: string) => join(dir, `${name}.pem`);
    const client = spawn(
      'openssl',
      [
        's_client',
        '-connect',
        `127.0.0.1:${at.port}`,
        '-tls1_2',
        '-cipher',
        `${ccm8}:@SECLEVEL=0`,
        '-verify_return_error',
      ]
        .concat(['-cert', file('chain'), '-cert_chain', file('chain'), '-key', file('key'), '-CAfile', file('root')])
        .concat(['-ign_eof']),
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let output = '';
    client.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    client.stdin.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await new Promise(resolve => client.on('close', resolve));
    await at.close();
    expect(output).toContain(`Cipher is ${ccm8}`);
    expect(output).toContain('Verify return code: 0 (ok)');
    expect(output).toContain(device.lfdi);
  });
}
