import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ManualClock } from '../base/clock';
import { madeUp } from '../forecast/testing/made-up';
import { readFlowReadings } from './forecast-readings';
import { restsOn } from './forecast-words';
import { commandLine } from './testing/command-line';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'headroom-forecast-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: string[]) => commandLine(['forecast', ...args], { cwd: folder });

const history = madeUp({ days: 45, noiseW: 700, missing: 0.05 });
const rows = [...history.w].map((w, i) => `${history.calendar.at(i)},${Number.isNaN(w) ? '' : w.toFixed(1)}`);
writeFileSync(join(folder, 'readings.csv'), ['time,w', ...rows].join('\n'));

it('judges every rung on a file and says which it would choose', async () => {
  const told = await run('backtest', 'readings.csv', '--horizon', '24');
  expect(told.exitCode).toBe(0);
  const [first, header, ...lines] = told.out;
  expect(first).toMatch(/^readings: \d+ steps of 60 minutes measured, \d+ missing, 44 days looked back on$/);
  expect(header).toMatch(/^rung +readings +pinball W +of naive +in 90 %/);
  expect(lines.map(line => line.slice(2).split(' ')[0])).toEqual([
    'persist24',
    'persist168',
    'similar-day',
    'hour-of-week',
    'ridge',
    'split-pv',
    expect.any(String),
  ]);
  const starred = lines.find(line => line.startsWith('*'));
  expect(lines.at(-1)).toBe(`chosen: ${starred?.slice(2).split(' ')[0]}`);

  const json = await run('backtest', 'readings.csv', '--horizon', '24', '--json');
  const [judged] = JSON.parse(json.out[0] ?? '') as {
    chosen: string;
    scores: { rung: string; pinballW: number; readings: number }[];
  }[];
  expect(judged?.chosen).toBe(starred?.slice(2).split(' ')[0]);
  const losses = judged?.scores.filter(({ readings }) => readings > 0) ?? [];
  expect(losses.find(({ rung }) => rung === judged?.chosen)?.pinballW).toBe(Math.min(...losses.map(s => s.pinballW)));
});

it('judges several assets and phases apart, and ends with 1 where one has too little history', async () => {
  const some = rows.slice(0, 30).map(row => `${row},T2,1`);
  writeFileSync(join(folder, 'two.csv'), ['time,w,asset,phase', ...rows.map(row => `${row},T1,`), ...some].join('\n'));
  const { exitCode, out } = await run('backtest', 'two.csv', '--horizon', '24', '--json');
  const judged = JSON.parse(out[0] ?? '') as { asset: string; chosen?: string }[];
  expect(judged.map(each => each.asset)).toEqual(['T1', 'T2 phase 1']);
  expect(judged[1]?.chosen).toBeUndefined();
  expect(exitCode).toBe(1);
});

it.each([
  [['backtest', 'nothing.csv'], 'cannot be read'],
  [['backtest', 'readings.csv', '--time-zone', 'Mars'], '--time-zone'],
  [['backtest', 'readings.csv', '--place', 'here'], '--place'],
  [['backtest', 'readings.csv', '--holidays', 'Sunday'], '--holidays'],
  [['backtest', 'readings.csv', '--percent', '100'], '--percent'],
])('says what is wrong with %j', async (args, words) => {
  const { exitCode, said } = await run(...args);
  expect(exitCode).toBe(2);
  expect(said.join(' ')).toContain(words);
});

it('takes a horizon, a place and holidays', async () => {
  const more = ['--place', '34,-118', '--holidays', '2025-01-20', '--percent', '90', '--days', '30'];
  expect((await run('backtest', 'readings.csv', '--horizon', '12', ...more)).exitCode).toBe(0);
});

it('takes readings into a folder and shows what they say, in short, in full and as JSON', async () => {
  await commandLine(['init', 'house'], { cwd: folder });
  const config = join(folder, 'house/config.json');
  const network = resolve(__dirname, '../../examples/networks/oak-street.json');
  const settings = {
    ...(JSON.parse(readFileSync(config, 'utf8')) as object),
    network,
    envelopeHorizonS: 86_400,
    envelopeStepS: 3600,
  };
  writeFileSync(config, JSON.stringify(settings));
  const clock = new ManualClock(history.calendar.at(history.end) + 60);
  const inHouse = (...args: string[]) => commandLine(['forecast', ...args], { cwd: folder, clock });
  expect((await inHouse('show', 'house')).out).toEqual([
    'no meter has readings: the shapes of the network file are used',
  ]);

  const asset = 'Oak St transformer';
  const refused = await inHouse('import', 'house', 'readings.csv');
  expect(refused.exitCode).toBe(2);
  expect(refused.said.join(' ')).toContain('--asset');
  const measured = history.w.filter(w => !Number.isNaN(w)).length;
  const taken = await inHouse('import', 'house', 'readings.csv', '--asset', asset);
  expect(taken.out).toEqual([`${measured} readings of 1 assets`]);

  const [header, line = ''] = (await inHouse('show', 'house')).out;
  expect(header).toMatch(/^asset +rung +of naive +in 90 % +readings to$/);
  expect(line).toMatch(/^Oak St transformer {2}[\w-]+ +0\.\d{3} +\d\d\.\d % +2025-02-20 /);
  const { out } = await inHouse('show', 'house', asset);
  expect(out[0]).toMatch(/^Oak St transformer: by [\w-]+, readings to 2025-02-20 /);
  expect(out.filter(text => /^2025-02-2/.test(text)).length).toBeGreaterThanOrEqual(24);
  const { forecasts } = JSON.parse((await inHouse('show', 'house', asset, '--json')).out[0] ?? '') as {
    forecasts: { lowW: number[]; highW: number[] }[];
  };
  expect(forecasts[0]?.highW[0]).toBeGreaterThan(forecasts[0]?.lowW[0] ?? Infinity);
  const unknown = await inHouse('show', 'house', 'Oak St transfomer');
  expect(unknown.exitCode).toBe(1);
  expect(unknown.said.join(' ')).toContain('Oak St transformer');
});

it('says in words what a control rests on', () => {
  expect(restsOn({})).toEqual([]);
  const one = {
    asset: 'T1',
    phase: 2,
    rung: 'ridge',
    trainedUntil: 0,
    lowLevel: 0.05,
    highLevel: 0.95,
    ofNaive: 0.812,
    coverage90: 0.903,
  };
  expect(restsOn({ forecasts: [one] })).toEqual([
    '  rests on the forecast of T1 phase 2 by ridge, readings to 1970-01-01 00:00:00Z: import on its 95 % quantile, export on its 5 %; ' +
      'back-test 0.81 of naive, 90 % in the 90 % band',
  ]);
});

describe('readings as CSV', () => {
  const read = (text: string, asset?: string) => readFlowReadings(text, 'r.csv', asset);

  it('takes times in seconds and in text, watts and kilowatts, phases, panels and temperatures', () => {
    const text =
      'time,asset,phase,kw,pvW,temperatureC\n2026-01-01T00:00Z,T,,1.5,300,12\n2026-01-01T01:15:00+01:00,T,2,2,,\n';
    expect(read(text)).toEqual([
      { asset: 'T', start: 1_767_225_600, durationS: 900, quantity: 'w', value: 1500 },
      { asset: 'T', start: 1_767_225_600, durationS: 900, quantity: 'pvW', value: 300 },
      { asset: 'T', start: 1_767_225_600, durationS: 900, quantity: 'temperatureC', value: 12 },
      { asset: 'T', start: 1_767_226_500, durationS: 900, quantity: 'w2', value: 2000 },
    ]);
  });

  it('finds how long readings are from their times, over gaps', () => {
    const text = 'time,w\n0,1\n1800,1\n3600,1\n9000,1\n';
    expect(read(text, 'T').map(each => each.durationS)).toEqual([1800, 1800, 1800, 1800]);
  });

  it.each([
    ['time,watts\n0,1', 'no column watts'],
    ['time\n0', 'w or kw'],
    ['time,w\n2026-01-01 00:00,1', 'r.csv:2'],
    ['time,w\n0,much', 'w: want a number'],
    ['time,w,phase\n0,1,4', 'phase'],
    ['time,w,durationS\n0,1,7200', 'durationS'],
  ])('refuses %j', (text, words) => {
    expect(() => read(text, 'T')).toThrow(words);
  });

  it('wants to know the asset', () => expect(() => read('time,w\n0,1')).toThrow('--asset'));
});
