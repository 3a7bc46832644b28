import { checkChain } from './chain';
import { createPki } from './pki';
import { chainCases } from './testing/wrong-chains';

const now = Date.UTC(2026, 9, 12) / 1000;
const pki = createPki({ notBefore: now - 86_400 });
const cases = chainCases(now, pki);

describe.each(['strict', 'lenient'] as const)('%s profile', profile => {
  test.each(cases.map(c => [c.name, c] as const))('%s', (_, c) => {
    const verdict = checkChain(c.chain, [pki.serca.der], { profile, now });
    expect(verdict.ok ? 'accepted' : verdict.reason).toBe(c[profile]);
    if (verdict.ok) expect(verdict).toMatchObject({ lfdi: c.leaf.lfdi, sfdi: c.leaf.sfdi });
  });
});
