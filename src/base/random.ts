/**
 * Seeded randomness. The same seed gives the same numbers on every machine, so a failing night run can be replayed from the
 * seed in its first log line. Never for keys: those come from node:crypto in `tls`.
 */
export interface Random {
  readonly seed: number;
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [min, max], both included. */
  integer(min: number, max: number): number;
  /** Normal with the given mean and standard deviation. */
  normal(mean: number, deviation: number): number;
  pick<T>(items: readonly T[]): T;
  /** An independent stream named by `label`: adding a consumer does not shift the numbers of the others. */
  fork(label: string): Random;
}

export function seededRandom(seed: number): Random {
  let state = mix(seed >>> 0) || 1;
  const next = () => {
    // mulberry32: 32 bits of state, passes the usual small batteries, three lines.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    seed,
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    normal: (mean, deviation) => {
      const u = 1 - next(); // (0, 1]: the logarithm below stays finite
      return mean + deviation * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * next());
    },
    pick: items => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('pick from an empty list');
      return item;
    },
    fork: label => seededRandom(mix(seed ^ hash(label))),
  };
}

function mix(n: number): number {
  let h = n >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
