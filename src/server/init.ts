import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { Problem } from '../base/problem';
import { openStore } from '../store/open';
import { initPki, loadServerFiles, lfdiOf, pemToDer } from '../tls';
import { checkConfig, defaultConfig, type Config } from './config';

export const operatorKeyFile = 'operator.key';

/**
 * Makes a folder a server can run from: config.json, PKI, operator key, empty database. Refuses to touch one that has a
 * configuration already, so nothing is ever overwritten.
 * @returns the LFDI of the server's certificate
 */
export async function initDir(
  dir: string,
  given: Partial<Config>,
  deps: { clock: Clock; log: Log; metrics: Metrics },
): Promise<{ lfdi: string }> {
  const file = join(dir, 'config.json');
  if (existsSync(file)) throw new Problem('BAD_USAGE', { at: file, note: 'this folder is set up already' });
  const config = checkConfig({ ...defaultConfig(), ...given }, 'options');
  mkdirSync(dir, { recursive: true });
  initPki(dir, { clock: deps.clock, pen: config.enterpriseNumber });
  writeNew(join(dir, operatorKeyFile), `${randomBytes(32).toString('base64url')}\n`, 0o600);
  if (config.database !== ':memory:') {
    const store = await openStore({ kind: 'sqlite', file: join(dir, config.database), mode: 'create' }, deps);
    await store.close();
  }
  // Last, because its presence says that all the rest is there.
  writeNew(file, `${JSON.stringify(config, null, 2)}\n`, 0o644);
  const [leaf] = pemToDer(loadServerFiles(dir).chainPem, 'server.chain.pem');
  return { lfdi: leaf ? lfdiOf(leaf) : '' };
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
