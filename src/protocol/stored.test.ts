/** Resources that are no more than stored documents: who writes them, what is kept, what is shown of events. */
import { docOf } from '../functions/provision';
import { model } from '../model';
import { valueOf, xmlOf } from './testing/everything';
import { attributeOf, devicePort, lfdiB, siteA, siteB, t0, textOf } from './testing/port';

const port = async () => {
  const made = devicePort();
  await made.add(siteA, siteB);
  const assign = async (assigned: Record<string, string[]>) => {
    const fsa = await made.store.get<object>('/edev/1/fsa/1');
    await made.store.commit({
      put: [docOf(model.fsa.assignments, { edev: '1', fsa: '1' }, { ...fsa?.body, assigned }, t0)],
    });
  };
  const post = (path: string, body: string) => made.ask(path, { method: 'POST', body });
  const put = (path: string, body: string) => made.ask(path, { method: 'PUT', body });
  return { ...made, assign, post, put };
};
const countOf = (xml: string) => attributeOf(xml, 'all');

describe('what a device tells of itself', () => {
  it('is linked to and readable before it has told anything, and then is what it told', async () => {
    const { ask, put } = await port();
    const device = (await ask('/edev/1')).body;
    for (const [link, path] of [
      ['ConfigurationLink', '/edev/1/cfg'],
      ['DeviceInformationLink', '/edev/1/di'],
      ['DeviceStatusLink', '/edev/1/dstat'],
      ['PowerStatusLink', '/edev/1/ps'],
      ['ConnectionPointLink', '/edev/1/cp'],
    ] as const) {
      expect(attributeOf(device, 'href', `(?:\\w+:)?${link}`)).toBe(path);
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    }
    expect(textOf((await ask('/edev/1/di')).body, 'lFDI')).toBe(siteA.lfdi);
    expect(textOf((await ask('/edev/1/ps')).body, 'currentPowerSource')).toBe('5');
    const status = xmlOf(model.powerStatus.status.type, { batteryStatus: 3, changedTime: t0, currentPowerSource: 2 });
    expect((await put('/edev/1/ps', status)).status).toBe(204);
    expect(textOf((await ask('/edev/1/ps')).body, 'batteryStatus')).toBe('3');
    expect(textOf((await ask('/edev/2/ps', { lfdi: lfdiB })).body, 'batteryStatus')).toBe('0');
  });

  it('names no other device', async () => {
    const { put } = await port();
    const information = valueOf(model.deviceInformation.information.type);
    const told = (lFDI: string) =>
      put('/edev/1/di', xmlOf(model.deviceInformation.information.type, { ...information, lFDI }));
    expect((await told(lfdiB)).status).toBe(403);
    expect((await told(siteA.lfdi)).status).toBe(204);
  });

  it('keeps no href, attribute or link to what is below it: those are the server’s to say', async () => {
    const { ask, put, post } = await port();
    const body = xmlOf(model.configuration.configuration.type, {
      href: '/edev/2/cfg',
      pollRate: 7,
      currentLocale: 'de-CH',
      userDeviceName: 'x',
      PriceResponseCfgListLink: { href: '/somewhere', all: 12 },
    });
    expect((await put('/edev/1/cfg', body)).status).toBe(204);
    const shown = (await ask('/edev/1/cfg')).body;
    expect([attributeOf(shown, 'href'), attributeOf(shown, 'pollRate')]).toEqual(['/edev/1/cfg', '900']);
    expect(shown).not.toContain('PriceResponseCfgListLink');
    const entry = { consumeThreshold: 1, maxReductionThreshold: 2, RateComponentLink: { href: '/tp/1/rc/1' } };
    expect((await post('/edev/1/cfg/prcfg', xmlOf(model.configuration.priceResponse.type, entry))).status).toBe(201);
    expect((await ask('/edev/1/cfg')).body).toContain('<PriceResponseCfgListLink href="/edev/1/cfg/prcfg" all="1"');
  });

  it('makes entries below entries, which go with them', async () => {
    const { ask, post } = await port();
    const of = (type: Parameters<typeof xmlOf>[0]) => xmlOf(type);
    const { headers } = await post('/edev/1/ns', of(model.networkStatus.interface.type));
    const at = headers['Location'] ?? '';
    const address = await post(`${at}/addr`, of(model.networkStatus.address.type));
    const below = address.headers['Location'] ?? '';
    expect((await post(`${below}/rpl`, of(model.networkStatus.rplInstance.type))).status).toBe(201);
    expect(countOf((await ask(`${at}/addr`)).body)).toBe('1');
    expect(countOf((await ask(`${at}/ll`)).body)).toBe('0');
    expect((await ask('/edev/1')).body).toContain('<IPInterfaceListLink href="/edev/1/ns" all="1"');
    expect((await ask(at)).body).toContain(`<IPAddrListLink href="${at}/addr" all="1"`);
    expect((await ask('/edev/1/ns/none/addr')).status).toBe(404);
    expect((await post('/edev/1/ns/none/addr', of(model.networkStatus.address.type))).status).toBe(404);
    expect((await ask('/edev/1/ns/none', { method: 'PUT', body: of(model.networkStatus.interface.type) })).status).toBe(
      404,
    );
    expect((await ask(at, { method: 'DELETE' })).status).toBe(204);
    for (const gone of [at, `${at}/addr`, below, `${below}/rpl`]) expect((await ask(gone)).status).toBe(404);
    expect((await ask('/edev/1')).body).not.toContain('IPInterfaceListLink');
  });

  it('fills no list beyond its measure: log events forget the oldest, others are refused', async () => {
    const { ask, post } = await port();
    const event = (n: number) =>
      xmlOf(model.log.event.type, { ...valueOf(model.log.event.type), createdDateTime: t0 - 1000 + n, logEventID: n });
    for (let n = 0; n < 203; n++) expect((await post('/edev/1/lel', event(n))).status).toBe(201);
    const log = (await ask('/edev/1/lel?s=198&l=9')).body;
    expect([countOf(log), [...log.matchAll(/<logEventID>(\d+)/g)].map(([, id]) => id)]).toEqual(['200', ['4', '3']]);
    for (let n = 0; n < 8; n++)
      expect((await post('/edev/1/ns', xmlOf(model.networkStatus.interface.type))).status).toBe(201);
    const full = await post('/edev/1/ns', xmlOf(model.networkStatus.interface.type));
    expect([full.status, textOf(full.body, 'reasonCode')]).toEqual([400, '2']);
  });

  it('is not dated ahead', async () => {
    const { post } = await port();
    const event = xmlOf(model.log.event.type, { ...valueOf(model.log.event.type), createdDateTime: t0 + 301 });
    expect((await post('/edev/1/lel', event)).status).toBe(400);
  });

  it('knows no CSIP-AUS resource where its dialect has none', async () => {
    const plain = devicePort({ dialect: '2018' });
    await plain.add(siteA);
    expect((await plain.ask('/edev/1/cp')).status).toBe(404);
    expect((await plain.ask('/edev/1')).body).not.toContain('ConnectionPoint');
  });
});

describe('what the utility assigns', () => {
  const control = (start: number, durationS: number, more: object = {}) => ({
    ...valueOf(model.drlc.control.type),
    interval: { start, duration: durationS },
    ...more,
  });

  it('is seen by those it is assigned to, in every list and link, and by nobody else', async () => {
    const { ask, assign, store } = await port();
    const profile = docOf(model.messaging.program, { msg: '7' }, valueOf(model.messaging.program.type), t0);
    await store.commit({ put: [profile] });
    expect((await ask('/msg/7')).status).toBe(404);
    expect(countOf((await ask('/msg')).body)).toBe('0');
    expect((await ask('/dcap')).body).not.toContain('MessagingProgramListLink');
    await assign({ msg: ['7', 'gone'] });
    expect((await ask('/msg/7')).status).toBe(200);
    expect((await ask('/msg/gone')).status).toBe(404);
    for (const [path, list] of [
      ['/dcap', '/msg'],
      ['/edev/1/fsa/1', '/edev/1/fsa/1/msg'],
    ] as const) {
      expect((await ask(path)).body).toContain(`<MessagingProgramListLink href="${list}" all="1"`);
      expect((await ask(list)).body).toContain('href="/msg/7"');
    }
    expect((await ask('/edev/1/fsa/1/msg', { lfdi: lfdiB })).status).toBe(404);
    expect(countOf((await ask('/msg')).body)).toBe('1');
    expect((await ask('/msg/7', { lfdi: lfdiB })).status).toBe(404);
    expect(countOf((await ask('/msg', { lfdi: lfdiB })).body)).toBe('0');
    expect((await ask('/msg/7', { method: 'DELETE' })).status).toBe(405);
  });

  it('shows the state of its events by the clock, in both lists', async () => {
    const { ask, assign, store, clock } = await port();
    await assign({ dr: ['1'] });
    const cancelled = { EventStatus: { currentStatus: 2, dateTime: t0, potentiallySuperseded: false } };
    await store.commit({
      put: [
        docOf(model.drlc.program, { dr: '1' }, valueOf(model.drlc.program.type), t0),
        docOf(model.drlc.control, { dr: '1', edc: '1' }, control(t0 + 100, 100), t0),
        docOf(model.drlc.control, { dr: '1', edc: '2' }, control(t0 + 150, 200), t0),
        docOf(model.drlc.control, { dr: '1', edc: '3' }, control(t0 + 100, 900, cancelled), t0),
      ],
    });
    const state = async () => {
      const all = (await ask('/dr/1/edc?l=9')).body;
      const active = (await ask('/dr/1/actedc?l=9')).body;
      const program = (await ask('/dr/1')).body;
      expect(attributeOf(program, 'all', 'EndDeviceControlListLink') ?? '0').toBe(countOf(all));
      expect(attributeOf(program, 'all', 'ActiveEndDeviceControlListLink') ?? '0').toBe(countOf(active));
      return [[...all.matchAll(/<currentStatus>(\d)/g)].map(([, status]) => status).join(''), countOf(active)];
    };
    const seen: unknown[] = [await state()];
    for (const s of [100, 50, 50, 150, 700]) {
      clock.advance(s);
      seen.push(await state());
    }
    // at 0, 100, 150, 200, 350 and 1050 s: 3 stays cancelled until its scheduled end
    expect(seen).toEqual([
      ['020', '0'],
      ['120', '1'],
      ['121', '2'],
      ['21', '1'],
      ['2', '0'],
      ['', '0'],
    ]);
    expect((await ask('/dr/1/edc/1')).status).toBe(404);
  });
});
