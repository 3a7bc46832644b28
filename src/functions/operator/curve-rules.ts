import { Problem } from '../../base/problem';
import { type DERCurve } from '../../model/der';

export type NewCurve = Omit<DERCurve, 'href' | 'mRID' | 'creationTime' | 'version'>;

const voltVar = 11;
const wattPF = 13;
/** Ride-through by frequency has hertz on its y axis, which needs no reference. */
const frequencyTrips = [1, 2, 6, 7];

/** What y may refer to, by curveType (protocol facts 3.6; yRefType: 1 % of setMaxW, 2 % of setMaxVar … 4 % of voltage). */
const yReferences: Readonly<Record<number, readonly number[]>> = {
  0: [1, 5, 6, 7],
  1: [0, 4],
  2: [0, 4],
  3: [4],
  4: [4],
  5: [4],
  6: [0, 4],
  7: [0, 4],
  8: [4],
  9: [4],
  10: [4],
  11: [1, 2, 3],
  12: [1, 7],
  13: [0],
  14: [1, 2, 3],
};

/** @throws Problem BAD_VALUE that names the field and what it wants */
export function checkCurve(curve: NewCurve): void {
  const fail = (at: string, want: string, got: unknown) => {
    throw new Problem('BAD_VALUE', { at, want, got });
  };
  const { curveType, yRefType, CurveData } = curve;
  const references = yReferences[curveType];
  if (!references) fail('curveType', '0 to 14', curveType);
  else if (!references.includes(yRefType))
    fail('yRefType', `${references.join(' or ')} for curveType ${curveType}`, yRefType);
  for (const axis of ['xMultiplier', 'yMultiplier'] as const)
    if (!(Number.isInteger(curve[axis]) && Math.abs(curve[axis]) <= 9))
      fail(axis, 'a power of ten from -9 to 9', curve[axis]);
  if (CurveData.length < 1 || CurveData.length > 10) fail('CurveData', '1 to 10 points', CurveData.length);
  for (const [i, point] of CurveData.entries()) {
    const before = CurveData[i - 1];
    if (before && before.xvalue > point.xvalue) fail(`CurveData.${i}.xvalue`, `${before.xvalue} or more`, point.xvalue);
    if ((point.excitation !== undefined) !== (curveType === wattPF))
      fail(
        `CurveData.${i}.excitation`,
        'given where y is a power factor (curveType 13), and only there',
        point.excitation,
      );
  }
  if (curveType !== voltVar)
    for (const name of ['autonomousVRefEnable', 'autonomousVRefTimeConstant', 'vRef'] as const)
      if (curve[name] !== undefined) fail(name, 'given for volt-var curves (curveType 11) only', curve[name]);
  if (frequencyTrips.includes(curveType) && CurveData.some(({ xvalue }) => xvalue < 0))
    fail('CurveData', 'times of 0 or above', 'a negative xvalue');
}
