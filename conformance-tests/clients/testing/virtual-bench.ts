/**
 * The test server and a client under test in one process, over real mutual TLS, on a clock that is moved by hand: minutes pass in
 * a fraction of a second, and always the same way.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../src/base/clock';
import { countingIds } from '../../../src/base/ids';
import { silentLog } from '../../../src/base/log';
import { noMetrics } from '../../../src/base/metrics';
import { seededRandom, type Random } from '../../../src/base/random';
import { nextTurn } from '../../../src/base/turn';
import { tasks, type Tasks } from '../../../src/base/tasks';
import { openTestLab, type TestLab } from '../../../src/cli/testserver/lab';
import { initDir } from '../../../src/server/init';
import { type Device, issueDevice, loadPki } from '../../../src/tls';
import { type ProcedureResult } from '../../run';
import { clientClaims, type ClientClaim, type ClientScenario, type Role } from '../client-scenario';
import { runClient } from '../run-client';

/** Past for the machine's clock too: OpenSSL judges certificates by that one. */
const longAgo = Date.UTC(2024, 0, 1) / 1000;
export const t0 = 1_790_000_000;

/** Where a client sits and what it is given. */
export interface Seat {
  readonly host: string;
  readonly port: number;
  readonly device: Device;
  readonly rootsPem: string;
  /** Its own clock, which nobody sets off. */
  readonly clock: ManualClock;
  readonly tasks: Tasks;
  readonly random: Random;
}

/** A client with everything that can be asked of whoever has it in hand. */
export interface Driven {
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
  alarms(): void;
  /** Lives through a second. */
  second?(now: number): void;
}
export type Make = (seat: Seat) => Driven;

export interface VirtualBench {
  run(scenario: ClientScenario, make: Make, role: Role, claims?: readonly ClientClaim[]): Promise<ProcedureResult>;
  close(): Promise<void>;
}

export async function virtualBench(): Promise<VirtualBench> {
  const root = mkdtempSync(join(tmpdir(), 'headroom-testserver-'));
  const dir = join(root, 'lab');
  const clock = new ManualClock(t0);
  await initDir(
    dir,
    { host: '127.0.0.1', port: 0, operatorPort: 0 },
    { clock: new ManualClock(longAgo + 86_400), log: silentLog, metrics: noMetrics },
  );
  const failures: unknown[] = [];
  const serverWork = tasks(error => failures.push(error));
  const lab = await openTestLab({
    dir,
    host: '127.0.0.1',
    port: 0,
    steady: clock,
    ids: countingIds(),
    log: silentLog,
    metrics: noMetrics,
    tasks: serverWork,
  });
  const pki = loadPki(dir);
  const identities: Readonly<Record<Role, Device>> = {
    'der-client': issueDevice(pki, { name: 'der', role: 'device', pin: 111_115 }),
    aggregator: issueDevice(pki, { name: 'agg', role: 'aggregator', pin: 111_115 }),
  };
  return {
    run: async (scenario, make, role, claims = Object.keys(clientClaims) as ClientClaim[]) => {
      const work = tasks(error => failures.push(error));
      const clientWork = tasks(error => failures.push(error));
      const device = identities[role];
      let client: Driven | undefined;
      const seat = { host: '127.0.0.1', port: lab.port, device, rootsPem: lab.rootsPem, clock, tasks: clientWork };
      const result = runClient(scenario, {
        claims,
        work,
        bench: {
          ...lab,
          client: device,
          role,
          patienceS: 120,
          ask: async request => {
            if (request === 'stop') await client?.stop();
            else if (request === 'alarms') client?.alarms();
            else {
              await client?.stop();
              client = make({ ...seat, random: seededRandom(7) });
              await client.start();
            }
          },
        },
      });
      const done = await pump(clock, lab, [work, clientWork, serverWork], result, now => client?.second?.(now));
      await client?.stop();
      await clientWork.settled();
      if (failures.length > 0) throw new Error(`background work failed: ${String(failures.splice(0)[0])}`);
      return done;
    },
    close: async () => {
      await lab.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Lets seconds pass until the result is there; each only when all that the last one set off has come to rest. */
async function pump<T>(
  clock: ManualClock,
  lab: TestLab,
  under: readonly Tasks[],
  result: Promise<T>,
  second: (now: number) => void,
): Promise<T> {
  let over = false;
  const done = result.finally(() => (over = true));
  done.catch(() => undefined);

  const turn = () => new Promise<void>(nextTurn);
  const busy = () => under.some(({ pending }) => pending > 0);
  for (;;) {
    await turn();
    // What is held back waits for the clock: a few turns for the rest, then time goes on.
    for (let turns = 0; busy() && (lab.front.holding === 0 || turns < 200); turns++) await turn();
    if (over) return done;
    clock.advance(1);
    second(clock.now());
  }
}
