/** Runs procedures against a server and keeps what was seen. A step that throws fails; the steps after it are not run. */
import { asProblem } from '../src/base/problem';
import { type Checks, type Claim, type Lab, type Procedure } from './procedure';
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
  /** What stopped the step, if anything did. */
  readonly stopped?: string;
}

export interface ProcedureResult {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'PASS' | 'FAIL' | 'NOT SUPPORTED';
  readonly steps: readonly StepResult[];
  /** Blanket rules broken on the way; any fails the procedure. */
  readonly faults: readonly string[];
  readonly exchanges: readonly Exchange[];
  readonly seconds: number;
}

export interface RunOptions {
  readonly lab: Lab;
  readonly claims: readonly Claim[];
  /** Told before each procedure and after it. */
  readonly progress?: (text: string) => void;
}

export async function runAll(procedures: readonly Procedure[], options: RunOptions): Promise<ProcedureResult[]> {
  const results: ProcedureResult[] = [];
  for (const procedure of procedures) {
    options.progress?.(`${procedure.id} ${procedure.title} …`);
    const result = await runOne(procedure, options);
    options.progress?.(`${procedure.id} ${result.verdict} (${result.seconds.toFixed(1)} s)`);
    results.push(result);
  }
  return results;
}

export async function runOne(procedure: Procedure, { lab, claims }: RunOptions): Promise<ProcedureResult> {
  const { id, title } = procedure;
  const missing = procedure.needs.filter(need => !claims.includes(need));
  if (missing.length > 0)
    return { id, title, verdict: 'NOT SUPPORTED', steps: [], faults: [], exchanges: [], seconds: 0 };
  const startMs = lab.clock.monotonicMs();
  const wires: Wire[] = [];
  const watched: Lab = {
    ...lab,
    wire: async identity => {
      const wire = await lab.wire(identity);
      wires.push(wire);
      return wire;
    },
  };
  const steps: StepResult[] = [];
  let fixture: unknown;
  try {
    fixture = await procedure.arrange(watched);
    for (const step of procedure.steps) {
      const checks: CheckResult[] = [];
      const stopped = await step.run(watched, fixture, recorder(checks)).then(
        () => undefined,
        (error: unknown) => asProblem(error).message,
      );
      steps.push({ action: step.action, expect: step.expect, checks, ...(stopped !== undefined && { stopped }) });
      if (stopped !== undefined) break;
    }
  } catch (error) {
    steps.push({
      action: 'arrange the fixture',
      expect: procedure.fixture,
      checks: [],
      stopped: asProblem(error).message,
    });
  }
  await procedure.clear?.(watched, fixture).catch((error: unknown) => {
    steps.push({
      action: 'clear the fixture',
      expect: 'the lab is as it was',
      checks: [],
      stopped: asProblem(error).message,
    });
  });
  const faults = wires.flatMap(wire => wire.faults);
  for (const wire of wires) wire.close();
  const good =
    faults.length === 0 &&
    steps.every(step => step.stopped === undefined && step.checks.every(check => check.ok)) &&
    steps.some(step => step.checks.length > 0);
  return {
    id,
    title,
    verdict: good ? 'PASS' : 'FAIL',
    steps,
    faults,
    exchanges: wires.flatMap(wire => wire.exchanges),
    seconds: (lab.clock.monotonicMs() - startMs) / 1000,
  };
}

function recorder(into: CheckResult[]): Checks {
  const show = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));
  return {
    that: (text, ok, seen) => void into.push({ text, ok, ...(seen !== undefined && { seen: show(seen) }) }),
    equal: (text, got, want) =>
      void into.push({ text, ok: show(got) === show(want), seen: `${show(got)}, want ${show(want)}` }),
  };
}
