/** Curves and values of the CSIP test procedures: of the default, and of the event that takes over (protocol facts 7.4). */
import { type NewCurve } from '../operator';

type Points = readonly (readonly [x: number, y: number])[];

const curve = (curveType: number, yRefType: number, points: Points, more: Partial<NewCurve> = {}): NewCurve => ({
  CurveData: points.map(([xvalue, yvalue]) => ({ xvalue, yvalue })),
  curveType,
  xMultiplier: -2,
  yMultiplier: -2,
  yRefType,
  ...more,
});

/** yRefType: 1 % setMaxW, 2 % setMaxVar, 4 % setEffectiveV; frequencies refer to nothing. */
const [ofMaxW, ofMaxVar, ofVoltage, ofNothing] = [1, 2, 4, 0];

export const hvrtMust = {
  default: curve(5, ofVoltage, [
    [16, 13000],
    [16, 12000],
    [1300, 12000],
    [1300, 11000],
    [10000, 11000],
  ]),
  event: curve(5, ofVoltage, [
    [16, 12000],
    [16, 11000],
    [1200, 11000],
    [1200, 10000],
    [10000, 10000],
  ]),
};
export const hvrtCessation = {
  default: curve(4, ofVoltage, [
    [0, 11000],
    [1300, 11000],
  ]),
  event: curve(4, ofVoltage, [
    [0, 10000],
    [1200, 10000],
  ]),
};
const lvrt = (second: number, third: number): Points => [
  [150, 0],
  [150, 5000],
  [second, 5000],
  [second, 7000],
  [third, 7000],
  [third, 8800],
  [10000, 8800],
];
export const lvrtMust = {
  default: curve(10, ofVoltage, lvrt(1100, 2100)),
  event: curve(10, ofVoltage, lvrt(1200, 2200)),
};
export const lvrtCessation = {
  default: curve(9, ofVoltage, [
    [0, 5000],
    [150, 5000],
  ]),
  event: curve(9, ofVoltage, [
    [0, 6000],
    [150, 6000],
  ]),
};
export const hfrtMust = {
  default: curve(2, ofNothing, [
    [16, 6400],
    [16, 6200],
    [30000, 6200],
    [30000, 6050],
    [40000, 6050],
  ]),
  event: curve(2, ofNothing, [
    [16, 6500],
    [16, 6100],
    [28000, 6100],
    [28000, 6050],
    [40000, 6050],
  ]),
};
const lfrt = (second: number): Points => [
  [16, 5300],
  [16, 5690],
  [second, 5690],
  [second, 5850],
  [40000, 5850],
];
export const lfrtMust = {
  default: curve(7, ofNothing, lfrt(30000)),
  event: curve(7, ofNothing, lfrt(27000)),
};
export const voltVar = {
  default: curve(
    11,
    ofMaxVar,
    [
      [9200, 3000],
      [9670, 0],
      [10300, 0],
      [10700, -3000],
    ],
    { openLoopTms: 10 },
  ),
  event: curve(
    11,
    ofMaxVar,
    [
      [9100, 4000],
      [9570, 0],
      [10400, 0],
      [10600, -4000],
    ],
    {
      openLoopTms: 5,
      autonomousVRefEnable: false,
    },
  ),
};
export const voltWatt = {
  default: curve(12, ofMaxW, [
    [10000, 10000],
    [10600, 10000],
    [11000, 0],
  ]),
  event: curve(12, ofMaxW, [
    [10000, 10000],
    [10500, 10000],
    [10900, 0],
  ]),
};
export const freqWatt = curve(
  0,
  ofMaxW,
  [
    [5900, 100],
    [5950, 80],
    [6050, 80],
    [6200, 0],
  ],
  { yMultiplier: 0 },
);
/** Ten points, of CORE-012. */
export const tenPoints = curve(
  11,
  ofMaxVar,
  [9000, 9200, 9500, 9670, 9800, 10_000, 10_300, 10_500, 10_700, 10_900].map((x, i) => [x, 4000 - i * 800] as const),
  { openLoopTms: 10 },
);
export const droop = {
  default: { dBOF: 36, dBUF: 36, kOF: 50, kUF: 50, openLoopTms: 500 },
  event: { dBOF: 30, dBUF: 30, kOF: 40, kUF: 40, openLoopTms: 600 },
};
export const powerFactor = (displacement: number) => ({ displacement, excitation: false, multiplier: -3 });
