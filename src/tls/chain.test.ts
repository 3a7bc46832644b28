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

const sent = cases.filter(c => c.overTls).length;
const distinct = new Set(cases.flatMap(c => c.chain.map(der => der.toString('base64')))).size;

/** The numbers that the README of this room names. */
test(`the matrix has ${cases.length} chains of ${distinct} certificates; ${sent} of them are met over sockets too`, () => {
  expect(cases.length).toBe(103);
  expect(sent).toBeGreaterThanOrEqual(40);
  expect(new Set(cases.map(c => c.name)).size).toBe(cases.length);
  const verdicts = new Set(cases.map(c => c.strict));
  expect(verdicts.size).toBeGreaterThanOrEqual(20);
  const depths = cases.flatMap(({ chain }) => {
    const verdict = checkChain(chain, [pki.serca.der], { profile: 'strict', now });
    return verdict.ok ? [verdict.depth] : [];
  });
  expect([...new Set(depths)].sort()).toEqual([2, 3, 4]);
});
