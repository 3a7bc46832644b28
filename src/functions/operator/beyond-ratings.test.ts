import { beyondRatings } from './beyond-ratings';

const w = (value: number, multiplier = 0) => ({ multiplier, value });

it('finds nothing where every setting is within its rating, or has none', () => {
  expect(
    beyondRatings(
      { rtgMaxW: w(6, 3), rtgMaxVarNeg: w(-20, 2), rtgMinPFOverExcited: { multiplier: -2, displacement: 85 } },
      {
        setMaxW: w(6000),
        setMaxVarNeg: w(-2000),
        setMinPFOverExcited: { multiplier: -3, displacement: 850 },
        setMaxVA: w(9999),
        setGradW: 7,
      },
    ),
  ).toEqual([]);
  expect(beyondRatings({}, {})).toEqual([]);
});

it('tells each most that is above, each least that is below, and each mode that is not supported', () => {
  expect(
    beyondRatings(
      {
        rtgMaxW: w(6000),
        rtgMaxVar: w(2000),
        rtgMaxVarNeg: w(-2000),
        rtgMinV: w(216),
        rtgMinPFUnderExcited: { multiplier: -2, displacement: 85 },
        modesSupported: '00100003',
      },
      {
        setMaxW: w(601, 1),
        setMaxVar: w(2000),
        setMaxVarNeg: w(-2001),
        setMinV: w(2159, -1),
        setMinPFUnderExcited: { multiplier: -2, displacement: 84 },
        modesEnabled: '00100004',
      },
    ),
  ).toEqual([
    { setting: 'setMaxW', rating: 'rtgMaxW', set: 6010, rated: 6000 },
    { setting: 'setMaxVarNeg', rating: 'rtgMaxVarNeg', set: -2001, rated: -2000 },
    { setting: 'setMinV', rating: 'rtgMinV', set: 215.9, rated: 216 },
    { setting: 'setMinPFUnderExcited', rating: 'rtgMinPFUnderExcited', set: 0.84, rated: 0.85 },
    { setting: 'modesEnabled', rating: 'modesSupported', set: '00100004', rated: '00100003' },
  ]);
});
