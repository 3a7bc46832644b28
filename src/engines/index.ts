/**
 * The engines of the house, and the way to one from outside. A new engine of ours is one file and one line in the table; one
 * from outside is a module named by path in the configuration (docs/engines.md).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Problem } from '../base/problem';
import { type Engine, type EngineFactory } from './api';
import { ami } from './ami';
import { boxRobust } from './box-robust';
import { firstOf, minOf } from './composed';
import { equalShare } from './equal-share';
import { external } from './external';
import { group } from './group';
import { headroom } from './headroom';
import { oe1 } from './oe1';
import { oe2, oe3, oe4 } from './oe234';
import { staticProfile } from './static';
import { worstHour } from './worst-hour';

export const engines = {
  'equal-share': equalShare,
  static: staticProfile,
  'worst-hour': worstHour,
  headroom,
  'box-robust': boxRobust,
  group,
  oe1,
  oe2,
  oe3,
  oe4,
  ami,
  'min-of': minOf,
  'first-of': firstOf,
  external,
} satisfies Record<string, EngineFactory>;

export const engineNames = Object.keys(engines);

/** An engine made, and all that a worker thread needs to make it again. */
export interface LoadedEngine {
  readonly engine: Engine;
  /** A name of the table, or the absolute path of a module. */
  readonly source: string;
  /** Whether it comes from outside this house: such engines run in a worker thread unless told otherwise. */
  readonly outside: boolean;
  readonly options: unknown;
  readonly baseDir: string;
}

/**
 * Makes the engine that a configuration names: one of the table, or a module by path, relative to `baseDir`.
 * @throws Problem UNKNOWN_ENGINE for a name we do not have, BAD_CONFIG for a module we cannot use or options it refuses.
 */
export function loadEngine(source: string, options: unknown, baseDir: string): LoadedEngine {
  const place = { baseDir, load: (name: string, own: unknown) => loadEngine(name, own, baseDir).engine };
  if (Object.hasOwn(engines, source)) {
    const engine = engines[source as keyof typeof engines](options, place);
    return { engine, source, outside: false, options, baseDir };
  }
  if (!looksLikePath(source))
    throw new Problem('UNKNOWN_ENGINE', {
      at: 'engine',
      got: source,
      // A note is told whole, however many engines there are.
      note: `there are ${engineNames.join(', ')}, or a path such as ./my-engine.js`,
    });
  const file = path.resolve(baseDir, source);
  const factory = factoryOf(file);
  try {
    const engine = factory(options, place);
    checkEngine(engine, file);
    return { engine, source: file, outside: true, options, baseDir };
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw unusable(file, `its factory threw: ${messageOf(thrown)}`, thrown);
  }
}

const looksLikePath = (source: string) => /[/\\]|\.[cm]?js$/.test(source);

function factoryOf(file: string): EngineFactory {
  if (!existsSync(file)) throw unusable(file, 'there is no such file');
  let exported: Record<string, unknown>;
  try {
    const module: unknown = createRequire(__filename)(file);
    exported = (typeof module === 'object' || typeof module === 'function') && module ? { ...module } : {};
  } catch (cause) {
    throw unusable(file, `the module cannot be loaded: ${messageOf(cause)}`, cause);
  }
  // A module written as ESM and compiled to CommonJS may carry everything below `default`.
  const inner = exported['default'];
  const all = { ...(typeof inner === 'object' ? inner : {}), ...exported } as Record<string, unknown>;
  if (all['api'] !== 1) throw unusable(file, `it must export api: 1, and exports ${show(all['api'])}`);
  const factory = typeof inner === 'function' ? inner : all['engine'];
  if (typeof factory !== 'function')
    throw unusable(file, 'it must export its factory, a function, as `engine` or as default');
  return factory as EngineFactory;
}

function checkEngine(engine: unknown, file: string): void {
  const { name, api, compute } = (typeof engine === 'object' && engine ? engine : {}) as Partial<Engine>;
  if (typeof compute !== 'function')
    throw unusable(file, 'its factory must return an engine with a function `compute`');
  if (api !== 1) throw unusable(file, `its engine must say api: 1, and says ${show(api)}`);
  if (typeof name !== 'string' || !/^[\w.-]{1,40}$/.test(name))
    throw unusable(file, 'its engine must have a name of at most 40 letters, digits, - . _');
}

function unusable(file: string, note: string, cause?: unknown): Problem {
  return new Problem('BAD_CONFIG', { at: 'engine', got: file, note, ...(cause !== undefined && { cause }) });
}
const messageOf = (thrown: unknown) =>
  thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
const show = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value));
