import { type NewSeries } from '../store/api';
import { addControl, addCurve, addProgram, cancelControl, setDefault } from '../functions/operator/programs';
import { changeSite, removeSite } from '../functions/operator/sites';
import { attributeOf, devicePort, lfdiA, lfdiB, pen, siteA, siteB, t0, textOf } from './testing/port';

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';

function row(importW: number[], exportW: number[], more: Partial<NewSeries> = {}): NewSeries {
  return {
    site: '1',
    publishedAt: t0,
    start: t0,
    stepS: 900,
    importW: Int32Array.from(importW),
    exportW: Int32Array.from(exportW),
    own: new Uint8Array(importW.length).fill(1),
    bound: new Uint8Array(importW.length),
    reasons: ['transformer T\ttransformer T'],
    engine: 'test',
    inputsHash: '',
    ...more,
  };
}

const withEnvelope = async (importW = [4000, 4000, 40_009], exportW = [1000, 1000, 1000], dialect?: '2018') => {
  const port = devicePort(dialect ? { dialect } : {});
  await port.add(siteA, siteB);
  await port.store.commit({ series: [row(importW, exportW)] });
  return port;
};
const operator = (port: Awaited<ReturnType<typeof withEnvelope>>) => ({
  store: port.store,
  clock: port.clock,
  pen,
  ids: port.ids,
});
const mridsOf = (xml: string) => [...xml.matchAll(/<mRID>([0-9A-F]{32})<\/mRID>/g)].map(([, mrid]) => mrid ?? '');

describe('an envelope as DERControls', () => {
  it('merges equal steps, speaks the client’s dialect, rounds down, and follows the clock', async () => {
    const { ask, clock } = await withEnvelope();
    const list = await ask('/derp/1/derc?l=255');
    expect([attributeOf(list.body, 'all'), attributeOf(list.body, 'results')]).toEqual(['2', '2']);
    expect(list.body).toContain('https://csipaus.org/ns');
    expect(list.body).toMatch(/opModImpLimW><multiplier>1<\/multiplier><value>4000<\//);
    expect([...list.body.matchAll(/<currentStatus>(\d)</g)].map(m => m[1])).toEqual(['1', '0']);
    const active = await ask('/derp/1/actderc?l=255');
    expect(mridsOf(active.body)).toEqual(mridsOf(list.body).slice(0, 1));

    clock.advance(1800);
    const later = await ask('/derp/1/derc?l=255');
    expect([...later.body.matchAll(/<currentStatus>(\d)</g)].map(m => m[1])).toEqual(['1']);
    expect(mridsOf(later.body)).toEqual(mridsOf(list.body).slice(1));
    expect(textOf(later.body, 'dateTime')).toBe(String(t0 + 1800));
    clock.advance(900);
    expect(attributeOf((await ask('/derp/1/derc?l=255')).body, 'all')).toBe('0');
  });

  it('gives a plain 2018 client a percentage of setMaxW and no foreign element', async () => {
    const { ask } = await withEnvelope([4000], [2500], '2018');
    const put = `<DERSettings ${ns}><setGradW>0</setGradW><setMaxW><multiplier>0</multiplier><value>5000</value></setMaxW><updatedTime>${t0}</updatedTime></DERSettings>`;
    await ask('/edev/1/der/1/derg', { method: 'PUT', body: put });
    const { body } = await ask('/derp/1/derc?l=255');
    expect(textOf(body, 'opModMaxLimW')).toBe('5000');
    expect(body).not.toContain('csipaus');
  });

  it('shows each control by itself under the href and mRID of the list', async () => {
    const { ask } = await withEnvelope();
    const { body } = await ask('/derp/1/derc?l=255');
    for (const mrid of mridsOf(body)) {
      const alone = await ask(`/derp/1/derc/${mrid}`);
      expect([alone.status, mridsOf(alone.body)]).toEqual([200, [mrid]]);
      expect((await ask(`/derp/1/derc/${mrid}`, { lfdi: lfdiB })).status).toBe(404);
      expect((await ask(`/derp/2/derc/${mrid}`, { lfdi: lfdiB })).status).toBe(404);
    }
  });

  it('keeps the mRID of what a later publication carries, and supersedes what it changes', async () => {
    const port = await withEnvelope([4000, 4000, 3000], [0, 0, 0]);
    const before = mridsOf((await port.ask('/derp/1/derc?l=255')).body);
    port.clock.advance(900);
    // the second quarter is carried, the third changed
    await port.store.commit({
      series: [row([4000, 2000], [0, 0], { publishedAt: t0 + 900, start: t0 + 900, own: Uint8Array.from([0, 1]) })],
    });
    const after = await port.ask('/derp/1/derc?l=255');
    expect(mridsOf(after.body)[0]).toBe(before[0]);
    expect(mridsOf(after.body)).not.toContain(before[1]);
    port.clock.advance(900);
    const then = await port.ask('/derp/1/derc?l=255');
    expect([...then.body.matchAll(/<currentStatus>(\d)</g)].map(m => m[1]).sort()).toEqual(['1', '4']);
    expect(attributeOf((await port.ask('/derp/1/actderc?l=255')).body, 'all')).toBe('1');
  });

  it('counts in the program’s links what the lists hold', async () => {
    const { ask } = await withEnvelope();
    const program = (await ask('/derp/1')).body;
    expect(attributeOf(program, 'all', 'DERControlListLink')).toBe('2');
    expect(attributeOf(program, 'all', 'ActiveDERControlListLink')).toBe('1');
    expect(program).not.toContain('DERCurveListLink');
  });
});

describe('firm limits', () => {
  it('are the DefaultDERControl, and change with the contract', async () => {
    const port = await withEnvelope();
    const values = async () => [...(await port.ask('/derp/1/dderc')).body.matchAll(/<value>(\d+)</g)].map(m => m[1]);
    expect(await values()).toEqual(['2000', '1000']);
    await changeSite(operator(port), '1', { firmImportW: 2500 });
    expect(await values()).toEqual(['2500', '1000']);
    expect(textOf((await port.ask('/derp/1/dderc')).body, 'version')).toBe('1');
    await expect(changeSite(operator(port), '1', { firmImportW: 99_999 })).rejects.toMatchObject({ code: 'BAD_VALUE' });
  });
});

describe('what the operator issues', () => {
  it('goes through scheduled, active and cancelled, and stays readable', async () => {
    const port = await withEnvelope();
    const { derp } = await addProgram(operator(port), { description: 'Emergency', primacy: 0, sites: ['1'] });
    await setDefault(operator(port), derp, { opModMaxLimW: 10_000 });
    await addCurve(operator(port), derp, {
      CurveData: [{ xvalue: 1, yvalue: 2 }],
      curveType: 11,
      xMultiplier: 0,
      yMultiplier: 0,
      yRefType: 2,
    });
    const { mRID } = await addControl(operator(port), derp, {
      start: t0 + 60,
      durationS: 120,
      base: { opModMaxLimW: 5000 },
    });
    const status = async () => textOf((await port.ask(`/derp/${derp}/derc?l=9`)).body, 'currentStatus');
    expect(await status()).toBe('0');
    port.clock.advance(60);
    expect(await status()).toBe('1');
    await cancelControl(operator(port), mRID);
    expect(await status()).toBe('2');
    expect(attributeOf((await port.ask(`/derp/${derp}/actderc`)).body, 'all')).toBe('0');
    expect((await port.ask(`/derp/${derp}/dc?l=9`)).body).toContain('<xvalue>1</xvalue>');
    expect((await port.ask(`/derp/${derp}`, { lfdi: lfdiB })).status).toBe(404);
    const programs = (await port.ask('/edev/1/fsa/1/derp?l=9')).body;
    expect([...programs.matchAll(/<primacy>(\d+)</g)].map(m => m[1])).toEqual(['0', '20']);
  });

  it('never touches an envelope program', async () => {
    const port = await withEnvelope();
    await expect(addControl(operator(port), '1', { start: t0, durationS: 1, base: {} })).rejects.toMatchObject({
      code: 'BAD_VALUE',
    });
  });
});

describe('Responses', () => {
  const response = (subject: string, status: number, lfdi = lfdiA) =>
    `<DERControlResponse ${ns}><createdDateTime>${t0}</createdDateTime><endDeviceLFDI>${lfdi}</endDeviceLFDI><status>${status}</status><subject>${subject}</subject></DERControlResponse>`;
  const post = async (port: Awaited<ReturnType<typeof withEnvelope>>, body: string, lfdi = lfdiA) =>
    port.ask('/rsps/1/rsp', { method: 'POST', body, lfdi });

  it('are taken once each, from the device itself, and outlive the control', async () => {
    const port = await withEnvelope();
    const [mrid = ''] = mridsOf((await port.ask('/derp/1/derc?l=1')).body);
    const first = await post(port, response(mrid, 1));
    expect(first).toMatchObject({
      status: 201,
      headers: { Location: expect.stringMatching(/^\/rsps\/1\/rsp\/\w+$/) as string },
    });
    expect((await post(port, response(mrid, 1))).headers['Location']).toBe(first.headers['Location']);
    expect((await post(port, response(mrid, 2))).status).toBe(201);
    port.clock.advance(10_000);
    expect((await post(port, response(mrid, 3))).status).toBe(201);
    const list = await port.ask('/rsps/1/rsp?l=9');
    expect(attributeOf(list.body, 'all')).toBe('3');
    expect(await port.metrics.value('headroom_responses_total', { status: 'received' })).toBe(1);
    expect((await port.ask(first.headers['Location'] ?? '')).body).toContain(mrid);
  });

  it.each([
    ['an unknown subject', (m: string) => response(m.replace(/^..../, '0000'), 1), 400],
    ['a reserved status', (m: string) => response(m, 77), 400],
    ['another device’s LFDI', (m: string) => response(m, 1, lfdiB), 403],
    ['an LFDI that is none', (m: string) => response(m, 1, 'XYZ'), 400],
  ])('are refused with %s', async (_name, body, status) => {
    const port = await withEnvelope();
    const [mrid = ''] = mridsOf((await port.ask('/derp/1/derc?l=1')).body);
    expect((await post(port, body(mrid))).status).toBe(status);
    expect((await port.ask('/rsps/1/rsp', { method: 'POST', body: response(mrid, 1), lfdi: lfdiB })).status).toBe(404);
  });

  it('with an LFDI whose leading zeros were stripped are the device’s all the same', async () => {
    const port = await withEnvelope();
    await port.store.commit({ series: [row([1], [1], { site: '2' })] });
    const [mrid = ''] = mridsOf((await port.ask('/derp/2/derc', { lfdi: lfdiB })).body);
    const body = response(mrid, 1, lfdiB.toLowerCase().replace(/^0/, ''));
    expect((await port.ask('/rsps/2/rsp', { method: 'POST', body, lfdi: lfdiB })).status).toBe(201);
  });
});

describe('mirrors', () => {
  const mirror = (mRID: string, lfdi = lfdiA, inside = '') =>
    `<MirrorUsagePoint ${ns}><mRID>${mRID}</mRID><roleFlags>0003</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdi}</deviceLFDI>${inside}</MirrorUsagePoint>`;
  const reading = (mRID: string, value: number, type = true) =>
    `<MirrorMeterReading ${ns}><mRID>${mRID}</mRID><Reading><timePeriod><duration>0</duration><start>${t0}</start></timePeriod><value>${value}</value></Reading>${type ? '<ReadingType><kind>37</kind><uom>38</uom></ReadingType>' : ''}</MirrorMeterReading>`;
  const post = (port: Awaited<ReturnType<typeof withEnvelope>>, url: string, body: string, lfdi = lfdiA) =>
    port.ask(url, { method: 'POST', body, lfdi });

  it('are made once, kept apart by device, and shown below UsagePoint', async () => {
    const port = await withEnvelope();
    const made = await post(port, '/mup', mirror('0A'));
    expect(made.status).toBe(201);
    const at = made.headers['Location'] ?? '';
    expect(await post(port, '/mup', mirror('0A'))).toMatchObject({ status: 204, headers: { Location: at } });
    const other = await post(port, '/mup', mirror('0A', lfdiB), lfdiB);
    expect(other.status).toBe(201);
    expect(other.headers['Location']).not.toBe(at);
    expect((await port.ask(at, { lfdi: lfdiB })).status).toBe(404);
    expect((await post(port, '/mup', mirror('0B', lfdiB))).status).toBe(403);

    expect((await post(port, at, reading('0C', 1, false))).status).toBe(400);
    const first = await post(port, at, reading('0C', 1500));
    expect(first.status).toBe(201);
    expect((await post(port, at, reading('0C', 1600, false))).status).toBe(204);
    const meter = first.headers['Location'] ?? '';
    expect(meter).toBe(`${at.replace('/mup', '/upt')}/mr/0C`);
    expect(textOf((await port.ask(`${meter}/r`)).body, 'value')).toBe('1600');
    expect(textOf((await port.ask(`${meter}/rt`)).body, 'uom')).toBe('38');
    expect(await port.metrics.value('headroom_readings_total')).toBe(2);
    expect((await port.ask(at)).body).not.toContain('MirrorMeterReading');
    expect(textOf((await port.ask(at)).body, 'postRate')).toBe('300');

    expect((await port.ask(at, { method: 'DELETE' })).status).toBe(204);
    expect((await port.ask(meter)).status).toBe(404);
    expect(attributeOf((await port.ask('/mup')).body, 'all')).toBe('0');
  });

  it('keep reading sets, replacing one that comes again', async () => {
    const port = await withEnvelope();
    const at = (await post(port, '/mup', mirror('0A'))).headers['Location'] ?? '';
    const set = (value: number) =>
      `<MirrorMeterReading ${ns}><mRID>0C</mRID><MirrorReadingSet><mRID>0D</mRID><timePeriod><duration>300</duration><start>${t0}</start></timePeriod><Reading><value>${value}</value><localID>01</localID></Reading></MirrorReadingSet><ReadingType/></MirrorMeterReading>`;
    const meter = (await post(port, at, set(5))).headers['Location'] ?? '';
    await post(port, at, set(6));
    expect(attributeOf((await port.ask(`${meter}/rs?l=9`)).body, 'all')).toBe('1');
    expect(textOf((await port.ask(`${meter}/rs/0D/r?l=9`)).body, 'value')).toBe('6');
    expect(attributeOf((await port.ask(`${meter}/rs/0D/r?l=9`)).body, 'all')).toBe('1');
  });

  it('go with their site', async () => {
    const port = await withEnvelope();
    const at = (await post(port, '/mup', mirror('0A'))).headers['Location'] ?? '';
    await removeSite(operator(port), '1');
    for (const path of ['/edev/1', '/derp/1', at]) expect([path, (await port.ask(path)).status]).toEqual([path, 404]);
    expect(attributeOf((await port.ask('/edev')).body, 'all')).toBe('0');
  });
});
