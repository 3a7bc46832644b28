/**
 * A server that is not ours in any way: plain files behind Node's https. It knows nothing of queries, methods or identities, as
 * somebody's first afternoon with the standard might look. For the suite to judge.
 */
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';

/** Path → file. */
export const files = (sfdi: number, now: number): Readonly<Record<string, string>> => ({
  '/dcap': `<DeviceCapability ${ns} href="/dcap" pollRate="900"><TimeLink href="/time.xml"/><EndDeviceListLink href="/devices.xml" all="1"/></DeviceCapability>`,
  '/time.xml': `<Time ${ns} href="/time.xml" pollRate="900"><currentTime>${now}</currentTime><dstEndTime>0</dstEndTime><dstOffset>0</dstOffset><dstStartTime>0</dstStartTime><quality>7</quality><tzOffset>0</tzOffset></Time>`,
  '/devices.xml': `<EndDeviceList ${ns} href="/devices.xml" all="1" results="1"><EndDevice href="/device.xml"><sFDI>${sfdi}</sFDI><changedTime>${now}</changedTime></EndDevice></EndDeviceList>`,
  '/device.xml': '<EndDevice>this is no XML',
});

export interface StaticServer {
  readonly port: number;
  close(): void;
}

export function serveFiles(
  { keyPem, chainPem, rootsPem }: { keyPem: string; chainPem: string; rootsPem: string },
  contents: Readonly<Record<string, string>>,
): Promise<StaticServer> {
  const server = createServer(
    {
      key: keyPem,
      cert: chainPem,
      ca: rootsPem,
      requestCert: true,
      rejectUnauthorized: true,
      ciphers: 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0',
      ecdhCurve: 'prime256v1',
      maxVersion: 'TLSv1.2',
    },
    (req, res) => {
      const file = contents[(req.url ?? '').split('?', 1)[0] ?? ''];
      res.writeHead(file === undefined ? 404 : 200, { 'Content-Type': 'application/sep+xml' });
      res.end(file); // without Content-Length
    },
  );
  return new Promise(ready => {
    server.listen(0, '127.0.0.1', () =>
      ready({
        port: (server.address() as AddressInfo).port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}
