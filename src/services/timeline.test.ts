import fc from 'fast-check';
import { type EventFacts, earliestStart, isActive, isListed, latestEnd, nextChange, statusAt } from './timeline';

const plain: EventFacts = { start: 1000, durationS: 600, createdAt: 500 };
const shifted: EventFacts = { ...plain, randomizeStart: -60, randomizeDuration: 30 };
const late: EventFacts = { ...plain, createdAt: 1200 };

describe('statusAt, after the rules of protocol facts 4.1', () => {
  it.each<[string, EventFacts, number, number, number]>([
    ['scheduled before its start', plain, 999, 0, 500],
    ['active at the very second of its start', plain, 1000, 1, 1000],
    ['still active in its last second', plain, 1599, 1, 1000],
    ['active since creation when created during its interval', late, 1200, 1, 1200],
    ['active from the earliest start a device may take', shifted, 940, 1, 940],
    ['scheduled one second before that', shifted, 939, 0, 500],
    ['a positive shift leaves the start alone', { ...plain, randomizeStart: 60 }, 1000, 1, 1000],
    ['cancelled while scheduled', { ...plain, cancelledAt: 700 }, 700, 2, 700],
    ['not yet cancelled the second before', { ...plain, cancelledAt: 700 }, 699, 0, 500],
    ['cancelled while active', { ...plain, cancelledAt: 1100 }, 1300, 2, 1100],
    ['cancelled with randomisation', { ...shifted, cancelledAt: 1100, cancelRandomized: true }, 1300, 3, 1100],
    ['plain cancel of a randomised event', { ...shifted, cancelledAt: 1100 }, 1300, 2, 1100],
    ['nothing to randomise: 2', { ...plain, cancelledAt: 1100, cancelRandomized: true }, 1300, 2, 1100],
    ['superseded at the start of the newer one', { ...plain, supersededAt: 1300 }, 1300, 4, 1300],
    ['active until then', { ...plain, supersededAt: 1300 }, 1299, 1, 1000],
    [
      'cancelled after it was superseded: stays superseded',
      { ...plain, supersededAt: 1200, cancelledAt: 1300 },
      1400,
      4,
      1200,
    ],
    [
      'superseded after it was cancelled: stays cancelled',
      { ...plain, supersededAt: 1300, cancelledAt: 1200 },
      1400,
      2,
      1200,
    ],
    ['a stop after the end is none', { ...plain, supersededAt: 1600 }, 1700, 1, 1000],
  ])('%s', (_, event, now, currentStatus, dateTime) => {
    expect(statusAt(event, now)).toMatchObject({ currentStatus, dateTime, potentiallySuperseded: false });
  });

  it('shows completion only in the 2023 edition', () => {
    expect(statusAt(plain, 1600, 2023)).toMatchObject({ currentStatus: 5, dateTime: 1600 });
    expect(statusAt(plain, 1599, 2023).currentStatus).toBe(1);
    expect(statusAt({ ...plain, cancelledAt: 900 }, 1700, 2023).currentStatus).toBe(2);
  });

  it('carries the flag of a partial overlap with the moment it was set', () => {
    const event = { ...plain, potentiallySupersededAt: 800 };
    expect(statusAt(event, 799).potentiallySuperseded).toBe(false);
    expect(statusAt(event, 799)).not.toHaveProperty('potentiallySupersededTime');
    expect(statusAt(event, 900)).toMatchObject({ potentiallySuperseded: true, potentiallySupersededTime: 800 });
  });
});

describe('membership', () => {
  it('ends with the interval, randomisation included; a cancelled or superseded event stays as long', () => {
    expect(isListed(plain, 1599)).toBe(true);
    expect(isListed(plain, 1600)).toBe(false);
    expect(isListed({ ...plain, randomizeStart: 60, randomizeDuration: 30 }, 1689)).toBe(true);
    expect(isListed({ ...plain, randomizeStart: 60, randomizeDuration: 30 }, 1690)).toBe(false);
    expect(isListed({ ...plain, cancelledAt: 700 }, 1599)).toBe(true);
    expect(isActive({ ...plain, cancelledAt: 700 }, 1100)).toBe(false);
    expect(isActive(plain, 1100)).toBe(true);
    expect(isActive(plain, 1600)).toBe(false);
  });
});

const time = fc.integer({ min: 0, max: 3000 });
const bound = fc.integer({ min: -300, max: 300 });
const events: fc.Arbitrary<EventFacts> = fc.record(
  {
    start: time,
    durationS: fc.integer({ min: 0, max: 2000 }),
    createdAt: time,
    randomizeStart: bound,
    randomizeDuration: bound,
    cancelledAt: time,
    cancelRandomized: fc.boolean(),
    supersededAt: time,
    potentiallySupersededAt: time,
  },
  { requiredKeys: ['start', 'durationS', 'createdAt'] },
);

it('is never 0 once the start has come, nor dated ahead of now', () => {
  fc.assert(
    fc.property(events, time, (event, now) => {
      const { currentStatus, dateTime } = statusAt(event, now);
      if (event.start <= now || earliestStart(event) <= now) expect(currentStatus).not.toBe(0);
      expect(dateTime).toBeLessThanOrEqual(now);
    }),
  );
});

it('never goes back: the order is scheduled, active, and then an end that lasts', () => {
  fc.assert(
    fc.property(events, fc.array(time, { maxLength: 30 }), (event, times) => {
      const known = times.filter(t => t >= event.createdAt).sort((a, b) => a - b);
      const seen = known.map(t => statusAt(event, t).currentStatus);
      for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThanOrEqual(seen[i - 1] ?? 0);
      const over = seen.filter(s => s > 1);
      expect(new Set(over).size).toBeLessThanOrEqual(1);
    }),
  );
});

it('names each moment of change and no other', () => {
  const picture = (event: EventFacts, now: number) => {
    const { currentStatus, potentiallySuperseded } = statusAt(event, now);
    return { currentStatus, potentiallySuperseded, listed: isListed(event, now) };
  };
  fc.assert(
    fc.property(events, time, (event, now) => {
      const next = nextChange(event, now);
      const upTo = next === undefined ? latestEnd(event) + 4000 : next - 1;
      if (upTo > now && event.createdAt <= now) expect(picture(event, upTo)).toEqual(picture(event, now));
      if (next !== undefined) expect(next).toBeGreaterThan(now);
    }),
  );
});
