import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { Problem } from '../base/problem';
import { openStore } from '../store/open';
import { initPki, pkiDir } from '../tls';
import { checkConfig, defaultConfig, type Config } from './config';

export const operatorKeyFile = 'operator.key';

/**
 * Makes a folder a server can run from: config.json, PKI, operator key, empty database. Nothing that is there is ever
 * overwritten, and when a part cannot be made, those made before it are taken away again.
 * @returns the LFDI of the server's certificate
 * @throws Problem BAD_USAGE when the folder holds one of them already, BAD_CONFIG, or what the file system says
 */
export async function initDir(
  dir: string,
  given: Partial<Config>,
  deps: { clock: Clock; log: Log; metrics: Metrics },
): Promise<{ lfdi: string }> {
  const config = checkConfig({ ...defaultConfig(), ...given }, 'options');
  const file = join(dir, 'config.json');
  if (existsSync(file)) throw new Problem('BAD_USAGE', { at: file, note: 'this folder is set up already' });
  const pki = pkiDir(dir, config.pki);
  const key = join(dir, operatorKeyFile);
  const database = config.database === ':memory:' ? undefined : resolve(dir, config.database);
  for (const path of [pki, key, ...(database === undefined ? [] : [database])])
    if (existsSync(path))
      throw new Problem('BAD_USAGE', {
        at: path,
        note: 'it is there already; choose an empty folder, or move it away',
      });
  const made: string[] = [];
  const make = async <T>(path: string, how: () => T | Promise<T>): Promise<T> => {
    made.unshift(path);
    return how();
  };
  try {
    const top = mkdirSync(dir, { recursive: true });
    if (top !== undefined) made.unshift(top);
    const { lfdi } = await make(pki, () =>
      initPki(dir, { clock: deps.clock, pen: config.enterpriseNumber, folder: config.pki }),
    );
    await make(key, () => writeNew(key, `${randomBytes(32).toString('base64url')}\n`, 0o600));
    if (database !== undefined)
      await make(database, async () =>
        (await openStore({ kind: 'sqlite', file: database, mode: 'create' }, deps)).close(),
      );
    // Last, because its presence says that all the rest is there.
    await make(file, () => writeNew(file, `${JSON.stringify(config, null, 2)}\n`, 0o644));
    return { lfdi };
  } catch (error) {
    for (const path of made) takeAway(path);
    throw error;
  }
}

function takeAway(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It could not be made and so cannot be removed; why is told by the error on its way.
  }
}

export function readOperatorKey(dir: string): string {
  const file = join(dir, operatorKeyFile);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Problem('BAD_CONFIG', { at: file, note: 'the key of the operator API cannot be read', cause });
  }
}

function writeNew(file: string, text: string, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
