import fc from 'fast-check';
import { mridOf } from '../../base/ids';
import { envelopeMrid, maxSeries, maxStep, readEnvelopeMrid } from './mrid';

const series = fc.integer({ min: 0, max: maxSeries });
const step = fc.integer({ min: 0, max: maxStep });
const pen = fc.integer({ min: 0, max: 99_999_999 });

it('can be turned round, whatever the row, step and enterprise', () => {
  fc.assert(
    fc.property(series, step, pen, (s, t, p) => {
      const mrid = envelopeMrid({ series: s, step: t }, p);
      expect(mrid).toMatch(/^[1-9A-F][0-9A-F]{23}[0-9]{8}$/);
      expect(mrid.slice(24)).toBe(String(p).padStart(8, '0'));
      expect(readEnvelopeMrid(mrid)).toEqual({ series: s, step: t, pen: p });
      expect(readEnvelopeMrid(mrid.toLowerCase())).toEqual({ series: s, step: t, pen: p });
    }),
  );
});

it('never meets an mRID made of a name', () => {
  fc.assert(
    fc.property(fc.string(), series, step, pen, (name, s, t, p) => {
      expect(readEnvelopeMrid(mridOf(name, p))).toBeUndefined();
      expect(envelopeMrid({ series: s, step: t }, p)[12]).toBe('8');
      expect(mridOf(name, p)[12]).toBe('5');
    }),
  );
});

it('sorts by row, then by step, as list order wants of a tie', () => {
  const mrids = [
    { series: 1, step: 9 },
    { series: 2, step: 0 },
    { series: 2, step: 16 },
    { series: 17, step: 0 },
  ].map(at => envelopeMrid(at, 1));
  expect([...mrids].sort()).toEqual(mrids);
});

it.each(['', 'E5', 'E5'.padEnd(32, '0'), 'Z5000000000A8E5E2000000100099999', 'E5000000000A8E5E20000001000F9999'])(
  'knows %p is not ours',
  text => expect(readEnvelopeMrid(text)).toBeUndefined(),
);

it('refuses what does not fit', () => {
  expect(() => envelopeMrid({ series: maxSeries + 1, step: 0 }, 1)).toThrow(RangeError);
  expect(() => envelopeMrid({ series: 0, step: -1 }, 1)).toThrow(RangeError);
  expect(() => envelopeMrid({ series: 0, step: 0.5 }, 1)).toThrow(RangeError);
});
