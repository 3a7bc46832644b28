import { countingIds, mridOf, systemIds } from './ids';

it('makes mRIDs of 32 upper-case hex digits that end in the enterprise number and depend on the name alone', () => {
  const mrid = mridOf('program/7', 99999);
  expect(mrid).toMatch(/^[0-9A-F]{24}00099999$/);
  expect(mridOf('program/7', 99999)).toBe(mrid);
  expect(mridOf('program/8', 99999)).not.toBe(mrid);
  expect(mridOf('program/7', 1).slice(0, 24)).toBe(mrid.slice(0, 24));
  expect(() => mridOf('x', 123_456_789)).toThrow('enterprise');
});

it('makes ids that sort by time and never repeat', () => {
  const made = Array.from({ length: 100 }, () => systemIds.next());
  expect(new Set(made).size).toBe(100);
  expect([...made].sort()).toEqual(made);
  const counted = countingIds('r');
  expect([counted.next(), counted.next()]).toEqual(['r1', 'r2']);
});
