/**
 * What some engines cannot do without, for a demo that was given no options for them: a profile, a history of meters, other engines, a
 * program. Histories come from power flows of the demo's own feeder: two weeks by quarters of an hour in which its sites mostly do alike, as sun
 * and evenings make them, and each a little otherwise.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Random } from '../../base/random';
import { drawsAt } from '../../grid/draws';
import { type Network } from '../../grid/network';
import { powerFlow } from '../../grid/power-flow';
import { type FleetPlan } from '../../sim/fleet-plan';
import { exportRatingW } from '../../sim/site-spec';

export interface Needing {
  readonly dir: string;
  readonly network: Network;
  readonly plan: FleetPlan;
  readonly timeZone: string;
  readonly random: Random;
  /** Seconds from UTC midnight to local midnight of the shapes. */
  readonly midnightS: number;
}

/** Options for an engine of the house that needs some, its files written to `dir`; nothing for one that needs none. */
export function neededOptions(engine: string, given: Needing): Readonly<Record<string, unknown>> | undefined {
  const file = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(given.dir, name), `${lines.join('\n')}\n`);
    return name;
  };
  const volts = () => {
    const { maxPu, minPu } = given.network.voltageBand;
    const nominal = powerFlow(given.network).nominalV(given.plan.sites[0]?.bus ?? '');
    return { minV: minPu * nominal, maxV: maxPu * nominal };
  };
  switch (engine) {
    case 'static': {
      const profile = { timeZone: given.timeZone, default: { import: 8000, export: 5000 } };
      return { file: file('profile.json', [JSON.stringify(profile)]) };
    }
    case 'oe3':
      return { history: file('critical.csv', ['pKw,voltageV', ...history(given).critical]), ...volts() };
    case 'oe4':
      return { history: file('transformer.csv', ['pTxKw,vTxV,deltaV', ...history(given).transformer]), ...volts() };
    case 'ami':
      return { history: file('meters.csv', ['device,datetime,voltageV,kW,kvar', ...history(given).meters]) };
    case 'min-of':
      return { engines: ['equal-share', 'box-robust'] };
    case 'first-of':
      return { engines: ['box-robust', 'equal-share'] };
    case 'external':
      return { command: [process.execPath, exampleEngine()] };
    default:
      return undefined;
  }
}

const days = 14;
const stepS = 900;

function history({ midnightS, network, plan, random }: Needing) {
  const flow = powerFlow(network);
  const { band, head } = { band: network.voltageBand, head: flow.head };
  const lines = { critical: [] as string[], transformer: [] as string[], meters: [] as string[] };
  const nodes = plan.sites.map(({ bus, phases }) => phases.map(phase => flow.node(bus, phase)));
  const [p, q] = [new Float64Array(flow.nodeCount), new Float64Array(flow.nodeCount)];
  /** Net power of each site, W, import positive; answers whether voltages are such as a feeder that works has. */
  const solve = (t: number, watts: readonly number[]): boolean => {
    const elements = flow.load(drawsAt(network, t, plan.passive), p, q);
    watts.forEach((w, i) => {
      for (const node of nodes[i] ?? []) p[node] = (p[node] ?? 0) + w / (nodes[i]?.length ?? 1);
    });
    try {
      flow.run(p, q, { elements });
    } catch {
      return false; // past collapse: no such moment is in anybody's history
    }
    return nodes.flat().every(node => flow.pu(node) > band.minPu - 0.03 && flow.pu(node) < band.maxPu + 0.03);
  };
  const voltsAt = (i: number) => flow.voltageV(nodes[i]?.[0] ?? 0);
  solve(
    12 * 3600,
    plan.sites.map(() => 3000),
  );
  const puOf = (i: number) => flow.pu(nodes[i]?.[0] ?? 0);
  const critical = plan.sites.reduce((worst, _, i) => (puOf(i) < puOf(worst) ? i : worst), 0);
  for (let k = 0; k < (days * 86_400) / stepS; k++) {
    const t = k * stepS;
    const alike = 2 * random.next() - 1;
    const watts = plan.sites.map(spec => {
      const share = Math.max(-1, Math.min(1, alike + 0.5 * (random.next() - 0.5)));
      return 0.35 * (share > 0 ? share * spec.serviceW : share * exportRatingW(spec));
    });
    if (!solve(t, watts)) continue;
    const kw = (i: number) => (watts[i] ?? 0) / 1000;
    lines.critical.push(`${-kw(critical)},${voltsAt(critical)}`);
    if (head) {
      const phase = plan.sites[critical]?.phases[0] ?? 1;
      const txV = flow.voltageV(3 * head.to + phase - 1);
      const txKw = head.phases.reduce((sum, each) => sum - flow.powerInto(head.to, each).w / 1000, 0);
      lines.transformer.push(`${txKw},${txV},${voltsAt(critical) - txV}`);
    }
    // Registered in the order of the plan, so the server calls them 1, 2, 3 …
    const at = new Date((t + midnightS) * 1000).toISOString();
    plan.sites.forEach((_, i) => lines.meters.push(`${i + 1},${at},${voltsAt(i)},${kw(i)},0`));
  }
  return lines;
}

function exampleEngine(): string {
  const found = ['../../../..', '../../..']
    .map(up => resolve(__dirname, up, 'examples/engines/all-firm.mjs'))
    .find(file => existsSync(file));
  return found ?? 'all-firm.mjs';
}
