/** What became of a control at each device, by the Responses that came and those that did not. */
import { addGroup, moveInTree } from '../functions/operator/groups';
import { deliveryOf } from '../functions/operator/delivery';
import { addControl, addProgram, cancelControl, removeProgram } from '../functions/operator/programs';
import { envelope } from './testing/everything';
import { attributeOf, devicePort, lfdiA, lfdiB, pen, siteA, siteB, t0, textOf } from './testing/port';

const manager = 'AB'.repeat(20);
const ns = 'xmlns="urn:ieee:std:2030.5:ns"';

/** Sites 1 and 2 hang below a transformer, managed by site 3; site 4 hangs elsewhere. */
async function opened(more: object = {}) {
  const port = devicePort();
  const deps = { store: port.store, clock: port.clock, ids: port.ids, pen };
  await port.add(
    { ...siteA, manager },
    { ...siteB, manager },
    { ...siteA, name: 'Manager', lfdi: manager, role: 'aggregator' },
    { ...siteA, name: 'D', lfdi: 'CD'.repeat(20), manager },
  );
  const node = await addGroup(deps, { name: 'TFA', level: 'service-transformer' });
  const { derp } = await addProgram(deps, { description: 'TFA', sites: [], groups: [node.id] });
  await moveInTree(
    deps,
    ['1', '2'].map(site => ({ site, to: node.id })),
  );
  const { mRID } = await addControl(deps, derp, {
    start: t0 + 60,
    durationS: 60,
    base: { opModConnect: false },
    responseRequired: '07',
    ...more,
  });
  const respond = async (status: number, lfdi = lfdiA, from = lfdi, subject = mRID) => {
    const body = `<DERControlResponse ${ns}><createdDateTime>${port.clock.now()}</createdDateTime><endDeviceLFDI>${lfdi}</endDeviceLFDI><status>${status}</status><subject>${subject}</subject></DERControlResponse>`;
    return port.ask(`/rsps/${derp}/rsp`, { method: 'POST', body, lfdi: from });
  };
  const delivery = () => deliveryOf(deps, mRID, { limit: 100 });
  const sites = async () => (await delivery()).sites;
  return { port, deps, derp, node, mRID, respond, delivery, sites };
}

it('goes from silence over received and started to completed, for each device by itself', async () => {
  const { port, respond, sites, delivery } = await opened();
  expect(await sites()).toEqual([
    { site: '1', name: 'A', assigned: true, silentSince: t0 },
    { site: '2', name: 'B', assigned: true, silentSince: t0 },
  ]);
  await respond(1);
  await respond(1, lfdiB, manager);
  expect((await sites()).map(each => each.silentSince)).toEqual([undefined, undefined]);
  port.clock.advance(60);
  expect((await sites()).map(each => each.silentSince)).toEqual([t0 + 60, t0 + 60]);
  await respond(2);
  port.clock.advance(60);
  await respond(3);
  expect(await sites()).toEqual([
    { site: '1', name: 'A', assigned: true, received: t0, started: t0 + 60, completed: t0 + 120 },
    { site: '2', name: 'B', assigned: true, received: t0, silentSince: t0 + 120 },
  ]);
  expect((await delivery()).counts).toEqual({
    sites: 2,
    received: 2,
    started: 1,
    completed: 1,
    cannotComply: 0,
    ended: 0,
    silent: 1,
  });
});

it.each<[number, 'cannotComply' | 'ended', string]>([
  [4, 'cannotComply', 'opt-out'],
  [8, 'cannotComply', 'partly completed, opted out'],
  [9, 'cannotComply', 'partly completed, opted in'],
  [10, 'cannotComply', 'no participation'],
  [12, 'cannotComply', 'cannot display'],
  [251, 'cannotComply', 'not supported'],
  [252, 'cannotComply', 'parameter not applicable'],
  [253, 'cannotComply', 'invalid'],
  [254, 'cannotComply', 'expired'],
  [6, 'ended', 'cancelled'],
  [7, 'ended', 'superseded'],
  [13, 'ended', 'aborted, other server'],
  [14, 'ended', 'aborted, other program'],
])('status %d is an end of its own: %s', async (status, kind, name) => {
  const { port, respond, sites } = await opened();
  await respond(1);
  expect((await respond(status)).status).toBe(201);
  port.clock.advance(200);
  expect((await sites())[0]).toEqual({
    site: '1',
    name: 'A',
    assigned: true,
    received: t0,
    [kind]: { status, name, at: t0 },
  });
});

it.each([0, 15, 250, 255])('status %d is reserved: 400 with reasonCode 1, and nothing is kept', async status => {
  const { respond, delivery } = await opened();
  const refused = await respond(status);
  expect([refused.status, textOf(refused.body, 'reasonCode')]).toEqual([400, '1']);
  expect((await delivery()).counts.received).toBe(0);
});

it('refuses who is neither the sender nor managed by it, and who is not meant', async () => {
  const { respond } = await opened();
  const told = async (...[status, lfdi, from, subject]: Parameters<typeof respond>) => {
    const answer = await respond(status, lfdi, from, subject);
    return [answer.status, textOf(answer.body, 'reasonCode')];
  };
  expect(await told(1, lfdiB, lfdiA)).toEqual([403, '1']);
  expect(await told(1, 'CD'.repeat(20), manager)).toEqual([400, '1']); // managed, but the control is not for it
  expect(await told(1, manager, manager)).toEqual([400, '1']);
  expect(await told(1, lfdiA, lfdiA, '0'.repeat(32))).toEqual([400, '1']);
  expect((await respond(1, 'CD'.repeat(20))).status).toBe(404); // it has no such program
});

it('folds what is said twice, by whomever, and shows each its own', async () => {
  const { port, derp, respond } = await opened();
  const first = (await respond(1)).headers['Location'];
  port.clock.advance(5);
  expect((await respond(1, lfdiA, manager)).headers['Location']).toBe(first);
  await respond(1, lfdiB);
  const counted = async (lfdi: string) => attributeOf((await port.ask(`/rsps/${derp}/rsp?l=9`, { lfdi })).body, 'all');
  expect(await Promise.all([lfdiA, lfdiB, manager].map(counted))).toEqual(['1', '1', '2']);
});

it('keeps what was said of a control that was cancelled, of one moved away from, and of one that is gone', async () => {
  const { port, deps, derp, mRID, respond, sites } = await opened({ randomizeStart: 30 });
  await respond(1);
  await respond(1, lfdiB);
  await cancelControl(deps, mRID, true);
  expect((await sites()).map(each => each.silentSince)).toEqual([undefined, undefined]);
  port.clock.advance(30); // the end may be spread over half a minute
  expect((await sites()).map(each => each.silentSince)).toEqual([t0 + 30, t0 + 30]);
  expect((await respond(6)).status).toBe(201);
  await moveInTree(deps, [{ site: '2' }]);
  expect((await respond(14, lfdiB)).status).toBe(201);
  expect((await sites())[1]).toEqual({
    site: '2',
    name: 'B',
    assigned: false,
    received: t0,
    ended: { status: 14, name: 'aborted, other program', at: t0 + 30 },
  });
  await removeProgram(deps, derp);
  const after = await sites();
  expect(after.map(each => [each.assigned, each.ended?.status])).toEqual([
    [false, 6],
    [false, 14],
  ]);
  await expect(deliveryOf(deps, 'AB'.repeat(16), { limit: 1 })).rejects.toMatchObject({ code: 'NO_SUCH' });
});

it('expects nothing that was not asked for', async () => {
  const { port, sites } = await opened({ responseRequired: '00' });
  port.clock.advance(500);
  expect((await sites()).map(each => each.silentSince)).toEqual([undefined, undefined]);
});

it('pages through sites, and counts all of them', async () => {
  const { deps, mRID } = await opened();
  const first = await deliveryOf(deps, mRID, { limit: 1 });
  expect([first.sites.map(each => each.site), first.counts.sites, first.next]).toEqual([['1'], 2, '1']);
  const second = await deliveryOf(deps, mRID, { limit: 1, after: '1' });
  expect([second.sites.map(each => each.site), second.next]).toEqual([['2'], undefined]);
});

it('tells of an envelope too', async () => {
  const { port, deps } = await opened();
  await port.store.commit({ series: [envelope] });
  const mRID = textOf((await port.ask('/derp/1/derc')).body, 'mRID') ?? '';
  expect((await deliveryOf(deps, mRID, { limit: 9 })).sites).toEqual([
    { site: '1', name: 'A', assigned: true, silentSince: t0 },
  ]);
});
