/**
 * Opening and closing switches: the tree is rooted again at the source, loops are refused by name, and what is left without supply is
 * named and taken out (envelopes reference 3.7b).
 */
import { Problem } from '../base/problem';
import { type Line, type Network } from './network';
import { isClosed } from './topology';

export interface SwitchChange {
  readonly name: string;
  readonly to: 'open' | 'closed';
}

export interface Switched {
  /** What the source still feeds. */
  readonly network: Network;
  /** Groups of buses that nothing feeds any more, each with the names of its loads. */
  readonly islands: readonly { readonly buses: readonly string[]; readonly loads: readonly string[] }[];
}

/**
 * The network after these changes.
 * @throws Problem BAD_NETWORK when there is no such switch, or when closed branches make a loop: it names the branches around it.
 */
export function switched(network: Network, changes: readonly SwitchChange[]): Switched {
  const to = new Map(changes.map(change => [change.name.toLowerCase(), change.to]));
  const known = new Set(network.lines.filter(line => line.switch).map(line => line.name.toLowerCase()));
  for (const { name } of changes)
    if (!known.has(name.toLowerCase()))
      throw new Problem('BAD_NETWORK', { at: `switch ${name}`, note: 'there is no such switch' });
  const lines = network.lines.map((line): Line => {
    const stands = to.get(line.name.toLowerCase());
    return stands === undefined ? line : { ...line, switch: stands };
  });
  return connected({ ...network, lines });
}

/** The part that hangs on the source, and the islands. @throws Problem BAD_NETWORK naming a loop. */
export function connected(network: Network): Switched {
  const groups = new Groups();
  const branches = [...network.transformers, ...network.lines.filter(isClosed)];
  const joined: { name: string; from: string; to: string }[] = [];
  for (const { from, name, to } of branches) {
    if (!groups.join(key(from), key(to)))
      throw new Problem('BAD_NETWORK', {
        at: `branch ${name}`,
        note: `closes a loop with ${pathBetween(joined, key(from), key(to)).join(', ')}; open one of them`,
      });
    joined.push({ name, from: key(from), to: key(to) });
  }
  const root = groups.of(key(network.source.bus));
  const fed = (bus: string): boolean => groups.of(key(bus)) === root;
  const lost = new Map<string, { buses: Set<string>; loads: string[] }>();
  const island = (bus: string): { buses: Set<string>; loads: string[] } => {
    const at = groups.of(key(bus));
    const there = lost.get(at) ?? { buses: new Set(), loads: [] };
    lost.set(at, there);
    there.buses.add(bus);
    return there;
  };
  for (const { from, to } of [...network.transformers, ...network.lines])
    for (const bus of [from, to]) if (!fed(bus)) island(bus);
  for (const load of network.loads) if (!fed(load.bus)) island(load.bus).loads.push(load.name);
  const { capacitors } = network;
  return {
    network: {
      ...network,
      transformers: network.transformers.filter(({ from }) => fed(from)),
      // An open switch stays where both its ends are fed, so that it can be closed again.
      lines: network.lines.filter(line => fed(line.from) && fed(line.to)),
      loads: network.loads.filter(({ bus }) => fed(bus)),
      ...(capacitors ? { capacitors: capacitors.filter(({ bus }) => fed(bus)) } : {}),
    },
    islands: [...lost.values()].map(({ buses, loads }) => ({ buses: [...buses], loads })),
  };
}

const key = (bus: string): string => bus.toLowerCase();

/** Union-find over names. */
class Groups {
  private readonly up = new Map<string, string>();

  of(name: string): string {
    let at = name;
    for (let next = this.up.get(at); next !== undefined; next = this.up.get(at)) at = next;
    if (at !== name) this.up.set(name, at);
    return at;
  }

  /** Answers false when they were together already. */
  join(a: string, b: string): boolean {
    const [one, two] = [this.of(a), this.of(b)];
    if (one === two) return false;
    this.up.set(one, two);
    return true;
  }
}

/** Names of the branches on the way from a to b in a forest. */
function pathBetween(branches: readonly { name: string; from: string; to: string }[], a: string, b: string): string[] {
  const next = new Map<string, { bus: string; name: string }[]>();
  for (const { from, name, to } of branches)
    for (const [here, there] of [
      [from, to],
      [to, from],
    ] as const)
      next.set(here, [...(next.get(here) ?? []), { bus: there, name }]);
  const cameBy = new Map<string, { bus: string; name: string } | undefined>([[a, undefined]]);
  for (const bus of cameBy.keys())
    for (const { bus: far, name } of next.get(bus) ?? []) if (!cameBy.has(far)) cameBy.set(far, { bus, name });
  const path: string[] = [];
  for (let at = cameBy.get(b); at; at = cameBy.get(at.bus)) path.push(at.name);
  return path;
}
