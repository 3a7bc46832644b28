import { Problem } from '../../base/problem';
import { type Letter, localMoment, readLetter } from './letter';
import { figuresFromCsv } from './letter-csv';
import { type ContractVersion, leastW, mostW, termsOf, turnsOf, versionAt } from './version';

const reading = { at: 'letter', code: 'BAD_VALUE' as const, timeZone: 'America/Los_Angeles' };
const letter = (more: Partial<Letter>): Letter => ({ contract: 'X', format: 'figures', effectiveAt: 0, ...more });
const read = (more: Partial<Letter>) => readLetter(letter(more), reading);
const day = (w: number) => new Array<number>(24).fill(w);
const allMonths = Array.from({ length: 12 }, (_, m) => m + 1);

describe('a letter', () => {
  it('is a static, bridging floor of load, or a static profile of generation, unless it says otherwise', () => {
    expect(read({ format: 'LLL', seasons: [{ months: allMonths, watts: day(5000) }] })).toMatchObject({
      product: 'static',
      purpose: 'bridging',
      firm: { import: { form: '288' } },
      most: {},
    });
    expect(read({ format: 'LGP', shape: 'H24', watts: day(900) })).toMatchObject({
      product: 'static',
      purpose: 'non-bridging',
      firm: { export: { form: 'H24', watts: day(900) } },
    });
    expect(read({ format: 'LGP', shape: 'H24', watts: day(900), product: 'variable' })).toMatchObject({
      firm: {},
      most: { export: { form: 'H24' } },
    });
  });

  it('has blocks that fill the day, over midnight too, and 24 figures a year at most', () => {
    const blocks = [
      { from: 6, to: 18, watts: 2000 },
      { from: 18, to: 6, watts: 500 },
    ];
    const { firm } = read({ format: 'LGP', shape: 'BLOCK', seasons: [{ months: allMonths, blocks }] });
    const values = firm.export;
    if (!values) throw new Error('no figures');
    expect([leastW(values), mostW(values)]).toEqual([500, 2000]);
    expect('watts' in values && Array.isArray(values.watts) && values.watts.slice(5, 7)).toEqual([500, 2000]);
    const many = allMonths.map(month => ({
      months: [month],
      blocks: [0, 8, 16].map(from => ({ from, to: from + 8, watts: 100 })),
    }));
    expect(() => read({ format: 'LGP', shape: 'BLOCK', seasons: many })).toThrow('at most 24 figures');
  });

  it.each<[Partial<Letter>, string]>([
    [{ timeZone: 'Mars/Base' }, 'timeZone'],
    [{ effectiveAt: 'tomorrow' }, 'effectiveAt'],
    [{ effectiveAt: 100, endsAt: 100 }, 'endsAt'],
    [{ format: 'LLL' }, 'seasons'],
    [{ format: 'LLL', seasons: [{ months: [1], watts: day(1) }] }, 'every month'],
    [{ format: 'LGP' }, 'shape'],
    [{ format: 'LGP', shape: 'H24', watts: [1] }, '24 numbers'],
    [{ format: 'LGP', shape: 'M12x2', watts: [[1, 2]] }, 'twelve pairs'],
    [{ format: 'LGP', shape: 'M12x2', watts: allMonths.map(() => 1) }, 'a pair'],
    [{ format: 'LGP', shape: 'M12x2', watts: allMonths.map(() => [1, 2]), block: { from: 24, to: 25 } }, 'hours'],
    [
      { format: 'LGP', shape: 'BLOCK', seasons: [{ months: allMonths, blocks: [{ from: 0, to: 5, watts: 1 }] }] },
      'hour 5',
    ],
    [
      {
        format: 'LGP',
        shape: 'BLOCK',
        seasons: [
          {
            months: allMonths,
            blocks: [
              { from: 0, to: 24, watts: 1 },
              { from: 3, to: 4, watts: 1 },
            ],
          },
        ],
      },
      'each hour in one block',
    ],
    [{ firm: { import: -1 } }, 'firm.import'],
    [{ firm: { import: { form: 'intervals', intervals: [] } } }, 'figure for every hour'],
    [{ product: 'static', most: { export: 5 } }, 'static product'],
  ])('is refused by name: %#', (more, says) => {
    expect(() => read(more)).toThrow(says);
    expect(() => read(more)).toThrow(Problem);
  });

  it('has moments in local time, on both sides of a change of the clocks', () => {
    const utc = (text: string) => Date.parse(text) / 1000;
    expect([
      localMoment('2026-12-01', reading.timeZone),
      localMoment('2026-07-01T06:30', reading.timeZone),
      localMoment('2026-07-01T06:30Z', reading.timeZone),
      localMoment('2026-03-08', reading.timeZone),
      localMoment('2026-03-09', reading.timeZone),
      localMoment('soon', reading.timeZone),
    ]).toEqual([
      utc('2026-12-01T08:00Z'),
      utc('2026-07-01T13:30Z'),
      utc('2026-07-01T06:30Z'),
      utc('2026-03-08T08:00Z'),
      utc('2026-03-09T07:00Z'),
      undefined,
    ]);
  });
});

describe('figures as CSV', () => {
  it.each([
    [
      'hour,watts\n' +
        day(7)
          .map((w, h) => `${h},${w}`)
          .join('\n'),
      'H24',
    ],
    ['month,hour,watts\n' + allMonths.flatMap(m => day(7).map((w, h) => `${m},${h},${w}`)).join('\n'), '288'],
    ['season,months,from,to,watts\nall,1-12,0,24,7', 'BLOCK'],
  ])('is read by its header: %#', (text, shape) => {
    const figures = figuresFromCsv(text, 'f.csv');
    expect(figures.shape).toBe(shape);
    const values = read(figures).firm.export;
    expect(values && [leastW(values), mostW(values)]).toEqual([7, 7]);
  });

  it.each([
    ['a,b', 'f.csv:1'],
    ['hour,watts\n0,1\n0,2', 'f.csv:3'],
    ['hour,watts\n0,1,2', 'f.csv:2'],
    ['hour,watts\n0,-1', 'watts, 0 or above'],
    ['hour,watts\n24,1', 'a whole number 0 … 23'],
    ['hour,watts\n0,1', 'none for place 2'],
    ['month,block,watts\n1,over,1', 'in or out'],
    ['season,months,from,to,watts\nx,13,0,24,1', 'months such as'],
  ])('names line and fault: %#', (text, says) => {
    expect(() => figuresFromCsv(text, 'f.csv')).toThrow(says);
  });
});

describe('versions', () => {
  const site = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
  const version = (n: number, more: Partial<ContractVersion>): ContractVersion => ({
    ...read({}),
    version: n,
    enteredAt: 0,
    enteredBy: 'x',
    ...more,
  });
  const list = [
    version(1, { effectiveAt: 100, firm: { import: { form: 'flat', watts: 3000 } } }),
    version(2, { effectiveAt: 200, endsAt: 300, most: { import: { form: 'flat', watts: 4000 } } }),
    version(3, { effectiveAt: 250, endsAt: 260, firm: { import: { form: 'flat', watts: 7000 } } }),
  ];

  it('hold from their date on; of a temporary one the one before holds again', () => {
    expect([99, 100, 200, 250, 260, 300].map(at => versionAt(list, at)?.version)).toEqual([undefined, 1, 2, 3, 2, 1]);
    expect(turnsOf(list)).toEqual([100, 200, 250, 260, 300]);
  });

  it('give each step the least of what is agreed at most, and the highest floor below it', () => {
    const terms = termsOf(site, list, { start: 0, stepS: 50, steps: 7 });
    expect(terms.map(({ firmImportW, maxImportW }) => [firmImportW, maxImportW])).toEqual([
      [2000, 9000],
      [2000, 9000],
      [3000, 9000],
      [3000, 9000],
      [2000, 4000],
      [4000, 4000],
      [3000, 9000],
    ]);
    const [left] = termsOf(site, list, { start: 0, stepS: 200, steps: 1, notBefore: 100 });
    expect(left?.firmImportW).toBe(3000);
    expect(left?.label).toBe('contract X, version 1');
  });
});
