import fc from 'fast-check';
import {
  type Edition,
  type EventFacts,
  earliestStart,
  isActive,
  isListed,
  latestEnd,
  leavesAt,
  nextChange,
  statusAt,
  versionAt,
} from './timeline';

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
    const event = { ...plain, flagged: [{ from: 800, to: 950 }, { from: 980 }] };
    expect(statusAt(event, 799).potentiallySuperseded).toBe(false);
    expect(statusAt(event, 799)).not.toHaveProperty('potentiallySupersededTime');
    expect(statusAt(event, 900)).toMatchObject({ potentiallySuperseded: true, potentiallySupersededTime: 800 });
    expect(statusAt(event, 950).potentiallySuperseded).toBe(false);
    expect(statusAt(event, 1599)).toMatchObject({ potentiallySuperseded: true, potentiallySupersededTime: 980 });
  });

  it('leaves the flag of an event that is over as it was', () => {
    const event = { ...plain, cancelledAt: 900, flagged: [{ from: 800, to: 950 }] };
    expect(statusAt(event, 1100)).toMatchObject({ potentiallySuperseded: true, potentiallySupersededTime: 800 });
    expect(statusAt({ ...event, flagged: [{ from: 901 }] }, 1100).potentiallySuperseded).toBe(false);
  });
});

describe('version', () => {
  it.each<[string, EventFacts, number, Edition, number]>([
    ['is 0 at first', plain, 999, 2018, 0],
    ['1 once it is active', plain, 1000, 2018, 1],
    ['0 when it was active from creation on', late, 1300, 2018, 0],
    ['one more when cancelled', { ...plain, cancelledAt: 1100 }, 1100, 2018, 2],
    ['one more when cancelled in the second of creation', { ...plain, cancelledAt: 500 }, 500, 2018, 1],
    ['a start that never came does not count', { ...plain, cancelledAt: 900 }, 1100, 2018, 1],
    ['one more when superseded', { ...plain, supersededAt: 1300 }, 1300, 2018, 2],
    ['one more for each turn of the flag', { ...plain, flagged: [{ from: 800, to: 950 }] }, 960, 2018, 2],
    ['one more when completed, 2023', plain, 1600, 2023, 2],
    ['none for leaving its list', plain, 1700, 2018, 1],
  ])('%s', (_, event, now, edition, version) => {
    expect(versionAt(event, now, edition)).toBe(version);
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

  it.each<[string, EventFacts, Edition, number]>([
    ['2018: with its end', plain, 2018, 1600],
    ['2023: completed for a quarter of an hour first, since a removed event counts as cancelled', plain, 2023, 2500],
    ['one stopped shortly before its end is still readable for 30 s', { ...plain, cancelledAt: 1595 }, 2018, 1625],
    ['so is one superseded', { ...plain, supersededAt: 1599 }, 2023, 1629],
    ['one stopped early stays for its scheduled time', { ...plain, cancelledAt: 600 }, 2023, 1600],
  ])('%s', (_, event, edition, at) => {
    expect(leavesAt(event, edition)).toBe(at);
    expect(isListed(event, at - 1, edition)).toBe(true);
    expect(isListed(event, at, edition)).toBe(false);
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
    flagged: fc
      .uniqueArray(time, { maxLength: 4 })
      .map(times => times.sort((a, b) => a - b))
      .map(([a, b, c, d]) => [
        ...(a !== undefined && b !== undefined ? [{ from: a, to: b }] : []),
        ...(c !== undefined ? [{ from: c, ...(d !== undefined && { to: d }) }] : []),
      ]),
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

it('names each moment of change and no other, and counts each that can be seen', () => {
  const picture = (event: EventFacts, now: number, edition: Edition) => {
    const { currentStatus, potentiallySuperseded } = statusAt(event, now, edition);
    return { currentStatus, potentiallySuperseded, listed: isListed(event, now, edition) };
  };
  fc.assert(
    fc.property(events, time, fc.constantFrom<Edition>(2018, 2023), (event, now, edition) => {
      if (event.createdAt > now || (event.flagged ?? []).some(({ from }) => from < event.createdAt)) return;
      if (event.cancelledAt !== undefined && event.cancelledAt < event.createdAt) return;
      const next = nextChange(event, now, edition);
      const upTo = next === undefined ? leavesAt(event, edition) + latestEnd(event) + 4000 : next - 1;
      if (upTo > now) {
        expect(picture(event, upTo, edition)).toEqual(picture(event, now, edition));
        expect(versionAt(event, upTo, edition)).toBe(versionAt(event, now, edition));
      }
      if (next === undefined) return;
      expect(next).toBeGreaterThan(now);
      const [before, after] = [picture(event, now, edition), picture(event, next, edition)];
      if (before.currentStatus !== after.currentStatus || before.potentiallySuperseded !== after.potentiallySuperseded)
        expect(versionAt(event, next, edition)).toBeGreaterThan(versionAt(event, now, edition));
    }),
  );
});
