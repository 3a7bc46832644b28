/** Runs procedures against a server and keeps what was seen. A step that throws ends its procedure: the steps after it are not run. */
import { asProblem } from '../src/base/problem';
import { Blocked } from './operator';
import { type Checks, type Claim, type Lab, type Procedure } from './procedure';
import { type Receiver } from './receiver';
import { type Exchange, type Wire } from './wire';

export interface CheckResult {
  readonly text: string;
  readonly ok: boolean;
  readonly seen?: string;
}

export interface StepResult {
  readonly action: string;
  readonly expect: string;
  readonly checks: readonly CheckResult[];
  readonly exchanges: readonly Exchange[];
  /** What stopped the step, if anything did. */
  readonly stopped?: string;
}

export type Verdict = 'PASS' | 'FAIL' | 'BLOCKED' | 'NOT SUPPORTED';

export interface ProcedureResult {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly verdict: Verdict;
  /** What the operator cannot do, or which claims are missing. */
  readonly why?: string;
  readonly steps: readonly StepResult[];
  /** Blanket rules broken on the way; any fails the procedure. */
  readonly faults: readonly string[];
  /** Real seconds. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly lab: Lab;
  readonly claims: readonly Claim[];
}

/** What a run has open, closed when its procedure ends. */
class Watched {
  readonly wires: Wire[] = [];
  readonly receivers: Receiver[] = [];
  exchanges: Exchange[] = [];

  lab(lab: Lab): Lab {
    return {
      ...lab,
      wire: async identity => {
        const wire = await lab.wire(identity);
        wire.heard = exchange => void this.exchanges.push(exchange);
        this.wires.push(wire);
        return wire;
      },
      receiver: async identity => {
        const receiver = await lab.receiver(identity);
        this.receivers.push(receiver);
        return receiver;
      },
    };
  }

  faults(): string[] {
    return [...this.wires, ...this.receivers].flatMap(each => each.faults);
  }

  /** What was exchanged since the last call; notifications that came in included, in order of time. */
  taken(): Exchange[] {
    const taken = [...this.exchanges, ...this.receivers.flatMap(each => each.exchanges.splice(0))];
    this.exchanges = [];
    return taken.sort((a, b) => a.at - b.at);
  }

  close(): void {
    for (const each of [...this.wires, ...this.receivers]) each.close();
  }
}

export async function runOne(procedure: Procedure, { lab, claims }: RunOptions): Promise<ProcedureResult> {
  const { id, title, requirements } = procedure;
  const missing = procedure.needs.filter(need => !claims.includes(need));
  const about = { id, title, requirements };
  if (missing.length > 0)
    return { ...about, verdict: 'NOT SUPPORTED', why: missing.join(', '), steps: [], faults: [], seconds: 0 };
  const startMs = lab.clock.monotonicMs();
  const watched = new Watched();
  const watchedLab = watched.lab(lab);
  const steps: StepResult[] = [];
  let blocked: string | undefined;
  let fixture: unknown;
  const attempt = async (action: string, expect: string, run: (check: Checks) => Promise<void>): Promise<boolean> => {
    const checks: CheckResult[] = [];
    const stopped = await run(recorder(checks)).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Blocked) blocked = error.message;
        return error instanceof Blocked ? error.message : asProblem(error).message;
      },
    );
    const silent = checks.length === 0 && stopped === undefined && action.endsWith('the fixture');
    const exchanges = watched.taken();
    if (!silent || exchanges.length > 0)
      steps.push({ action, expect, checks, exchanges, ...(stopped !== undefined && { stopped }) });
    return stopped === undefined;
  };
  const arranged = await attempt('Arrange the fixture', procedure.fixture, async () => {
    fixture = await procedure.arrange(watchedLab);
  });
  if (arranged)
    for (const step of procedure.steps)
      if (!(await attempt(step.action, step.expect, check => step.run(watchedLab, fixture, check)))) break;
  await attempt('Clear the fixture', 'The lab is as it was.', async () => procedure.clear?.(watchedLab, fixture));
  const faults = watched.faults();
  watched.close();
  const checks = steps.flatMap(step => step.checks);
  const stops = steps.filter(step => step.stopped !== undefined && step.stopped !== blocked);
  const wrong = faults.length > 0 || stops.length > 0 || checks.some(check => !check.ok);
  const verdict = wrong ? 'FAIL' : blocked !== undefined ? 'BLOCKED' : checks.length > 0 ? 'PASS' : 'FAIL';
  return {
    ...about,
    verdict,
    ...(verdict === 'BLOCKED' && blocked !== undefined && { why: blocked }),
    steps,
    faults,
    seconds: (lab.clock.monotonicMs() - startMs) / 1000,
  };
}

export function recorder(into: CheckResult[]): Checks {
  const show = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));
  return {
    that: (text, ok, seen) => void into.push({ text, ok, ...(seen !== undefined && { seen: show(seen) }) }),
    equal: (text, got, want) =>
      void into.push({ text, ok: show(got) === show(want), seen: `${show(got)}, want ${show(want)}` }),
  };
}
