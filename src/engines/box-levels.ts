/**
 * The equal box of one step by pattern scaling (envelopes reference 3.4): one import and one export level, the same for all by weight, such
 * that no combination of phases at their limits breaks anything. Levels of all-import and all-export first, then scaled down together
 * until every pattern holds, then each direction raised alone as far as the patterns let it, then held against adversarial vertices.
 */
import { type BoxModel, type Excess } from './box-model';

/** What a device may have at all, W. */
export interface Bounds {
  readonly firmImportW: number;
  readonly firmExportW: number;
  readonly maxImportW: number;
  readonly maxExportW: number;
  readonly weight: number;
  /** Devices of the same phases go together in a pattern. */
  readonly group: number;
}

export interface Levels {
  /** Watts for each unit of weight. */
  readonly importLevel: number;
  readonly exportLevel: number;
  /** Index of the limit that stopped each, −1 where no limit did. */
  readonly importBy: number;
  readonly exportBy: number;
  /** Firm alone breaks a limit somewhere in the box. */
  readonly firmBreaks: boolean;
}

export const limitW = (level: number, { weight }: Bounds, firmW: number, maxW: number): number =>
  Math.max(firmW, Math.min(maxW, level * weight));
export const importOf = (b: Bounds, level: number): number => limitW(level, b, b.firmImportW, b.maxImportW);
export const exportOf = (b: Bounds, level: number): number => limitW(level, b, b.firmExportW, b.maxExportW);

/** For each group: −1 export, 0 rest, 1 import. */
export type Pattern = readonly number[];

export function equalLevels(
  model: BoxModel,
  bounds: readonly Bounds[],
  ways: { import: boolean; export: boolean },
): Levels {
  const groups = 1 + Math.max(-1, ...bounds.map(({ group }) => group));
  const patterns = patternsOf(groups, [...(ways.export ? [-1] : []), 0, ...(ways.import ? [1] : [])]);
  const most = (of: (b: Bounds) => number): number => Math.max(0, ...bounds.map(b => of(b) / b.weight));
  const top = { import: ways.import ? most(b => b.maxImportW) : 0, export: ways.export ? most(b => b.maxExportW) : 0 };
  const power = new Float64Array(bounds.length);
  const at = (pattern: Pattern, i: number, e: number): Excess => {
    bounds.forEach((b, k) => {
      const by = pattern[b.group] as number;
      power[k] = by > 0 ? importOf(b, i) : by < 0 ? -exportOf(b, e) : 0;
    });
    return model.excess(power);
  };

  /** The largest s in 0 … 1 at which the levels `of(s)` hold in every pattern, and the limit that stops it. */
  const largest = (of: (s: number) => readonly [number, number], among: readonly Pattern[]) => {
    let s = 1;
    let by = -1;
    // What holds at s = 1 holds below, as limits are all but convex: only the others are looked at again.
    let open = among
      .map(pattern => ({ pattern, found: at(pattern, ...of(1)) }))
      .filter(({ found }) => found.excess > 0)
      .sort((a, b) => b.found.excess - a.found.excess);
    while (open.length > 0) {
      const [worst, ...rest] = open as [(typeof open)[number], ...typeof open];
      const root = largestInside(x => at(worst.pattern, ...of(x)), s, worst.found);
      [s, by] = [root.s, root.by];
      if (s === 0) break;
      open = rest
        .map(({ pattern }) => ({ pattern, found: at(pattern, ...of(s)) }))
        .filter(({ found }) => found.excess > 0)
        .sort((a, b) => b.found.excess - a.found.excess);
    }
    return { s, by };
  };

  const allImport = patterns.filter(pattern => pattern.every(by => by === 1));
  const allExport = patterns.filter(pattern => pattern.every(by => by === -1));
  const naiveImport = largest(s => [s * top.import, 0], allImport);
  const naiveExport = largest(s => [0, s * top.export], allExport);
  const [i0, e0] = [naiveImport.s * top.import, naiveExport.s * top.export];
  const both = largest(s => [s * i0, s * e0], patterns);
  let [i, e] = [both.s * i0, both.s * e0];
  let [importBy, exportBy] = both.by < 0 ? [naiveImport.by, naiveExport.by] : [both.by, both.by];
  if (both.s === 0) {
    const broken = patterns.map(pattern => at(pattern, 0, 0)).find(found => found.excess > 0);
    if (broken) return { importLevel: 0, exportLevel: 0, importBy: broken.at, exportBy: broken.at, firmBreaks: true };
  }
  if (both.s < 1) {
    // The limit that stopped both may fear one direction only.
    const moreImport = largest(
      s => [i + s * (i0 - i), e],
      patterns.filter(pattern => pattern.includes(1)),
    );
    i += moreImport.s * (i0 - i);
    importBy = moreImport.by < 0 ? naiveImport.by : moreImport.by;
    const moreExport = largest(
      s => [i, e + s * (e0 - e)],
      patterns.filter(pattern => pattern.includes(-1)),
    );
    e += moreExport.s * (e0 - e);
    exportBy = moreExport.by < 0 ? naiveExport.by : moreExport.by;
  }
  return { ...hardened(model, bounds, i, e, importBy, exportBy), firmBreaks: false };
}

/** Shrinks by 3 % until no adversarial vertex breaks a limit. */
function hardened(
  model: BoxModel,
  bounds: readonly Bounds[],
  i: number,
  e: number,
  importBy: number,
  exportBy: number,
) {
  for (let round = 0; round < 40; round++) {
    const boxes = bounds.map(b => ({ importW: importOf(b, i), exportW: exportOf(b, e) }));
    const broken = model
      .adversaries(boxes)
      .map(power => model.excess(power))
      .find(found => found.excess > 0);
    if (!broken) break;
    [i, e, importBy, exportBy] = [0.97 * i, 0.97 * e, broken.at, broken.at];
  }
  return { importLevel: i, exportLevel: e, importBy, exportBy };
}

/** Regula falsi with halved weights (Illinois): the largest s up to `high` that is inside, to a two-hundredth of it. */
function largestInside(of: (s: number) => Excess, high: number, atHigh: Excess): { s: number; by: number } {
  const atLow = of(0);
  if (atLow.excess > 0) return { s: 0, by: atLow.at };
  let [low, up] = [0, high];
  let [fLow, fUp] = [atLow.excess, Math.min(atHigh.excess, 10)];
  let by = atHigh.at;
  for (let i = 0; i < 40 && up - low > 0.005 * up; i++) {
    const guess = low + ((up - low) * -fLow) / (fUp - fLow);
    // A hair below the root, so that the bracket closes from inside.
    const s = Math.min(up - 0.002 * (up - low), Math.max(low + 0.002 * (up - low), guess - 0.001 * up));
    const found = of(s);
    if (found.excess > 0) {
      [up, fUp, by] = [s, Math.min(found.excess, 10), found.at];
      fLow /= 2;
    } else {
      [low, fLow] = [s, found.excess];
      fUp /= 2;
      if (found.excess > -1e-4) break;
    }
  }
  return { s: low, by };
}

/** Past this many groups patterns are those of each group alone against all others. */
const mostGroups = 4;

export function patternsOf(groups: number, ways: readonly number[]): Pattern[] {
  if (groups > mostGroups) {
    const one = ways.filter(by => by !== 0);
    const uniform = one.map(by => new Array<number>(groups).fill(by));
    const apart = Array.from({ length: groups }, (_, g) =>
      ways.flatMap(own => ways.map(others => Array.from({ length: groups }, (_none, h) => (g === h ? own : others)))),
    ).flat();
    return [...uniform, ...apart].filter(pattern => pattern.some(by => by !== 0));
  }
  let all: number[][] = [[]];
  for (let g = 0; g < groups; g++) all = all.flatMap(pattern => ways.map(by => [...pattern, by]));
  return all.filter(pattern => pattern.some(by => by !== 0));
}
