import { DERControlBase } from '../../model/der';
import { curveTypes } from '../modes';
import { checkBase, checkEventBase, checkSettings, type DefaultSettings } from './control-rules';
import { checkCurve, type NewCurve } from './curve-rules';

const curveAt = (at: string) => (/^\/derp\/p\/dc\/\d+$/.test(at) ? { curveType: Number(at.split('/')[4]) } : undefined);
const link = (type: number) => ({ href: `/derp/p/dc/${type}` });
const watt = (value: number, multiplier = 0) => ({ multiplier, value });

/** Values that must be taken and values that must not, for each mode: the edges of its range. */
const modes: Readonly<Record<string, readonly [good: readonly unknown[], bad: readonly unknown[]]>> = {
  opModConnect: [[true, false], [1]],
  opModDeltaVar: [[watt(-5)], [watt(1, 10)]],
  opModDeltaW: [[watt(-5)], [watt(1, -10)]],
  opModEnergize: [[false], ['true']],
  opModExpLimW: [[watt(0), watt(5, 3)], [watt(-1)]],
  opModFixedPFAbsorbW: [
    [{ displacement: 900, excitation: true, multiplier: -3 }],
    [{ displacement: 1001, excitation: true, multiplier: -3 }],
  ],
  opModFixedPFInjectW: [
    [
      { displacement: 950, excitation: false, multiplier: -3 },
      { displacement: 1, excitation: false, multiplier: 0 },
    ],
    [
      { displacement: 0, excitation: false, multiplier: 0 },
      { displacement: 95, excitation: false, multiplier: 0 },
      { displacement: 1, excitation: false, multiplier: -10 },
    ],
  ],
  opModFixedV: [[-10_000, 10_000], [10_001]],
  opModFixedVar: [
    [
      { refType: 1, value: -10_000 },
      { refType: 3, value: 10_000 },
    ],
    [
      { refType: 0, value: 1 },
      { refType: 4, value: 1 },
      { refType: 2, value: 10_001 },
    ],
  ],
  opModFixedW: [
    [-10_000, 0, 10_000],
    [-10_001, 0.5],
  ],
  opModFreqDroop: [
    [{ dBOF: 36, dBUF: 36, kOF: 50, kUF: 50, openLoopTms: 500 }],
    [{ dBOF: 36, dBUF: 36, kOF: 0, kUF: 50, openLoopTms: 500 }],
  ],
  opModGenLimW: [[watt(0)], [watt(-1)]],
  opModGridConnectPermit: [[true], [0]],
  opModImpLimW: [[watt(32_767, 9)], [watt(-1), watt(1, 10)]],
  opModIslandPermit: [[false], [null]],
  opModLoadLimW: [[watt(7)], [watt(-7)]],
  opModMaxLimPctVAAbsorb: [[0, 10_000], [-1]],
  opModMaxLimPctVAInject: [[0], [10_001]],
  opModMaxLimPctVarAbsorb: [[{ refType: 2, value: 0 }], [{ refType: 2, value: -1 }]],
  opModMaxLimPctVarInject: [[{ refType: 2, value: 10_000 }], [{ refType: 7, value: 1 }]],
  opModMaxLimPctWAbsorb: [[10_000], [10_001]],
  opModMaxLimVarAbsorb: [[watt(1)], [watt(-1)]],
  opModMaxLimVarInject: [[watt(1)], [watt(-1)]],
  opModMaxLimW: [
    [0, 5000, 10_000],
    [-1, 10_001, '5000'],
  ],
  opModMaxLimWAbsorb: [[watt(1)], [watt(-1)]],
  opModMaxLimWInject: [[watt(0)], [watt(-1)]],
  opModStorageTargetW: [[watt(-3000), watt(3000)], [watt(1, 11)]],
  opModTargetV: [[watt(240)], [watt(1, -11)]],
  opModTargetVar: [[watt(-100)], [watt(1, 12)]],
  opModTargetW: [[watt(-2000), watt(3000)], [watt(1, -12)]],
  rampTms: [
    [0, 65_535],
    [-1, 65_536],
  ],
  ...Object.fromEntries(
    Object.entries(curveTypes).map(([mode, type]) => [
      mode,
      [[link(type)], [link((type + 1) % 15), { href: '/derp/other/dc/11' }, { href: '/derp/p/dc/x' }]],
    ]),
  ),
};

it('has a rule for every mode of the model', () => {
  expect(Object.keys(modes).sort()).toEqual(Object.keys(DERControlBase.fields).sort());
});

it.each(Object.entries(modes))('%s', (mode, [good, bad]) => {
  for (const value of good) expect(() => checkBase({ [mode]: value }, curveAt)).not.toThrow();
  for (const value of bad)
    expect(() => checkBase({ [mode]: value }, curveAt)).toThrow(
      expect.objectContaining({
        code: 'BAD_VALUE',
        message: expect.stringContaining(`base.${mode}`) as string,
      }) as Error,
    );
});

it('wants an event to order something, and a default not to', () => {
  for (const base of [{}, { rampTms: 100 }]) {
    expect(() => checkEventBase(base, curveAt)).toThrow('at least one control mode');
    expect(() => checkBase(base, curveAt)).not.toThrow();
  }
  expect(() => checkBase({ opModNothing: 1 } as never, curveAt)).toThrow('base.opModNothing');
});

it.each<[string, DefaultSettings, RegExp | undefined]>([
  ['ramps', { setGradW: 10_000, setSoftGradW: 200 }, undefined],
  [
    'entering service',
    {
      setESDelay: 30_000,
      setESHighFreq: 6010,
      setESLowFreq: 5950,
      setESHighVolt: 10_500,
      setESLowVolt: 9170,
      setESRampTms: 30_000,
      setESRandomDelay: 0,
    },
    undefined,
  ],
  ['a ramp beyond its range', { setGradW: 65_536 }, /setGradW/],
  ['a fraction', { setESDelay: 0.5 }, /setESDelay/],
  ['frequencies the wrong way round', { setESHighFreq: 5950, setESLowFreq: 6010 }, /setESLowFreq/],
  ['voltages the wrong way round', { setESHighVolt: 9000, setESLowVolt: 9000 }, /setESLowVolt/],
  ['what is no setting', { setMaxW: 1 } as never, /setMaxW/],
])('settings: %s', (_, settings, fault) => {
  if (fault) expect(() => checkSettings(settings)).toThrow(fault);
  else expect(() => checkSettings(settings)).not.toThrow();
});

const curve = (
  curveType: number,
  yRefType: number,
  points: readonly (readonly [number, number])[],
  more: Partial<NewCurve> = {},
): NewCurve => ({
  curveType,
  yRefType,
  xMultiplier: -2,
  yMultiplier: -2,
  CurveData: points.map(([xvalue, yvalue]) => ({ xvalue, yvalue })),
  ...more,
});
const steps = [
  [16, 12_000],
  [16, 11_000],
  [1200, 11_000],
  [1200, 10_000],
  [10_000, 10_000],
] as const;

it.each<[string, NewCurve, RegExp | undefined]>([
  ['HVRT must trip of BASIC-004', curve(5, 4, steps), undefined],
  [
    'HFRT of BASIC-005',
    curve(2, 0, [
      [16, 6500],
      [16, 6100],
    ]),
    undefined,
  ],
  [
    'volt-var of BASIC-006',
    curve(
      11,
      2,
      [
        [9100, 4000],
        [9570, 0],
        [10_400, 0],
        [10_600, -4000],
      ],
      { openLoopTms: 5, autonomousVRefEnable: false },
    ),
    undefined,
  ],
  [
    'volt-watt of BASIC-011',
    curve(12, 1, [
      [10_000, 10_000],
      [10_500, 10_000],
    ]),
    undefined,
  ],
  [
    'frequency-watt of BASIC-012',
    curve(0, 1, [
      [5900, 100],
      [6200, 0],
    ]),
    undefined,
  ],
  [
    'watt-PF with excitation',
    curve(13, 0, [], { CurveData: [{ excitation: true, xvalue: 0, yvalue: 95 }] }),
    undefined,
  ],
  ['watt-var', curve(14, 3, [[0, 0]]), undefined],
  ['a type there is not', curve(15, 0, [[0, 0]]), /curveType/],
  ['a y axis the type has not', curve(11, 4, [[0, 0]]), /yRefType/],
  ['no point', curve(11, 2, []), /CurveData/],
  [
    'eleven points',
    curve(
      11,
      2,
      Array.from({ length: 11 }, (_, n) => [n, n] as const),
    ),
    /1 to 10/,
  ],
  [
    'points out of order',
    curve(11, 2, [
      [5, 0],
      [4, 0],
    ]),
    /CurveData\.1\.xvalue/,
  ],
  [
    'excitation where y is no power factor',
    curve(11, 2, [], { CurveData: [{ excitation: true, xvalue: 0, yvalue: 95 }] }),
    /excitation/,
  ],
  ['no excitation where it is one', curve(13, 0, [[0, 95]]), /excitation/],
  ['a reference voltage of a curve that has none', curve(12, 1, [[0, 0]], { vRef: 1 }), /vRef/],
  ['a multiplier beyond its range', curve(11, 2, [[0, 0]], { xMultiplier: 10 }), /xMultiplier/],
  ['a trip time before nothing', curve(2, 0, [[-1, 0]]), /times/],
])('curve: %s', (_, given, fault) => {
  if (fault) expect(() => checkCurve(given)).toThrow(fault);
  else expect(() => checkCurve(given)).not.toThrow();
});
