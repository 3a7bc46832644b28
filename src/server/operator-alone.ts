import { resolve } from 'node:path';
import { auditor } from '../services/audit';
import { openStore } from '../store/open';
import { envelopeService } from './envelopes';
import { houseOf } from './house';
import { readOperatorKey } from './init';
import { keptSettings } from './kept-settings';
import { listen } from './listen';
import { operatorServer } from './operator';
import { trustService } from './trust-service';
import { type ServerDeps } from './deps';

/** The operator API without the device port, on a free loopback port: for commands while no server runs. */
export async function startOperator(
  deps: ServerDeps,
): Promise<{ port: number; key: string; close: () => Promise<void> }> {
  const { dir, config } = deps;
  const key = readOperatorKey(dir);
  const store = await openStore({ kind: 'sqlite', file: resolve(dir, config.database), mode: 'open' }, deps);
  try {
    const audit = auditor({ ...deps, store });
    const envelopes = await envelopeService({ ...deps, store, audit });
    const house = houseOf(config);
    const server = operatorServer(
      { ...deps, config: { ...config, operatorChain: '', operatorKey: '', operatorClientRoots: '' } },
      {
        store,
        envelopes,
        house,
        settings: await keptSettings({ ...deps, store, house }),
        key,
        audit,
        trust: await trustService({ ...deps, store }),
      },
    );
    const port = await listen(server, '127.0.0.1', 0, 'operator');
    return {
      port,
      key,
      close: async () => {
        await new Promise<void>(done => {
          server.close(() => done());
          server.closeAllConnections();
        });
        await envelopes.stop();
        await audit.settled();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
