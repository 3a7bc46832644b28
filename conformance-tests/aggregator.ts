/** The aggregator of the AGG, UTIL and MAINT procedures with its devices, and the topology above them (protocol facts 7.2). */
import { type GroupRef, type Level, type ProgramRef } from './operator';
import { type Lab } from './procedure';
import { type Wire, type WireIdentity } from './wire';

export interface AggregatorFixture {
  readonly id: string;
  readonly identity: WireIdentity;
  readonly wire: Wire;
  readonly devices: Map<string, WireIdentity>;
}

export const four = ['EDA1', 'EDA2', 'EDB1', 'EDB2'] as const;

export async function aggregatorWith(
  lab: Lab,
  id: string,
  names: readonly string[] = four,
): Promise<AggregatorFixture> {
  const identity = lab.newIdentity(id, 'aggregator');
  await lab.operator.registerDevice({ ...identity, role: 'aggregator' });
  const fixture = { id, identity, wire: await lab.wire(identity), devices: new Map<string, WireIdentity>() };
  for (const name of names) await addManaged(lab, fixture, name);
  return fixture;
}

export async function addManaged(lab: Lab, fixture: AggregatorFixture, name: string): Promise<WireIdentity> {
  const managed = lab.managedIdentity(`${fixture.id} ${name}`);
  await lab.operator.registerDevice({ ...managed, manager: fixture.identity.lfdi });
  fixture.devices.set(name, managed);
  return managed;
}

export const lfdiOf = ({ devices, identity }: AggregatorFixture, name: string): string =>
  (devices.get(name) ?? identity).lfdi;

export async function clearAggregator(lab: Lab, fixture: AggregatorFixture | undefined): Promise<void> {
  if (!fixture) return;
  for (const { lfdi } of fixture.devices.values()) await lab.operator.removeDevice(lfdi);
  await lab.operator.removeDevice(fixture.identity.lfdi);
}

/** Nodes from the top down: name, level, name of the node above, primacy of its program. */
const nodes: readonly [name: string, level: Level, parent: string, primacy: number][] = [
  ['SY', 'system', '', 10],
  ['SS', 'substation', 'SY', 8],
  ['FDA', 'feeder', 'SS', 7],
  ['FDB', 'feeder', 'SS', 7],
  ['SGA', 'segment', 'FDA', 6],
  ['SGB', 'segment', 'FDB', 6],
  ['TFA', 'service-transformer', 'SGA', 5],
  ['TFB', 'service-transformer', 'SGB', 5],
  ['SPA1', 'service-point', 'TFA', 4],
  ['SPA2', 'service-point', 'TFA', 4],
  ['SPB1', 'service-point', 'TFB', 4],
  ['SPB2', 'service-point', 'TFB', 4],
];

export interface Topology {
  readonly groups: ReadonlyMap<string, GroupRef>;
  readonly programs: ReadonlyMap<string, ProgramRef>;
  /** Name of the node above each. */
  readonly above: Map<string, string>;
  readonly primacy: ReadonlyMap<string, number>;
}

/** The whole tree with a program on each node; device EDx stands under service point SPx. */
export async function topologyFor(
  lab: Pick<Lab, 'operator' | 'managedIdentity'>,
  id: string,
  devices: ReadonlyMap<string, { readonly lfdi: string }>,
): Promise<Topology> {
  const groups = new Map<string, GroupRef>();
  const programs = new Map<string, ProgramRef>();
  // Names of groups are told apart from run to run.
  const tag = lab.managedIdentity(id).lfdi.slice(0, 8);
  for (const [name, level, parent, primacy] of nodes) {
    const above = groups.get(parent);
    const group = await lab.operator.createGroup({
      name: `${id} ${name} ${tag}`,
      level,
      ...(above && { parent: above }),
    });
    groups.set(name, group);
    programs.set(name, await lab.operator.createProgram({ description: `${id} ${name}`, primacy, devices: [], group }));
  }
  for (const [name, { lfdi }] of devices) {
    const under = groups.get(placeOf(name));
    if (under) await lab.operator.placeDevice(lfdi, under);
  }
  return {
    groups,
    programs,
    above: new Map(nodes.map(([name, , parent]) => [name, parent])),
    primacy: new Map(nodes.map(([name, , , primacy]) => [name, primacy])),
  };
}

/** The service point of a device: EDA1 is under SPA1. */
export const placeOf = (device: string): string => device.replace(/^ED/, 'SP').slice(0, 4);

/** Programs of a node and of everything above it, by name. */
export function inheritedBy({ above }: Topology, node: string): string[] {
  const found: string[] = [];
  for (let at: string | undefined = node; at; at = above.get(at)) found.push(at);
  return found;
}

/** A server may keep a program as long as an event of it is to be seen, and a group as long as it has programs. */
export async function clearTopology(lab: Pick<Lab, 'operator'>, topology: Topology | undefined): Promise<void> {
  if (!topology) return;
  const kept = () => undefined;
  for (const program of topology.programs.values()) await lab.operator.removeProgram(program).catch(kept);
  for (const group of [...topology.groups.values()].reverse()) await lab.operator.removeGroup(group).catch(kept);
}
