import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../base/problem';
import { printWadl } from '../codec/print-wadl';
import { printXsd } from '../codec/print-xsd';
import { compareFacts } from '../codec/schemas/compare';
import { factsOf } from '../codec/schemas/facts';
import { officialDir, officialSchema } from '../codec/schemas/official';
import { compareWadl, wadlFacts } from '../codec/schemas/wadl-facts';
import { dialects } from '../model/dialect';
import { type AddCommand, type Io } from './command';
import { printGenerated, schemaFiles } from './docs';

/** Prints `schemas/` from the model, or compares what it prints with the official schemas. */
export const schemas: AddCommand = (program, io) => {
  program
    .command('schemas')
    .description('print schemas/ from the model; in a checkout')
    .option('--compare', 'write nothing; compare with the official schemas in SEP_SCHEMA_DIR, type by type')
    .action(({ compare }: { compare?: boolean }) => {
      if (!existsSync(join(io.cwd, 'schemas')))
        throw new Problem('BAD_USAGE', { at: io.cwd, note: 'not the root of a checkout: no folder schemas' });
      if (compare) compareAll(io, officialDir(io.cwd, process.env));
      else printGenerated(io, schemaFiles());
    });
};

/** One line for each edition and profile, led by its differences. What is not at hand is named, loudly, as skipped. */
export function compareAll(io: Pick<Io, 'out' | 'say' | 'exitCode'>, dir: string): void {
  const skipped: string[] = [];
  // Of the draft we print what we write to its clients; there is nothing to compare that with.
  for (const dialect of Object.values(dialects).filter(d => !d.draft)) {
    const official = officialSchema(dir, dialect.id);
    if (!official) {
      skipped.push(dialect.id);
      continue;
    }
    const found = compareFacts(factsOf(printXsd(dialect)), factsOf(official));
    for (const line of found.differences) io.out(`${dialect.id}: ${line}`);
    io.out(
      `${dialect.id}: ${found.identicalTypes} of ${found.types} types identical, ${found.identicalElements} of ${found.elements} elements`,
    );
    if (found.differences.length > 0) io.exitCode = 1;
  }
  const wadl = join(dir, 'wadl', 'sep_wadl-draft.xml');
  if (existsSync(wadl)) {
    const theirs = wadlFacts(readFileSync(wadl, 'utf8'));
    const differences = compareWadl(wadlFacts(printWadl()), theirs);
    for (const line of differences) io.out(`wadl: ${line}`);
    io.out(`wadl: ${theirs.length - differences.length} of ${theirs.length} resources identical`);
    if (differences.length > 0) io.exitCode = 1;
  } else skipped.push('wadl');
  for (const id of skipped) {
    io.out(`${id}: SKIPPED, no official schema in ${dir}`);
    io.say(`NOT COMPARED: ${id}. Put the official schemas in SEP_SCHEMA_DIR (now ${dir}) and run this again.`);
  }
}
