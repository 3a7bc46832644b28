/**
 * The configuration as a declared table: name, type, default, meaning. Validation, the file that `headroom init` writes and
 * `docs/configuration.md` all come from it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { printTable } from '../codec/print-table';
import { allResources } from '../model';
import { type FieldSpec } from './config-fields';
import { configTable } from './config-table';

export type Config = {
  -readonly [K in keyof typeof configTable]: (typeof configTable)[K] extends FieldSpec<infer T> ? T : never;
};

export function defaultConfig(): Config {
  return Object.fromEntries(Object.entries(configTable).map(([name, spec]) => [name, spec.default])) as Config;
}

/** Of one envelope; more would be an engine's run of minutes and controls nobody can hold. */
const mostSteps = 20_000;

/** @throws Problem of that code where a name is no resource, or a rate no whole seconds */
export function checkPollRates(
  rates: Readonly<Record<string, unknown>>,
  code: 'BAD_CONFIG' | 'BAD_VALUE',
  at: string,
): void {
  const names = allResources.map(resource => resource.name);
  for (const [name, rate] of Object.entries(rates)) {
    if (!names.includes(name))
      throw new Problem(code, { at: `${at}${name}`, note: orElse('no such resource', name, names) });
    if (!Number.isInteger(rate) || (rate as number) < 1)
      throw new Problem(code, { at: `${at}${name}`, want: 'whole seconds, 1 or more', got: rate });
  }
}

/** Checks a configuration object field by field. @throws Problem BAD_CONFIG that names the field and what it wants. */
export function checkConfig(raw: unknown, where: string): Config {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Problem('BAD_CONFIG', { at: where, want: 'a JSON object' });
  const config: Record<string, unknown> = defaultConfig();
  for (const [name, value] of Object.entries(raw)) {
    const spec = (configTable as Record<string, FieldSpec<unknown>>)[name];
    if (!spec)
      throw new Problem('BAD_CONFIG', {
        at: `${where}: ${name}`,
        note: orElse('no such field', name, Object.keys(configTable)),
      });
    const want = spec.check(value);
    if (want) throw new Problem('BAD_CONFIG', { at: `${where}: ${name}`, want, got: value });
    config[name] = value;
  }
  checkPollRates(config['pollRates'] as Record<string, unknown>, 'BAD_CONFIG', `${where}: pollRates.`);
  const { envelopeHorizonS, envelopeStepS } = config as Config;
  if (envelopeHorizonS / envelopeStepS > mostSteps)
    throw new Problem('BAD_CONFIG', {
      at: `${where}: envelopeHorizonS`,
      want: `at most ${mostSteps} steps of envelopeStepS`,
      got: envelopeHorizonS,
    });
  return config as Config;
}

/** Reads `config.json` of a folder made by `headroom init`. @throws Problem BAD_CONFIG */
export function readConfig(dir: string): Config {
  const file = resolve(dir, 'config.json');
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_CONFIG', { at: file, note: 'cannot be read; `headroom init DIR` makes one', cause });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(source);
  } catch (cause) {
    throw new Problem('BAD_CONFIG', { at: file, note: `not JSON: ${(cause as Error).message}`, cause });
  }
  return checkConfig(raw, file);
}

/** The configuration table as Markdown, for `docs/configuration.md`. */
export function configTableText(): string {
  const rows = Object.entries(configTable as Record<string, FieldSpec<unknown>>).map(([name, spec]) => [
    `\`${name}\``,
    spec.type,
    `\`${JSON.stringify(spec.default)}\``,
    spec.means,
  ]);
  return printTable(['Field', 'Type', 'Default', 'Meaning'], rows);
}
