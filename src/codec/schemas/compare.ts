/** Compares two schemas by what they say, type by type. */
import { type Facts } from './facts';

export interface Comparison {
  /** Types and global elements of either side. */
  readonly types: number;
  readonly identicalTypes: number;
  readonly elements: number;
  readonly identicalElements: number;
  /** One line each: what differs. */
  readonly differences: readonly string[];
}

export function compareFacts(ours: Facts, theirs: Facts): Comparison {
  const differences: string[] = [];
  const types = names(ours.types, theirs.types);
  const elements = names(ours.elements, theirs.elements);
  const identicalTypes = types.filter(name => {
    const [a, b] = [ours.types.get(name), theirs.types.get(name)];
    const found = !a ? ['ours has no such type'] : !b ? ['theirs has no such type'] : differing(a, b);
    differences.push(...found.map(what => `type ${name}: ${what}`));
    return found.length === 0;
  }).length;
  const identicalElements = elements.filter(name => {
    const [a, b] = [ours.elements.get(name), theirs.elements.get(name)];
    if (a === b) return true;
    differences.push(`element ${name}: ours ${a ?? 'has none'}, theirs ${b ?? 'has none'}`);
    return false;
  }).length;
  return { types: types.length, identicalTypes, elements: elements.length, identicalElements, differences };
}

const names = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>) =>
  [...new Set([...a.keys(), ...b.keys()])].sort();

function differing(ours: readonly string[], theirs: readonly string[]): string[] {
  const missing = theirs.filter(line => !ours.includes(line)).map(line => `theirs has ${line}`);
  const added = ours.filter(line => !theirs.includes(line)).map(line => `ours has ${line}`);
  if (missing.length + added.length > 0) return [...missing, ...added];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  if (at >= 0) return [`another order: ours has ${ours[at]} where theirs has ${theirs[at]}`];
  return ours.length === theirs.length ? [] : [`ours says ${ours.length} things, theirs ${theirs.length}`];
}
