/** Runs one scenario against a client under test and gives a verdict in the form of any procedure, so that all reports fit. */
import { until } from '../../src/base/clock';
import { asProblem } from '../../src/base/problem';
import { type Tasks } from '../../src/base/tasks';
import { clearTopology } from '../aggregator';
import { type Checks } from '../procedure';
import { recorder, type CheckResult, type ProcedureResult, type StepResult } from '../run';
import { type Exchange } from '../wire';
import { type ClientClaim, type ClientScenario } from './client-scenario';
import { type Heard, type Told } from './heard';
import { requestFaults, trafficFaults } from './request-rules';
import { Seen } from './seen';
import { addDevice, identityFor, type Bench, type Stage } from './stage';

export interface RunClientOptions {
  readonly bench: Bench;
  readonly claims: readonly ClientClaim[];
  /** Work that runs beside: acts of the script, whose moments must not pass before they are done. */
  readonly work: Tasks;
  /** Told of what happens next, and how many seconds are left. */
  readonly progress?: (text: string, leftS: number) => void;
  /** Ends it early; then there is no verdict but BLOCKED. */
  readonly stop?: AbortSignal;
}

/** The lab's poll rates, seconds. An aggregator's are long: it is to act on what it is told. */
const usualRates = { 'der-client': 30, aggregator: 600 } as const;
const polled = ['DeviceCapability', 'Time', 'EndDeviceList', 'FunctionSetAssignmentsList', 'DERProgramList', 'DERList'];
/** Notifications are spaced by 30 s, and a busy machine needs a little. */
const toldWithinS = 60;
/** For the last notifications of a scenario. */
const partingS = 40;

export async function runClient(scenario: ClientScenario, options: RunClientOptions): Promise<ProcedureResult> {
  const { bench, claims } = options;
  const { id, title, requirements } = scenario;
  const about = { id, title, requirements };
  const missing: readonly string[] = scenario.roles.includes(bench.role)
    ? scenario.needs.filter(need => !claims.includes(need))
    : [`it is for the role ${scenario.roles.join(', ')}`];
  if (missing.length > 0)
    return { ...about, verdict: 'NOT SUPPORTED', why: missing.join(', '), steps: [], faults: [], seconds: 0 };
  const startMs = bench.clock.monotonicMs();
  const run = new Run(scenario, options);
  const { steps, blocked } = await run.whole();
  const faults = run.faults();
  const bad = faults.length > 0 || steps.some(step => step.stopped !== undefined || step.checks.some(({ ok }) => !ok));
  const verdict = blocked !== undefined ? 'BLOCKED' : bad ? 'FAIL' : 'PASS';
  return {
    ...about,
    verdict,
    ...(blocked !== undefined && { why: blocked }),
    steps,
    faults,
    seconds: (bench.clock.monotonicMs() - startMs) / 1000,
  };
}

class Run {
  private readonly steps: StepResult[] = [];
  private readonly stage: Stage;
  private heard: readonly Heard[] = [];
  private taken = 0;
  private toldTaken = 0;

  constructor(
    private readonly scenario: ClientScenario,
    private readonly options: RunClientOptions,
  ) {
    const { bench } = options;
    let managed = 0;
    this.stage = {
      ...bench,
      id: scenario.id,
      devices: new Map(),
      programs: new Map(),
      events: new Map(),
      beganAt: 0,
      serverBeganAt: 0,
      learnsWithinS: bench.role === 'aggregator' ? toldWithinS : usualRates['der-client'],
      managedIdentity: name => identityFor(bench, managed++, name),
    };
  }

  async whole(): Promise<{ steps: readonly StepResult[]; blocked?: string }> {
    const { scenario, stage, options } = this;
    let blocked: string | undefined;
    try {
      const arranged = await this.now(() => this.step('Arrange', scenario.arranged, () => this.arrange()));
      if (!arranged)
        return { steps: this.steps, blocked: this.steps.at(-1)?.stopped ?? 'the lab could not be arranged' };
      const begun = await this.begin();
      if (!begun) blocked = `no request of the client within ${stage.patienceS} s`;
      else if (!(await this.play())) blocked = 'it was stopped';
      else await this.now(() => this.judge());
    } finally {
      this.heard = [...stage.front.heard];
      // The client hears of it while it is still there: who was told at a closed door is told later than the next scenario wants.
      await this.now(() => this.clear());
      const { steady } = stage.clock;
      if (stage.role === 'aggregator') await until(steady, steady.nowMs() / 1000 + partingS);
      await stage.ask('stop', 'The scenario is over; the client may be stopped.');
      options.bench.front.faults.clear();
    }
    return { steps: this.steps, ...(blocked !== undefined && { blocked }) };
  }

  faults(): string[] {
    const { heard } = this;
    return [...new Set([...heard.flatMap(requestFaults), ...trafficFaults(heard)])];
  }

  /** Runs beside whatever else is under way, so that a clock moved by hand waits for it. */
  private now<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.options.work.run(() => run().then(resolve, reject)));
  }

  private async arrange(): Promise<void> {
    const { stage, scenario } = this;
    const { front, clock, operator, client, role, told } = stage;
    clock.setOffset(0);
    front.reset();
    told.length = 0;
    const rate = usualRates[role];
    for (const resource of polled) await operator.setPollRate(resource, scenario.pollRates?.[resource] ?? rate);
    if (scenario.registered !== false)
      await operator.registerDevice({
        ...client,
        ...(scenario.pin !== undefined && { pin: scenario.pin }),
        ...(role === 'aggregator' && { role }),
      });
    if (role === 'der-client') stage.devices.set('DER', client);
    else for (const name of scenario.devices ?? ['EDA1']) await addDevice(stage, name);
    await scenario.arrange?.(stage);
  }

  private async begin(): Promise<boolean> {
    const { stage, scenario } = this;
    const { front, clock, patienceS } = stage;
    const { stop } = this.options;
    const mark = () => {
      stage.beganAt = clock.steady.nowMs() / 1000;
      stage.serverBeganAt = clock.now();
    };
    const first = new Promise<boolean>(resolve => {
      if (scenario.unheard) return void resolve(true);
      const deadline = clock.steady.at(clock.steady.nowMs() / 1000 + patienceS, () => done(false));
      const unhear = front.onHeard(() => done(true));
      const stopped = () => done(false);
      stop?.addEventListener('abort', stopped, { once: true });
      const done = (heard: boolean) => {
        deadline();
        unhear();
        stop?.removeEventListener('abort', stopped);
        if (heard) mark();
        resolve(heard);
      };
    });
    front.listenAnew();
    this.taken = 0;
    if (scenario.unheard) mark();
    const heard = await this.now(() => stage.ask('start', 'Start the client now (or restart it).')).then(() => first);
    this.note('Start the client', 'It comes.', heard ? [] : [{ text: 'it comes', ok: false }]);
    return heard;
  }

  /** Answers whether it was played to its end. */
  private async play(): Promise<boolean> {
    const { stage, scenario, options } = this;
    const { steady } = stage.clock;
    const end = stage.beganAt + scenario.lastsS;
    const acts = [...scenario.script].sort((a, b) => a.atS - b.atS);
    let before: Promise<unknown> = Promise.resolve();
    const waiting = acts.map(act =>
      steady.at(stage.beganAt + act.atS, () => {
        options.progress?.(act.about, end - steady.nowMs() / 1000);
        const previous = before;
        before = this.now(() => previous.then(() => this.step(act.about, 'The client goes on.', () => act.run(stage))));
      }),
    );
    const whole = await until(steady, end, options.stop).then(
      () => true,
      () => false,
    );
    if (!whole) for (const cancel of waiting) cancel();
    await before;
    return whole;
  }

  private async judge(): Promise<void> {
    const { stage, scenario } = this;
    const seen = new Seen(stage, [...stage.front.heard], stage.clock.now());
    this.note('Watch to the end', 'The client goes on.', []);
    for (const { text, judge } of scenario.expect)
      await this.step('Look at what the client did.', text, async check => judge(seen, check));
  }

  private async clear(): Promise<void> {
    const { stage, scenario } = this;
    const { operator, devices, client, clock } = stage;
    clock.setOffset(0);
    const kept = () => undefined; // what was never made, or is gone already
    await scenario.clear?.(stage);
    for (const { lfdi } of new Set([...devices.values(), client])) await operator.removeDevice(lfdi).catch(kept);
    for (const { ref } of stage.programs.values()) await operator.removeProgram(ref).catch(kept);
    await clearTopology(stage, stage.topology);
  }

  private async step(action: string, expect: string, run: (check: Checks) => Promise<void>): Promise<boolean> {
    const checks: CheckResult[] = [];
    const stopped = await run(recorder(checks)).then(
      () => undefined,
      (error: unknown) => asProblem(error).message,
    );
    this.note(action, expect, checks, stopped);
    return stopped === undefined;
  }

  private note(action: string, expect: string, checks: readonly CheckResult[], stopped?: string): void {
    const exchanges = this.take();
    this.steps.push({ action, expect, checks, exchanges, ...(stopped !== undefined && { stopped }) });
  }

  /** What was exchanged since the last step, notifications included. */
  private take(): Exchange[] {
    const { front, told } = this.stage;
    const heard = front.heard.slice(this.taken);
    const sent = told.slice(this.toldTaken);
    this.taken = front.heard.length;
    this.toldTaken = told.length;
    return [...heard, ...sent.map(asExchange)].sort((a, b) => a.at - b.at);
  }
}

const outcomes: Readonly<Record<Told['outcome'], number>> = {
  delivered: 201,
  unwanted: 400,
  answer: 500,
  refused: 0,
  unreachable: 0,
};

const asExchange = ({ uri, body, outcome, why, at }: Told): Exchange => ({
  method: 'POST',
  path: uri,
  requestHeaders: { 'content-type': 'application/sep+xml' },
  requestBody: body,
  status: outcomes[outcome],
  reason: why ?? outcome,
  headers: {},
  body: '',
  at,
});
