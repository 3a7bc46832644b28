/** Explains limits: rows of the store as intervals, against the plan for the worst hour that the latest run made. */
import { type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { Problem } from '../base/problem';
import { nextTurn } from '../base/turn';
import { type Snapshot } from '../engines/api';
import { type ExplainAsk, type ExplainedInterval, type ExplainService } from '../console/explain-service';
import { contractHead } from '../functions/operator/contracts';
import { allSites, type Site, siteOf } from '../functions/site';
import { sumRecords } from '../functions/sum-programs';
import { accountOf, byKind, type Planned, siteAccount } from '../services/explain/account';
import { heldBack, type HeldBack } from '../services/explain/held-back';
import { type Interval, intervalsOf, type Otherwise, type Stretch } from '../services/explain/intervals';
import { plannedOf } from '../services/explain/planned';
import { versionAt } from '../services/products/version';
import { type RunResult } from '../services/run-result';
import { type SafeEnvelope } from '../services/safety-net';
import { type Verify } from '../services/verified';
import { type Store } from '../store/api';
import { holds } from './snapshot';

export interface Explainer extends ExplainService {
  /** Takes the plan of a run, where it made one. */
  note(result: RunResult): void;
}

export interface ExplainerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly pen: Pen;
  /** How far ahead runs look, where none was yet. */
  readonly horizonS: Seconds;
  /** What the engine would see now, for a plan where no run was yet: after a start. Absent without a network. */
  readonly snapshot?: () => Promise<Snapshot>;
  /** Judges by power flow what planning would have done. */
  readonly verify?: Verify;
  /** Limits of sites in directions that are not shared out. */
  readonly unshared?: () => ReadonlyMap<string, { readonly importW?: number; readonly exportW?: number }>;
}

interface Plan {
  readonly at: Seconds;
  readonly until: Seconds;
  readonly bySite: ReadonlyMap<string, Planned>;
}

/** Constraints named at most in an account of all sites; there may be thousands, and `kinds` has them all. */
const mostNamed = 100;
const sitesPerTurn = 100;

export function explainer(parts: ExplainerParts): Explainer {
  const { clock, horizonS, pen, snapshot, store, unshared } = parts;
  let plan: Plan | undefined;
  let planning: Promise<void> | undefined;

  /** Made once where no run made one. */
  const withPlan = async (): Promise<void> => {
    if (plan || !snapshot) return;
    planning ??= snapshot()
      .then(async seen => {
        const bySite = await plannedOf(seen, unshared?.());
        const until = seen.start + seen.steps * seen.stepS;
        plan ??= { at: seen.now, until, bySite };
      })
      .finally(() => (planning = undefined));
    await planning;
  };
  const stretch = ({ from, to }: ExplainAsk): Stretch => {
    const now = clock.now();
    const first = from ?? now;
    const last = to ?? Math.max(plan?.until ?? 0, first + (plan ? 1 : horizonS));
    if (last <= first) throw new Problem('BAD_VALUE', { at: 'to', want: `a moment after ${first}`, got: last });
    return { from: first, to: last };
  };
  const intervals = async (site: Site, when: Stretch): Promise<Interval[]> =>
    intervalsOf(await store.series.ofSite(site.edev, when.from), when, {
      pen,
      otherwise: await defaultOf(store, site, clock.now()),
    });
  /** What limits for sums keep back, besides the limits of sites. */
  const held = async (when: Stretch): Promise<HeldBack> => {
    const bySite = new Map<string, Interval[]>();
    const read = async (edev: string): Promise<Interval[]> => {
      const site = await siteOf(store, edev);
      return site ? intervals(site.body, when) : [];
    };
    const sums = [];
    for (const { aggregator, sites } of await sumRecords(store)) {
      for (const site of sites) bySite.set(site, await read(site));
      sums.push({ sites, intervals: await read(aggregator) });
      await new Promise<void>(nextTurn);
    }
    return heldBack(sums, site => bySite.get(site) ?? [], when);
  };
  const planned = ({ edev }: Site): Planned | undefined => plan?.bySite.get(edev);
  const head = (when: Stretch) => ({ ...when, ...(plan && { plannedAt: plan.at }) });

  async function each(sites: readonly Site[], when: Stretch) {
    const found: (ReturnType<typeof siteAccount> & { readonly name: string })[] = [];
    for (const [k, site] of sites.entries()) {
      if (k % sitesPerTurn === 0) await new Promise<void>(nextTurn); // others are answered meanwhile
      found.push({ name: site.name, ...siteAccount(site.edev, await intervals(site, when), planned(site)) });
    }
    return found;
  }

  return {
    note: ({ account, at, perSite }) => {
      if (!account) return;
      const bySite = new Map(perSite.flatMap(({ planned: own, site }) => (own ? [[site, own] as const] : [])));
      plan = { at, until: account.to, bySite };
    },
    async site(site, ask) {
      await withPlan();
      const when = stretch(ask);
      const own = planned(site);
      const found = await intervals(site, when);
      return {
        ...head(when),
        name: site.name,
        ...(own && { planned: own }),
        ...siteAccount(site.edev, found, own),
        intervals: found.map(interval => against(interval, own)),
      };
    },
    async fleet(ask) {
      await withPlan();
      const when = stretch(ask);
      const devices = (await allSites(store)).filter(({ role }) => role === 'device');
      const account = accountOf(await each(devices, when), when, await held(when));
      const side = (way: 'import' | 'export') => {
        const { bound, ...rest } = account[way];
        return { ...rest, bound: bound.slice(0, mostNamed), kinds: byKind(bound) };
      };
      return { ...head(when), ...account, import: side('import'), export: side('export') };
    },
    async judgePlan() {
      await withPlan();
      if (!plan || !snapshot || !parts.verify) return undefined;
      const { bySite } = plan;
      const seen = await snapshot();
      const envelopes = seen.devices.flatMap(({ id, maxExportW, maxImportW }): SafeEnvelope[] => {
        const own = bySite.get(id);
        if (!own) return [];
        // In a direction that is not shared out the site's flow is passive already, and its device has nothing there.
        const fill = (w: number, mostW: number) => new Int32Array(seen.steps).fill(Math.min(w, mostW));
        const [importW, exportW] = [fill(own.importW, maxImportW), fill(own.exportW, maxExportW)];
        return [{ device: id, importW, exportW, bound: [] }];
      });
      const { notLookedAt, unsafe } = await parts.verify(seen, envelopes);
      const [why] = unsafe.values();
      return {
        steps: seen.steps,
        notLookedAt,
        unsafe: unsafe.size,
        ...(why !== undefined && { why }),
      };
    },
    async each(sites, ask) {
      await withPlan();
      return each(sites, stretch(ask));
    },
  };
}

function against(interval: Interval, planned: Planned | undefined): ExplainedInterval {
  if (!planned) return interval;
  const hours = (interval.to - interval.from) / 3600;
  const [importW, exportW] = [interval.importW - planned.importW, interval.exportW - planned.exportW];
  return {
    ...interval,
    unlocked: { importW, exportW, importKWh: (importW * hours) / 1000, exportKWh: (exportW * hours) / 1000 },
  };
}

/** What DefaultDERControl carries; a direction that a site cannot hold a limit in is left at its rating. */
async function defaultOf(store: Store, site: Site, now: Seconds): Promise<Otherwise> {
  if (site.role === 'aggregator') {
    const sum = (await sumRecords(store)).find(({ aggregator }) => aggregator === site.edev);
    const bound = { import: 'firm', export: 'firm' };
    return { importW: sum?.firmImportW ?? 0, exportW: sum?.firmExportW ?? 0, bound };
  }
  const version = versionAt((await contractHead(store, site.edev))?.versions ?? [], now);
  const side = (holding: boolean, mostW: number, firmW: number): { w: number; by: string } =>
    holding ? { w: Math.min(firmW, mostW), by: 'firm' } : { w: mostW, by: 'site rating' };
  const i = side(holds(site, 'import'), site.maxImportW, version?.leastFirmImportW ?? site.firmImportW);
  const e = side(holds(site, 'export'), site.maxExportW, version?.leastFirmExportW ?? site.firmExportW);
  return { importW: i.w, exportW: e.w, bound: { import: i.by, export: e.by } };
}
