/**
 * Verifies what the runner is about to publish, on the feeder of the configuration and within a budget of real seconds. Runs on a reduced
 * feeder with the same voltages, and remembers steps that it judged before: of a rolling horizon most are those of the last run.
 */
import { type Clock } from '../base/clock';
import { nextTurn } from '../base/turn';
import { type Device } from '../engines/api';
import { type Network } from '../grid/network';
import { drawsInStep } from '../grid/passive-draws';
import { feederOf } from '../grid/areas';
import { reduced } from '../grid/reduce';
import { type Box, type BoxReport, type Sum, Verifier } from '../grid/verify';
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
  /** What was found of a step, by all it depends on. */
  const known = new Map<string, Finding>();
  const feeder = feederOf(network);
  let verifier: Verifier | undefined;
  let places = '';

  return async (snapshot, envelopes, groups = []) => {
    const { devices, passive = [], steps } = snapshot;
    const buses = [...devices.flatMap(({ bus }) => bus ?? []), ...passive.map(({ bus }) => bus)];
    const at = JSON.stringify(devices.map(({ bus, phases, terminals = phases }) => [bus, terminals]));
    if (!verifier || at !== places) {
      verifier = new Verifier(reduced(network, buses), { seed, vertices: 5, points: 5 });
      known.clear();
      places = at;
    }
    const unsafe = new Map<number, string>();
    const only = new Map<number, ReadonlySet<string>>();
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
      const sums = groups.map(({ devices: sites, exportW, importW }): Sum => ({
        sites,
        importW: importW[step] ?? 0,
        exportW: exportW[step] ?? 0,
      }));
      const draws = drawsInStep(passive, step);
      const key = JSON.stringify([
        sums,
        boxes.map(({ exportW, importW }) => [importW, exportW]),
        draws.map(({ bus, phase, var: q, w }) => [bus, phase, w, q]),
      ]);
      let found = known.get(key);
      if (found === undefined) {
        if ((wall.monotonicMs() - from) / 1000 >= budgetS) {
          notLookedAt++;
          continue;
        }
        await new Promise<void>(nextTurn); // a server answers requests meanwhile
        const judge = verifier;
        found = findingOf(by => judge.verify(draws, by, 0, sums), boxes, { devices, feeder });
        known.set(key, found);
        const oldest = known.keys().next();
        if (known.size > mostRemembered && !oldest.done) known.delete(oldest.value);
      }
      if (found.why === '') continue;
      unsafe.set(step, found.why);
      if (found.sites) only.set(step, found.sites);
    }
    return { unsafe, only, notLookedAt };
  };
}

interface Finding {
  /** Empty where nothing is wrong. */
  readonly why: string;
  /** Sites that have to be on firm; all of them unless given. */
  readonly sites?: ReadonlySet<string>;
}

/**
 * Where something is broken in some feeders only, and all is well with the sites of these on firm, the others keep what they have. What is
 * broken upstream of all feeders concerns everybody.
 */
function findingOf(
  verify: (boxes: readonly Box[]) => BoxReport,
  boxes: readonly Box[],
  { devices, feeder }: { devices: readonly Device[]; feeder: ReturnType<typeof feederOf> },
): Finding {
  const first = verify(boxes);
  const why = reason(first);
  if (why === '') return { why };
  const firm = new Map(devices.map(device => [device.id, device]));
  const concerned = new Set<number>();
  let report = first;
  // Each round adds the feeders in which something is still broken.
  for (let round = 0; round < 4; round++) {
    const places = report.breaches.map(({ kind, name }) =>
      feeder(`${kind === 'high' || kind === 'low' ? 'bus' : 'branch'} ${name.toLowerCase()}`),
    );
    const before = concerned.size;
    for (const place of places) {
      if (place === undefined) return { why };
      concerned.add(place);
    }
    if (concerned.size === before) return { why };
    const isConcerned = ({ bus }: Box): boolean => concerned.has(feeder(`bus ${bus.toLowerCase()}`) ?? -1);
    const now = boxes.map(box => {
      const { firmExportW = 0, firmImportW = 0, maxExportW = 0, maxImportW = 0 } = firm.get(box.site) ?? {};
      if (!isConcerned(box)) return box;
      return { ...box, importW: Math.min(firmImportW, maxImportW), exportW: Math.min(firmExportW, maxExportW) };
    });
    const sites = new Set(now.filter(isConcerned).map(({ site }) => site));
    if (sites.size === boxes.length) return { why };
    report = verify(now);
    if (reason(report) === '') return { why, sites };
  }
  return { why };
}

/** The worst limit that the sites break; what is broken with all of them at rest is none of theirs unless they make it worse. */
function reason({ atRest, breaches }: BoxReport): string {
  const before = new Map(atRest.map(breach => [breach.text, breach.excess]));
  const worst = breaches.find(({ excess, text }) => excess > (before.get(text) ?? 0) + 1e-6);
  if (!worst) return '';
  return `${worst.text} at ${worst.value.toFixed(3)}, limit ${worst.limit}`;
}
