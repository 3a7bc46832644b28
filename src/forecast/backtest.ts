/**
 * The rolling back-test that chooses a rung for one place: every day a forecast from what was known then, at the time of day it is now, held
 * against what came; quantiles from residuals that were known by then. Nothing looks ahead.
 */
import { type Forecaster, type History } from './api';
import { Residuals } from './conformal';
import { type RungScore, Tally, scoreLevels } from './scores';

export interface BacktestOptions {
  readonly history: History;
  /** How far ahead a forecast goes. */
  readonly steps: number;
  /** Levels that envelopes are computed with, such as 0.05 and 0.95. */
  readonly lowLevel: number;
  readonly highLevel: number;
  /** The first is the naive one. */
  readonly ladder: readonly Forecaster[];
  /** Days looked back on at most: sixty to learn residuals from, the rest to judge them by. */
  readonly days?: number;
}

export interface Backtest {
  /** Of every rung, in the order of the ladder. */
  readonly scores: readonly RungScore[];
  /** The rung of least pinball loss, and what it was wrong by; nothing where history is too short to judge any. */
  readonly chosen?: { readonly rung: Forecaster; readonly score: RungScore; readonly residuals: Residuals };
  /** Origins that forecasts were made at. */
  readonly origins: number;
}

const usualDays = 90;
/** A rung that answers less often than this share of what the best of them answers is not judged. */
const leastAnswered = 0.9;
/** Readings to judge by, days of them. */
const leastJudgedDays = 2;

interface Run {
  readonly rung: Forecaster;
  readonly residuals: Residuals;
  /** By origin; missing where history was too short for it then. */
  readonly forecasts: (Float64Array | undefined)[];
  readonly answers: Judged[];
}

interface Judged {
  readonly step: number;
  readonly origin: number;
  readonly values: readonly number[];
}

/** Calls `pause` between origins, for servers that have other things to do. */
export async function backtest(options: BacktestOptions, pause?: () => Promise<void>): Promise<Backtest> {
  const { highLevel, history, ladder, lowLevel, steps } = options;
  const { calendar, end, w } = history;
  const perDay = calendar.stepsPerDay;
  const days = Math.ceil(steps / perDay);
  const origins = originsOf(history, options.days ?? usualDays, Math.min(...ladder.map(rung => rung.leastDays)));
  const levels = [lowLevel, ...scoreLevels, highLevel].sort((a, b) => a - b);
  const at = { low: levels.indexOf(lowLevel), high: levels.lastIndexOf(highLevel) };
  const band = scoreLevels.map(level => levels.indexOf(level));
  const runs = ladder.map((rung): Run => ({
    rung,
    residuals: new Residuals(days, calendar.stepsPerHour),
    forecasts: [],
    answers: [],
  }));
  for (const [k, origin] of origins.entries()) {
    await pause?.();
    for (const run of runs) {
      learn(run, history, origins, k, days);
      if (origin < run.rung.leastDays * perDay) continue;
      const forecast = run.rung.predict({ ...history, end: origin }, steps);
      run.forecasts[k] = forecast;
      for (let i = 0; i < steps && origin + i < end; i++) {
        const step = origin + i;
        const point = forecast[i] as number;
        if (Number.isNaN(point) || Number.isNaN(w[step])) continue;
        const by = run.residuals.quantiles(Math.floor(i / perDay), calendar.hour[step] as number, levels);
        if (by) run.answers.push({ step, origin, values: by.map(r => point + r) });
      }
    }
  }
  for (const run of runs) learn(run, history, origins, origins.length, days);
  const scores = judge(runs, history, steps, at, band);
  const judged = scores.flatMap((score, i) => (score.readings > 0 ? [{ score, run: runs[i] as Run }] : []));
  const least = leastJudgedDays * perDay;
  const best = judged
    .filter(({ score }) => score.readings >= least)
    .reduce<(typeof judged)[number] | undefined>(
      (found, each) => (found && found.score.pinballW <= each.score.pinballW ? found : each),
      undefined,
    );
  return {
    scores,
    ...(best && { chosen: { rung: best.run.rung, score: best.score, residuals: best.run.residuals } }),
    origins: origins.length,
  };
}

/** Steps that forecasts begin at: the end of the history less whole days, oldest first. */
function originsOf({ calendar, end }: History, most: number, leastDays: number): number[] {
  const count = Math.min(most, Math.floor(end / calendar.stepsPerDay) - leastDays);
  return Array.from({ length: Math.max(0, count) }, (_, i) => end - (count - i) * calendar.stepsPerDay);
}

/** Residuals that origin k can know and the one before it could not: those of the day that has passed since, at every lead. */
function learn(
  { forecasts, residuals }: Run,
  { calendar, end, w }: History,
  origins: readonly number[],
  k: number,
  days: number,
): void {
  const perDay = calendar.stepsPerDay;
  for (let day = 0; day < days && k - 1 - day >= 0; day++) {
    const origin = origins[k - 1 - day] as number;
    const forecast = forecasts[k - 1 - day];
    for (let i = day * perDay; forecast && i < Math.min(forecast.length, (day + 1) * perDay); i++) {
      const step = origin + i;
      const residual = step < end ? (w[step] as number) - (forecast[i] as number) : NaN;
      if (!Number.isNaN(residual)) residuals.add(day, calendar.hour[step] as number, residual);
    }
  }
}

/** Judges all by the readings that all of those worth judging have an answer for. */
function judge(
  runs: readonly Run[],
  { w }: History,
  steps: number,
  at: { readonly low: number; readonly high: number },
  band: readonly number[],
): RungScore[] {
  const most = Math.max(0, ...runs.map(run => run.answers.length));
  const worth = runs.filter(run => run.answers.length > 0 && run.answers.length >= leastAnswered * most);
  const key = ({ origin, step }: Judged): number => origin * (steps + 1) + (step - origin);
  const count = new Map<number, number>();
  for (const run of worth) for (const answer of run.answers) count.set(key(answer), (count.get(key(answer)) ?? 0) + 1);
  const tallies = runs.map(run => {
    const tally = new Tally();
    if (worth.includes(run))
      for (const answer of run.answers) {
        if (count.get(key(answer)) !== worth.length) continue;
        const { step, values } = answer;
        const value = (i: number): number => values[i] as number;
        tally.add(w[step] as number, band.map(value), value(at.low), value(at.high));
      }
    return tally;
  });
  const naive = tallies[0]?.pinballW ?? NaN;
  return runs.map(({ rung }, i) => (tallies[i] as Tally).score(rung.name, naive));
}
