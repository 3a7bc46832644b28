import fc from 'fast-check';
import { watts } from '../base/units';
import { limitsBase } from './limits';

it('speaks CSIP-AUS to those who know it', () => {
  expect(limitsBase({ importW: 40_009, exportW: 0 }, 'csipaus-1.2', 1)).toStrictEqual({
    opModImpLimW: { multiplier: 1, value: 4000 },
    opModExpLimW: { multiplier: 0, value: 0 },
  });
});

it('speaks in watts of the 2023 edition to those who know it, rounded down', () => {
  expect(limitsBase({ importW: 40_009, exportW: 2.9 }, '2023', 1)).toStrictEqual({
    opModMaxLimWAbsorb: { multiplier: 1, value: 4000 },
    opModMaxLimWInject: { multiplier: 0, value: 2 },
  });
  expect(limitsBase({ exportW: 0 }, '2023', 0)).toStrictEqual({ opModMaxLimWInject: { multiplier: 0, value: 0 } });
});

it('gives plain clients the share of setMaxW they may inject, never above 100 %, never rounded up', () => {
  expect(limitsBase({ importW: 5, exportW: 2500 }, '2018', 5000)).toEqual({ opModMaxLimW: 5000 });
  expect(limitsBase({ exportW: 99_999 }, '2018', 5000)).toEqual({ opModMaxLimW: 10_000 });
  expect(limitsBase({ exportW: 100 }, '2018', 0)).toEqual({ opModMaxLimW: 0 });
  expect(limitsBase({ importW: 5 }, '2018', 5000)).toEqual({});
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 1_000_000 }),
      (exportW, setMaxW) => {
        const { opModMaxLimW = NaN } = limitsBase({ exportW }, '2018', setMaxW);
        expect((opModMaxLimW / 10_000) * setMaxW).toBeLessThanOrEqual(exportW + 1e-6);
        const inject = limitsBase({ exportW }, '2023', setMaxW).opModMaxLimWInject;
        expect(inject && watts(inject)).toBeLessThanOrEqual(exportW);
        const aus = limitsBase({ exportW }, 'csipaus-1.3', setMaxW).opModExpLimW;
        expect(aus && watts(aus)).toBeLessThanOrEqual(exportW);
      },
    ),
  );
});
