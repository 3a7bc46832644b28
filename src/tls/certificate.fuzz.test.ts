import fc from 'fast-check';
import { checkChain } from './chain';
import { createPki, issueDevice } from './pki';
import { mutation } from './testing/mutation';

const now = Date.UTC(2026, 9, 12) / 1000;

test('no pile of mutations of a chain is let in, and none breaks the reader', () => {
  const pki = createPki({ notBefore: now });
  const { chain } = issueDevice(pki, { name: 'd', role: 'device' });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), mutation), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (mutations, whole) => {
        // The lenient profile leaves strays out, and a mutated root at the end would be one.
        const profile = whole ? 'strict' : 'lenient';
        const originals = whole ? [...chain, pki.serca.der] : chain;
        const mutants = [...originals];
        for (const [index, mutate] of mutations) {
          const der = mutants[index % mutants.length] as Buffer;
          mutants[index % mutants.length] = mutate(der);
        }
        fc.pre(mutants.some((der, n) => !der.equals(originals[n] as Buffer)));
        expect(checkChain(mutants, [pki.serca.der], { profile, now }).ok).toBe(false);
      },
    ),
    { numRuns: 50_000 },
  );
}, 300_000);
