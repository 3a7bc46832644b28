/** Flow reservation as a device sees it, under each policy. */
import { model } from '../model';
import { flowPolicyNamed } from '../services/flow-policies';
import { answerFlow, flowRequestsOf, flowRequestsWaiting, withdrawFlow } from '../functions/operator/flow-reservations';
import { xmlOf } from './testing/everything';
import { attributeOf, devicePort, lfdiB, pen, siteA, siteB, t0, textOf } from './testing/port';

const kW = (value: number) => ({ multiplier: 3, value });
const asked = {
  mRID: '68512866203DB3B10000E566',
  description: 'Charge overnight',
  creationTime: t0,
  durationRequested: 7371,
  energyRequested: kW(12),
  intervalRequested: { duration: 28_800, start: t0 + 3600 },
  powerRequested: kW(7),
  RequestStatus: { dateTime: t0, requestStatus: 0 },
};
type Asked = typeof asked;

async function house(policy: string) {
  const port = devicePort({ house: { flowPolicy: flowPolicyNamed(policy) } });
  await port.add({ ...siteA, firmImportW: 9000 }, siteB);
  const deps = { store: port.store, clock: port.clock, ids: port.ids, pen };
  const send = (more: Partial<Asked> = {}) =>
    port.ask('/edev/1/frq', { method: 'POST', body: xmlOf(model.flowReservation.request.type, { ...asked, ...more }) });
  const change = (at: string, more: Partial<Asked> = {}) =>
    port.ask(at, { method: 'PUT', body: xmlOf(model.flowReservation.request.type, { ...asked, ...more }) });
  /** Status, start − t0, duration, W and Wh of each answer. */
  const answers = async () =>
    [...(await port.ask('/edev/1/frp?l=99')).body.matchAll(/<FlowReservationResponse .*?<\/FlowReservationResponse>/gs)]
      .map(([xml]) => xml)
      .map(xml => {
        const number = (name: string) => Number(textOf(xml, name));
        const amount = (name: string) => {
          const [, multiplier = '', value = ''] =
            new RegExp(`<${name}>\\s*<multiplier>(-?\\d+)</multiplier>\\s*<value>(-?\\d+)</value>`).exec(xml) ?? [];
          return Number(value) * 10 ** Number(multiplier);
        };
        return [
          number('currentStatus'),
          number('start') - t0,
          number('duration'),
          amount('powerAvailable'),
          amount('energyAvailable'),
        ];
      });
  return { ...port, deps, send, change, answers };
}
const cancelled = { RequestStatus: { dateTime: t0, requestStatus: 1 } };

it('grants all as it was asked for, to that device and no other', async () => {
  const { ask, send, answers } = await house('grant-all');
  expect((await ask('/edev/1')).body).not.toContain('FlowReservation');
  const made = await send();
  expect([made.status, made.headers['Location']]).toEqual([201, expect.stringMatching(/^\/edev\/1\/frq\/\w+$/)]);
  expect(await answers()).toEqual([[0, 3600, 28_800, 7000, 12_000]]);
  const response = (await ask('/edev/1/frp')).body;
  expect(textOf(response, 'subject')).toBe(asked.mRID);
  expect(attributeOf(response, 'replyTo', 'FlowReservationResponse')).toBe('/rsps/1/rsp');
  for (const link of ['FlowReservationRequestListLink', 'FlowReservationResponseListLink'])
    expect((await ask('/edev/1')).body).toContain(
      `<${link} href="/edev/1/fr${link.includes('Req') ? 'q' : 'p'}" all="1"`,
    );
  expect((await ask('/edev/1/frp', { lfdi: lfdiB })).status).toBe(404);
});

it('is answered with FlowReservationResponseResponse, and with no Response of another kind', async () => {
  const { ask, send } = await house('grant-all');
  await send();
  const subject = textOf((await ask('/edev/1/frp')).body, 'mRID');
  const say = (type: 'FlowReservationResponseResponse' | 'PriceResponse', to: string | undefined, lfdi = siteA.lfdi) =>
    ask('/rsps/1/rsp', {
      method: 'POST',
      body: `<${type} xmlns="urn:ieee:std:2030.5:ns"><endDeviceLFDI>${lfdi}</endDeviceLFDI><status>1</status><subject>${to}</subject></${type}>`,
    });
  expect((await say('FlowReservationResponseResponse', subject)).status).toBe(201);
  expect((await say('PriceResponse', subject)).status).toBe(400);
  expect((await say('FlowReservationResponseResponse', asked.mRID)).status).toBe(400);
  expect((await say('FlowReservationResponseResponse', subject, lfdiB)).status).toBe(403);
});

it('shares out the envelope first come, first served, and gives back what is cancelled', async () => {
  const { send, change, answers, clock } = await house('capacity');
  const first = await send();
  await send({ mRID: 'AB' });
  await send({ mRID: 'AC', energyRequested: kW(5), powerRequested: kW(5), durationRequested: 3600 });
  // 9 kW firm: the first has 7 kW at once; the second the time after it; the third what is left then.
  expect(await answers()).toEqual([
    [0, 3600, 7371, 7000, 12_000],
    [0, 10_971, 7371, 7000, 12_000],
    [0, 18_342, 3600, 5000, 5000],
  ]);
  const at = first.headers['Location'] ?? '';
  expect((await change(at, { ...cancelled, powerRequested: kW(1) })).status).toBe(400);
  expect((await change(at, cancelled)).status).toBe(204);
  expect((await change(at, cancelled)).status).toBe(204);
  expect((await change(at)).status).toBe(400);
  expect((await answers())[0]).toEqual([2, 3600, 7371, 7000, 12_000]);
  await send({ mRID: 'AD' });
  expect((await answers()).filter(([status, start]) => status === 0 && start === 3600)).toHaveLength(1);
  clock.advance(4000);
  expect((await answers()).map(([status]) => status)).toEqual(expect.arrayContaining([1, 2, 0]));
});

it('counts discharging apart from charging, by the export limit', async () => {
  const { send, answers } = await house('capacity');
  await send();
  await send({ mRID: 'AB', energyRequested: kW(-2), powerRequested: kW(-4) });
  expect(await answers()).toEqual([
    [0, 3600, 28_800, -1000, -2000], // of one start the newer stands first
    [0, 3600, 7371, 7000, 12_000],
  ]);
});

it('refuses in words a device can read where nothing is free', async () => {
  const { send, answers } = await house('capacity');
  await send({ powerRequested: kW(9), energyRequested: kW(99), durationRequested: 28_800 });
  await send({ mRID: 'AB' });
  expect((await answers())[0]).toEqual([0, 3600, 28_800, 0, 0]);
});

it('makes one of a request that is sent twice, and refuses what cannot be', async () => {
  const { send, answers, clock } = await house('grant-all');
  const [a, b] = [await send(), await send({ mRID: asked.mRID.toLowerCase() })];
  expect([a.status, b.status, b.headers['Location']]).toEqual([201, 201, a.headers['Location']]);
  expect((await send({ powerRequested: kW(6) })).status).toBe(400);
  expect((await send({ mRID: 'AB', intervalRequested: { start: t0 - 100, duration: 100 } })).status).toBe(400);
  expect((await send({ mRID: 'AB', creationTime: t0 + 301 })).status).toBe(400);
  expect((await send({ mRID: 'AB', ...cancelled })).status).toBe(400);
  expect((await send({ mRID: 'AB', energyRequested: kW(-1) })).status).toBe(400);
  expect(await answers()).toHaveLength(1);
  for (let n = 0; n < 63; n++) expect((await send({ mRID: `C${n}${n}`.padEnd(4, '0').slice(0, 4) })).status).toBe(201);
  expect((await send({ mRID: 'DD' })).status).toBe(400);
  // A day after their windows closed, requests and answers are laid aside.
  clock.advance(3600 + 28_800 + 86_400);
  const later = { creationTime: clock.now(), intervalRequested: { start: clock.now() + 60, duration: 600 } };
  expect((await send({ mRID: 'EE', ...later })).status).toBe(201);
  expect(await answers()).toHaveLength(1);
});

it('cannot be made to keep more and more: what a device cancels makes room, and of the past so much stays', async () => {
  const { ask, send, change, store, clock } = await house('grant-all');
  const far = { intervalRequested: { start: t0 + 3600, duration: 4_000_000 } };
  const mRID = (n: number) => n.toString(16).padStart(4, '0');
  for (let n = 0; n < 300; n++) {
    const made = await send({ ...far, mRID: mRID(n) });
    expect(made.status).toBe(201);
    const at = made.headers['Location'] ?? '';
    if (n > 0) expect((await change(at, { ...far, ...cancelled, mRID: mRID(n) })).status).toBe(204);
  }
  // The first was never cancelled, and is still there.
  expect([await store.count('/edev/1/frq'), await store.count('/edev/1/frp')]).toEqual([256, 256]);
  expect(textOf((await ask('/edev/1/frp?s=255')).body, 'currentStatus')).toBe('0');
  clock.advance(4_200_000);
  const later = { creationTime: clock.now(), intervalRequested: { start: clock.now(), duration: 600 } };
  await send({ ...later, mRID: 'FFFF' });
  expect([await store.count('/edev/1/frq'), await store.count('/edev/1/frp')]).toEqual([1, 1]);
  clock.advance(600 + 86_400);
  await send({
    ...later,
    creationTime: clock.now(),
    intervalRequested: { start: clock.now(), duration: 600 },
    mRID: 'FFFE',
  });
  expect(await store.count('~past/edev/1/frp')).toBe(100);
  expect(await store.count('~past/edev/1/frq')).toBe(100);
  // An mRID of long ago may come again.
  const again = {
    creationTime: clock.now(),
    intervalRequested: { start: clock.now() + 60, duration: 600 },
    mRID: 'FFFF',
  };
  expect((await send(again)).status).toBe(201);
  expect(await store.count('/edev/1/frq')).toBe(2);
});

it('waits for the operator under `external`, and lets the operator answer anew under any policy', async () => {
  const { send, change, answers, clock, deps } = await house('external');
  const made = await send();
  expect(await answers()).toEqual([]);
  const [waiting] = await flowRequestsWaiting(deps);
  expect(waiting).toMatchObject({ site: '1', mRID: asked.mRID, powerW: 7000, energyWh: 12_000, answers: [] });
  const frq = waiting?.request ?? '';
  const answer = (start: number, durationS: number, powerW: number) =>
    answerFlow(deps, '1', frq, { start: t0 + start, durationS, powerW, energyWh: 9000 });
  await expect(answer(0, 3600, 3000)).rejects.toMatchObject({ code: 'BAD_VALUE' });
  await expect(answer(3600, 3600, 8000)).rejects.toMatchObject({ code: 'BAD_VALUE' });
  await answer(3600, 14_400, 3000);
  expect(await flowRequestsWaiting(deps)).toEqual([]);
  expect(await answers()).toEqual([[0, 3600, 14_400, 3000, 9000]]);
  await answer(7200, 14_400, 2000); // before the first has begun: it is cancelled
  expect((await answers()).map(([status]) => status)).toEqual([2, 0]);
  clock.advance(7200);
  await answer(7200, 14_400, 1000); // takes over at once: it supersedes
  expect((await answers()).map(([status]) => status).sort()).toEqual([1, 2, 4]);
  await withdrawFlow(deps, '1', frq, 'fault on the feeder');
  expect((await answers()).map(([status]) => status).sort()).toEqual([2, 2, 4]);
  await expect(withdrawFlow(deps, '1', frq)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await change(made.headers['Location'] ?? '', cancelled)).status).toBe(204);
  expect(await flowRequestsOf(deps, '1')).toMatchObject([{ cancelled: true, answers: [{}, {}, {}] }]);
  await expect(answer(7200, 14_400, 1000)).rejects.toMatchObject({ code: 'CONFLICT' });
});
