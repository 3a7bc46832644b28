/**
 * What a contract says of a site's limits, version by version (envelopes reference 1.1 and 2.1): firm floors, the most that is agreed, how
 * limits are published and with what notice. A version is never changed; a later one takes its place from its date on. Before the first
 * one, and in a direction that none speaks of, what the site was registered with holds.
 */
import { type Seconds } from '../../base/clock';
import { type Moment, type Values, lowestW, momentsOf } from '../../engines/profile';

export { lowestW, type Values };

/**
 * `static`: the limits are the contract's own figures and change with it only. `variable`: a set of many hours, published as a whole at an
 * agreed time and in effect until the next. `dynamic`: may be updated in near-real time.
 */
export type Product = 'static' | 'variable' | 'dynamic';
export const products: readonly Product[] = ['static', 'variable', 'dynamic'];

export interface Sided<T> {
  readonly import?: T;
  readonly export?: T;
}

/** What a site does when it loses contact. */
export interface LossTerms {
  /** Seconds after the last contact at which firm holds again, 0 … 72 h. */
  readonly firmAfterLossS: Seconds;
  /** `device`: the device counts by itself. `horizon`: it is told of no control that ends later than that, for devices that cannot. */
  readonly by: 'device' | 'horizon';
}

export interface ContractVersion {
  /** Counts from 1 for each site. */
  readonly version: number;
  /** What the paper is called, such as `LLL-2026-0117`. */
  readonly contract: string;
  /** How it was given: a limited load profile, a limited generation profile, or figures of our own. */
  readonly format: 'LLL' | 'LGP' | 'figures';
  readonly product: Product;
  /** Bridging: until upgrades are built. */
  readonly purpose: 'bridging' | 'non-bridging';
  /** Of a bridging one, when the customer may choose, or has chosen, to stay on limits for good. */
  readonly electsNonBridgingOn?: Seconds;
  readonly effectiveAt: Seconds;
  /** Of a temporary one, when it ends and what was before holds again. */
  readonly endsAt?: Seconds;
  /** Of hours in its profiles. */
  readonly timeZone: string;
  /** Floors, W. Of a static product they are the limits themselves. */
  readonly firm: Sided<Values>;
  /** The most agreed, W. */
  readonly most: Sided<Values>;
  /** Least seconds of notice of a reduction, but for reasons that cannot wait. */
  readonly noticeS: Seconds;
  readonly loss?: LossTerms;
  readonly note?: string;
  readonly enteredAt: Seconds;
  readonly enteredBy: string;
}

/** What a site was registered with. */
export interface Registered {
  readonly maxImportW: number;
  readonly maxExportW: number;
  readonly firmImportW: number;
  readonly firmExportW: number;
}

/** The version in force at a moment: the latest entered of those that have begun and not ended. Undefined before the first. */
export function versionAt<V extends Pick<ContractVersion, 'version' | 'effectiveAt' | 'endsAt'>>(
  versions: readonly V[],
  at: Seconds,
): V | undefined {
  let found: V | undefined;
  for (const version of versions) {
    const { effectiveAt, endsAt = Infinity } = version;
    if (effectiveAt <= at && at < endsAt && version.version > (found?.version ?? 0)) found = version;
  }
  return found;
}

/** Moments at which another version comes into force, in order. */
export function turnsOf(versions: readonly Pick<ContractVersion, 'effectiveAt' | 'endsAt'>[]): Seconds[] {
  const all = versions.flatMap(({ effectiveAt, endsAt }) =>
    endsAt === undefined ? [effectiveAt] : [effectiveAt, endsAt],
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Limits of one step, W. `label` says whose figures they are where they are a contract's. */
export interface StepTerms extends Registered {
  readonly label?: string;
  /** Directions in which the contract agrees to less than the site could do. */
  readonly capped?: Sided<boolean>;
}

const isFlat = (version: ContractVersion | undefined): boolean =>
  !version ||
  [version.firm, version.most].every(side =>
    [side.import, side.export].every(values => !values || values.form === 'flat'),
  );

export interface StepGrid {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
  readonly notBefore?: Seconds;
}

/**
 * What holds in each of `steps` steps from `start`, or what is left of them after `notBefore`. Where a version takes the place of another within
 * a step, the least of what is agreed at most holds, and the highest floor that fits below it. `momentsAt` gives the pieces of a step by local
 * hours; it may be shared by thousands of sites (`calendar`).
 */
export function termsOf(
  site: Registered,
  versions: readonly ContractVersion[],
  { start, stepS, steps, notBefore = -Infinity }: StepGrid,
  momentsAt: MomentsAt = calendar(),
): StepTerms[] {
  const turns = turnsOf(versions);
  /** Figures that are the same in every hour are worked out once. */
  const flat = new Map<ContractVersion | undefined, StepTerms>();
  return Array.from({ length: steps }, (_, step) => {
    const to = start + (step + 1) * stepS;
    const from = Math.min(Math.max(start + step * stepS, notBefore), to - 1);
    const inside = turns.filter(turn => turn > from && turn < to);
    const figures = (at: Seconds): StepTerms => {
      const version = versionAt(versions, at);
      const known = flat.get(version);
      if (known) return known;
      const found = figuresOf(site, version, from, to, momentsAt);
      if (isFlat(version)) flat.set(version, found);
      return found;
    };
    if (inside.length === 0) return figures(from);
    return [from, ...inside].map(figures).reduce((a, b) => {
      const [maxImportW, maxExportW] = [Math.min(a.maxImportW, b.maxImportW), Math.min(a.maxExportW, b.maxExportW)];
      return {
        maxImportW,
        maxExportW,
        firmImportW: Math.min(Math.max(a.firmImportW, b.firmImportW), maxImportW),
        firmExportW: Math.min(Math.max(a.firmExportW, b.firmExportW), maxExportW),
        ...merged(a, b),
      };
    });
  });
}

function merged(a: StepTerms, b: StepTerms): Pick<StepTerms, 'label' | 'capped'> {
  const label = a.label ?? b.label;
  const capped = {
    import: (a.capped?.import ?? false) || (b.capped?.import ?? false),
    export: (a.capped?.export ?? false) || (b.capped?.export ?? false),
  };
  return { ...(label !== undefined && { label }), ...((a.capped ?? b.capped) && { capped }) };
}

function figuresOf(
  site: Registered,
  version: ContractVersion | undefined,
  from: Seconds,
  to: Seconds,
  momentsAt: MomentsAt,
): StepTerms {
  const { maxImportW, maxExportW, firmImportW, firmExportW } = site;
  if (!version) return { maxImportW, maxExportW, firmImportW, firmExportW };
  const pieces = momentsAt(version.timeZone, from, to);
  const side = (direction: 'import' | 'export', ratedW: number, registeredW: number) => {
    const firm = wattsOf(version.firm[direction], pieces) ?? registeredW;
    const most = wattsOf(version.most[direction], pieces) ?? Infinity;
    const given = version.firm[direction] !== undefined;
    const maxW = Math.min(ratedW, most, version.product === 'static' && given ? firm : Infinity);
    return { maxW, firmW: Math.min(firm, maxW) };
  };
  const [i, e] = [side('import', maxImportW, firmImportW), side('export', maxExportW, firmExportW)];
  return {
    maxImportW: i.maxW,
    maxExportW: e.maxW,
    firmImportW: i.firmW,
    firmExportW: e.firmW,
    label: labelOf(version),
    capped: { import: i.maxW < maxImportW, export: e.maxW < maxExportW },
  };
}

const wattsOf = (values: Values | undefined, pieces: readonly Moment[]): number | undefined =>
  values && (lowestW(values, pieces) ?? 0); // where a profile says nothing, nothing is agreed

export const labelOf = ({ contract, version }: Pick<ContractVersion, 'contract' | 'version'>): string =>
  `contract ${contract}, version ${version}`;

export type MomentsAt = (timeZone: string, from: Seconds, to: Seconds) => readonly Moment[];

/** `momentsOf`, worked out once for each step of a zone. */
export function calendar(most = 20_000): MomentsAt {
  const known = new Map<string, readonly Moment[]>();
  return (timeZone, from, to) => {
    const key = `${timeZone} ${from} ${to}`;
    let found = known.get(key);
    if (!found) {
      if (known.size >= most) known.clear();
      known.set(key, (found = momentsOf(timeZone, from, to)));
    }
    return found;
  };
}

/** The lowest figure of all hours of a profile, W: what holds for one that has lost contact and may not know the hour's. */
export function leastW(values: Values): number {
  if (values.form === 'flat') return values.watts;
  const all = values.form === 'intervals' ? values.intervals.map(({ watts }) => watts) : values.watts;
  return all.reduce((a, b) => Math.min(a, b), Infinity);
}
export function mostW(values: Values): number {
  if (values.form === 'flat') return values.watts;
  const all = values.form === 'intervals' ? values.intervals.map(({ watts }) => watts) : values.watts;
  return all.reduce((a, b) => Math.max(a, b), 0);
}
