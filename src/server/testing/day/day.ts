/**
 * A simulated day: sites with real clients of a real server that keeps its store on disk, among everything that befalls them.
 * Each quarter of an hour has a plan, so that there is a moment in it when everybody must have heard of everything:
 * at :00 events begin and end and envelopes are published; from :01 to :03 the operator acts, or the server is away; at :14 who
 * polls every ten minutes knows it all, and is compared with what the server holds.
 */
import { ManualClock, type Seconds, SystemClock } from '../../../base/clock';
import { silentLog } from '../../../base/log';
import { type Random, seededRandom } from '../../../base/random';
import { activePower } from '../../../base/units';
import { createClient, receiveNotifications, ToldClient, type Transport } from '../../../client';
import { type Device, issueDevice, loadPki, loadServerFiles } from '../../../tls';
import { folder } from '../folder';
import { type Checked, type Compared, differences } from './check';
import {
  cancelOrChange,
  type Deeds,
  issue,
  moveSites,
  moveSubtree,
  noDeeds,
  type Operator,
  type Placed,
  setDefault,
} from './script';
import { configOf, furnish, type Node, nodesFor, pools, type Share, type SiteSpec, siteSpec } from './town';
import { type Span, Truth } from './truth';
import { World } from './world';

export interface DayOptions extends Share {
  readonly seed: number;
  readonly hours: number;
  /** Hours between two comparisons of all. */
  readonly checkEveryH: number;
  readonly restarts: number;
  /** What a site is told may be spoilt, for tests of the test. */
  readonly spoil?: (name: string, transport: Transport) => Transport;
  readonly say?: (text: string) => void;
}

export interface DayResult {
  readonly seconds: number;
  readonly requests: number;
  readonly sites: number;
  readonly deeds: Deeds;
  readonly restarts: number;
  readonly kills: number;
  readonly comparisons: number;
  readonly compared: Compared;
  readonly responses: number;
  /** Sites that rely on being told, of those that subscribe, at the end. */
  readonly told: readonly [number, number];
  /** Of the comparisons, with the time of each. Empty when every client's view was the server's every time. */
  readonly differences: readonly string[];
  readonly faults: readonly string[];
}

/** Midnight, UTC. */
const dawn: Seconds = 1_790_035_200;
const quarterS = 900;
/** Between publications of envelopes. */
const engineEveryS = 1800;
/** Of time. A commit of the store waits for the disk, so that a step of a second would be a day of waiting. */
const stepS = 10;
const pin = 111_115;
const pen = 99_999;

interface Member extends Checked {
  readonly edev: string;
  readonly told?: ToldClient;
  readonly stop: () => void;
  readonly spans: Map<string, Span[]>;
}

export async function simulateDay(options: DayOptions): Promise<DayResult> {
  const wall = new SystemClock();
  const began = wall.monotonicMs();
  const { dir, remove } = await folder(configOf(options.sites));
  furnish(dir, options.sites);
  const clock = new ManualClock(dawn);
  const world = new World(dir, clock);
  try {
    await world.open();
    const day = new Day(options, world, dir);
    await day.prepare();
    await day.live();
    await day.end();
    await world.close();
    return { ...day.result(), seconds: (wall.monotonicMs() - began) / 1000 };
  } finally {
    remove();
  }
}

class Day {
  private readonly members = new Map<string, Member>();
  private readonly nodes: Node[];
  private readonly programs: Placed[] = [];
  private readonly deeds = noDeeds();
  private readonly random: Random;
  private readonly aggregators: string[] = [];
  private readonly compared: Compared = { programs: 0, controls: 0, modes: 0, byEvent: 0 };
  private readonly found: string[] = [];
  private readonly clock: ManualClock;
  private readonly gone: { member: Member; at: Seconds }[] = [];
  private made = 0;
  private relying = 0;
  private counts = { restarts: 0, kills: 0, comparisons: 0 };

  constructor(
    private readonly options: DayOptions,
    private readonly world: World,
    private readonly dir: string,
  ) {
    this.clock = world.clock;
    this.random = seededRandom(options.seed).fork('day');
    this.nodes = nodesFor(options.sites);
  }

  /** Tree, programs, pools, aggregators and the first sites. */
  async prepare(): Promise<void> {
    const { world, options, nodes } = this;
    for (const { name, level, parent } of nodes)
      await world.operator('POST', '/api/groups', { name, level, ...(parent !== undefined && { parent }) });
    for (const name of pools) await world.operator('POST', '/api/groups', { name });
    const emergency = { description: 'Emergency', primacy: 1, groups: ['system 0'] };
    await this.place(emergency, true);
    await this.place({ description: 'System', primacy: 15, groups: ['system 0'] });
    for (const { name, level } of nodes) {
      if (level === 'feeder') await this.place({ description: name, primacy: 8, groups: [name] });
      // Programs on every other segment, so that sites differ in how many they have.
      if (level === 'segment' && Number(name.slice(8)) % 2 === 0)
        await this.place({ description: name, primacy: 5, groups: [name] });
    }
    for (const [i, name] of pools.entries()) await this.place({ description: name, primacy: 11 + i, groups: [name] });
    for (let i = 0; i < options.aggregators; i++) {
      const lfdi = fakeLfdi(this.random.fork(`aggregator/${i}`));
      await world.operator('POST', '/api/sites', { name: `aggregator ${i}`, lfdi, role: 'aggregator' });
      this.aggregators.push(lfdi);
    }
    await this.join(options.sites);
    await world.operator('POST', '/api/envelopes/run');
  }

  private async place(program: object, urgent = false): Promise<void> {
    const { derp } = await this.world.operator<{ derp: string }>('POST', '/api/programs', program);
    this.programs.push({ derp, urgent });
  }

  async live(): Promise<void> {
    const { options, clock } = this;
    const quarters = options.hours * 4;
    const away = new Set<number>();
    while (away.size < Math.min(options.restarts, quarters - 2)) away.add(this.random.integer(1, quarters - 2));
    for (let quarter = 0; quarter < quarters; quarter++) {
      const start = dawn + quarter * quarterS;
      await this.until(start);
      if (quarter > 0 && start % engineEveryS === 0) await this.world.operator('POST', '/api/envelopes/run');
      if (away.has(quarter)) await this.restart(start);
      // Envelopes made anew, or the first of a site, are heard of while they are in force already: what is cancelled in between
      // took from them what it cannot have taken from a client that heard of both at once.
      else if (start % engineEveryS !== 0 && quarter < quarters - 1) {
        await this.until(start + 60 + this.random.integer(0, 30));
        await this.act();
      }
      await this.until(start + 850);
      if ((quarter + 1) % (options.checkEveryH * 4) === 0 || quarter === quarters - 1) await this.compare();
      options.say?.(`${new Date(clock.now() * 1000).toISOString().slice(11, 16)} ${this.members.size} sites`);
    }
  }

  /** Stops or kills the server for a minute or two; clients go on without. */
  private async restart(start: Seconds): Promise<void> {
    const { world, random } = this;
    await this.until(start + random.integer(60, 90));
    const kill = random.next() < 0.6;
    this.clock.advance(1);
    // A kill falls among whatever that second set off; a stop comes when it is done.
    if (kill) await world.kill();
    else {
      await world.tasks.settled();
      await world.close();
    }
    this.counts[kill ? 'kills' : 'restarts']++;
    await this.until(start + random.integer(120, 200));
    await world.open();
  }

  private async act(): Promise<void> {
    const { random, world, members, nodes, deeds, programs, clock, options } = this;
    const operator: Operator = { world, random, deeds, programs, nodes };
    const many = Math.max(1, Math.round(options.sites / 400));
    for (let i = random.integer(2, 7); i > 0; i--) await issue(operator);
    for (let i = random.integer(1, 6); i > 0; i--) await cancelOrChange(operator);
    // Defaults are read every half an hour: one that is set late in an hour is not known by its end.
    const early = clock.now() % 3600 < 1800;
    if (early && random.next() < 0.6) await setDefault(operator);
    const kind = random.next();
    if (kind < 0.4) await moveSubtree(operator);
    else if (kind < 0.8) await moveSites(operator, this.some(many * 4));
    else if (early) await this.swapPools(this.some(many * 2));
    if (random.next() < 0.7) await this.join(random.integer(1, many));
    if (random.next() < 0.7 && members.size > options.sites / 2) await this.leave(this.some(random.integer(1, many)));
    await this.until(clock.now() + random.integer(10, 60));
    await this.note();
  }

  /** Different sites. */
  private some(count: number): string[] {
    const names = [...this.members.keys()];
    const chosen = new Set<string>();
    while (chosen.size < Math.min(count, names.length)) chosen.add(this.random.pick(names));
    return [...chosen];
  }

  private async swapPools(sites: readonly string[]): Promise<void> {
    const pool = this.random.pick(pools);
    const { members } = await this.world.operator<{ members: string[] }>(
      'GET',
      `/api/groups/${encodeURIComponent(pool)}`,
    );
    const leaving = members.filter(() => this.random.next() < 0.3).slice(0, sites.length);
    const entering = sites.filter(name => !members.includes(this.members.get(name)?.edev ?? ''));
    const at = `/api/groups/${encodeURIComponent(pool)}`;
    if (leaving.length > 0) await this.world.operator('POST', `${at}/leave`, { sites: leaving });
    if (entering.length > 0) await this.world.operator('POST', `${at}/join`, { sites: entering });
    this.deeds.joinsOfPools += leaving.length + entering.length;
  }

  private async join(count: number): Promise<void> {
    const { world, options, nodes, random } = this;
    const segments = nodes.filter(({ level }) => level === 'segment').map(({ name }) => name);
    const pki = loadPki(this.dir);
    const fresh = Array.from({ length: count }, () =>
      siteSpec(this.made++, segments, options, random.fork('sites')),
    ).map(spec => ({
      spec,
      device: spec.overTls ? issueDevice(pki, { name: spec.name.replace(' ', '-'), role: 'device' }) : undefined,
      lfdi: '',
    }));
    for (const each of fresh) each.lfdi = each.device?.lfdi ?? fakeLfdi(random.fork(`lfdi/${each.spec.name}`));
    const { sites } = await world.operator<{ sites: { edev: string }[] }>('POST', '/api/sites', {
      sites: fresh.map(({ spec, lfdi }) => ({
        name: spec.name,
        lfdi,
        ...(spec.bus !== undefined && { bus: spec.bus }),
        phases: [1, 2, 3],
        dialect: spec.dialect,
        maxImportW: spec.maxW,
        maxExportW: spec.maxW,
        firmImportW: spec.maxW / 2,
        firmExportW: Math.round(spec.maxW / 3),
        ...(spec.aggregator !== undefined && { manager: this.aggregators[spec.aggregator] }),
      })),
    });
    await world.operator('POST', '/api/groups/moves', {
      moves: fresh.map(({ spec }) => ({ site: spec.name, to: spec.segment })),
    });
    for (const [i, { spec, device, lfdi }] of fresh.entries())
      await this.connect(spec, lfdi, sites[i]?.edev ?? '', device);
    this.deeds.joined += count;
    await this.note();
  }

  private async connect(spec: SiteSpec, lfdi: string, edev: string, device: Device | undefined): Promise<void> {
    const { world, options, random } = this;
    const identity = spec.aggregator === undefined ? lfdi : (this.aggregators[spec.aggregator] ?? lfdi);
    const way = device ? world.overTls(device) : world.inProcess(identity);
    const rated = activePower(spec.maxW);
    const given = {
      transport: options.spoil?.(spec.name, way) ?? way,
      clock: this.clock,
      tasks: world.tasks,
      random: random.fork(`client/${spec.name}`),
      log: silentLog,
      lfdi,
      pin,
      dialect: spec.dialect,
      defaultsEvery: 3,
      // Those who come during the day have to be there by the end of the quarter.
      startSpreadS: this.clock.now() === dawn ? 600 : 30,
      der: {
        capability: { modesSupported: '00100003', rtgMaxW: rated, type: 83 },
        settings: { setGradW: 100, setMaxW: rated },
      },
    };
    const known = { name: spec.name, dialect: spec.dialect, maxW: spec.maxW, edev, spans: new Map<string, Span[]>() };
    if (device && spec.subscribes) {
      const receiver = await receiveNotifications({
        ...device,
        rootsPem: loadServerFiles(this.dir).rootsPem,
        clock: this.clock,
        log: silentLog,
        take: notification => told.notified(notification),
      });
      const told = new ToldClient({ ...given, notificationURI: receiver.uri });
      const stop = () => {
        told.stop();
        receiver.close();
      };
      told.start();
      this.members.set(spec.name, { ...known, client: told.client, told, stop });
      return;
    }
    const client = createClient(given);
    client.start();
    this.members.set(spec.name, { ...known, client, stop: () => client.stop() });
  }

  private async leave(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const member = this.members.get(name);
      if (!member) continue;
      await this.world.operator('DELETE', `/api/sites/${encodeURIComponent(name)}`);
      this.members.delete(name);
      this.gone.push({ member, at: this.clock.now() });
    }
    this.deeds.left += names.length;
  }

  /** Notes who has which program from now on. */
  private async note(): Promise<void> {
    const { clock, world } = this;
    const now = clock.now();
    const truth = new Truth(world.running.store, now, pen);
    for (const { edev, spans } of this.members.values()) {
      const assigned = new Set(await truth.assigned(edev));
      for (const [derp, list] of spans) {
        const last = list.at(-1);
        if (last?.to === Infinity && !assigned.has(derp)) last.to = now;
      }
      for (const derp of assigned) {
        const list = spans.get(derp) ?? [];
        spans.set(derp, list);
        if (list.at(-1)?.to !== Infinity) list.push({ from: now, to: Infinity });
      }
    }
  }

  private async compare(): Promise<void> {
    const { world, clock } = this;
    const now = clock.now();
    const truth = new Truth(world.running.store, now, pen);
    const stamp = new Date(now * 1000).toISOString().slice(11, 19);
    for (const member of this.members.values())
      for (const text of await differences(member, truth, await truth.assigned(member.edev), this.compared))
        this.found.push(`${stamp} ${text}`);
    for (const { member, at } of this.gone.splice(0)) {
      const { lastContact = at, problem } = member.client.status;
      if (lastContact > at) this.found.push(`${stamp} ${member.name} left at ${at} and is served still`);
      if (!problem) this.found.push(`${stamp} ${member.name} left and has not noticed`);
      member.stop();
    }
    this.counts.comparisons++;
  }

  /** Time goes on to `when`, in steps; what falls due in a step is done side by side at its end, as on a busy machine. */
  private async until(when: Seconds): Promise<void> {
    const { clock, world } = this;
    await world.tasks.settled();
    while (clock.now() < when) {
      const due = Math.ceil(clock.next ?? when);
      clock.advance(Math.min(when, Math.max(clock.now() + stepS, due)) - clock.now());
      await world.tasks.settled();
    }
  }

  async end(): Promise<void> {
    this.relying = [...this.members.values()].filter(({ told }) => told?.told).length;
    for (const { stop } of this.members.values()) stop();
    await this.world.tasks.settled();
  }

  result(): Omit<DayResult, 'seconds'> {
    const { deeds, compared, world, found } = this;
    let responses = 0;
    const told = [...this.members.values()].flatMap(member => member.told ?? []);
    for (const { client } of this.members.values())
      responses += Object.values(client.status.responses).reduce((sum, count) => sum + count, 0);
    return {
      requests: world.requests,
      sites: this.members.size,
      deeds,
      ...this.counts,
      compared,
      responses,
      told: [this.relying, told.length],
      differences: found,
      faults: world.faults,
    };
  }
}

function fakeLfdi(random: Random): string {
  return Array.from({ length: 40 }, () => random.integer(0, 15).toString(16))
    .join('')
    .toUpperCase();
}
