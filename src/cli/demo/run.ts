/**
 * Drives a demo. The clock is moved in steps; a step ends when the server has done everything due, every request of every client
 * has been answered, and every device has lived through every second of it (docs/adr/0009).
 */
import { ManualClock, type Clock, type Seconds } from '../../base/clock';
import { type Log } from '../../base/log';
import { seededRandom } from '../../base/random';
import { tasks } from '../../base/tasks';
import { offsetS } from '../../base/local-time';
import { markFallback } from '../../sim/fallback';
import { Fleet } from '../../sim/fleet';
import { NetworkTracer } from '../../sim/network-trace';
import { type RunEvent, type RunRecord, type Summary } from '../../sim/report/record';
import { summarize } from '../../sim/summary';
import { type AggregatorClient, connectAggregator, countedBy } from './aggregators';
import { type ClientDeps, connectSite, type SiteClient } from './clients';
import { pacer } from './pace';
import { register, timeZone, type DemoOptions, type Prepared } from './prepare';
import { type ServerProcess } from './server-process';
import { told, type Told } from './told';

export interface Drive extends DemoOptions {
  readonly title: string;
  /** Simulated seconds for each real one, at most. */
  readonly speed: number;
  /** Hour of the run at which the engine is killed. */
  readonly killEngineAtHour?: number;
}

/** Where a demo is, for whoever watches it. */
export interface Progress {
  readonly title: string;
  readonly networkName: string;
  readonly engine: string;
  readonly start: Seconds;
  readonly now: Seconds;
  readonly end: Seconds;
  readonly utcOffsetS: number;
  readonly fleet: Fleet;
  readonly tracer: NetworkTracer;
  /** What the driver itself did so far. */
  readonly events: readonly RunEvent[];
  /** Asks for what is known of controls, responses and events by now. */
  readonly told: () => Promise<Told>;
}

export interface DemoResult {
  readonly record: RunRecord;
  readonly summary: Summary;
  readonly requests: number;
}

const tickS = 10;

export async function drive(
  prepared: Prepared,
  server: ServerProcess,
  options: Drive,
  io: { real: Clock; log: Log; stop: AbortSignal; show: (progress: Progress) => Promise<void> },
): Promise<DemoResult> {
  const { aggregators, network, plan, devices, start } = prepared;
  const { hours, seed, speed, killEngineAtHour, title } = options;
  const clock = new ManualClock(start);
  const faults: unknown[] = [];
  const work = tasks(error => faults.push(error));
  const utcOffsetS = offsetS(timeZone, start);
  const fleet = new Fleet(plan.sites, { start, seed, place: { latitudeDeg: 38, utcOffsetS }, sky: 'clear' });
  const tracer = new NetworkTracer(network, fleet.sites, { midnight: start, start, passive: plan.passive });
  fleet.onMinute = minute => tracer.minute(minute);
  await register(server.api, prepared);
  await server.api.post('/api/envelopes/run');
  const deps = (rootsPem: string): ClientDeps => ({
    host: '127.0.0.1',
    port: server.port,
    rootsPem,
    clock,
    tasks: work,
    random: seededRandom(seed).fork('clients'),
    log: io.log,
  });
  const managed = new Set(aggregators.flatMap(({ sites }) => sites));
  const clients: (SiteClient | AggregatorClient)[] = [];
  for (const site of fleet.sites) {
    const device = devices.get(site.spec.id);
    if (device && !managed.has(site.spec.id)) clients.push(connectSite(site, device, deps(device.rootsPem)));
  }
  const counted = aggregators.length > 0 ? await countedBy(server.api) : new Map<string, readonly string[]>();
  for (const each of aggregators) {
    const device = devices.get(each.name);
    const own = { seed, counted: counted.get(each.name) ?? [] };
    const client = device && connectAggregator(fleet, each, devices, { ...deps(device.rootsPem), ...own });
    if (client) clients.push(client);
  }
  for (const client of clients) client.start();
  const pace = pacer(io.real, speed);
  const minutes = Math.round(hours * 60);
  const end = start + minutes * 60;
  const events: RunEvent[] = [];
  try {
    let killAt = killEngineAtHour === undefined ? Infinity : start + killEngineAtHour * 3600;
    while (clock.now() < end) {
      io.stop.throwIfAborted();
      const next = Math.min(end, clock.now() + tickS);
      await server.advance(next);
      while (clock.now() < next) {
        clock.advance(1);
        fleet.advance(clock.now());
      }
      await work.settled();
      if (faults.length > 0) throw faults[0];
      if (next >= killAt) {
        await server.api.post('/api/engine/kill');
        events.push({ at: next, what: 'engine-killed', text: `the capacity engine ${options.engine} was killed` });
        killAt = Infinity;
      }
      await io.show({
        title,
        networkName: network.name,
        engine: options.engine,
        start,
        now: next,
        end,
        utcOffsetS,
        fleet,
        tracer,
        events,
        told: () => told(server.api),
      });
      await pace(next - start);
    }
  } finally {
    for (const client of clients) client.stop();
  }
  const { controlsPublished, responses, events: noted, failures } = await told(server.api);
  events.push(...noted);
  markFallback(fleet.traces(), start, failures);
  events.sort((a, b) => a.at - b.at);
  const record: RunRecord = {
    title,
    networkName: network.name,
    start,
    stepS: 1,
    utcOffsetS,
    minutes,
    engine: options.engine,
    seed,
    sites: fleet.traces(),
    ...(fleet.sums.length > 0 && { sums: fleet.sums.map(({ trace }) => trace) }),
    network: tracer.trace,
    events,
  };
  const summary = summarize(record, { controlsPublished, responses });
  return {
    record,
    summary,
    requests: clients.reduce((sum, { transport }) => sum + transport.counts.requests, 0),
  };
}
