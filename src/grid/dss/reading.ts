/** Looking up the properties of one OpenDSS object, the last assignment winning. */
import { type Phase } from '../network';
import { type Assignment, type DssObject } from './script';
import { bad, flag, integer, number } from './values';

export function last(object: DssObject, ...properties: string[]): Assignment | undefined {
  return object.assignments.findLast(({ property }) => properties.includes(property));
}

export function numberOf(object: DssObject, property: string, otherwise: number): number {
  const found = last(object, property);
  return found ? number(found.value, found.at, `${object.name}.${property}`) : otherwise;
}

export function integerOf(object: DssObject, property: string, otherwise: number): number {
  const found = last(object, property);
  return found ? integer(found.value, found.at, `${object.name}.${property}`) : otherwise;
}

export function textOf(object: DssObject, property: string): string | undefined {
  return last(object, property)?.value.trim();
}

export function flagOf(object: DssObject, property: string, otherwise: boolean): boolean {
  const found = last(object, property);
  return found ? flag(found.value, found.at, `${object.name}.${property}`) : otherwise;
}

export interface Terminal {
  readonly bus: string;
  readonly phases: readonly Phase[];
}

/**
 * A bus with its nodes, `x.1.3`. Without nodes they are 1 … count; a node 0 after them is earth.
 * @throws Problem BAD_NETWORK for other nodes: explicit neutrals and elements between phases.
 */
export function terminal(value: string, count: number, at: string, what: string): Terminal {
  const [bus = '', ...nodes] = value.trim().split('.');
  if (bus === '') throw bad(at, `${what} names no bus`, value);
  if (count > 3) throw bad(at, `${what} has ${count} phases; at most 3 are supported`);
  if (nodes.length === 0) return { bus, phases: ([1, 2, 3] as const).slice(0, count) };
  const phases = nodes.slice(0, count).map(node => Number(node));
  const beyond = nodes.slice(count);
  if (phases.length < count || phases.some(phase => ![1, 2, 3].includes(phase)) || new Set(phases).size !== count)
    throw bad(at, `${what}: only different nodes 1, 2, 3 are supported`, value);
  if (beyond.some(node => node !== '0'))
    throw bad(at, `${what}: explicit neutrals and elements between phases are not supported`, value);
  return { bus, phases: phases as Phase[] };
}

/** The two nodes, of `x.2.3`, that something of one phase lies between; undefined where it is to neutral. */
export function between(value: string): { readonly bus: string; readonly phases: readonly Phase[] } | undefined {
  const [bus = '', ...nodes] = value.trim().split('.');
  const [one, two] = nodes.map(Number);
  const live = (node: number | undefined): boolean => node === 1 || node === 2 || node === 3;
  if (nodes.length !== 2 || !live(one) || !live(two) || one === two) return undefined;
  return { bus, phases: [one, two] as Phase[] };
}

/** As `terminal`, of an object's property. @throws Problem BAD_NETWORK also when it is missing. */
export function terminalOf(object: DssObject, property: string, count: number): Terminal {
  const found = last(object, property);
  const what = `${object.className} ${object.name}`;
  if (!found) throw bad(object.at, `${what} has no ${property}`);
  return terminal(found.value, count, found.at, what);
}
