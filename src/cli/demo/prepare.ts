/** Sets a demo up: network, fleet, folder, certificates, and the sites registered with the server. */
import { mkdirSync, rmSync } from 'node:fs';
import { ManualClock, type Seconds } from '../../base/clock';
import { offsetS } from '../../base/local-time';
import { silentLog } from '../../base/log';
import { noMetrics } from '../../base/metrics';
import { seededRandom } from '../../base/random';
import { withHeadRating } from '../../grid/assets';
import { type Network } from '../../grid/network';
import { readNetwork } from '../../grid/read';
import { initDir } from '../../server/init';
import { planFleet, type FleetPlan } from '../../sim/fleet-plan';
import { exportRatingW, type SiteSpec } from '../../sim/site-spec';
import { issueDevice, loadPki, type Device } from '../../tls';
import { type OperatorApi } from '../operator-api';
import { type AggregatorPlan, planAggregators } from './aggregators';
import { derTypeOf } from './clients';
import { neededOptions } from './engine-needs';

export interface DemoOptions {
  readonly dir: string;
  readonly networkFile: string;
  readonly headKva?: number;
  readonly hours: number;
  readonly seed: number;
  readonly engine: string;
  readonly engineOptions?: Readonly<Record<string, unknown>>;
  /** Seconds between runs of the engine. */
  readonly everyS: number;
  readonly pollS: number;
  /** Aggregators that speak for several sites each. */
  readonly aggregators: number;
}

export interface Prepared {
  readonly network: Network;
  readonly plan: FleetPlan;
  /** By id of the site or name of the aggregator. */
  readonly devices: ReadonlyMap<string, Device>;
  readonly aggregators: readonly AggregatorPlan[];
  readonly start: Seconds;
}

export const timeZone = 'America/Los_Angeles';
/** A clear summer day: midday sun, evening load, both in one day. */
const solstice = Date.UTC(2026, 5, 21) / 1000;
export const start: Seconds = solstice - offsetS(timeZone, solstice);

const stepS = 900;

/** Writes the folder and makes a certificate for each site. `say` is told what takes time. */
export async function prepare(options: DemoOptions, say: (text: string) => void): Promise<Prepared> {
  const { dir, networkFile, headKva, seed, engine, engineOptions, everyS, pollS, hours } = options;
  const read = readNetwork(networkFile);
  for (const warning of read.warnings ?? []) say(warning);
  const network = headKva === undefined ? read : withHeadRating(read, headKva);
  const plan = planFleet(network, {
    midnight: start,
    random: seededRandom(seed).fork('plan'),
    comms: { pollRateS: pollS },
    ...(headKva !== undefined && { headKva }),
  });
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const needed =
    engineOptions ??
    neededOptions(engine, {
      dir,
      network,
      plan,
      timeZone,
      random: seededRandom(seed).fork('history'),
      midnightS: start - 14 * 86_400,
    });
  await initDir(
    dir,
    {
      host: '127.0.0.1',
      port: 0,
      operatorPort: 0,
      timeZone,
      timeQuality: 7,
      network: networkFile,
      headRatingKva: headKva ?? 0,
      engine,
      ...(needed && { engineOptions: needed }),
      engineEveryS: everyS,
      envelopeStepS: stepS,
      envelopeHorizonS: Math.max(24, hours + 2) * 3600,
      pollRates: { 'fsa.programs': pollS, 'der.programs': pollS },
      postRateS: 900,
      maxRequestsPerMinute: 1_000_000,
      logLevel: 'warn',
      seed,
    },
    { clock: new ManualClock(start), log: silentLog, metrics: noMetrics },
  );
  const pki = loadPki(dir);
  const aggregators = planAggregators(network, plan, options.aggregators);
  const clients = [
    ...plan.sites.map(({ id }) => ({ name: id, role: 'device' as const })),
    ...aggregators.map(({ name }) => ({ name, role: 'aggregator' as const })),
  ];
  const devices = new Map(
    clients.map(({ name, role }, i) => [name, issueDevice(pki, { name, role, serial: `DEMO-${i + 1}` })]),
  );
  return { network, plan, devices, aggregators, start };
}

/** Registers every site with the server, all in one request, and those who speak for some of them. */
export async function register(api: OperatorApi, { plan, devices, aggregators }: Prepared): Promise<void> {
  const managers = new Map(
    aggregators.flatMap(({ name, sites }) => sites.map(site => [site, devices.get(name)?.lfdi])),
  );
  const who = (name: string) => ({ name, lfdi: devices.get(name)?.lfdi, pin: devices.get(name)?.pin });
  const sites = plan.sites.map(site => {
    const manager = managers.get(site.id);
    return { ...entryOf(site, devices.get(site.id)), ...(manager !== undefined && { manager }) };
  });
  const speakers = aggregators.map(({ name }) => ({ ...who(name), role: 'aggregator' }));
  await api.post('/api/sites', { sites: [...sites, ...speakers] });
}

/** What the operator API wants to be told of a site. */
export function entryOf(site: SiteSpec, device: Pick<Device, 'lfdi' | 'pin'> | undefined): object {
  return {
    name: site.id,
    lfdi: device?.lfdi,
    pin: device?.pin,
    bus: site.bus,
    phases: site.phases,
    maxImportW: site.serviceW,
    maxExportW: exportRatingW(site),
    firmImportW: site.firmImportW,
    firmExportW: Math.min(site.firmExportW, exportRatingW(site)),
    derType: derTypeOf(site),
    // A plain inverter has no say over its customer's load: that import is part of what flows anyway.
    ...(site.kind === 'inverter' && { follows: 'export' }),
  };
}
