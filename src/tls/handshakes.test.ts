import { ccm8 } from './cipher-policy';
import { createPki } from './pki';
import { derToPem } from './pem';
import { keyToPem } from './issue';
import { attempt, clientOf, loopback, type Loopback, longAgo } from './testing/loopback';
import { chainCases } from './testing/wrong-chains';
import { SystemClock } from '../base/clock';

/** The matrix of chain.test.ts again, but over real sockets: what the peer sees and what the operator reads. */
const clock = new SystemClock();
const pki = createPki({ notBefore: longAgo });
const cases = chainCases(clock.now(), pki).filter(c => c.overTls);

describe.each(['strict', 'lenient'] as const)('%s listener', profile => {
  let at: Loopback;
  beforeAll(async () => {
    at = await loopback({ pki, trust: { profile } });
  });
  afterAll(() => at.close());

  const telling = profile === 'strict' ? cases : cases.filter(c => c.lenient !== c.strict || /^[DEFG]:/.test(c.name));
  test.each(telling.map(c => [c.name, c] as const))('%s', async (_, c) => {
    const expected = c[profile];
    const seen = at.log.lines.length;
    const credentials = { keyPem: keyToPem(c.leaf.key), chainPem: c.chain.map(derToPem).join('') };
    const suites = [ccm8, '@SECLEVEL=0']; // or this OpenSSL would not send some of them
    const got = await attempt(at, clientOf(at, credentials, { suites }));
    const lines = at.log.lines.slice(seen).map(line => line.fields['reason']);
    if (expected === 'accepted') expect([got.body, lines]).toEqual([c.leaf.lfdi, []]);
    else expect([got.body, got.error, lines]).toEqual([undefined, 'ECONNRESET', [expected]]);
  });
});
