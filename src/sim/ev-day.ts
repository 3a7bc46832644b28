/** When cars come, what they need and when they leave. All seeded; powers and hours are orders of magnitude of published trials. */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';
import { type EvSession } from './devices/evse';

export type EvUse = 'home' | 'depot' | 'workplace';

interface Habit {
  /** Local hours of arrival and departure: mean and standard deviation. A departure before the arrival is on the next day. */
  readonly arrive: readonly [number, number];
  readonly depart: readonly [number, number];
  /** Energy of a session, Wh: mean and standard deviation, and the least. */
  readonly need: readonly [number, number];
  readonly leastWh: number;
  /** Chance of a session on a day. */
  readonly chance: number;
}

export const habits: Readonly<Record<EvUse, Habit>> = {
  home: { arrive: [18, 1.3], depart: [7.5, 0.8], need: [14_000, 6000], leastWh: 3000, chance: 0.8 },
  depot: { arrive: [18.5, 1], depart: [6, 0.5], need: [55_000, 12_000], leastWh: 20_000, chance: 0.95 },
  workplace: { arrive: [8.5, 0.7], depart: [17, 0.8], need: [12_000, 5000], leastWh: 3000, chance: 0.8 },
};

const day = 86_400;

/**
 * Sessions of one charger over `days` days from local midnight `midnight` on, with the night before. What a car that came
 * before midnight would have got by then at `maxW` is taken off.
 */
export function evSessions(use: EvUse, midnight: Seconds, days: number, maxW: number, random: Random): EvSession[] {
  const { arrive, depart, need, leastWh, chance } = habits[use];
  const sessions: EvSession[] = [];
  let free: Seconds = -Infinity;
  for (let i = -1; i < days; i++) {
    const start = midnight + i * day;
    const skip = random.next() >= chance;
    const comes = start + clockTime(random, arrive);
    const overnight = depart[0] < arrive[0] ? day : 0;
    const goes = start + overnight + clockTime(random, depart);
    const wantsWh = Math.max(leastWh, random.normal(...need));
    if (skip || goes <= comes + 600) continue;
    const from = Math.max(comes, free, midnight);
    const gotWh = Math.max(0, from - Math.max(comes, free)) * (maxW / 3600);
    free = goes;
    const needWh = Math.min(wantsWh - gotWh, (maxW * (goes - from)) / 3600);
    if (needWh > 0 && goes > from) sessions.push({ arrive: from, depart: goes, needWh });
  }
  return sessions;
}

function clockTime(random: Random, [meanHour, deviation]: readonly [number, number]): number {
  return Math.round(random.normal(meanHour, deviation) * 3600);
}
