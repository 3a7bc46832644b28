/** What devices said before what they say now, and the alarms in it. */
import { model } from '../model';
import { DERStatus } from '../model/der';
import { LogEvent } from '../model/log';
import { pastAlarms, standingAlarms, type Alarm } from '../functions/alarms';
import { pastList, type PastValue } from '../functions/past';
import { removeSite } from '../functions/operator/sites';
import { valueOf, xmlOf } from './testing/everything';
import { devicePort, pen, siteA, t0, textOf } from './testing/port';

const status = '/edev/1/der/1/ders';

async function house(pastValues?: number) {
  const port = devicePort(pastValues === undefined ? {} : { house: { pastValues } });
  await port.add(siteA);
  const past = async (at: string) => {
    const { docs } = await port.store.page<PastValue>(pastList(at), { start: 0, limit: 999 });
    return docs.map(doc => doc.body);
  };
  const put = (at: string, body: string) => port.ask(at, { method: 'PUT', body });
  const say = (readingTime: number, alarmStatus?: string) =>
    put(status, xmlOf(DERStatus, { readingTime, ...(alarmStatus !== undefined && { alarmStatus }) }));
  const log = (createdDateTime: number, logEventCode: number) =>
    port.ask('/edev/1/lel', {
      method: 'POST',
      body: xmlOf(LogEvent, { ...valueOf(LogEvent), createdDateTime, functionSet: 11, logEventCode }),
    });
  const alarms = async () => {
    const { docs } = await port.store.page<Alarm>(standingAlarms, { start: 0, limit: 99 });
    return docs.map(({ body }) => `${body.kind} ${body.raisedBy}`);
  };
  return { ...port, past, put, say, log, alarms };
}

it('keeps what a PUT replaces, newest first, with its time', async () => {
  const port = await house();
  for (const n of [1, 2, 3]) {
    port.clock.advance(10);
    expect((await port.say(t0 + n)).status).toBe(204);
  }
  expect(textOf((await port.ask(status)).body, 'readingTime')).toBe(`${t0 + 3}`);
  expect((await port.past(status)).map(({ from, until, value }) => [from, until, value])).toEqual([
    [t0 + 20, t0 + 30, { readingTime: t0 + 2 }],
    [t0 + 10, t0 + 20, { readingTime: t0 + 1 }],
    [t0, t0 + 10, { readingTime: t0 }],
  ]);
});

it.each([
  ['/edev/1/di', model.deviceInformation.information.type],
  ['/edev/1/dstat', model.deviceStatus.status.type],
  ['/edev/1/ps', model.powerStatus.status.type],
  ['/edev/1/cfg', model.configuration.configuration.type],
  ['/edev/1/der/1/dercap', model.der.capability.type],
  ['/edev/1/der/1/derg', model.der.settings.type],
  ['/edev/1/der/1/dera', model.der.availability.type],
])('keeps past values of %s', async (at, type) => {
  const port = await house();
  const before = (await port.past(at)).length;
  const body = xmlOf(type, { ...valueOf(type), ...(type.name === 'DeviceInformation' && { lFDI: siteA.lfdi }) });
  expect((await port.put(at, body)).status).toBe(204);
  expect((await port.put(at, body)).status).toBe(204);
  expect((await port.past(at)).length).toBeGreaterThan(before);
});

it('keeps as many as the house says, and none where it says so', async () => {
  const port = await house(3);
  for (let n = 0; n < 9; n++) await port.say(t0 + n);
  expect((await port.past(status)).map(({ value }) => (value as DERStatus).readingTime - t0)).toEqual([7, 6, 5]);
  const none = await house(0);
  for (let n = 0; n < 3; n++) await none.say(t0 + n);
  expect(await none.past(status)).toEqual([]);
});

it('moves LogEvents that made room to the past', async () => {
  const port = await house();
  for (let n = 0; n < 203; n++) expect((await port.log(t0 - 300 + n, 99)).status).toBe(201);
  const moved = (await port.past('/edev/1/lel')).map(({ value }) => (value as LogEvent).createdDateTime - t0);
  expect(moved).toEqual([-298, -299, -300]);
});

it('raises and clears alarms by status and by log, whichever speaks last', async () => {
  const port = await house();
  await port.say(t0, '00000006');
  expect(await port.alarms()).toEqual(['overVoltage DERStatus', 'underVoltage DERStatus']);
  await port.log(t0 + 1, 2); // over-voltage again
  await port.log(t0 + 2, 18);
  expect(await port.alarms()).toEqual(['overVoltage DERStatus', 'underVoltage DERStatus', 'lowInputPower LogEvent']);
  await port.log(t0 + 3, 3);
  await port.say(t0 + 4, '00000002');
  await port.say(t0 + 5); // says nothing of alarms
  expect(await port.alarms()).toEqual(['lowInputPower LogEvent']);
  const past = (await port.past(pastAlarms('1'))).map(({ value }) => value as Alarm);
  expect(
    past.map(({ kind, raisedAt = 0, clearedAt = 0, clearedBy }) => [kind, raisedAt - t0, clearedAt - t0, clearedBy]),
  ).toEqual([
    ['underVoltage', 0, 4, 'DERStatus'],
    ['overVoltage', 0, 3, 'LogEvent'],
  ]);
});

it('goes with its site', async () => {
  const port = await house();
  await port.say(t0, '00000001');
  await removeSite({ store: port.store, clock: port.clock, pen }, '1');
  expect([await port.alarms(), await port.past(status)]).toEqual([[], []]);
});
