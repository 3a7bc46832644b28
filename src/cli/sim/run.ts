/** Drives simulated sites against a server that lives by its own clock: each lives through every second as it passes. */
import { type Clock, type Seconds } from '../../base/clock';
import { type Log } from '../../base/log';
import { seededRandom } from '../../base/random';
import { tasks } from '../../base/tasks';
import { type Network } from '../../grid/network';
import { markFallback } from '../../sim/fallback';
import { Fleet } from '../../sim/fleet';
import { type FleetPlan } from '../../sim/fleet-plan';
import { NetworkTracer } from '../../sim/network-trace';
import { noResponses } from '../../sim/report/live-state';
import { type RunRecord, type Summary } from '../../sim/report/record';
import { summarize } from '../../sim/summary';
import { connectSite, type ClientDeps, type Identity, type SiteClient, subscribedSite } from '../demo/clients';
import { type Progress } from '../demo/run';
import { told, type Told } from '../demo/told';
import { type OperatorApi } from '../operator-api';

export interface SimRun {
  readonly network: Network;
  readonly plan: FleetPlan;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly server: Pick<ClientDeps, 'host' | 'port' | 'dcap' | 'rootsPem'>;
  /** The operator API, where the server is ours: asked what its engine did. */
  readonly api?: OperatorApi;
  /** What computes the envelopes, for people to read. */
  readonly engine: string;
  readonly midnight: Seconds;
  readonly utcOffsetS: number;
  readonly hours: number;
  readonly seed: number;
  /** Sites subscribe to what they follow, and poll rarely while they are told of changes. */
  readonly subscribe: boolean;
}

export interface SimIo {
  /** That of the server too. */
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the run early; what was lived through is summed up. */
  readonly stop: AbortSignal;
  readonly show: (progress: Progress) => Promise<void>;
}

export interface SimResult {
  readonly record: RunRecord;
  readonly summary: Summary;
  readonly requests: number;
  /** Why sites never heard from the server, with the sites. */
  readonly unheard: Readonly<Record<string, readonly string[]>>;
  /** Sites that were told of changes of everything they follow at the end. */
  readonly told: number;
}

/** Seconds lived through in one go at most, so that a fast clock leaves the connections their turns. */
const stretchS = 60;
const title = 'Simulated sites';

export async function simulate(options: SimRun, io: SimIo): Promise<SimResult> {
  const { network, plan, engine, seed, utcOffsetS, midnight, hours } = options;
  const { clock } = io;
  const start = clock.now();
  const end = start + Math.round(hours * 3600);
  const days = Math.ceil((end - midnight) / 86_400);
  const place = { latitudeDeg: 38, utcOffsetS };
  const fleet = new Fleet(plan.sites, { start, seed, days, place, sky: 'clear' });
  const tracer = new NetworkTracer(network, fleet.sites, { midnight, start, passive: plan.passive });
  fleet.onMinute = minute => tracer.minute(minute);
  const clients = await connect(options, fleet, io);
  const heard = () => hearsay([...clients.values()], options.api, start);
  const at = { title, networkName: network.name, engine, start, end, utcOffsetS, fleet, tracer, events: [] };
  try {
    while (fleet.now < end && !io.stop.aborted) {
      await passing(clock, fleet.now + 1, io.stop);
      fleet.advance(Math.min(end, clock.now(), fleet.now + stretchS));
      await io.show({ ...at, now: fleet.now, told: heard });
    }
  } finally {
    for (const each of clients.values()) each.stop();
  }
  const { events, failures, ...counts } = await heard();
  markFallback(fleet.traces(), start, failures);
  const record: RunRecord = {
    title,
    networkName: network.name,
    start,
    utcOffsetS,
    stepS: 1,
    minutes: Math.floor((fleet.now - start) / 60),
    engine,
    seed,
    sites: fleet.traces(),
    network: tracer.trace,
    events,
  };
  return {
    record,
    summary: summarize(record, counts),
    requests: [...clients.values()].reduce((sum, { transport }) => sum + transport.counts.requests, 0),
    unheard: unheardOf(clients),
    told: [...clients.values()].filter(each => each.told?.told).length,
  };
}

function unheardOf(clients: ReadonlyMap<string, SiteClient>): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [id, { client }] of clients) {
    const { lastContact, problem } = client.status;
    if (lastContact === undefined) (found[problem?.message ?? 'no answer yet'] ??= []).push(id);
  }
  return found;
}

async function connect(
  { identities, server, seed, subscribe }: SimRun,
  fleet: Fleet,
  { clock, log }: SimIo,
): Promise<Map<string, SiteClient>> {
  const work = tasks(error => log.error('a simulated client failed', { why: String(error) }));
  const deps = { ...server, clock, tasks: work, random: seededRandom(seed).fork('clients'), log };
  const clients = new Map<string, SiteClient>();
  for (const site of fleet.sites) {
    const identity = identities.get(site.spec.id);
    if (!identity) continue;
    const made = subscribe ? await subscribedSite(site, identity, deps) : connectSite(site, identity, deps);
    clients.set(site.spec.id, made);
  }
  for (const each of clients.values()) each.start();
  return clients;
}

/** Resolves when the clock shows `when`, at least one turn of the event loop later, or when the user asks to stop. */
function passing(clock: Clock, when: Seconds, stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      cancel();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.at(Math.max(when, clock.now()), done);
    stop.addEventListener('abort', done, { once: true });
  });
}

/** What the clients have heard and answered, whosever server it is; what its engine did, where we may ask. */
async function hearsay(clients: readonly SiteClient[], api: OperatorApi | undefined, start: Seconds): Promise<Told> {
  const responses = { ...noResponses } as Record<keyof Summary['responses'], number>;
  for (const { client } of clients)
    for (const [outcome, n] of Object.entries(client.status.responses))
      responses[outcome in noResponses ? (outcome as keyof typeof responses) : 'other'] += n;
  const server = api && (await told(api));
  return {
    // A control counts once a site has told that it received it.
    controlsPublished: responses.received,
    responses,
    events: server?.events.filter(event => event.at >= start) ?? [],
    failures: server?.failures ?? [],
  };
}
