/**
 * What limits for sums keep back: the sites of an aggregator may each have a limit that they may not all use at once. Accounts of several sites
 * count what they may do together, and so less than their limits add up to.
 */
import { type Seconds } from '../../base/clock';
import { type Interval, type Stretch } from './intervals';

/** A limit for the sum over some sites, over the same time as theirs. */
export interface Together {
  readonly sites: readonly string[];
  readonly intervals: readonly Interval[];
}

/** Means over a stretch of time, W. */
export interface HeldBack {
  readonly importW: number;
  readonly exportW: number;
}

type Field = keyof HeldBack;
type Levels = Pick<Interval, 'from' | 'to' | Field>;

/** By how much sums are below what the limits of their sites add up to; a site without intervals has none. */
export function heldBack(
  sums: readonly Together[],
  intervalsOf: (site: string) => readonly Interval[],
  { from, to }: Stretch,
): HeldBack {
  const mean = (field: Field): number => {
    if (to <= from) return 0;
    let joules = 0;
    for (const { intervals, sites } of sums) {
      const caps = added(sites.map(intervalsOf), field);
      const sum = added([intervals], field);
      joules += below(sum, caps, { from, to });
    }
    return joules / (to - from);
  };
  return { importW: mean('importW'), exportW: mean('exportW') };
}

/** Changes of a sum of limits, by time. */
type Changes = ReadonlyMap<Seconds, number>;

function added(parts: readonly (readonly Levels[])[], field: Field): Changes {
  const changes = new Map<Seconds, number>();
  const change = (at: Seconds, w: number) => changes.set(at, (changes.get(at) ?? 0) + w);
  for (const part of parts)
    for (const { from, to, [field]: w } of part) {
      change(from, w);
      change(to, -w);
    }
  return changes;
}

/** Joules between the two where the first is the lower. */
function below(sum: Changes, caps: Changes, { from, to }: Stretch): number {
  const moments = [...new Set([...sum.keys(), ...caps.keys(), from, to])].sort((a, b) => a - b);
  let [sumW, capsW, joules] = [0, 0, 0];
  for (const [i, at] of moments.entries()) {
    sumW += sum.get(at) ?? 0;
    capsW += caps.get(at) ?? 0;
    const seconds = Math.min(moments[i + 1] ?? at, to) - Math.max(at, from);
    if (seconds > 0) joules += Math.max(0, capsW - sumW) * seconds;
  }
  return joules;
}
