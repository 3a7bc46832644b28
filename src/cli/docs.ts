import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { metricTable } from '../base/metrics';
import { Problem, problems } from '../base/problem';
import { printListOrder, printRoutes } from '../codec/print-routes';
import { printTable } from '../codec/print-table';
import { printWadl } from '../codec/print-wadl';
import { printXsd } from '../codec/print-xsd';
import { dialects } from '../model/dialect';
import { openApi } from '../console/openapi';
import { operatorRoutes } from '../console/routes';
import { configTableText } from '../server/config';
import { reasons } from '../services/reasons';
import { type AddCommand, type Io } from './command';

/** A file that is printed from what the code declares. */
export interface Generated {
  /** Path below the root of the repository. */
  readonly file: string;
  readonly content: string;
}

const sentence = (what: string) => `Printed by \`headroom docs\` from \`${what}\`. Do not edit.`;
const page = (...parts: string[]) => `${parts.join('\n\n')}\n`;
const code = (text: string) => `\`${text}\``;

/** What `schemas/` holds. */
export const schemaFiles = (): Generated[] =>
  [
    ...Object.values(dialects).flatMap(printXsd),
    { file: 'ieee-2030.5-2018.wadl', content: printWadl() },
    { file: 'routes.md', content: printRoutes() },
    { file: 'list-order.md', content: printListOrder() },
    { file: 'operator-api.json', content: `${JSON.stringify(openApi(operatorRoutes), null, 2)}\n` },
  ].map(({ file, content }) => ({ file: `schemas/${file}`, content }));

function errors(): Generated {
  const rows = Object.entries(problems).map(([name, entry]) => [
    code(name),
    entry.status === 0 ? '' : String(entry.status),
    'reasonCode' in entry ? String(entry.reasonCode) : '',
    entry.level,
    entry.meaning,
    entry.remedy,
  ]);
  const content = page(
    '# Errors',
    sentence('src/base/problem.ts'),
    'Everything that can go wrong. A peer sees the HTTP status and, where there is one, the reason code in an `Error` document; the rest is in the log and on the terminal.',
    printTable(['Code', 'HTTP', 'reasonCode', 'Level', 'Meaning', 'What to do'], rows),
  );
  return { file: 'docs/errors.md', content };
}

function metrics(): Generated {
  const rows = Object.entries(metricTable).map(([name, { kind, labels, help }]) => [
    code(name),
    kind,
    labels.map(code).join(', '),
    help,
  ]);
  const content = page(
    '# Metrics',
    sentence('src/base/metrics.ts'),
    'All in Prometheus text form. Labels take values from small closed sets.',
    printTable(['Name', 'Kind', 'Labels', 'What it counts'], rows),
  );
  return { file: 'docs/metrics.md', content };
}

function reductionReasons(): Generated {
  const yes = (is: boolean) => (is ? 'yes' : '');
  const rows = Object.entries(reasons).map(([name, { atOnce, belowFirm, by, means }]) => [
    code(name),
    means,
    by,
    yes(belowFirm),
    yes(atOnce),
  ]);
  const content = page(
    '# Reasons of reductions',
    sentence('src/services/reasons.ts'),
    'Limits go below what was published for one of these reasons or not at all ([envelope-products.md](envelope-products.md)). Those of the server are given by the rule that lowers.',
    printTable(['Code', 'Means', 'Given by', 'May go below firm', 'Need not wait for the notice of a contract'], rows),
  );
  return { file: 'docs/reasons.md', content };
}

const configuration = (): Generated => ({
  file: 'docs/configuration.md',
  content: page(
    '# Configuration',
    sentence('src/server/config-table.ts'),
    'Fields of `config.json` in the folder that `headroom init DIR` makes. A field that is left out has its default. `--set FIELD=VALUE` of `headroom init` writes a field, and of `headroom serve` overrides it for one run.',
    configTableText(),
  ),
});

/** Whatever is printed from the code; one more producer is one more line. */
const producers: readonly (() => Generated | Generated[])[] = [
  schemaFiles,
  errors,
  metrics,
  configuration,
  reductionReasons,
];

export const generated = (): Generated[] => producers.flatMap(produce => produce());

/** Files that are not what the code would print, with the first line that differs. */
export function outdated(root: string): string[] {
  return generated().flatMap(({ file, content }) => {
    const path = join(root, file);
    if (!existsSync(path)) return [`${file}: missing`];
    const there = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    if (there === content) return [];
    const wanted = content.split('\n');
    const line = there.split('\n').findIndex((text, i) => text !== wanted[i]);
    return [`${file}: line ${line < 0 ? wanted.length : line + 1} differs`];
  });
}

/** Writes files below the working folder and names each. */
export function printGenerated(io: Pick<Io, 'cwd' | 'out'>, files: readonly Generated[]): void {
  for (const { file, content } of files) {
    mkdirSync(dirname(join(io.cwd, file)), { recursive: true });
    writeFileSync(join(io.cwd, file), content);
    io.out(file);
  }
}

/** Prints schemas and tables from the code, or checks that those in the repository are up to date. */
export const docs: AddCommand = (program, io) => {
  program
    .command('docs')
    .description('print schemas and tables from the code; in a checkout')
    .option('--check', 'write nothing; exit 1 and name what is out of date')
    .action(({ check }: { check?: boolean }) => {
      if (!existsSync(join(io.cwd, 'schemas')))
        throw new Problem('BAD_USAGE', { at: io.cwd, note: 'not the root of a checkout: no folder schemas' });
      if (check) {
        const differing = outdated(io.cwd);
        for (const line of differing) io.out(line);
        if (differing.length === 0) return io.say('generated files are up to date');
        io.say('run `npm run docs` and commit what it prints');
        io.exitCode = 1;
        return;
      }
      printGenerated(io, generated());
    });
};
