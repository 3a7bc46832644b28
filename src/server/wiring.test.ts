/** The wiring of what protocol only offers: the plain listener, SelfDevice, poll rates set while the server runs. */
import { createServer, get } from 'node:http';
import { type AddressInfo } from 'node:net';
import { addSites } from '../functions/operator/sites';
import { defaultConfig } from './config';
import { houseOf } from './house';
import { folder, openHouse } from './testing/house';

/** A port that was free a moment ago. */
const freePort = () =>
  new Promise<number>(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const site = {
  name: 'A',
  sfdi: 1,
  role: 'device',
  pin: 111_115,
  phases: [1],
  maxImportW: 1000,
  maxExportW: 1000,
  firmImportW: 100,
  firmExportW: 100,
  weight: 1,
  derType: 4,
} as const;

it('says who it is, and how often to poll, each kind of resource by itself and at once', async () => {
  const { dir, remove } = await folder();
  const house = await openHouse(dir, { config: { pollRates: { 'time.time': 1000 } } });
  try {
    const device = house.device('A');
    await addSites({ store: house.server.store, clock: house.clock, pen: 1 }, [
      { ...site, phases: [1], lfdi: device.lfdi },
    ]);
    const rate = async (path: string) => /pollRate="(\d+)"/.exec((await device.ask(path)).body)?.[1];
    expect([await rate('/tm'), await rate('/derp'), await rate('/dcap')]).toEqual(['1000', '300', '900']);
    expect((await house.operator('PUT', '/api/poll-rates', { 'der.programs': 60 })).status).toBeLessThan(300);
    expect([await rate('/derp'), await rate('/dcap'), await rate('/tm')]).toEqual(['60', '900', '1000']);
    const refused = await house.operator('PUT', '/api/poll-rates', { 'der.controls': 60 });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('der.controls')]);
    expect((await device.ask('/sdev')).body).toMatch(/<lFDI>[0-9A-F]{40}<\/lFDI><sFDI>\d+<\/sFDI>/);
  } finally {
    await house.close();
    remove();
  }
  expect(() => houseOf({ ...defaultConfig(), pollRates: { dcap: 60 } })).toThrow('BAD_CONFIG: pollRates.dcap');
});

it('sends plain HTTP to the TLS port when asked to listen for it', async () => {
  const { dir, remove } = await folder();
  const redirectPort = await freePort();
  const house = await openHouse(dir, { config: { redirectPort } });
  try {
    const answer = await new Promise<{ status?: number; location?: string }>((resolve, reject) => {
      get({ host: '127.0.0.1', port: redirectPort, path: '/dcap', agent: false }, res => {
        res.resume();
        resolve({ status: res.statusCode ?? 0, location: res.headers.location ?? '' });
      }).on('error', reject);
    });
    expect(answer).toEqual({ status: 301, location: `https://127.0.0.1:${house.server.port}/dcap` });
  } finally {
    await house.close();
    remove();
  }
});
