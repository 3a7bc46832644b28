/** The whole way, over mutual TLS on loopback, with a server that is restarted on its port. Time is moved by hand all the same. */
import { type RequestListener } from 'node:http';
import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { seededRandom } from '../base/random';
import { tasks as newTasks } from '../base/tasks';
import { deviceHandler } from '../protocol/device-port';
import { devicePort, siteA, t0 } from '../protocol/testing/port';
import { ccm8, clientTls, createPki, issueDevice, peerOf } from '../tls';
import { longAgo, loopback } from '../tls/testing/loopback';
import { averageOf, createClient, httpsTransport } from '.';

it('finds its way, follows, reports, and lives through a restart of the server', async () => {
  const pki = createPki({ notBefore: longAgo });
  const device = issueDevice(pki, { name: 'site', role: 'device', notBefore: longAgo });
  const clock = new ManualClock(t0);
  const port = devicePort({ clock, house: { pollRate: () => 300 } });
  await port.add({ ...siteA, lfdi: device.lfdi, sfdi: device.sfdi, pin: device.pin });
  const { log: serverLog, metrics, ids } = port;
  const handler: RequestListener = deviceHandler({
    answer: ({ method, url, body, contentType, accept }) =>
      body().then(bytes =>
        port.ask(url, {
          method,
          body: bytes.toString(),
          lfdi: device.lfdi,
          contentType: contentType ?? '',
          accept: accept ?? '',
        }),
      ),
    peerOf: request => peerOf(request.socket),
    clock,
    ids,
    log: serverLog,
    metrics,
    maxBodyBytes: 1_000_000,
  });
  const server = await loopback({ pki, clock, handler, server: { http: { keepAliveTimeout: 3_600_000 } } });
  const failures: unknown[] = [];
  const tasks = newTasks(error => failures.push(error));
  const log = keptLog();
  const transport = httpsTransport({
    host: '127.0.0.1',
    port: server.port,
    tls: clientTls({
      keyPem: device.keyPem,
      chainPem: device.chainPem,
      rootsPem: device.rootsPem,
      clock,
      suites: [ccm8],
    }),
    timeoutMs: 5000,
  });
  const client = createClient({
    transport,
    clock,
    tasks,
    random: seededRandom(1),
    log,
    lfdi: device.lfdi,
    pin: device.pin,
    dialect: 'csipaus-1.2',
    mirror: { quantities: [{ name: 'power', type: averageOf(38), read: () => 5 }] },
  });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i += 10) {
      await tasks.settled();
      clock.advance(10);
    }
    await tasks.settled();
  };
  try {
    client.start();
    await pass(900);
    expect(client.limits(clock.now())).toMatchObject({
      importW: 2000,
      exportW: 1000,
      source: 'default',
      lastContact: t0 + 900,
    });
    expect(transport.counts).toMatchObject({ connections: 1, failures: 0 });
    const { port: where } = server;
    await server.close();
    await pass(900);
    expect(client.status.problem?.code).toBe('CANNOT_REACH');
    expect(client.limits(clock.now())).toMatchObject({ importW: 2000, lastContact: t0 + 900 });
    await new Promise<void>(resolve => server.device.server.listen(where, '127.0.0.1', resolve));
    await pass(400);
    expect(client.limits(clock.now()).lastContact).toBeGreaterThan(t0 + 1800);
    expect(client.status).toMatchObject({ phase: 'following', intervalsLost: 0 });
    expect(client.status.intervalsPosted).toBeGreaterThanOrEqual(6);
    expect(transport.counts.connections).toBe(2);
    expect(failures).toEqual([]);
  } finally {
    client.stop();
    await server.close();
  }
});
