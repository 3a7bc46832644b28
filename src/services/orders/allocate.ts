/**
 * What each site may still do by an order (envelopes reference 3.7a): what is used above firm goes first, in proportion to it, and firm only
 * where the order may go below. Watts; limits are whole and rounded down.
 */
import { type Ask, type Direction, type SiteLimits } from './order';

export interface Member {
  readonly site: string;
  readonly firmImportW: number;
  readonly firmExportW: number;
  /** What it may do now, without orders. */
  readonly importW: number;
  readonly exportW: number;
  readonly weight: number;
  /** Measured at the point of connection, import positive; missing where nobody knows. */
  readonly netW?: number;
}

export interface Allocation {
  readonly limits: Readonly<Record<string, SiteLimits>>;
  /** What could not be had without going below firm, or at all. */
  readonly shortW: { readonly import: number; readonly export: number };
  /** Sites of which nobody knows what they use: a reduction cannot count on them. */
  readonly unmeasured: number;
}

interface Side {
  readonly site: string;
  readonly firmW: number;
  readonly mayW: number;
  readonly weight: number;
  readonly useW: number | undefined;
}

export function allocate(
  { kind, ...watts }: Ask,
  members: readonly Member[],
  { belowFirm }: { readonly belowFirm: boolean },
): Allocation {
  const limits: Record<string, { importW?: number; exportW?: number }> = {};
  const shortW = { import: 0, export: 0 };
  for (const direction of ['import', 'export'] as const) {
    const w = direction === 'import' ? watts.importW : watts.exportW;
    if (w === undefined) continue;
    const sides = members.map(member => sideOf(member, direction));
    const { given, short } =
      kind === 'each'
        ? {
            given: sides.map(() => w),
            short: belowFirm ? 0 : sides.reduce((s, { firmW }) => s + Math.max(0, firmW - w), 0),
          }
        : kind === 'together'
          ? together(sides, w, belowFirm)
          : reduced(sides, w, belowFirm);
    shortW[direction] = Math.ceil(short);
    for (const [i, { site }] of sides.entries())
      limits[site] = { ...limits[site], [direction === 'import' ? 'importW' : 'exportW']: Math.floor(given[i] ?? 0) };
  }
  const unmeasured = kind === 'reduce' ? members.filter(({ netW }) => netW === undefined).length : 0;
  return { limits, shortW, unmeasured };
}

function sideOf(member: Member, direction: Direction): Side {
  const { importW, exportW, firmImportW, firmExportW, netW, site, weight } = member;
  const [firmW, mayW] = direction === 'import' ? [firmImportW, importW] : [firmExportW, exportW];
  const useW = netW === undefined ? undefined : Math.max(0, direction === 'import' ? netW : -netW);
  return { site, firmW: Math.min(firmW, mayW), mayW, weight, useW };
}

interface Given {
  readonly given: number[];
  readonly short: number;
}
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** Firm first; what is left of the sum is shared by weight, no site above what it may do. */
function together(sides: readonly Side[], totalW: number, belowFirm: boolean): Given {
  const firmW = sum(sides.map(side => side.firmW));
  if (totalW < firmW)
    return belowFirm
      ? { given: sides.map(side => (side.firmW * totalW) / firmW), short: 0 }
      : { given: sides.map(side => side.firmW), short: firmW - totalW };
  const more = filled(
    totalW - firmW,
    sides.map(side => ({ capW: side.mayW - side.firmW, weight: side.weight })),
  );
  return { given: sides.map((side, i) => side.firmW + (more[i] ?? 0)), short: 0 };
}

/** Max-min by weight with caps, exact (envelopes reference 3.2). */
function filled(roomW: number, takers: readonly { readonly capW: number; readonly weight: number }[]): number[] {
  const given = takers.map(() => 0);
  const order = takers.map((_, i) => i).sort((a, b) => ratio(takers[a]) - ratio(takers[b]));
  let [left, weights] = [roomW, sum(takers.map(({ weight }) => weight))];
  for (const i of order) {
    const { capW = 0, weight = 0 } = takers[i] ?? {};
    const share = weights > 0 ? Math.min(capW, (left * weight) / weights) : 0;
    given[i] = share;
    left -= share;
    weights -= weight;
  }
  return given;
}
const ratio = (taker: { readonly capW: number; readonly weight: number } | undefined): number =>
  taker && taker.weight > 0 ? taker.capW / taker.weight : Infinity;

/**
 * By so much below what is used now. Nobody else may fill the gap: a site that uses less than firm is held at firm, one that nobody measures
 * at what it may do now.
 */
function reduced(sides: readonly Side[], byW: number, belowFirm: boolean): Given {
  const uses = sides.map(({ mayW, useW }) => Math.min(useW ?? 0, mayW));
  const above = sides.map(({ firmW }, i) => Math.max(0, (uses[i] ?? 0) - firmW));
  const total = sum(above);
  const part = total > 0 ? Math.min(1, byW / total) : 0;
  const restW = byW - total * part;
  const below = sides.map(({ firmW }, i) => Math.min(uses[i] ?? 0, firmW));
  const low = sum(below);
  const cut = belowFirm && restW > 0 && low > 0 ? Math.min(1, restW / low) : 0;
  const given = sides.map(({ firmW, mayW, useW }, i) => {
    if (useW === undefined) return mayW;
    if (cut > 0) return (below[i] ?? 0) * (1 - cut);
    return Math.max(firmW, (uses[i] ?? 0) - (above[i] ?? 0) * part);
  });
  return { given, short: Math.max(0, restW - low * cut) };
}

/** A site that a voltage may be mended with. */
export interface Lever extends Member {
  /** Volts that the voltage falls for each watt less of the direction in question, above 0; others cannot help. */
  readonly voltsPerW: number;
}

/**
 * Limits that bring a voltage back by `excessV`: the site with most effect first, sensitivity times what it uses above firm, each down to firm
 * before the next is asked (envelopes reference 3.7a).
 */
export function relieveVoltage(
  levers: readonly Lever[],
  excessV: number,
  { direction, belowFirm }: { readonly direction: Direction; readonly belowFirm: boolean },
): Allocation & { readonly leftV: number } {
  const name = direction === 'import' ? 'importW' : 'exportW';
  const sides = levers.map(lever => ({ ...sideOf(lever, direction), voltsPerW: Math.max(0, lever.voltsPerW) }));
  const limits: Record<string, SiteLimits> = {};
  let leftV = excessV;
  const rounds = belowFirm ? [false, true] : [false];
  const now = new Map(sides.map(({ mayW, site, useW }) => [site, useW === undefined ? mayW : Math.min(useW, mayW)]));
  for (const low of rounds) {
    const roomW = ({ firmW, site }: Side) => Math.max(0, (now.get(site) ?? 0) - (low ? 0 : firmW));
    const order = sides
      .filter(({ useW, voltsPerW }) => useW !== undefined && voltsPerW > 0)
      .sort((a, b) => b.voltsPerW * roomW(b) - a.voltsPerW * roomW(a));
    for (const side of order) {
      if (leftV <= 0) break;
      const cutW = Math.min(roomW(side), leftV / side.voltsPerW);
      if (cutW <= 0) continue;
      leftV -= cutW * side.voltsPerW;
      const left = (now.get(side.site) ?? 0) - cutW;
      now.set(side.site, left);
      limits[side.site] = { [name]: Math.floor(left) };
    }
  }
  const unmeasured = sides.filter(({ useW }) => useW === undefined).length;
  return { limits, shortW: { import: 0, export: 0 }, unmeasured, leftV: Math.max(0, leftV) };
}
