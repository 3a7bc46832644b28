import { type IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { noMetrics } from '../base/metrics';
import { Problem } from '../base/problem';
import { ccm8, gcm } from './cipher-policy';
import { clientTls } from './client-tls';
import { deviceServer } from './device-server';
import { peerOf } from './peer';
import { createPki, issueDevice } from './pki';
import { Trust } from './trust';

/** What a loopback handshake on this runtime showed. */
export interface Probe {
  /** OpenSSL name of the suite agreed on; undefined where there was no connection. */
  readonly suite?: string;
  /** Certificates the server could see and judge, the SERCA included. */
  readonly depth?: number;
  /** What the client read when it did not get through. */
  readonly error?: string;
}

export interface SelfTestOptions {
  /** Suites of server and client; other than CCM-8 and GCM only to see the test fail. */
  suites?: readonly string[];
  /** Stands in for the handshake in tests of the verdict. */
  probe?: (suite: string) => Promise<Probe>;
}

const patienceMs = 5_000;

/**
 * Proves at start-up, over a loopback connection with a throw-away PKI, that this Node.js and its OpenSSL can do what CSIP needs:
 * CCM-8 with mutual authentication, and sight of the peer's whole chain. Some releases show the leaf alone, and a server on one
 * of those would refuse everybody or, were it careless, let in chains it never saw. Takes some tens of milliseconds.
 * @throws Problem BAD_RUNTIME
 */
export async function selfTest({ suites = [ccm8, gcm], probe = handshake }: SelfTestOptions = {}): Promise<void> {
  for (const suite of suites) {
    const seen = await probe(suite);
    const fault = faultOf(suite, seen);
    if (fault) throw new Problem('BAD_RUNTIME', { note: fault, ...(seen.error !== undefined && { got: seen.error }) });
  }
}

function faultOf(suite: string, { suite: used, depth = 0 }: Probe): string | undefined {
  const here = `Node.js ${process.versions.node} with OpenSSL ${process.versions.openssl}`;
  if (used === undefined) return `no mutual TLS 1.2 connection with ${suite} on ${here}`;
  if (used !== suite) return `${here} agreed on ${used} in place of ${suite}`;
  if (depth < 4) return `${here} shows ${depth} certificates of a chain of 4`;
  return undefined;
}

/** One GET over the suite, from a device three certificates below its SERCA to a server of another MICA. */
async function handshake(suite: string): Promise<Probe> {
  const past = Date.UTC(2024, 0, 1) / 1000; // OpenSSL judges the client's view by the machine's clock
  const clock = new ManualClock(past + 86_400);
  const pki = createPki({ notBefore: past });
  const trust = new Trust({ clock, roots: [pki.serca.der] });
  const credentials = issueDevice(pki, { name: 'self-test-server', role: 'server' });
  const client = issueDevice(pki, { name: 'self-test-client', role: 'device' });
  let depth: number | undefined;
  let device: ReturnType<typeof deviceServer>;
  try {
    device = deviceServer(
      {
        credentials,
        trust,
        clock,
        log: silentLog,
        metrics: noMetrics,
        suites: [suite],
        handshakeTimeoutMs: patienceMs,
      },
      (req, res) => {
        depth = peerOf(req.socket)?.chainDepth;
        res.end();
      },
    );
  } catch (error) {
    return { error: textOf(error) };
  }
  const { server } = device;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ ...clientTls({ ...client, clock, expectLfdi: credentials.lfdi, suites: [suite] }) });
    try {
      const used = await new Promise<string>((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port, agent, timeout: patienceMs }, (res: IncomingMessage) => {
          const { name } = (res.socket as TLSSocket).getCipher();
          res.resume().on('end', () => resolve(name));
        });
        call
          .on('error', reject)
          .on('timeout', () => call.destroy(new Error('no answer')))
          .end();
      });
      return { suite: used, ...(depth !== undefined && { depth }) };
    } finally {
      agent.destroy();
    }
  } catch (error) {
    return { error: textOf(error) };
  } finally {
    await new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
