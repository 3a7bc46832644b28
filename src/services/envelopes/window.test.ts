import fc from 'fast-check';
import { eventStatus, statusAt } from '../timeline';
import { alignedDrafts, drafts, pen, publishAll } from '../testing/history';
import { type EnvelopeControl, controlsOf, inForce, liveControls } from './controls';
import { visibleControls } from './window';

const control = (n: number, more: Partial<EnvelopeControl> = {}): EnvelopeControl => ({
  mrid: `E5${String(n).padStart(30, '0')}`,
  site: '1',
  series: 1,
  step: n,
  start: n * 10,
  durationS: 10,
  importW: n,
  exportW: n,
  bound: { import: '', export: '' },
  engine: 'x',
  createdAt: 0,
  ...more,
});

it('shows the one in force and the next 24', () => {
  const all = Array.from({ length: 50 }, (_, n) => control(n));
  const seen = visibleControls(all, 105);
  expect(seen.map(c => c.step)).toEqual(Array.from({ length: 25 }, (_, i) => 10 + i));
  expect(visibleControls(all, 105, { window: 3 }).map(c => c.step)).toEqual([10, 11, 12, 13]);
});

it('keeps a superseded one until its scheduled end, and hides one that is replaced before it begins', () => {
  const old = control(1, { durationS: 40, supersededAt: 20 });
  const doomed = control(3, { supersededAt: 30 });
  const next = control(2, { durationS: 30, createdAt: 15, mrid: 'E6' });
  const at = (now: number) => visibleControls([old, doomed, next], now).map(c => c.mrid);
  expect(at(18)).toEqual([old.mrid, next.mrid]);
  expect(at(25)).toEqual([old.mrid, next.mrid]);
  expect(at(30)).toEqual([old.mrid, next.mrid, doomed.mrid]);
  expect(at(50)).toEqual([]);
});

it('keeps only the latest of many superseded ones, newest first within one second of start', () => {
  const old = Array.from({ length: 40 }, (_, n) =>
    control(1, {
      series: n,
      createdAt: n,
      durationS: 100,
      supersededAt: 30 + n,
      mrid: `E5${String(n).padStart(2, '0')}`,
    }),
  );
  const seen = visibleControls(old, 80, { retired: 5 });
  expect(seen.map(c => c.createdAt)).toEqual([39, 38, 37, 36, 35]);
});

it('shows no two plans for one time, leaves no gap, and stays within its bounds', () => {
  fc.assert(
    fc.property(fc.oneof(drafts, alignedDrafts), fc.nat(200), fc.integer({ min: 1, max: 6 }), (list, later, window) => {
      const now = 1000 + later;
      const rows = publishAll(list).rows.filter(row => row.publishedAt <= now);
      const all = controlsOf(rows, { pen });
      const seen = visibleControls(all, now, { window, retired: 4 });
      const status = (c: EnvelopeControl) => statusAt(c, now).currentStatus;
      const running = seen.filter(c => status(c) !== eventStatus.superseded);
      const coming = running.filter(c => status(c) === eventStatus.scheduled);
      expect(running.length - coming.length).toBeLessThanOrEqual(1);
      expect(coming.length).toBeLessThanOrEqual(window);
      expect(seen.length - running.length).toBeLessThanOrEqual(4);
      // exactly the first of what is to govern, in order
      const expected = liveControls(all, now).map(c => c.mrid);
      expect(running.sort((a, b) => inForce(a).from - inForce(b).from).map(c => c.mrid)).toEqual(
        expected.slice(0, running.length),
      );
      if (coming.length < window) expect(running.length).toBe(expected.length);
      for (let i = 1; i < seen.length; i++) expect(seen[i]?.start).toBeGreaterThanOrEqual(seen[i - 1]?.start ?? 0);
    }),
    { numRuns: 300 },
  );
});
