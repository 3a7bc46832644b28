/** The ladder on real customers, summed up at their service transformers, where their readings lie beside the repository. */
import { readFileSync } from 'node:fs';
import { csv, sharedFile, withShared } from '../grid/testing/shared';
import { type History } from './api';
import { type Backtest, backtest } from './backtest';
import { Calendar } from './calendar';
import { ladder } from './index';
import { stepMeans } from './steps';

jest.setTimeout(120_000);

const levels = { lowLevel: 0.05, highLevel: 0.95 };

/** Three days ahead by hours, or a day by quarters of an hour; sixty days to learn residuals from and twenty to judge them. */
const judge = (history: History, steps: number, days = 80): Promise<Backtest> =>
  backtest({ history, steps, ...levels, ladder: ladder(), days });

const withinBand = (share: number): void => {
  expect(share).toBeGreaterThan(0.86);
  expect(share).toBeLessThan(0.95);
};

const circuit = 'feeders/secondary-test-circuit/Profiles';
withShared('service transformers of the EPRI secondary test circuit', [`${circuit}/load1_1_P.dbl`], () => {
  const customers = { 1: 5, 5: 4, 8: 4 };
  it.each(Object.entries(customers))('transformer %s of %i customers', async (transformer, count) => {
    const hours = 200 * 24;
    const sum = new Float64Array(hours);
    for (let k = 1; k <= count; k++) {
      const bytes = readFileSync(sharedFile(`${circuit}/load${transformer}_${k}_P.dbl`) ?? '');
      for (let i = 0; i < hours; i++) sum[i] = (sum[i] as number) + 1000 * bytes.readDoubleLE(8 * i);
    }
    const start = Date.UTC(2017, 0, 1, 5) / 1000;
    const calendar = new Calendar({ start, stepS: 3600, steps: hours + 24, timeZone: 'America/New_York' });
    const { chosen, scores } = await judge({ calendar, w: sum, end: hours }, 24);
    expect(chosen?.score.ofNaive).toBeLessThan(0.9);
    for (const { coverage90, readings } of scores) if (readings > 0) withinBand(coverage90);
  });
});

withShared('a single meter of MoHCA, by quarters of an hour', ['feeders/mohca/loc1.csv'], ([file]) => {
  it('is forecast no worse than naively, and the band covers what it says', async () => {
    const readings = csv(file).flatMap(({ datetime = '', kw_reading: kw = '' }) => {
      return kw === '' ? [] : [{ start: Date.parse(datetime) / 1000, durationS: 900, value: 1000 * Number(kw) }];
    });
    const start = readings[0]?.start ?? NaN;
    const end = 110 * 96;
    const w = stepMeans(readings, start, 900, end);
    const calendar = new Calendar({ start, stepS: 900, steps: end + 24, timeZone: 'UTC' });
    const { chosen, scores } = await judge({ calendar, w, end }, 24, 70);
    expect(chosen?.score.ofNaive).toBeLessThanOrEqual(1);
    withinBand(chosen?.score.coverage90 ?? NaN);
    expect(scores.filter(score => score.readings > 0).length).toBeGreaterThanOrEqual(5);
  });
});
