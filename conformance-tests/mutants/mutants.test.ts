import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { select } from '../procedures';
import { mutants } from '.';

const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');

it('has mutants with names of their own, each meant for a procedure that is there', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  for (const { caughtBy } of mutants) expect(select([caughtBy]).map(({ id }) => id)).toEqual([caughtBy]);
});

it('tells of each in the README', () => {
  const rows = [...readme.matchAll(/^\| ([^|]+?) +\| ([A-Z]+-\d+[A-G]?) +\|/gm)].map(row => row.slice(1, 3));
  expect(rows).toEqual(mutants.map(({ name, caughtBy }) => [name, caughtBy]));
});
