/** One site's limits that no engine shared out, through the same net and the same publication as an engine's. */
import { SteadyClock } from '../base/clock';
import { type EnvelopeImport } from '../console/envelope-service';
import { type Engine, type Snapshot } from '../engines/api';
import { noSite } from '../functions/operator/sites';
import { withdrawalOf, withdrawnSites } from '../functions/operator/withdrawals';
import { siteOf, type Site } from '../functions/site';
import { processHost } from '../services/engine-host';
import { controlsOf, liveControls } from '../services/envelopes/controls';
import { createEnvelopeRunner } from '../services/envelope-runner';
import { type Standing } from '../services/publisher';
import { type Unshared, noneUnshared } from '../services/rated';
import { type RunResult } from '../services/run-result';
import { scheduledEnd } from '../services/timeline';
import { type Store } from '../store/api';
import { type ServerDeps } from './deps';
import { unsharedOf } from './unshared';

/** Contracts and orders are not to be left out: an order stays in force below whatever is published here. */
type Parts = ServerDeps & { readonly store: Store; readonly standing: () => Promise<Standing> };

/** Limits from outside. */
export async function importOne(parts: Parts, envelope: EnvelopeImport): Promise<RunResult> {
  const found = await siteOf(parts.store, envelope.site);
  if (!found) throw noSite(envelope.site);
  return publishOne(parts, found.body, envelope, { name: 'import', bound: 'imported', strict: true });
}

/**
 * Puts the window of a withdrawal on firm as far as controls were published. After them DefaultDERControl carries firm by itself;
 * what later runs publish is put on firm by the runner.
 */
export async function enforceWithdrawal(parts: Parts, site: string): Promise<RunResult | undefined> {
  const { store, clock, config } = parts;
  const now = clock.now();
  const [found, withdrawal] = [await siteOf(store, site), await withdrawalOf(store, site)];
  if (!found || !withdrawal) return undefined;
  const live = liveControls(controlsOf(await store.series.ofSite(site, now), { pen: config.enterpriseNumber }), now);
  const stepS = config.envelopeStepS;
  const start = Math.floor(Math.max(now, withdrawal.from) / stepS) * stepS;
  const end = Math.min(withdrawal.until ?? Infinity, Math.max(...live.map(scheduledEnd)));
  if (live.length === 0 || end <= start) return undefined;
  const steps = Math.ceil((end - start) / stepS);
  const { maxImportW, maxExportW } = found.body;
  const fill = (w: number) => new Array<number>(steps).fill(w);
  const most = { site, start, stepS, importW: fill(maxImportW), exportW: fill(maxExportW) };
  return publishOne(parts, found.body, most, { name: 'withdrawal', bound: 'site rating' }, unsharedOf([found.body]));
}

async function publishOne(
  { store, clock, log, metrics, config, standing }: Parts,
  { maxImportW, maxExportW, firmImportW, firmExportW, weight, phases }: Site,
  { site, start, stepS, importW, exportW, reason }: EnvelopeImport,
  { name, bound: by, strict = false }: { readonly name: string; readonly bound: string; readonly strict?: boolean },
  unshared: Unshared = noneUnshared,
): Promise<RunResult> {
  const { importW: ratedImportW, exportW: ratedExportW } = unshared.get(site) ?? {};
  const [i, e] = [ratedImportW === undefined ? 1 : 0, ratedExportW === undefined ? 1 : 0];
  const limits = {
    maxImportW: maxImportW * i,
    maxExportW: maxExportW * e,
    firmImportW: firmImportW * i,
    firmExportW: firmExportW * e,
  };
  const snapshot: Snapshot = {
    api: 1,
    now: clock.now(),
    start,
    stepS,
    steps: importW.length,
    assets: [],
    devices: [{ id: site, asset: '', phases, ...limits, weight }],
    seed: config.seed,
  };
  const given: Engine = {
    name,
    api: 1,
    compute: () => [
      {
        device: site,
        importW: importW.map(w => w * i),
        exportW: exportW.map(w => w * e),
        bound: importW.map(() => ({ import: by, export: by })),
      },
    ],
  };
  const host = processHost(given, { wall: new SteadyClock(), deadlineS: 10 });
  return createEnvelopeRunner({
    store,
    clock,
    log,
    metrics,
    host,
    snapshot: async () => snapshot,
    pen: config.enterpriseNumber,
    unshared: () => unshared,
    withdrawn: () => withdrawnSites(store, clock.now()),
    strict,
    standing,
  }).run(reason === undefined ? {} : { reason });
}
