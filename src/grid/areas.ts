/**
 * The feeders of a network: what hangs from the first bus that more than one branch leaves, each branch with all below it. What happens in
 * one of them reaches the others only through what they share upstream of that bus.
 */
import { type Network } from './network';
import { topologyOf } from './topology';

/** For a bus or a branch, by name, the number of its feeder; undefined for what all of them share. */
export function feederOf(network: Network): (name: string) => number | undefined {
  const { branches, buses, parent } = topologyOf(network);
  const children = new Map<number, number[]>();
  for (let bus = 1; bus < buses.length; bus++) {
    const up = parent[bus] as number;
    children.set(up, [...(children.get(up) ?? []), bus]);
  }
  let fork = 0;
  while (children.get(fork)?.length === 1) fork = children.get(fork)?.[0] ?? 0;
  const of = new Map<string, number>();
  const numbers = new Int32Array(buses.length).fill(-1);
  (children.get(fork) ?? []).forEach((bus, i) => (numbers[bus] = i));
  // Buses stand root first, so a parent's number is known before its children's.
  for (let bus = 1; bus < buses.length; bus++) {
    const own = numbers[bus] as number;
    numbers[bus] = own >= 0 ? own : (numbers[parent[bus] as number] as number);
    if ((numbers[bus] as number) >= 0) of.set(`bus ${(buses[bus] as string).toLowerCase()}`, numbers[bus] as number);
  }
  for (const { name, to } of branches)
    if ((numbers[to] as number) >= 0) of.set(`branch ${name.toLowerCase()}`, numbers[to] as number);
  return name => of.get(name);
}
