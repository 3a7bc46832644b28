import { resolve } from 'node:path';
import { type Command } from 'commander';
import { Problem } from '../base/problem';
import { assetsOf, withHeadRating } from '../grid/assets';
import { drawsAt, minuteStart } from '../grid/draws';
import { type Network, type Solution } from '../grid/network';
import { powerFlow, type PowerFlow, type Violation } from '../grid/power-flow';
import { readNetwork } from '../grid/read';
import { switched } from '../grid/switching';
import { type AddCommand, type Io } from './command';

interface SolveOptions {
  minute: string;
  json?: true;
  all?: true;
  headKva?: string;
  open?: string[];
  close?: string[];
}

const usualRows = 30;

/** `headroom grid`: what a network file holds, and its power flow at a minute of the day. */
export const grid: AddCommand = (program, io) => {
  const group = program.command('grid').description('feeder files: what they hold, and their power flow');
  addSolve(group, io);
  addInfo(group, io);
};

function addSolve(group: Command, io: Io): void {
  group
    .command('solve')
    .argument('<network>', 'our own .json, or an OpenDSS script (.dss, .txt)')
    .option('--minute <n>', 'minute of the load shapes; 1 is the first', '1')
    .option('--head-kva <kva>', 'another rating for the head of the feeder')
    .option('--open <switches...>', 'switches to open first')
    .option('--close <switches...>', 'switches to close first')
    .option('--json', 'node voltages and branch currents as one JSON object')
    .option('--all', 'every bus and branch in the tables')
    .description('solve the power flow of one minute')
    .action((file: string, options: SolveOptions) => {
      const minute = Number(options.minute);
      if (!Number.isInteger(minute) || minute < 1)
        throw new Problem('BAD_USAGE', { at: '--minute', want: 'a whole number of 1 or more', got: options.minute });
      const network = switchedAs(io, load(io, file, options.headKva), options);
      const flow = powerFlow(network);
      const solution = flow.solve(drawsAt(network, minuteStart(minute)));
      if (options.json) io.out(JSON.stringify(forJson(solution)));
      else print(io, flow, solution, minute, options.all ? Infinity : usualRows);
    });
}

function addInfo(group: Command, io: Io): void {
  group
    .command('info')
    .argument('<network>', 'our own .json, or an OpenDSS script (.dss, .txt)')
    .option('--json', 'as one JSON object')
    .description('say what a network file holds')
    .action((file: string, { json }: { json?: true }) => {
      const network = load(io, file, undefined);
      const facts = factsOf(network);
      if (json) {
        io.out(JSON.stringify(facts));
        return;
      }
      const { assets, source, voltageBand } = facts;
      io.out(
        `${facts.name}: ${facts.buses} buses, ${facts.lines} lines, ${facts.transformers} transformers, ${facts.loads} loads`,
      );
      io.out(`source ${source.bus}, ${source.baseKv} kV at ${source.pu} pu; head ${facts.head ?? 'none'}`);
      io.out(
        `voltage band ${voltageBand.minPu} to ${voltageBand.maxPu} pu; ${facts.shapes} shapes of ${facts.shapeDays} days`,
      );
      io.out(`${facts.sites} loads are sites; loads draw at most ${kilo(facts.peakW)} kW together`);
      table(
        io,
        ['asset', 'kind', 'kVA', 'phases', 'below'],
        assets.map(a => [a.id, a.kind, kilo(a.ratingVA), a.phases.join('.'), a.parent ?? 'source']),
      );
    });
}

function load(io: Io, file: string, headKva: string | undefined): Network {
  const network = readNetwork(resolve(io.cwd, file));
  for (const warning of network.warnings ?? []) io.say(`warning: ${warning}`);
  if (headKva === undefined) return network;
  const kva = Number(headKva);
  if (!(kva > 0)) throw new Problem('BAD_USAGE', { at: '--head-kva', want: 'kVA above 0', got: headKva });
  return withHeadRating(network, kva);
}

/** After the switching that was asked for; what that leaves without supply is said and left out. */
function switchedAs(io: Io, network: Network, { close = [], open = [] }: SolveOptions): Network {
  if (open.length + close.length === 0) return network;
  const changes = [
    ...open.map(name => ({ name, to: 'open' as const })),
    ...close.map(name => ({ name, to: 'closed' as const })),
  ];
  const { islands, network: fed } = switched(network, changes);
  for (const { buses, loads } of islands)
    io.say(`without supply: ${buses.length} buses from ${buses[0]} on, ${loads.length} loads`);
  return fed;
}

/** The form that others rely on: names as in the file, phases 1 to 3. */
function forJson({ branches, nodes }: Solution): unknown {
  return {
    nodes: nodes.map(({ angleDeg, bus, phase, voltageV }) => ({ bus, phase, voltageV, angleDeg })),
    branches: branches.map(({ currentA, name, phase }) => ({ name, phase, currentA })),
  };
}

function factsOf(network: Network) {
  const flow = powerFlow(network);
  const { loads, shapes } = network;
  const days = Math.max(0, ...shapes.map(({ stepS, values }) => (stepS * values.length) / 86_400));
  const stepS = Math.min(3600, ...shapes.map(shape => shape.stepS));
  let peakW = 0;
  for (let t = 0; t < 86_400; t += stepS)
    peakW = Math.max(
      peakW,
      drawsAt(network, t).reduce((sum, draw) => sum + draw.w, 0),
    );
  return {
    name: network.name,
    source: network.source,
    buses: flow.buses.length,
    lines: network.lines.length,
    transformers: network.transformers.length,
    loads: loads.length,
    sites: loads.filter(each => each.site !== undefined).length,
    shapes: shapes.length,
    shapeDays: Math.round(days * 100) / 100,
    /** Of the first day. */
    peakW: Math.round(peakW),
    voltageBand: network.voltageBand,
    head: flow.head?.name,
    assets: assetsOf(network),
    warnings: network.warnings ?? [],
  };
}

function print(
  io: Io,
  flow: PowerFlow,
  { branches, head, iterations, nodes }: Solution,
  minute: number,
  rows: number,
): void {
  const { network } = flow;
  const { share, phaseShare, var: reactive, w } = flow.headLoading();
  const { maxBus, maxPhase, maxPu, minBus, minPhase, minPu } = flow.minMaxPu();
  io.out(`${network.name}, minute ${minute}: solved in ${iterations} iterations`);
  const rated = share > 0 ? `, ${percent(share)} of its rating, its fullest phase ${percent(phaseShare)}` : '';
  io.out(`head ${flow.head?.name ?? 'none'}: ${kilo(w)} kW, ${kilo(reactive)} kvar${rated}`);
  for (const { currentA, phase, var: q, w: p } of head)
    io.out(`  phase ${phase}: ${kilo(p)} kW, ${kilo(q)} kvar, ${currentA.toFixed(1)} A`);
  io.out(
    `lowest ${minPu.toFixed(4)} pu at ${minBus}.${minPhase}, highest ${maxPu.toFixed(4)} pu at ${maxBus}.${maxPhase}`,
  );
  const broken = flow.violations();
  io.out(broken.length === 0 ? 'inside every limit' : `${broken.length} limits broken:`);
  for (const violation of broken.slice(0, rows)) io.out(`  ${inWords(violation)}`);
  const byBus = new Map<string, string[]>();
  for (const { angleDeg, bus, phase, pu, voltageV } of nodes) {
    const row = byBus.get(bus) ?? [bus, '', '', ''];
    row[phase] = `${voltageV.toFixed(2)} V ${angleDeg.toFixed(1)}° ${pu.toFixed(4)}`;
    byBus.set(bus, row);
  }
  table(io, ['bus', 'phase 1', 'phase 2', 'phase 3'], [...byBus.values()], rows);
  const byBranch = new Map<string, string[]>();
  for (const { currentA, name, phase } of branches) {
    const row = byBranch.get(name) ?? [name, '', '', ''];
    row[phase] = `${currentA.toFixed(2)} A`;
    byBranch.set(name, row);
  }
  table(io, ['branch', 'phase 1', 'phase 2', 'phase 3'], [...byBranch.values()], rows);
}

function inWords({ kind, limit, name, phase, value }: Violation): string {
  const where = phase === undefined ? name : `${name} phase ${phase}`;
  return kind === 'overload'
    ? `${where} at ${percent(value)} of its rating`
    : `${where} at ${value.toFixed(4)} pu, limit ${limit}`;
}

function table(io: Io, header: readonly string[], rows: readonly (readonly string[])[], most = Infinity): void {
  if (rows.length === 0) return;
  const shown = rows.slice(0, most);
  const widths = header.map((title, i) => Math.max(title.length, ...shown.map(row => (row[i] ?? '').length)));
  io.out('');
  for (const row of [header, ...shown])
    io.out(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  if (rows.length > shown.length) io.out(`… and ${rows.length - shown.length} more; --all shows them`);
}

const kilo = (value: number): string => (value / 1000).toFixed(2);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
