import { checkChain } from '../chain';
import { createPki } from '../pki';
import { comm004 } from './comm-004';

const now = Date.UTC(2026, 9, 12) / 1000;

test('COMM-004 by the letter', () => {
  const pki = createPki({ notBefore: now });
  const got = comm004(pki, now).map(({ step, good, device }) => {
    const verdict = checkChain(device.chain, [pki.serca.der], { profile: 'strict', now });
    expect(verdict.ok).toBe(good);
    return [step, verdict.ok ? verdict.depth : verdict.reason];
  });
  expect(got).toEqual([
    ['A', 2],
    ['B', 3],
    ['C', 4],
    ['D', 'critical-extension'],
    ['E', 'name-constraints'],
    ['E2', 'san-on-ca'],
    ['F', 'policy-mappings'],
    ['G', 'self-signed'],
  ]);
});
