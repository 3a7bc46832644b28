/**
 * Verifies what the runner is about to publish, on the feeder of the configuration and within a budget of real seconds. Runs on a reduced
 * feeder with the same voltages, and remembers steps that it judged before: of a rolling horizon most are those of the last run.
 */
import { type Clock } from '../base/clock';
import { nextTurn } from '../base/turn';
import { type Network } from '../grid/network';
import { drawsInStep } from '../grid/passive-draws';
import { reduced } from '../grid/reduce';
import { type Box, type BoxReport, Verifier } from '../grid/verify';
import { type Verify } from '../services/verified';

export interface VerificationOptions {
  /** Real time. */
  readonly wall: Clock;
  /** Real seconds for one run; the steps that are left over are told. */
  readonly budgetS: number;
  readonly seed: number;
}

const mostRemembered = 5000;

export function verification(network: Network, { budgetS, seed, wall }: VerificationOptions): Verify {
  /** Why a step failed, or an empty text, by all it depends on. */
  const known = new Map<string, string>();
  let verifier: Verifier | undefined;
  let places = '';

  return async (snapshot, envelopes) => {
    const { devices, passive = [], steps } = snapshot;
    const buses = [...devices.flatMap(({ bus }) => bus ?? []), ...passive.map(({ bus }) => bus)];
    const at = JSON.stringify(devices.map(({ bus, phases, terminals = phases }) => [bus, terminals]));
    if (!verifier || at !== places) {
      verifier = new Verifier(reduced(network, buses), { seed, vertices: 5, points: 5 });
      known.clear();
      places = at;
    }
    const unsafe = new Map<number, string>();
    const by = new Map(envelopes.map(envelope => [envelope.device, envelope]));
    const from = wall.monotonicMs();
    let notLookedAt = 0;
    for (let step = 0; step < steps; step++) {
      const boxes = devices.flatMap(({ bus, id, phases, terminals = phases }): Box[] => {
        const envelope = by.get(id);
        if (!envelope || bus === undefined) return [];
        return [
          {
            site: id,
            bus,
            phases: terminals,
            importW: envelope.importW[step] ?? 0,
            exportW: envelope.exportW[step] ?? 0,
          },
        ];
      });
      const draws = drawsInStep(passive, step);
      const key = JSON.stringify([
        boxes.map(({ exportW, importW }) => [importW, exportW]),
        draws.map(({ bus, phase, var: q, w }) => [bus, phase, w, q]),
      ]);
      let why = known.get(key);
      if (why === undefined) {
        if ((wall.monotonicMs() - from) / 1000 >= budgetS) {
          notLookedAt++;
          continue;
        }
        await new Promise<void>(nextTurn); // a server answers requests meanwhile
        why = reason(verifier.verify(draws, boxes));
        known.set(key, why);
        const oldest = known.keys().next();
        if (known.size > mostRemembered && !oldest.done) known.delete(oldest.value);
      }
      if (why !== '') unsafe.set(step, why);
    }
    return { unsafe, notLookedAt };
  };
}

/** The worst limit that the sites break; what is broken with all of them at rest is none of theirs unless they make it worse. */
function reason({ atRest, breaches }: BoxReport): string {
  const before = new Map(atRest.map(breach => [breach.text, breach.excess]));
  const worst = breaches.find(({ excess, text }) => excess > (before.get(text) ?? 0) + 1e-6);
  if (!worst) return '';
  return `${worst.text} at ${worst.value.toFixed(3)}, limit ${worst.limit}`;
}
