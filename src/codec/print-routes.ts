/** Prints the resources of the model as tables for people. */
import { allResources } from '../model';
import { type Resource } from '../model/resource';
import { printTable } from './print-table';

const notice = 'Printed by `headroom docs` from `src/model`. Do not edit.';
const modes = ['GET', 'PUT', 'POST', 'DELETE'] as const;
const code = (text: string) => `\`${text}\``;

/** Every resource: path, type, what the standard says of each method, who may see it. */
export function printRoutes(): string {
  const rows = allResources.map(r => [
    code(r.path),
    code(r.name),
    r.type.name,
    ...modes.map(method => r.methods[method] ?? 'E'),
    r.owner,
    r.subscribe ? 'yes' : '',
    r.poll === undefined ? '' : String(r.poll),
  ]);
  return (
    [
      '# Routes',
      notice,
      'Methods as the standard has them: M mandatory, O optional, D discouraged, E an error. HEAD goes with GET. Which optional ones this server offers is in [choices](../docs/choices.md).',
      printTable(['Path', 'Name', 'Type', ...modes, 'Seen by', 'Subscribable', 'pollRate, s'], rows),
    ].join('\n\n') + '\n'
  );
}

/** Every list and the keys it is sorted by. */
export function printListOrder(): string {
  const keys = (r: Resource) =>
    (r.order ?? []).map(key => `${key.replace('-', '')} ${key.startsWith('-') ? 'descending' : 'ascending'}`);
  const lists = allResources.filter(r => r.order && r.type.item);
  return (
    [
      '# List order',
      notice,
      'Keys in the order they count. mRIDs and LFDIs compare as numbers. What the keys leave equal is sorted by href.',
      printTable(
        ['List', 'Path', 'Keys'],
        lists.map(r => [r.type.name, code(r.path), keys(r).join(', ')]),
      ),
    ].join('\n\n') + '\n'
  );
}
