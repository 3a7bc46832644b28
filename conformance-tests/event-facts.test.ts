import { allowed, since, type EventFacts } from './event-facts';

const facts: EventFacts = { start: 100, durationS: 50, created: { from: 10, to: 12 } };
const at = (t: number, more: Partial<EventFacts> = {}) => [...allowed({ ...facts, ...more }, { from: t, to: t })];

it.each([
  [9, ['absent']],
  [11, ['absent', 0]],
  [13, [0]],
  [99, [0]],
  [100, [1]],
  [149, [1]],
  [150, [5, 'absent']],
])('an event at %i s', (t, want) => expect(at(t)).toEqual(want));

it('is active from its earliest start and may end at any second between its earliest and latest end', () => {
  const shifted = { randomizeStart: -30, randomizeDuration: -30 };
  expect(at(70, shifted)).toEqual([1]);
  expect(at(69, shifted)).toEqual([0]);
  expect(at(90, shifted)).toEqual([1, 5, 'absent']);
  expect(at(150, shifted)).toEqual([5, 'absent']);
  expect(at(100, { randomizeStart: 30 })).toEqual([1]);
  expect(at(179, { randomizeStart: 30 })).toEqual([1, 5, 'absent']);
});

it('stays readable when it is cancelled or superseded, until its end', () => {
  const cancelled = { cancelled: { from: 110, to: 112 } };
  expect(at(109, cancelled)).toEqual([1]);
  expect(at(111, cancelled)).toEqual([2, 1]);
  expect(at(149, cancelled)).toEqual([2]);
  expect(at(150, cancelled)).toEqual([2, 'absent']);
  expect(at(120, { ...cancelled, spread: true })).toEqual([3]);
  const superseded = { superseded: { from: 120, to: 120 } };
  expect(at(119, superseded)).toEqual([1]);
  expect(at(121, superseded)).toEqual([4]);
});

it('takes whatever was right at some moment of a window', () => {
  expect([...allowed(facts, { from: 98, to: 101 })]).toEqual([0, 1]);
});

it('knows since when a status may hold', () => {
  expect(since(facts, 1)).toEqual({ from: 100, to: 100 });
  expect(since({ ...facts, created: { from: 110, to: 112 } }, 1)).toEqual({ from: 109, to: 112 });
  expect(since({ ...facts, cancelled: { from: 110, to: 112 } }, 2)).toEqual({ from: 110, to: 112 });
  expect(since(facts, 'absent')).toBeUndefined();
});
