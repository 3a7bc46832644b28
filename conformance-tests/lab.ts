/** A lab for one server: connections with certificates of the suite's PKI, and the server's clock. */
import { request } from 'node:https';
import { until, type Clock } from '../src/base/clock';
import { DeviceCapability } from '../src/model/dcap';
import { Time } from '../src/model/time';
import { createPki, issueDevice, type Pki } from '../src/tls';
import { linked } from './discover';
import { type Operator } from './operator';
import { type Lab } from './procedure';
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
}

/** The PIN of every CSIP test. */
const testPin = 111_115;
const fiveYearsS = 5 * 365 * 86_400;

export function createLab({ host, port, dcapPath, operator, clock, pki, serverRootsPem, runId }: LabOptions): Lab {
  let serial = 0;
  const identity = (from: Pki, name: string): WireIdentity => {
    const device = issueDevice(from, {
      name: `${name} ${runId}-${++serial}`,
      role: 'device',
      serial: `${runId}-${serial}`,
      pin: testPin,
    });
    return {
      name: device.name,
      lfdi: device.lfdi,
      sfdi: device.sfdi,
      pin: device.pin,
      keyPem: device.keyPem,
      chainPem: device.chainPem,
    };
  };
  let strangers: Pki | undefined;
  return {
    operator,
    dcapPath,
    clock,
    wire: async who =>
      new Wire({ host, port, identity: who, rootsPem: serverRootsPem, clock, suites: ['ECDHE-ECDSA-AES128-CCM8'] }),
    newIdentity: name => identity(pki, name),
    strangerIdentity: name => identity((strangers ??= createPki({ notBefore: clock.now() - fiveYearsS })), name),
    refusesWithoutCertificate: () => refuses(host, port, dcapPath),
    untilServerTime: async (wire, when) => {
      for (;;) {
        const dcap = await wire.get(DeviceCapability, dcapPath);
        const { currentTime } = await wire.get(Time, linked(dcap.TimeLink, 'TimeLink'));
        if (currentTime >= when) return;
        await until(clock, clock.now() + (when - currentTime));
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
