/** `headroom forecast backtest`: the ladder of forecasters on readings of a file, and which rung would be chosen. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isTimeZone } from '../base/local-time';
import { Problem } from '../base/problem';
import { ladder } from '../forecast';
import { type History } from '../forecast/api';
import { type Backtest, backtest } from '../forecast/backtest';
import { Calendar } from '../forecast/calendar';
import { clearSkyOf } from '../forecast/clear-sky';
import { type RungScore } from '../forecast/scores';
import { stepMeans } from '../forecast/steps';
import { type FlowReading } from '../functions/operator/flow-readings';
import { areDays, placeOf } from '../server/forecast-words';
import { forecastStepS } from '../server/forecasts';
import { type Io } from './command';
import { readFlowReadings } from './forecast-readings';
import { numberOption } from './number-option';
import { table } from './table';

export interface BacktestCommand {
  readonly timeZone: string;
  readonly horizon: string;
  readonly percent: string;
  readonly days: string;
  readonly place?: string;
  readonly holidays?: string;
  readonly json?: boolean;
}

/** Scores in the words of a table, for this command and for `forecast show`. */
export function scoreTable(scores: readonly RungScore[], chosen: string | undefined): string[] {
  const header = [
    'rung',
    'readings',
    'pinball W',
    'of naive',
    'in 90 %',
    'MAE W',
    'of peak',
    'above',
    'below',
    'import lost',
    'export lost',
  ];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rows = scores.map(s =>
    s.readings === 0
      ? [`  ${s.rung}`, 'no answer']
      : [
          `${s.rung === chosen ? '*' : ' '} ${s.rung}`,
          s.readings,
          Math.round(s.pinballW),
          s.ofNaive.toFixed(3),
          percent(s.coverage90),
          Math.round(s.maeW),
          percent(s.maeOfPeak),
          percent(s.aboveHigh),
          percent(s.belowLow),
          `${s.importLostKWhPerDay.toFixed(1)} kWh/d`,
          `${s.exportLostKWhPerDay.toFixed(1)} kWh/d`,
        ],
  );
  return table(header, rows);
}

/** @throws Problem BAD_USAGE for a file or an option that cannot be used */
export async function backtestFile(file: string, options: BacktestCommand, io: Io): Promise<void> {
  const path = resolve(io.cwd, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read', cause });
  }
  const wanted = (at: string, want: string, got: string): Problem => new Problem('BAD_USAGE', { at, want, got });
  const { holidays = '', place: placed = '', timeZone } = options;
  if (!isTimeZone(timeZone)) throw wanted('--time-zone', 'a time zone such as America/Los_Angeles', timeZone);
  if (!areDays(holidays)) throw wanted('--holidays', 'days such as 2026-07-04, with commas between them', holidays);
  const place = placeOf(placed);
  if (placed !== '' && !place) throw wanted('--place', 'degrees north and east, such as 34.05,-118.24', placed);
  const horizonHours = numberOption('--horizon', options.horizon, 1, 336);
  const level = numberOption('--percent', options.percent, 50, 98) / 100;
  const days = numberOption('--days', options.days, 2, 800);
  const readings = readFlowReadings(text, file, 'readings');
  const found: { asset: string; test: Backtest; readings: number; missing: number; stepS: number }[] = [];
  const keys = new Map(readings.filter(each => isFlow(each)).map(each => [nameOf(each), each] as const));
  for (const [name, first] of keys) {
    const { history, missing, stepS } = historyOf(readings, first, {
      timeZone,
      horizonHours,
      holidays,
      ...(place && { place }),
    });
    const steps = Math.round((horizonHours * 3600) / stepS);
    const levels = { lowLevel: Math.round((1 - level) * 1e6) / 1e6, highLevel: level };
    const test = await backtest({ history, steps, ...levels, ladder: ladder(), days });
    found.push({ asset: name, test, readings: history.end - missing, missing, stepS });
  }
  if (found.some(({ test }) => !test.chosen)) io.exitCode = 1;
  if (options.json) {
    io.out(
      JSON.stringify(
        found.map(({ test: { chosen, origins, scores }, ...rest }) => ({
          ...rest,
          origins,
          ...(chosen && { chosen: chosen.rung.name }),
          scores,
        })),
      ),
    );
    return;
  }
  for (const { asset, missing, readings: measured, stepS, test } of found) {
    io.out(
      `${asset}: ${measured} steps of ${stepS / 60} minutes measured, ${missing} missing, ${test.origins} days looked back on`,
    );
    for (const line of scoreTable(test.scores, test.chosen?.rung.name)) io.out(line);
    io.out(test.chosen ? `chosen: ${test.chosen.rung.name}` : 'too little history to choose by');
  }
}

const isFlow = ({ quantity }: FlowReading): boolean => /^w[123]?$/.test(quantity);
const nameOf = ({ asset, quantity }: FlowReading): string =>
  quantity === 'w' ? asset : `${asset} phase ${quantity.slice(1)}`;

function historyOf(
  readings: readonly FlowReading[],
  of: FlowReading,
  options: {
    timeZone: string;
    horizonHours: number;
    holidays: string;
    place?: { latitude: number; longitude: number };
  },
): { history: History; missing: number; stepS: number } {
  const ofAsset = readings.filter(({ asset }) => asset === of.asset).sort((a, b) => a.start - b.start);
  const flows = ofAsset.filter(({ quantity }) => quantity === of.quantity);
  const [first, last] = [flows[0] as FlowReading, flows.at(-1) as FlowReading];
  const stepS = forecastStepS(first.durationS);
  const start = Math.floor(first.start / stepS) * stepS;
  const end = Math.max(1, Math.floor((last.start + last.durationS - start) / stepS));
  const steps = end + Math.ceil((options.horizonHours * 3600) / stepS);
  const holidays = options.holidays.split(/[\s,]+/).filter(day => day !== '');
  const calendar = new Calendar({ start, stepS, steps, timeZone: options.timeZone, holidays });
  const means = (quantity: string, count = end): Float64Array | undefined => {
    const own = ofAsset.filter(each => each.quantity === quantity);
    return own.length > 0 ? stepMeans(own, start, stepS, count) : undefined;
  };
  const w = means(of.quantity) as Float64Array;
  const [pvW, temperatureC] = [of.quantity === 'w' ? means('pvW') : undefined, means('temperatureC', steps)];
  const history = {
    calendar,
    w,
    end,
    ...(pvW && { pvW }),
    ...(temperatureC && { temperatureC }),
    ...(options.place && { clearSky: clearSkyOf(options.place, calendar) }),
  };
  return { history, missing: w.filter(Number.isNaN).length, stepS };
}
