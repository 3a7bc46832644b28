import { changeSite } from '../functions/operator/sites';
import { attributeOf, devicePort, lfdiA, lfdiB, pen, siteA, siteB, stranger, t0, textOf } from './testing/port';

const registeredPort = async () => {
  const port = devicePort();
  await port.add(siteA, siteB);
  return port;
};

describe('following links from DeviceCapability', () => {
  it('answers every link of a registered device with 200 and schema-valid XML', async () => {
    const { ask } = await registeredPort();
    const seen = new Set<string>();
    const queue = ['/dcap'];
    for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const answer = await ask(url);
      expect([url, answer.status, answer.problem?.message]).toEqual([url, 200, undefined]);
      expect(answer.headers['Content-Type']).toBe('application/sep+xml');
      for (const [, href = ''] of answer.body.matchAll(/href="([^"]+)"/g)) if (!href.includes('?')) queue.push(href);
      // a list shows its first entry only; ask for all of it
      if (/ results="/.test(answer.body) && !url.includes('?')) queue.push(`${url}?s=0&l=255`);
    }
    for (const path of [
      '/tm',
      '/edev',
      '/edev/1',
      '/edev/1/rg',
      '/edev/1/fsa/1/derp',
      '/derp/1/dderc',
      '/derp/1/derc',
      '/derp/1/actderc',
      '/edev/1/der/1/derg',
      '/mup',
      '/upt',
    ])
      expect([path, seen.has(path)]).toEqual([path, true]);
    expect([...seen].some(url => url.startsWith('/edev/2') || url.startsWith('/derp/2'))).toBe(false);
  });

  it('shows a newcomer where to register and nothing else', async () => {
    const { ask } = await registeredPort();
    const dcap = await ask('/dcap', { lfdi: stranger });
    expect(dcap.body).toContain('EndDeviceListLink');
    expect(dcap.body).not.toContain('DERProgramListLink');
    expect(attributeOf((await ask('/edev', { lfdi: stranger })).body, 'all')).toBe('0');
    for (const path of ['/mup', '/derp', '/edev/1', '/derp/1', '/upt'])
      expect([path, (await ask(path, { lfdi: stranger })).status]).toEqual([path, 404]);
  });
});

describe('who may see what', () => {
  it('answers what is another device’s exactly as what is not there', async () => {
    const { ask } = await registeredPort();
    for (const path of [
      '/edev/2',
      '/edev/2/rg',
      '/edev/2/der/1/derg',
      '/derp/2',
      '/derp/2/derc',
      '/derp/2/dderc',
      '/rsps/2',
      '/rsps/2/rsp',
    ]) {
      for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']) {
        const theirs = await ask(path, { method, body: '<x/>' });
        const nobodys = await ask(path.replace('/2', '/99'), { method, body: '<x/>' });
        expect([path, method, theirs.status, theirs.body, theirs.headers]).toEqual([
          path,
          method,
          404,
          nobodys.body,
          nobodys.headers,
        ]);
      }
      expect([path, (await ask(path, { lfdi: lfdiB })).status]).toEqual([path, 200]);
    }
  });

  it('lets an aggregator see itself and those it manages', async () => {
    const port = devicePort();
    await port.add(
      { ...siteA, role: 'aggregator', name: 'agg' },
      { ...siteB, manager: lfdiA },
      { ...siteB, name: 'C', lfdi: stranger },
    );
    const list = await port.ask('/edev?l=255');
    expect(attributeOf(list.body, 'all')).toBe('2');
    expect(list.body).toContain(lfdiB);
    expect(list.body).not.toContain(stranger);
    expect((await port.ask('/derp/2/dderc')).status).toBe(200);
    expect((await port.ask('/derp/3/dderc')).status).toBe(404);
  });
});

it('a device that gets a manager moves into the list of who speaks for it', async () => {
  const port = devicePort();
  await port.add({ ...siteA, role: 'aggregator', name: 'agg' }, siteB);
  const all = async (lfdi: string) => attributeOf((await port.ask('/edev?l=9', { lfdi })).body, 'all');
  expect([await all(lfdiA), await all(lfdiB)]).toEqual(['1', '1']);
  expect((await port.ask('/derp/2')).status).toBe(404);
  await changeSite({ store: port.store, clock: port.clock, pen }, '2', { manager: lfdiA });
  expect([await all(lfdiA), await all(lfdiB)]).toEqual(['2', '1']);
  expect((await port.ask('/edev?l=9')).body).toContain(lfdiB);
  expect((await port.ask('/derp/2')).status).toBe(200);
});

describe('HTTP discipline', () => {
  it.each([
    ['/nothing', 'GET', 404, {}],
    ['/dcap', 'POST', 405, { Allow: 'GET, HEAD' }],
    ['/derp/1/derc', 'POST', 405, { Allow: 'GET, HEAD' }],
    ['/edev/1/der/1/ders', 'DELETE', 405, { Allow: 'GET, HEAD, PUT' }],
    ['/dcap', 'FOO', 501, {}],
    ['/dcap', 'PATCH', 501, {}],
    [`/dcap?${'x'.repeat(300)}`, 'GET', 414, { 'Content-Type': 'application/sep+xml' }],
    ['/edev?l=-1', 'GET', 400, { 'Content-Type': 'application/sep+xml' }],
  ])('%s %s is %i', async (url, method, status, headers) => {
    const { ask } = await registeredPort();
    expect(await ask(url, { method })).toMatchObject({ status, headers });
  });

  it('refuses media types it cannot send or read, and XML it cannot make sense of', async () => {
    const { ask } = await registeredPort();
    expect((await ask('/dcap', { accept: 'application/sep-exi' })).status).toBe(406);
    const put = (body: string, contentType = 'application/sep+xml') =>
      ask('/edev/1/der/1/ders', { method: 'PUT', body, contentType });
    expect((await put('<DERStatus/>', 'application/json')).status).toBe(415);
    expect(await put('<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>')).toMatchObject({
      status: 400,
      body: expect.stringContaining('<reasonCode>0</reasonCode>') as string,
    });
    const missing = await put('<DERStatus xmlns="urn:ieee:std:2030.5:ns"></DERStatus>');
    expect(missing).toMatchObject({
      status: 400,
      body: expect.stringContaining('<reasonCode>1</reasonCode>') as string,
    });
    expect(missing.problem?.message).toContain('/DERStatus/readingTime');
    expect((await put('<Time xmlns="urn:ieee:std:2030.5:ns"/>')).status).toBe(400);
  });

  it('keeps to the list rules of CORE-004 on a list with three entries', async () => {
    const port = devicePort();
    await port.add(
      { ...siteA, role: 'aggregator', name: 'agg' },
      { ...siteB, manager: lfdiA },
      { ...siteB, name: 'C', lfdi: stranger, manager: lfdiA },
    );
    const results = async (query: string) => {
      const { body } = await port.ask(`/edev${query}`);
      return [attributeOf(body, 'all'), attributeOf(body, 'results')];
    };
    expect(await results('')).toEqual(['3', '1']);
    expect(await results('?l=0')).toEqual(['3', '0']);
    expect(await results('?l=1000')).toEqual(['3', '3']);
    expect(await results(`?a=${t0}`)).toEqual(['3', '0']);
    expect(await results(`?l=255&a=${t0 - 1}`)).toEqual(['3', '3']);
    expect(await results('?s=1&l=1&s=2')).toEqual(['3', '1']);
    expect(await results('?s=3&l=5')).toEqual(['3', '0']);
  });
});

describe('Time', () => {
  it('is the server’s clock, in the zone of the sites', async () => {
    const { ask, clock } = await registeredPort();
    const first = await ask('/tm');
    expect([textOf(first.body, 'currentTime'), textOf(first.body, 'tzOffset'), textOf(first.body, 'quality')]).toEqual([
      String(t0),
      '-28800',
      '7',
    ]);
    clock.advance(60);
    expect(textOf((await ask('/tm')).body, 'currentTime')).toBe(String(t0 + 60));
  });
});

describe('what a device writes', () => {
  const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
  it('is what a GET shows afterwards', async () => {
    const { ask } = await registeredPort();
    const body = `<DERSettings ${ns}><setGradW>100</setGradW><setMaxW><multiplier>0</multiplier><value>4800</value></setMaxW><updatedTime>${t0}</updatedTime></DERSettings>`;
    expect(await ask('/edev/1/der/1/derg', { method: 'PUT', body })).toMatchObject({ status: 204, body: '' });
    const shown = await ask('/edev/1/der/1/derg');
    expect([textOf(shown.body, 'setGradW'), textOf(shown.body, 'value'), textOf(shown.body, 'updatedTime')]).toEqual([
      '100',
      '4800',
      String(t0),
    ]);
  });

  it('may not be dated ahead of the server’s clock', async () => {
    const { ask } = await registeredPort();
    const body = `<DERStatus ${ns}><readingTime>${t0 + 301}</readingTime></DERStatus>`;
    expect((await ask('/edev/1/der/1/ders', { method: 'PUT', body })).status).toBe(400);
    expect(
      (await ask('/edev/1/der/1/ders', { method: 'PUT', body: body.replace(String(t0 + 301), String(t0 + 299)) }))
        .status,
    ).toBe(204);
  });
});

describe('in-band registration', () => {
  const body = '<EndDevice xmlns="urn:ieee:std:2030.5:ns"><sFDI>0</sFDI><changedTime>0</changedTime></EndDevice>';
  it('is refused with 403 where it is off', async () => {
    const { ask } = await registeredPort();
    expect((await ask('/edev', { method: 'POST', body, lfdi: stranger })).status).toBe(403);
  });

  it('takes the LFDI from the certificate, once', async () => {
    const port = devicePort({ house: { inBandRegistration: true } });
    const made = await port.ask('/edev', { method: 'POST', body, lfdi: stranger });
    expect(made).toMatchObject({ status: 201, headers: { Location: '/edev/1' } });
    expect(textOf((await port.ask('/edev/1', { lfdi: stranger })).body, 'lFDI')).toBe(stranger);
    expect((await port.ask('/edev', { method: 'POST', body, lfdi: stranger })).status).toBe(409);
    const foreign = body.replace('<sFDI>', `<lFDI>${lfdiA}</lFDI><sFDI>`);
    expect((await port.ask('/edev', { method: 'POST', body: foreign, lfdi: lfdiB })).status).toBe(403);
  });
});
