import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { promMetrics } from '../../base/metrics';
import { type Config } from '../config';
import { initDir } from '../init';

/** Past for the machine's clock too: OpenSSL judges the client's view of certificates by that one. */
const longAgo = Date.UTC(2024, 0, 1) / 1000;

/** A folder to serve from, taken away by `remove`. */
export async function folder(config: Partial<Config> = {}): Promise<{ dir: string; remove: () => void }> {
  const root = mkdtempSync(join(tmpdir(), 'headroom-house-'));
  const dir = join(root, 'house');
  await initDir(
    dir,
    { host: '127.0.0.1', port: 0, operatorPort: 0, ...config },
    { clock: new ManualClock(longAgo + 86_400), log: keptLog(), metrics: promMetrics() },
  );
  return { dir, remove: () => rmSync(root, { recursive: true, force: true }) };
}
