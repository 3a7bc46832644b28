import { Problem } from '../base/problem';
import { type Values, lowestW, momentsOf, readProfile } from './profile';
import { profileFromCsv } from './profile-csv';

const la = 'America/Los_Angeles';
const at = (iso: string) => Date.parse(iso) / 1000;
const hours = Array.from({ length: 24 }, (_, h) => h * 1000);
const h24: Values = { form: 'H24', watts: hours };
const limitAt = (values: Values, iso: string, durationS = 3600) =>
  lowestW(values, momentsOf(la, at(iso), at(iso) + durationS));

describe('local time', () => {
  it('reads H24 by the hour of the clock on the wall', () => {
    expect(limitAt(h24, '2026-01-15T08:00:00Z')).toBe(0); // midnight, standard time
    expect(limitAt(h24, '2026-07-15T07:00:00Z')).toBe(0); // midnight, daylight saving
    expect(limitAt(h24, '2026-07-15T19:00:00Z')).toBe(12_000);
  });

  it('skips an hour on the 23-hour day and repeats one on the 25-hour day', () => {
    const day = (from: string, n: number) =>
      Array.from({ length: n }, (_, i) => lowestW(h24, momentsOf(la, at(from) + i * 3600, at(from) + (i + 1) * 3600)));
    expect(day('2026-03-08T08:00:00Z', 23)).toEqual(hours.filter(w => w !== 2000));
    expect(day('2026-11-01T07:00:00Z', 25)).toEqual([0, 1000, 1000, ...hours.slice(2)]);
  });

  it('takes the lowest of the hours a step touches, also where the zone is off by half an hour', () => {
    expect(limitAt(h24, '2026-01-15T08:30:00Z', 5400)).toBe(0);
    expect(limitAt(h24, '2026-01-15T18:30:00Z', 5400)).toBe(10_000);
    const kolkata = (iso: string) => lowestW(h24, momentsOf('Asia/Kolkata', at(iso), at(iso) + 900));
    expect(kolkata('2026-01-15T00:30:00Z')).toBe(6000);
    expect(kolkata('2026-01-15T00:20:00Z')).toBe(5000);
  });

  it('reads 288 by month and hour', () => {
    const values: Values = { form: '288', watts: Array.from({ length: 288 }, (_, i) => i) };
    expect(limitAt(values, '2026-12-31T20:00:00Z')).toBe(11 * 24 + 12);
    expect(limitAt(values, '2027-01-01T07:00:00Z')).toBe(11 * 24 + 23); // still December in Los Angeles
    expect(limitAt(values, '2027-01-01T08:00:00Z')).toBe(0);
  });

  it('reads 8760 by hour of the year; 29 February repeats the 28th, and the end of a leap year is still the end', () => {
    const values: Values = { form: '8760', watts: Array.from({ length: 8760 }, (_, i) => i) };
    expect(limitAt(values, '2028-02-29T20:00:00Z')).toBe(limitAt(values, '2028-02-28T20:00:00Z'));
    expect(limitAt(values, '2028-03-01T08:00:00Z')).toBe(59 * 24);
    expect(limitAt(values, '2029-01-01T07:00:00Z')).toBe(8759);
    expect(limitAt(values, '2026-01-01T08:00:00Z')).toBe(0);
  });

  it('gives back, hour by hour over a whole year, exactly what the table says for the wall clock', () => {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: la, hour: 'numeric', hourCycle: 'h23' });
    const wrong: string[] = [];
    for (let t = at('2026-01-01T08:00:00Z'); t < at('2027-01-01T08:00:00Z'); t += 3600)
      if (lowestW(h24, momentsOf(la, t, t + 3600)) !== Number(format.format(t * 1000)) * 1000) wrong.push(String(t));
    expect(wrong).toEqual([]);
  });

  it('sets a limit by intervals only where they cover the whole step, the lowest that touches it', () => {
    const start = at('2026-07-01T00:00:00Z');
    const values: Values = {
      form: 'intervals',
      intervals: [
        { start, durationS: 1800, watts: 5000 },
        { start: start + 1800, durationS: 1800, watts: 4000 },
        { start: start + 7200, durationS: 3600, watts: 3000 },
      ],
    };
    const during = (from: number, to: number) => lowestW(values, momentsOf('UTC', start + from, start + to));
    expect(during(0, 900)).toBe(5000);
    expect(during(0, 3600)).toBe(4000);
    expect(during(3000, 3900)).toBeUndefined();
    expect(during(-900, 900)).toBeUndefined();
    expect(during(7200, 10_800)).toBe(3000);
    expect(during(10_800, 11_700)).toBeUndefined();
  });
});

const message = (read: () => unknown): string => {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'BAD_PROFILE') return thrown.message;
    throw thrown;
  }
  throw new Error('it was accepted');
};

describe('a profile file', () => {
  it('is read in all its forms', () => {
    const months = Array.from({ length: 12 }, (_, m) => hours.map(h => h + m));
    const profile = readProfile(
      {
        timeZone: la,
        description: 'LLL of 2026',
        default: { import: 5000 },
        devices: {
          7: { import: { form: 'H24', watts: hours }, export: { form: '288', watts: months } },
          8: {
            export: {
              form: 'intervals',
              intervals: [
                { start: '2026-07-01T00:00:00-07:00', durationS: 60, watts: 1 },
                { start: 1782889260, durationS: 60, watts: 2 },
              ],
            },
          },
        },
      },
      'p.json',
    );
    expect(profile.default).toEqual({ import: { form: 'flat', watts: 5000 } });
    expect(profile.devices['7']?.export).toMatchObject({ form: '288' });
    const { export: monthly } = profile.devices['7'] ?? {};
    expect(monthly?.form === '288' && monthly.watts[25]).toBe(1001);
    expect(profile.devices['8']?.export).toMatchObject({ intervals: [{ start: 1782889200 }, { start: 1782889260 }] });
  });

  const h = (watts: unknown) => ({ timeZone: la, devices: { 7: { import: { form: 'H24', watts } } } });
  it.each<[string, unknown, string]>([
    ['a list', [], 'p.json: the file, want an object'],
    ['no time zone', { devices: {} }, 'p.json: timeZone, want a time zone'],
    [
      'an unknown time zone',
      { timeZone: 'California', devices: {} },
      'p.json: timeZone, want a time zone such as America/Los_Angeles, got California',
    ],
    ['nobody', { timeZone: la }, 'p.json: devices, want at least one device, or a default'],
    [
      'an unknown field',
      { timeZone: la, device: {} },
      'p.json: device, want only timeZone, default, devices, description',
    ],
    [
      'an unknown direction',
      { timeZone: la, devices: { 7: { imports: 1 } } },
      'p.json: devices.7.imports, want only import, export',
    ],
    [
      'an unknown form',
      { timeZone: la, default: { import: { form: '24' } } },
      'p.json: default.import.form, want H24, 288, 8760',
    ],
    ['too few hours', h(hours.slice(1)), 'p.json: devices.7.import.watts, want 24 numbers, got 23 of them'],
    [
      'an hour of text',
      h(hours.map((w, i) => (i === 3 ? '3000' : w))),
      'p.json: devices.7.import.watts[3], want watts, 0 or above, got 3000',
    ],
    [
      'a negative hour',
      h(hours.map((w, i) => (i === 3 ? -1 : w))),
      'devices.7.import.watts[3], want watts, 0 or above, got -1',
    ],
    [
      'a short month',
      {
        timeZone: la,
        default: { import: { form: '288', watts: Array.from({ length: 12 }, (_, m) => (m === 4 ? [1] : hours)) } },
      },
      'default.import.watts[4], want 24 numbers, got 1 of them',
    ],
    [
      'a hole in a month',
      {
        timeZone: la,
        default: {
          import: {
            form: '288',
            watts: Array.from({ length: 12 }, (_, m) => hours.map((w, i) => (m === 4 && i === 5 ? null : w))),
          },
        },
      },
      'default.import.watts[4][5], want watts',
    ],
    [
      'a bad moment',
      {
        timeZone: la,
        default: { import: { form: 'intervals', intervals: [{ start: '1 July', durationS: 1, watts: 1 }] } },
      },
      'default.import.intervals[0].start, want UTC such as',
    ],
    [
      'an empty interval',
      { timeZone: la, default: { import: { form: 'intervals', intervals: [{ start: 0, durationS: 0, watts: 1 }] } } },
      'default.import.intervals[0].durationS, want whole seconds above 0, got 0',
    ],
    [
      'overlapping intervals',
      {
        timeZone: la,
        default: {
          import: {
            form: 'intervals',
            intervals: [
              { start: 0, durationS: 60, watts: 1 },
              { start: 30, durationS: 60, watts: 1 },
            ],
          },
        },
      },
      'default.import.intervals[1].start, want intervals in order',
    ],
  ])('with %s is refused at the very field', (_, json, text) => {
    expect(message(() => readProfile(json, 'p.json'))).toContain(text);
  });
});

describe('a profile as CSV', () => {
  const read = (text: string) => readProfile(profileFromCsv(text, 'p.csv'), 'p.csv', la);
  it('says the same as JSON', () => {
    const lines = hours.map((w, i) => `7,import,${i},${w}`);
    expect(read(['\uFEFFdevice,direction,hour,watts', '# a remark', ...lines, ''].join('\r\n')).devices).toEqual({
      7: { import: h24 },
    });
    expect(read('device,direction,watts\n*,import,5000\n8,export,0').default).toEqual({
      import: { form: 'flat', watts: 5000 },
    });
    const intervals = read(
      'device,direction,start,durationS,watts\n7,export,2026-07-01T00:00:00Z,60,5\n7,export,1782864060,60,6',
    );
    expect(intervals.devices['7']?.export).toMatchObject({
      intervals: [{ start: 1782864000, watts: 5 }, { start: 1782864060 }],
    });
    const months = Array.from({ length: 288 }, (_, i) => `*,export,${Math.floor(i / 24) + 1},${i % 24},${i}`);
    expect(read(['device,direction,month,hour,watts', ...months].join('\n')).default?.export).toMatchObject({
      form: '288',
    });
  });
  it.each([
    ['', 'p.csv, want device,direction,watts or'],
    ['site,limit\n1,2', 'p.csv:1, want device,direction,watts or'],
    ['device,direction,watts\n7,import', 'p.csv:2, want 3 columns, got 2 of them'],
    ['device,direction,watts\n7,import,1\n7,import,2', 'p.csv:3, want each device and direction once'],
    ['device,direction,watts\n7,in,1', 'p.csv:2, want import or export, got in'],
    ['device,direction,watts\n7,import,lots', 'p.csv:2, want watts, got lots'],
    ['device,direction,hour,watts\n7,import,24,1', 'p.csv:2, want hour 0 … 23, got 24'],
    ['device,direction,hour,watts\n7,import,1,1\n7,import,1,2', 'p.csv:3, want each hour once, got 1'],
    ['device,direction,hour,watts\n7,import,0,1', 'p.csv: devices.7.import.watts[1], want watts'],
    ['device,direction,hourOfYear,watts\n7,import,8760,1', 'p.csv:2, want hour 0 … 8759'],
  ])('refuses %j at the very line', (text, expected) => {
    expect(message(() => read(text))).toContain(expected);
  });
});

describe('forms that are spelt out as 288', () => {
  const of = (value: unknown): Values =>
    readProfile({ timeZone: la, default: { import: value } }, 'p.json').default?.import as Values;
  const summer = { name: 'summer', months: [6, 7, 8, 9], watts: hours };
  const winter = { name: 'winter', months: [1, 2, 3, 4, 5, 10, 11, 12], watts: hours.map(w => w + 500) };

  it('reads season by hour', () => {
    const values = of({ form: 'seasons', seasons: [summer, winter] });
    expect(limitAt(values, '2026-07-15T19:00:00Z')).toBe(12_000);
    expect(limitAt(values, '2026-01-15T20:00:00Z')).toBe(12_500);
    expect(limitAt(values, '2026-10-01T06:00:00Z')).toBe(23_000); // still September in Los Angeles
  });

  it('reads blocks of hours, over midnight and by month, the first that covers an hour', () => {
    const evening = { from: 18, to: 23, watts: 2000, months: [7] };
    const night = { from: 22, to: 6, watts: 9000 };
    const values = of({ form: 'blocks', blocks: [evening, night], otherwise: 5000 });
    expect(limitAt(values, '2026-07-15T05:00:00Z')).toBe(2000); // 22 h in July
    expect(limitAt(values, '2026-06-15T05:00:00Z')).toBe(9000);
    expect(limitAt(values, '2026-06-15T12:00:00Z')).toBe(9000); // 5 h
    expect(limitAt(values, '2026-06-15T13:00:00Z')).toBe(5000);
  });

  it.each([
    [{ form: 'seasons', seasons: [summer] }, 'every month of the year, got none for month 1'],
    [{ form: 'seasons', seasons: [summer, summer] }, 'seasons[1].months, want each month in one season, got 6'],
    [{ form: 'seasons', seasons: [{ ...summer, months: [13] }] }, 'months from 1 to 12'],
    [
      { form: 'blocks', blocks: [{ from: 24, to: 3, watts: 1 }], otherwise: 0 },
      'blocks[0].from, want a whole hour from 0 to 23',
    ],
    [{ form: 'blocks', blocks: [] }, 'import.otherwise, want watts'],
  ])('says what is wrong: %j', (value, words) => {
    expect(() => of(value)).toThrow(words);
  });
});
