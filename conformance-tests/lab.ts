/** A lab for one server: connections with certificates of the suite's PKI, and the server's clock. */
import { createHash } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { until, type Clock } from '../src/base/clock';
import { Problem } from '../src/base/problem';
import { DeviceCapability } from '../src/model/dcap';
import { Time } from '../src/model/time';
import { chainPem, createPki, issueDevice, keyToPem, sfdiOf, type Pki } from '../src/tls';
import { comm004 } from '../src/tls/testing/comm-004';
import { linked } from './discover';
import { type Operator } from './operator';
import { type Lab } from './procedure';
import { Receiver } from './receiver';
import { Wire, type WireIdentity } from './wire';

export interface LabOptions {
  readonly host: string;
  readonly port: number;
  readonly dcapPath: string;
  readonly operator: Operator;
  readonly clock: Clock;
  /** PKI that makes the suite's devices; the server must trust its root. */
  readonly pki: Pki;
  /** PEM of the roots that the server's own certificate leads to. */
  readonly serverRootsPem: string;
  /** Makes serial numbers unique from run to run. */
  readonly runId: string;
  /** How the server reaches this machine with its notifications. */
  readonly receiverHost?: string;
  /** Where the server answers plain HTTP with a redirect, if it does. */
  readonly plainPort?: number;
}

/** The PIN of every CSIP test. */
export const testPin = 111_115;
/** How long a server's clock may lag behind the suite's, beyond twice the wait. */
const patienceS = 120;
const fiveYearsS = 5 * 365 * 86_400;

export function createLab(options: LabOptions): Lab {
  const {
    host,
    port,
    dcapPath,
    operator,
    clock,
    pki,
    serverRootsPem,
    runId,
    receiverHost = '127.0.0.1',
    plainPort,
  } = options;
  let serial = 0;
  const identity = (from: Pki, name: string, role: 'device' | 'aggregator' = 'device'): WireIdentity => {
    const {
      lfdi,
      sfdi,
      keyPem,
      chainPem: chain,
    } = issueDevice(from, {
      name,
      role,
      serial: `${runId}-${++serial}`,
      pin: testPin,
    });
    return { name: `${name} ${runId}-${serial}`, lfdi, sfdi, pin: testPin, keyPem, chainPem: chain };
  };
  const timeAt = new WeakMap<Wire, string>();
  const serverTime = async (wire: Wire): Promise<number> => {
    let at = timeAt.get(wire);
    if (at === undefined) {
      const dcap = await wire.get(DeviceCapability, dcapPath);
      timeAt.set(wire, (at = linked(dcap.TimeLink, 'DeviceCapability/TimeLink')));
    }
    return (await wire.get(Time, at)).currentTime;
  };
  let strangers: Pki | undefined;
  return {
    operator,
    dcapPath,
    clock,
    wire: async who =>
      new Wire({ host, port, identity: who, rootsPem: serverRootsPem, clock, suites: ['ECDHE-ECDSA-AES128-CCM8'] }),
    newIdentity: (name, role) => identity(pki, name, role),
    managedIdentity: name => {
      const lfdi = createHash('sha256').update(`${runId}-${++serial}`).digest('hex').slice(0, 40).toUpperCase();
      return { name: `${name} ${runId}-${serial}`, lfdi, sfdi: sfdiOf(lfdi), pin: testPin, keyPem: '', chainPem: '' };
    },
    strangerIdentity: name => identity((strangers ??= createPki({ notBefore: clock.now() - fiveYearsS })), name),
    chainCases: () =>
      comm004(pki, clock.now() - 86_400).map(({ step, about, good, device }) => ({
        step,
        about,
        good,
        identity: {
          name: `COMM-004${step} ${runId}`,
          lfdi: device.lfdi,
          sfdi: device.sfdi,
          pin: testPin,
          keyPem: keyToPem(device.key),
          chainPem: chainPem(device),
        },
      })),
    receiver: who => Receiver.open({ identity: who, rootsPem: serverRootsPem, host: receiverHost, clock }),
    refusesWithoutCertificate: () => refuses(host, port, dcapPath),
    ...(plainPort !== undefined && { plain: (path: string) => plain(host, plainPort, path) }),
    serverTime,
    untilServerTime: async (wire, when) => {
      let now = await serverTime(wire);
      const deadline = clock.now() + 2 * Math.max(0, when - now) + patienceS;
      for (; now < when; now = await serverTime(wire)) {
        if (clock.now() > deadline)
          throw new Problem('CANNOT_REACH', { at: 'Time', note: 'the clock of the server stands still', got: now });
        await until(clock, clock.now() + (when - now));
      }
    },
  };
}

function refuses(host: string, port: number, path: string): Promise<boolean> {
  return new Promise(resolve => {
    const asked = request(
      {
        host,
        port,
        path,
        method: 'GET',
        rejectUnauthorized: false,
        agent: false,
        ciphers: 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0',
        maxVersion: 'TLSv1.2',
        headers: { Accept: 'application/sep+xml' },
      },
      answer => {
        answer.resume();
        resolve(answer.statusCode === 403);
      },
    );
    asked.once('error', () => resolve(true));
    asked.setTimeout(10_000, () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}

function plain(host: string, port: number, path: string): Promise<{ status: number; location?: string }> {
  return new Promise((resolve, reject) => {
    const asked = plainRequest({ host, port, path, agent: false }, answer => {
      answer.resume();
      const { location } = answer.headers;
      resolve({ status: answer.statusCode ?? 0, ...(location !== undefined && { location }) });
    });
    asked.once('error', reject);
    asked.setTimeout(10_000, () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}
