/** Forecasts of what flows through assets besides the sites: judged on a file, fed with readings, shown with their scores. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { type RungScore } from '../forecast/scores';
import { type AddCommand } from './command';
import { type BacktestCommand, backtestFile, scoreTable } from './forecast-backtest';
import { readFlowReadings } from './forecast-readings';
import { moment, table } from './table';
import { withOperator } from './with-operator';

interface Shown {
  readonly asset: string;
  readonly phase?: number;
  readonly note?: string;
  readonly rung?: string;
  readonly score?: RungScore;
  readonly scores?: readonly RungScore[];
  readonly trainedUntil?: number;
  readonly lowLevel?: number;
  readonly highLevel?: number;
  readonly start?: number;
  readonly stepS?: number;
  readonly lowW?: readonly number[];
  readonly pointW?: readonly number[];
  readonly highW?: readonly number[];
}

const inOnePost = 5000;

export const forecast: AddCommand = (program, io) => {
  const group = program
    .command('forecast')
    .description('forecasts of what flows through transformers and lines besides the sites');
  const home = (dir: string) => resolve(io.cwd, dir);

  group
    .command('backtest')
    .argument('<file>', 'CSV: time, w or kw; also asset, phase, durationS, pvW, temperatureC')
    .option('--time-zone <zone>', 'time zone of the place', 'America/Los_Angeles')
    .option('--horizon <hours>', 'how far ahead', '72')
    .option('--percent <n>', 'level of the high quantile', '95')
    .option('--days <n>', 'days looked back on at most', '90')
    .option('--place <north,east>', 'degrees, for clear-sky irradiance')
    .option('--holidays <days>', 'days that count as Sundays, with commas between them')
    .option('--json')
    .description('judge the ladder of forecasters on readings of a file by a rolling back-test; * is the rung chosen')
    .action((file: string, options: BacktestCommand) => backtestFile(file, options, io));

  group
    .command('import')
    .argument('<dir>')
    .argument('<file>', 'CSV as for backtest')
    .option('--asset <name>', 'where the file has no column asset')
    .description('take in readings of meters at assets, which forecasts learn from')
    .action(async (dir: string, file: string, { asset }: { asset?: string }) => {
      const path = resolve(io.cwd, file);
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (cause) {
        throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read', cause });
      }
      const readings = readFlowReadings(text, file, asset);
      await withOperator(home(dir), io, async api => {
        for (let from = 0; from < readings.length; from += inOnePost)
          await api.post('/api/forecasts/readings', { readings: readings.slice(from, from + inOnePost) });
      });
      io.out(`${readings.length} readings of ${new Set(readings.map(each => each.asset)).size} assets`);
    });

  group
    .command('show')
    .argument('<dir>')
    .argument('[asset]', 'name of a transformer or line; all in short without it')
    .option('--json')
    .description('the forecast of an asset step by step, the rung chosen and the scores of all')
    .action(async (dir: string, asset: string | undefined, { json }: { json?: boolean }) => {
      const path = asset === undefined ? '' : `/${encodeURIComponent(asset)}`;
      const shown = await withOperator(home(dir), io, api => api.get<{ forecasts: Shown[] }>(`/api/forecasts${path}`));
      if (json) io.out(JSON.stringify(shown));
      else if (shown.forecasts.length === 0) io.out('no meter has readings: the shapes of the network file are used');
      else
        for (const line of asset === undefined ? overview(shown.forecasts) : shown.forecasts.flatMap(inFull))
          io.out(line);
    });
};

const nameOf = ({ asset, phase }: Shown): string => (phase === undefined ? asset : `${asset} phase ${phase}`);

function overview(forecasts: readonly Shown[]): string[] {
  return table(
    ['asset', 'rung', 'of naive', 'in 90 %', 'readings to'],
    forecasts.map(each => [
      nameOf(each),
      each.rung ?? each.note ?? '',
      each.score?.ofNaive.toFixed(3) ?? '',
      each.score ? `${(100 * each.score.coverage90).toFixed(1)} %` : '',
      each.trainedUntil === undefined ? '' : moment(each.trainedUntil),
    ]),
  );
}

function inFull(shown: Shown): string[] {
  const {
    highLevel = 0,
    highW = [],
    lowLevel = 0,
    lowW = [],
    note,
    pointW = [],
    rung,
    scores = [],
    start = 0,
    stepS = 0,
  } = shown;
  const percent = (level: number): string => `${Math.round(100 * level)} %`;
  const head =
    rung === undefined
      ? `${nameOf(shown)}: no forecast, ${note ?? ''}`
      : `${nameOf(shown)}: by ${rung}, readings to ${moment(shown.trainedUntil ?? 0)}`;
  const steps = pointW.map((w, i) => [
    moment(start + i * stepS),
    Math.round(lowW[i] ?? 0),
    Math.round(w),
    Math.round(highW[i] ?? 0),
  ]);
  return [
    head,
    ...(scores.length > 0 ? scoreTable(scores, rung) : []),
    ...(steps.length > 0 ? table(['step', `${percent(lowLevel)} W`, 'W', `${percent(highLevel)} W`], steps) : []),
  ];
}
