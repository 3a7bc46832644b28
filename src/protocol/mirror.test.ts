/** The rules of metering mirrors (protocol facts 3.9), one by one, on the wire. */
import { MirrorMeterReading, MirrorMeterReadingList, MirrorUsagePoint } from '../model/mirror';
import { type Reading } from '../model/metering';
import { type House } from '../functions/behaviour';
import { xmlOf } from './testing/everything';
import { attributeOf, devicePort, lfdiA, lfdiB, siteA, siteB, t0, textOf } from './testing/port';

const point = { mRID: '0A', roleFlags: '0003', serviceCategoryKind: 0, status: 1, deviceLFDI: lfdiA };
const power = { uom: 38, kind: 37 };
const period = { start: t0 - 300, duration: 300 };
type Meter = Partial<MirrorMeterReading>;
const meterOf = (mRID: string, more: Meter) => ({ mRID, MirrorReadingSet: [], ...more });
const setOf = (mRID: string, Readings: readonly Reading[], timePeriod = period) => ({
  mRID,
  timePeriod,
  Reading: [...Readings],
});

async function mirrored(house: Partial<House> = {}) {
  const port = devicePort({ house });
  await port.add(siteA, siteB);
  const make = (more: object = {}, lfdi = lfdiA) =>
    port.ask('/mup', {
      method: 'POST',
      lfdi,
      body: xmlOf(MirrorUsagePoint, { ...point, deviceLFDI: lfdi, MirrorMeterReading: [], ...more }),
    });
  const at = (await make()).headers['Location'] ?? '';
  const send = (mRID: string, more: Meter) =>
    port.ask(at, { method: 'POST', body: xmlOf(MirrorMeterReading, meterOf(mRID, more)) });
  const sendList = (...meters: ReturnType<typeof meterOf>[]) =>
    port.ask(at, {
      method: 'POST',
      body: xmlOf(MirrorMeterReadingList, { all: meters.length, results: meters.length, MirrorMeterReading: meters }),
    });
  const upt = at.replace('/mup/', '/upt/');
  const shown = async (path: string) => (await port.ask(path)).body;
  return { ...port, make, at, send, sendList, upt, shown };
}

describe('a MirrorUsagePoint', () => {
  it('shows its first-level elements only, keeps what came inside, and says the postRate, not the client', async () => {
    const port = await mirrored({ postRateS: 60 });
    const inside = [meterOf('0C', { ReadingType: power, Reading: { value: 7 } })];
    const again = await port.make({ MirrorMeterReading: inside, postRate: 5, description: 'roof' });
    expect([again.status, again.headers['Location']]).toEqual([204, port.at]);
    const body = await port.shown(port.at);
    expect(body).not.toContain('MirrorMeterReading');
    expect([textOf(body, 'postRate'), textOf(body, 'description')]).toEqual(['60', 'roof']);
    expect(attributeOf(await port.shown('/mup'), 'pollRate')).toBe('900');
    expect(textOf(await port.shown(`${port.upt}/mr/0C/r`), 'value')).toBe('7');
    const tree = await port.shown(port.upt);
    expect([textOf(tree, 'description'), textOf(tree, 'deviceLFDI')]).toEqual(['roof', lfdiA]);
    expect(tree).toContain(`<MeterReadingListLink href="${port.upt}/mr" all="1"`);
  });

  it('is one by device and mRID, and keeps both when it is PUT', async () => {
    const port = await mirrored();
    const other = await port.make({}, lfdiB);
    expect([other.status, other.headers['Location'] === port.at]).toEqual([201, false]);
    const put = (more: object) =>
      port.ask(port.at, {
        method: 'PUT',
        body: xmlOf(MirrorUsagePoint, { ...point, MirrorMeterReading: [], ...more }),
      });
    expect((await put({ status: 0 })).status).toBe(204);
    expect(textOf(await port.shown(port.at), 'status')).toBe('0');
    expect(textOf(await port.shown(port.upt), 'status')).toBe('0');
    expect((await put({ mRID: '0B' })).status).toBe(400);
  });

  it('is refused with 413 beyond the number a device may have, and welcome again when one is gone', async () => {
    const port = await mirrored({ metering: { mirrorsPerDevice: 2, metersPerMirror: 9 } });
    expect((await port.make({ mRID: '0B' })).status).toBe(201);
    const full = await port.make({ mRID: '0C' });
    expect([full.status, textOf(full.body, 'reasonCode')]).toEqual([413, '2']);
    expect((await port.make({ mRID: '0B' })).status).toBe(204);
    expect((await port.make({ mRID: '0C' }, lfdiB)).status).toBe(201);
    expect((await port.ask(port.at, { method: 'DELETE' })).status).toBe(204);
    expect((await port.make({ mRID: '0C' })).status).toBe(201);
  });
});

describe('a post of meter readings', () => {
  it('tells where the MeterReading is, 201 when it is new and 204 for more of a known one', async () => {
    const port = await mirrored();
    const first = await port.send('0C', { ReadingType: power, Reading: { value: 1 } });
    expect([first.status, first.headers['Location']]).toEqual([201, `${port.upt}/mr/0C`]);
    const later = await port.send('0C', { Reading: { value: 2 } });
    expect([later.status, later.headers['Location']]).toEqual([204, `${port.upt}/mr/0C`]);
    const list = await port.sendList(meterOf('0C', { Reading: { value: 3 } }), meterOf('0D', { ReadingType: power }));
    expect([list.status, list.headers['Location']]).toEqual([201, `${port.upt}/mr`]);
    expect(attributeOf(await port.shown(`${port.upt}/mr`), 'all')).toBe('2');
  });

  it('is refused whole where a new MeterReading has no ReadingType', async () => {
    const port = await mirrored();
    expect((await port.sendList(meterOf('0C', { ReadingType: power }), meterOf('0D', {}))).status).toBe(400);
    expect(attributeOf(await port.shown(`${port.upt}/mr`), 'all')).toBe('0');
  });

  it('is refused with 413 beyond the meter readings a mirror may have', async () => {
    const port = await mirrored({ metering: { mirrorsPerDevice: 2, metersPerMirror: 2 } });
    const typed = (mRID: string) => meterOf(mRID, { ReadingType: power });
    expect((await port.sendList(typed('01'), typed('02'), typed('03'))).status).toBe(413);
    expect((await port.sendList(typed('01'), typed('02'))).status).toBe(201);
    expect((await port.sendList(typed('03'))).status).toBe(413);
    expect((await port.sendList(typed('02'))).status).toBe(204);
  });

  it('replaces the Reading by the one that comes next, though its time be earlier', async () => {
    const port = await mirrored();
    await port.send('0C', { ReadingType: power, Reading: { value: 1, timePeriod: period } });
    await port.send('0C', { Reading: { value: 2, timePeriod: { start: period.start - 900, duration: 300 } } });
    expect(textOf(await port.shown(`${port.upt}/mr/0C/r`), 'value')).toBe('2');
  });

  it('shows of a Reading what it said and nothing else', async () => {
    const port = await mirrored();
    await port.send('0C', { ReadingType: power, Reading: {} });
    expect(await port.shown(`${port.upt}/mr/0C/r`)).toMatch(/^<Reading [^>]*(\/>|><\/Reading>)$/);
    const full = { consumptionBlock: 3, qualityFlags: '0081', timePeriod: period, touTier: 7, value: -5 };
    await port.send('0C', { Reading: full });
    const body = await port.shown(`${port.upt}/mr/0C/r`);
    for (const [name, text] of Object.entries({ consumptionBlock: 3, qualityFlags: '0081', touTier: 7, value: -5 }))
      expect([name, textOf(body, name)]).toEqual([name, `${text}`]);
    expect(textOf(body, 'start')).toBe(`${period.start}`);
    expect(body).not.toContain('localID');
  });

  it('adds reading sets, and replaces one that comes again whole', async () => {
    const port = await mirrored();
    const values = (...all: number[]) => all.map(value => ({ value }));
    await port.send('0C', { ReadingType: power, MirrorReadingSet: [setOf('01', values(1, 2, 3))] });
    await port.send('0C', { MirrorReadingSet: [setOf('02', values(4))] });
    expect(attributeOf(await port.shown(`${port.upt}/mr/0C/rs`), 'all')).toBe('2');
    await port.send('0C', { MirrorReadingSet: [setOf('01', values(9))] });
    const list = await port.shown(`${port.upt}/mr/0C/rs/01/r?l=9`);
    expect([attributeOf(list, 'all'), textOf(list, 'value')]).toEqual(['1', '9']);
    const twice = [setOf('03', values(5, 6)), setOf('03', values(7))];
    expect((await port.send('0C', { MirrorReadingSet: twice })).status).toBe(204);
    expect(attributeOf(await port.shown(`${port.upt}/mr/0C/rs/03/r?l=9`), 'all')).toBe('1');
  });

  it('shows what it had again when a mirror that was deleted is made again', async () => {
    const port = await mirrored();
    const list = `${port.upt}/mr/0C/rs`;
    await port.send('0C', { ReadingType: power, MirrorReadingSet: [setOf('01', [{ value: 1 }])] });
    expect((await port.ask(port.at, { method: 'DELETE' })).status).toBe(204);
    for (const path of [list, `${list}/01`, `${list}/01/r`, `${list}/01/r/0`])
      expect([path, (await port.ask(path)).status]).toEqual([path, 404]);
    expect((await port.make()).headers['Location']).toBe(port.at);
    expect((await port.ask(list)).status).toBe(404);
    await port.send('0C', { ReadingType: power, MirrorReadingSet: [setOf('02', [{ value: 2 }])] });
    expect(attributeOf(await port.shown(list), 'all')).toBe('2');
    expect(textOf(await port.shown(`${list}/01/r`), 'value')).toBe('1');
  });

  it('keeps readings of a set that differ in localID, block or tier only, in that order', async () => {
    const port = await mirrored();
    const said: Reading[] = [
      { localID: '02', value: 1 },
      { localID: '01', consumptionBlock: 2, value: 2 },
      { localID: '01', consumptionBlock: 1, touTier: 2, value: 3 },
      { localID: '01', consumptionBlock: 1, touTier: 1, value: 4 },
      { value: 5 },
      { value: 6 },
      { localID: '0100', value: 7 },
    ];
    await port.send('0C', { ReadingType: power, MirrorReadingSet: [setOf('01', said)] });
    const list = await port.shown(`${port.upt}/mr/0C/rs/01/r?l=99`);
    expect([...list.matchAll(/<value>(\d)</g)].map(([, value]) => Number(value))).toEqual([5, 6, 4, 3, 2, 1, 7]);
    expect(textOf(await port.shown(`${port.upt}/mr/0C/rs/01/r/2`), 'touTier')).toBe('1');
  });

  it('takes a document that names one MeterReading twice', async () => {
    const port = await mirrored();
    const both = await port.sendList(
      meterOf('0C', { ReadingType: power, Reading: { value: 1, timePeriod: period } }),
      meterOf('0C', { Reading: { value: 2, timePeriod: period } }),
    );
    expect(both.status).toBe(201);
    expect(textOf(await port.shown(`${port.upt}/mr/0C/r`), 'value')).toBe('2');
  });

  it('is not dated ahead', async () => {
    const port = await mirrored();
    const ahead = { start: t0 + 301, duration: 1 };
    const refused = await port.send('0C', { ReadingType: power, Reading: { value: 1, timePeriod: ahead } });
    expect(refused.status).toBe(400);
    const set = await port.send('0C', { ReadingType: power, MirrorReadingSet: [setOf('01', [], ahead)] });
    expect(set.status).toBe(400);
  });

  it('says now and then that the mirror is in use', async () => {
    const port = await mirrored();
    const changed = async () => (await port.store.get(port.at))?.changed;
    await port.send('0C', { ReadingType: power });
    port.clock.advance(3599);
    await port.send('0C', { Reading: { value: 1 } });
    expect(await changed()).toBe(t0);
    port.clock.advance(1);
    expect((await port.send('0C', { Reading: { value: 2 } })).status).toBe(204);
    expect(await changed()).toBe(t0 + 3600);
  });
});
