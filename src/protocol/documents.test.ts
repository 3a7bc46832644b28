/** Events an operator issues beside DERControls, as devices see them: at every change, in every list, in Responses and notices. */
import { model } from '../model';
import { href } from '../model/href';
import { type Resource } from '../model/resource';
import { addGroup, moveInTree } from '../functions/operator/groups';
import { makeDocuments, makeProgram, placeDocument, removeDocument } from '../functions/operator/documents/documents';
import { cancelEvent, replaceEvent } from '../functions/operator/documents/events';
import { type DocumentDeps } from '../functions/operator/documents/making';
import { eventsInForce } from '../functions/operator/events-in-force';
import { programNodes, withBelow, type DocumentNode } from '../functions/operator/documents/nodes';
import { documentPage, documentShown, eventResponses } from '../functions/operator/documents/shown';
import { attributeOf, devicePort, lfdiA, lfdiB, pen, siteA, siteB, t0, textOf } from './testing/port';
import { aggregator, aggregatorLfdi, managed, told } from './testing/told';

const nodeOf = (resource: Resource): DocumentNode => {
  const found = programNodes.flatMap(withBelow).find(node => node.resource === resource);
  if (!found) throw new Error(resource.name);
  return found;
};
const depsOf = ({ store, clock, ids }: ReturnType<typeof devicePort>): DocumentDeps => ({
  store,
  clock,
  ids,
  pen,
  fits: () => undefined,
});

interface Kind {
  readonly name: string;
  readonly program: Resource;
  readonly event: Resource;
  readonly spec: object;
  /** Ids of what events stand below, and path of their list. */
  readonly above: (made: string) => string[];
  readonly value: object;
  readonly response: string;
  /** Whether a newer one takes the place of an older one. */
  readonly supersedes: boolean;
}
const kinds: readonly Kind[] = [
  {
    name: 'EndDeviceControl',
    program: model.drlc.program,
    event: model.drlc.control,
    spec: { value: { description: 'Summer', primacy: 1 } },
    above: id => [id],
    value: { deviceCategory: '0F', drProgramMandatory: true, loadShiftForward: false, DutyCycle: { normalValue: 50 } },
    response: 'DrResponse',
    supersedes: true,
  },
  {
    name: 'TimeTariffInterval',
    program: model.pricing.profile,
    event: model.pricing.interval,
    spec: {
      value: { primacy: 1, serviceCategoryKind: 0 },
      components: [{ value: { roleFlags: '0000' }, componentType: { uom: 72 } }],
    },
    above: id => [id, '2'],
    value: { touTier: 1 },
    response: 'PriceResponse',
    supersedes: true,
  },
  {
    name: 'TextMessage',
    program: model.messaging.program,
    event: model.messaging.message,
    spec: { value: { primacy: 1, locale: 'en-US' } },
    above: id => [id],
    value: { priority: 2, textMessage: 'Storm' },
    response: 'TextResponse',
    supersedes: false,
  },
];

async function house(kind: Kind, more: Parameters<typeof devicePort>[0] = {}) {
  const port = devicePort(more);
  await port.add(siteA, siteB);
  const deps = depsOf(port);
  const node = nodeOf(kind.event);
  const places = { sites: ['1'], groups: [] };
  const program = await makeProgram(deps, nodeOf(kind.program), kind.spec as never, places);
  const above = kind.above(program.id);
  const issue = async (start: number, duration: number, other: object = {}) => {
    const value = { ...kind.value, interval: { start: t0 + start, duration }, ...other };
    const [made] = await makeDocuments(deps, node, above, [{ value }]);
    if (!made) throw new Error('nothing made');
    return made;
  };
  const segments = kind.event.path.split('/');
  const list = segments
    .slice(0, -1)
    .map(segment =>
      segment.startsWith(':') ? above[segments.filter(s => s.startsWith(':')).indexOf(segment)] : segment,
    )
    .join('/');
  const active = list.replace(/\/(\w+)$/, '/act$1');
  /** mRID order and states of the list, and how many are active; links say the same. */
  const seen = async () => {
    const all = (await port.ask(`${list}?l=99`)).body;
    const on = (await port.ask(`${active}?l=99`)).body;
    const parent = (await port.ask(list.slice(0, list.lastIndexOf('/')))).body;
    const count = (link: string) => attributeOf(parent, 'all', link) ?? '0';
    expect([count(`${kind.name}ListLink`), count(`Active${kind.name}ListLink`)]).toEqual([
      attributeOf(all, 'all'),
      attributeOf(on, 'all'),
    ]);
    return [[...all.matchAll(/<currentStatus>(\d)/g)].map(([, s]) => s).join(''), attributeOf(on, 'all')];
  };
  return { ...port, deps, node, program, above, issue, list, active, seen, idsOf: (id: string) => [...above, id] };
}

describe.each(kinds.map(kind => [kind.name, kind] as const))('%s', (_name, kind) => {
  it('is scheduled, active at its very second, and gone at its end; with 2023 completed for a while', async () => {
    for (const dialect of ['2018', '2023'] as const) {
      const { issue, seen, clock } = await house(kind, { dialect });
      await issue(100, 200);
      const states: unknown[] = [];
      for (const second of [0, 99, 100, 299, 300, 1199, 1200]) {
        clock.advance(t0 + second - clock.now());
        states.push(await seen());
      }
      const over = dialect === '2023' ? ['5', '0'] : ['', '0'];
      expect(states).toEqual([['0', '0'], ['0', '0'], ['1', '1'], ['1', '1'], over, over, ['', '0']]);
    }
  });

  it('is cancelled at once and stays readable until its end, 30 s at least', async () => {
    const { issue, seen, clock, deps, node, idsOf, ask } = await house(kind);
    const { id, href } = await issue(0, 100);
    expect(await seen()).toEqual(['1', '1']);
    clock.advance(90);
    await cancelEvent(deps, node, idsOf(id), { reason: 'rain' });
    await cancelEvent(deps, node, idsOf(id));
    expect(await seen()).toEqual(['2', '0']);
    const { body } = await ask(href);
    expect([textOf(body, 'reason'), textOf(body, 'dateTime'), textOf(body, 'version')]).toEqual([
      'rain',
      `${t0 + 90}`,
      '1',
    ]);
    clock.advance(29);
    expect(await seen()).toEqual(['2', '0']);
    clock.advance(1);
    expect(await seen()).toEqual(['', '0']);
    expect((await ask(href)).status).toBe(404);
    const { id: late } = await issue(200, 10);
    clock.advance(200);
    await expect(cancelEvent(deps, node, idsOf(late))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it(`${kind.supersedes ? 'gives way to' : 'stands beside'} a newer one that overlaps it`, async () => {
    const { issue, seen, clock } = await house(kind);
    await issue(0, 600);
    clock.advance(1);
    await issue(100, 100);
    expect(await seen()).toEqual([kind.supersedes ? '10' : '01', '1']); // messages: the latest start stands first
    clock.advance(99);
    expect(await seen()).toEqual(kind.supersedes ? ['41', '1'] : ['11', '2']);
    clock.advance(100);
    expect(await seen()).toEqual(kind.supersedes ? ['4', '0'] : ['1', '1']); // what was superseded never comes back
  });

  it('is replaced by another: superseded where that one takes over at once, else cancelled', async () => {
    const { issue, seen, clock, deps, node, idsOf } = await house(kind);
    const spec = (start: number) => ({ value: { ...kind.value, interval: { start: t0 + start, duration: 500 } } });
    const first = await issue(50, 500);
    const second = await replaceEvent(deps, node, idsOf(first.id), spec(60));
    expect((await seen())[0]?.split('').sort()).toEqual(['0', '2']);
    clock.advance(60);
    await replaceEvent(deps, node, idsOf(second.id), spec(60));
    expect((await seen())[0]?.split('').sort()).toEqual(['1', '2', kind.supersedes ? '4' : '2'].sort());
    await expect(replaceEvent(deps, node, idsOf(second.id), spec(60))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is answered by the device it is meant for, with Responses of its kind, whatever becomes of it', async () => {
    const { issue, ask, deps, node, idsOf, clock, program } = await house(kind);
    const { id, href, mRID = '' } = await issue(0, 100);
    const { body } = await ask(href);
    const replyTo = attributeOf(body, 'replyTo', kind.name) ?? '';
    expect([replyTo, attributeOf(body, 'responseRequired', kind.name)]).toEqual([`/rsps/${program.id}/rsp`, '03']);
    const say = (type: string, status: number, subject: string, lfdi = lfdiA, as = lfdi) =>
      ask(replyTo, {
        method: 'POST',
        lfdi: as,
        body: `<${type} xmlns="urn:ieee:std:2030.5:ns"><createdDateTime>${clock.now()}</createdDateTime><endDeviceLFDI>${lfdi}</endDeviceLFDI><status>${status}</status><subject>${subject}</subject></${type}>`,
      });
    expect((await say(kind.response, 1, mRID)).status).toBe(201);
    expect((await say('Response', 2, mRID.toLowerCase())).status).toBe(201);
    const again = await say(kind.response, 1, mRID);
    expect([again.status, (await ask(replyTo)).body]).toEqual([201, expect.stringContaining('all="2"')]);
    for (const other of ['DERControlResponse', 'DrResponse', 'PriceResponse', 'TextResponse'])
      if (other !== kind.response) expect([other, (await say(other, 3, mRID)).status]).toEqual([other, 400]);
    expect((await say(kind.response, 99, mRID)).status).toBe(400);
    expect((await say(kind.response, 1, 'AB'.repeat(16))).status).toBe(400);
    expect((await say(kind.response, 1, mRID, lfdiB, lfdiA)).status).toBe(403);
    expect((await say(kind.response, 1, mRID, lfdiB)).status).toBe(404);
    await cancelEvent(deps, node, idsOf(id));
    expect((await say(kind.response, 6, mRID)).status).toBe(201);
    clock.advance(1000);
    expect((await say(kind.response, 11, mRID)).status).toBe(201);
    expect(await eventResponses(deps, node, idsOf(id))).toMatchObject(
      [1, 2, 6, 11].map(status => ({ site: '1', status })),
    );
    expect((await ask('/rsps?l=9')).body).toContain(`href="/rsps/${program.id}"`);
  });

  it('that is long over is laid aside, for the operator to read', async () => {
    const { issue, clock, deps, node, above, seen } = await house(kind);
    for (let n = 0; n < 40; n++) await issue(n, 10);
    clock.advance(3600);
    for (let n = 0; n < 30; n++) await issue(3600 + 10 * n, 10);
    const [now, past] = [
      await documentPage(deps, node, above, { limit: 100 }),
      await documentPage(deps, node, above, { limit: 100, past: true }),
    ];
    expect([now.documents.length, past.documents.length]).toEqual([30, 40]);
    const superseded = past.documents.filter(({ state }) => state?.status === 4).length;
    expect(superseded).toBe(kind.supersedes ? 39 : 0);
    expect((await seen())[0]).toHaveLength(30);
  });

  it('is told to subscribers when it is issued, when it begins by the clock alone, and when it is cancelled', async () => {
    const at = told();
    await at.add(siteA, siteB);
    await at.start();
    const deps = depsOf(at);
    const node = nodeOf(kind.event);
    const program = await makeProgram(deps, nodeOf(kind.program), kind.spec as never, { sites: ['1'], groups: [] });
    const above = kind.above(program.id);
    const list = `${program.href}${above.length > 1 ? `/rc/${above[1]}` : ''}/${kind.event.path.split('/').at(-2)}`;
    expect((await at.subscribe(list)).status).toBe(201);
    expect((await at.subscribe(list.replace(/\/(\w+)$/, '/act$1'))).status).toBe(201);
    expect((await at.subscribe(list, { lfdi: lfdiB, edev: '2' })).status).toBe(400);
    const value = { ...kind.value, interval: { start: t0 + 100, duration: 300 } };
    const [event] = await makeDocuments(deps, node, above, [{ value }]);
    const told1 = async (seconds: number) => {
      const before = at.posted.length;
      at.clock.advance(seconds);
      await at.settle();
      return at.posted
        .slice(before)
        .map(({ body }) => [
          /<subscribedResource>[^<]*\/(\w+)</.exec(body)?.[1]?.startsWith('act') ? 'active' : 'all',
          [...body.matchAll(/<currentStatus>(\d)/g)].map(([, s]) => s).join(''),
        ])
        .sort();
    };
    expect(await told1(0)).toEqual([['all', '0']]);
    expect(await told1(99)).toEqual([]);
    expect(await told1(1)).toEqual([
      ['active', '1'],
      ['all', '1'],
    ]);
    at.clock.advance(60);
    await cancelEvent(deps, node, [...above, event?.id ?? '']);
    expect(await told1(0)).toEqual([
      ['active', ''],
      ['all', '2'],
    ]);
    expect(at.failed).toEqual([]);
    await at.stop();
  });
});

it('of programs of a kind, the one of lower primacy governs a device, and what it governed is not given back', async () => {
  const port = devicePort();
  await port.add(siteA, siteB);
  const deps = depsOf(port);
  const both = { sites: ['1', '2'], groups: [] };
  const value = (start: number, duration: number, deviceCategory = '03') => ({
    value: {
      deviceCategory,
      drProgramMandatory: true,
      loadShiftForward: false,
      interval: { start: t0 + start, duration },
    },
  });
  const program = (primacy: number, ...events: object[]) =>
    makeProgram(deps, nodeOf(model.drlc.program), { value: { primacy }, controls: events }, both);
  const weak = await program(5, value(0, 600), value(400, 500));
  const strong = await program(2, value(100, 100));
  const other = await program(1, value(0, 600, '04')); // for devices of another kind
  await port.ask('/edev/1', {
    method: 'PUT',
    body: `<EndDevice xmlns="urn:ieee:std:2030.5:ns"><deviceCategory>01</deviceCategory><sFDI>${siteA.sfdi}</sFDI><changedTime>0</changedTime></EndDevice>`,
  });
  const governs = async (edev: string) => (await eventsInForce(deps, edev)).map(({ program: id }) => id).join();
  const seen: string[][] = [];
  for (const second of [0, 100, 200, 400, 900]) {
    port.clock.advance(t0 + second - port.clock.now());
    seen.push([await governs('1'), await governs('2')]);
  }
  // From 400 s on the weaker program has a newer event of its own; the older one lost to the stronger program for good.
  expect(seen).toEqual([
    [weak.id, other.id],
    [strong.id, other.id],
    ['', other.id],
    [weak.id, other.id],
    ['', ''],
  ]);
  const messages = await makeProgram(
    deps,
    nodeOf(model.messaging.program),
    {
      value: { primacy: 1, locale: 'en' },
      messages: ['a', 'b'].map(textMessage => ({
        value: { priority: 1, textMessage, interval: { start: t0 + 900, duration: 9 } },
      })),
    },
    both,
  );
  expect(await governs('1')).toBe(`${messages.id},${messages.id}`);
});

it('is seen by an aggregator device by device: each assignment has its own lists', async () => {
  const port = devicePort();
  await port.add(aggregator);
  await port.add(managed('M', 21), managed('N', 22));
  const deps = depsOf(port);
  const make = (name: string, sites: string[]) =>
    makeProgram(
      deps,
      nodeOf(model.messaging.program),
      { value: { description: name, primacy: 1, locale: 'en' } },
      { sites, groups: [] },
    );
  const [one, both] = [await make('one', ['2']), await make('both', ['2', '3'])];
  const ask = async (path: string) => (await port.ask(path, { lfdi: aggregatorLfdi })).body;
  expect(attributeOf(await ask('/msg'), 'all')).toBe('2');
  expect(attributeOf(await ask('/edev/2/fsa/1'), 'all', 'MessagingProgramListLink')).toBe('2');
  const other = await ask('/edev/3/fsa/1/msg');
  expect([attributeOf(other, 'all'), other.includes(both.href), other.includes(one.href)]).toEqual(['1', true, false]);
});

it('comes with the place of a device in the tree, and goes with it', async () => {
  const port = devicePort();
  await port.add(siteA, siteB);
  const deps = depsOf(port);
  const top = await addGroup(deps, { name: 'Substation', level: 'substation' });
  const low = await addGroup(deps, { name: 'Feeder', level: 'feeder', parent: top.id });
  const node = nodeOf(model.pricing.profile);
  const value = { primacy: 1, serviceCategoryKind: 0 };
  const { id, href } = await makeProgram(deps, node, { value }, { sites: [], groups: [top.id] });
  const version = async () => Number(textOf((await port.ask('/edev/1/fsa/1')).body, 'version'));
  const before = await version();
  await moveInTree(deps, [{ site: '1', to: low.id }]);
  expect([(await port.ask(href)).status, (await port.ask(href, { lfdi: lfdiB })).status]).toEqual([200, 404]);
  const moved = await version();
  await placeDocument(deps, node, id, { sites: [], groups: [] });
  expect((await port.ask(href)).status).toBe(404);
  expect([moved > before, (await version()) > moved]).toEqual([true, true]);
});

it('links to nothing that is gone or was not given to that device', async () => {
  const port = devicePort();
  await port.add(siteA, siteB);
  const deps = depsOf(port);
  const both = { sites: ['1', '2'], groups: [] };
  const tariff = nodeOf(model.pricing.profile);
  const value = { primacy: 1, serviceCategoryKind: 0 };
  const { id, href } = await makeProgram(deps, tariff, { value }, { sites: ['1'], groups: [] });
  const agreement = (target: string) => ({
    value: { currency: 840, pricePowerOfTenMultiplier: 0 },
    agreements: [{ value: { TariffProfileLink: { href: target } } }],
  });
  const account = nodeOf(model.billing.account);
  for (const target of ['/tp/none', '/tm', '/msg/x', 'https://a.example/tp/tp1'])
    await expect(makeProgram(deps, account, agreement(target), both)).rejects.toMatchObject({ code: 'BAD_VALUE' });
  const made = await makeProgram(deps, account, agreement(href), both);
  const shown = async (lfdi: string) =>
    (await port.ask(`${made.href}/ca?l=9`, { lfdi })).body.includes('TariffProfileLink');
  expect([await shown(lfdiA), await shown(lfdiB)]).toEqual([true, false]);
  await removeDocument(deps, tariff, [id]);
  expect(await shown(lfdiA)).toBe(false);
});

it('tells billing periods and supply overrides in force from the rest, at every second', async () => {
  const port = devicePort();
  await port.add(siteA);
  const deps = depsOf(port);
  const places = { sites: ['1'], groups: [] };
  const period = (start: number, duration: number) => ({ value: { interval: { start: t0 + start, duration } } });
  const account = await makeProgram(
    deps,
    nodeOf(model.billing.account),
    {
      value: { currency: 840, pricePowerOfTenMultiplier: 0 },
      agreements: [{ value: {}, periods: [period(-100, 100), period(0, 100), period(100, 100)] }],
    },
    places,
  );
  const money = { monetaryUnit: 840, multiplier: 0, value: 1 };
  const wallet = await makeProgram(
    deps,
    nodeOf(model.prepayment.prepayment),
    {
      value: { prepayMode: 0 },
      balance: { availableCredit: money },
      status: { serviceStatus: 0 },
      overrides: [period(50, 100)],
    },
    places,
  );
  const counts = async () => {
    const agreement = (await port.ask(`${account.href}/ca/2`)).body;
    const prepay = (await port.ask(wallet.href)).body;
    const all = (body: string, link: string) => attributeOf(body, 'all', link) ?? '0';
    const active = attributeOf((await port.ask(`${account.href}/ca/2/actbp`)).body, 'all');
    expect(active).toBe(all(agreement, 'ActiveBillingPeriodListLink'));
    return [
      all(agreement, 'BillingPeriodListLink'),
      active,
      all(prepay, 'SupplyInterruptionOverrideListLink'),
      all(prepay, 'ActiveSupplyInterruptionOverrideListLink'),
    ].join('');
  };
  const seen: string[] = [];
  for (const second of [0, 49, 50, 99, 100, 149, 150, 199, 200]) {
    port.clock.advance(t0 + second - port.clock.now());
    seen.push(await counts());
  }
  expect(seen).toEqual(['3110', '3110', '3111', '3111', '3111', '3111', '3110', '3110', '3010']);
});

it('shows a tariff to clients of CSIP-AUS 1.3 with its intervals together and their steps inline', async () => {
  const port = devicePort({ dialect: 'csipaus-1.3' });
  await port.add(siteA);
  const deps = depsOf(port);
  const interval = (start: number, price: number) => ({
    value: { touTier: 0, interval: { start: t0 + start, duration: 100 } },
    steps: [{ value: { consumptionBlock: 0, price, startValue: 0 } }],
  });
  const component = (...intervals: object[]) => ({ value: { roleFlags: '00' }, componentType: {}, intervals });
  const { href } = await makeProgram(
    deps,
    nodeOf(model.pricing.profile),
    {
      value: { primacy: 1, serviceCategoryKind: 0 },
      components: [component(interval(0, 11), interval(200, 13)), component(interval(100, 12))],
    },
    { sites: ['1'], groups: [] },
  );
  expect((await port.ask(href)).body).toMatch(/CombinedTimeTariffIntervalListLink href="[^"]+" all="3"/);
  const { body } = await port.ask(`${href}/ctti?l=9`);
  expect([...body.matchAll(/<price>(\d+)/g)].map(([, price]) => price)).toEqual(['11', '12', '13']);
  expect([...body.matchAll(/RateComponentLink href="([^"]+)"/g)]).toHaveLength(3);
  port.clock.advance(100);
  expect(attributeOf((await port.ask(`${href}/ctti?l=9`)).body, 'all')).toBe('2');
});

it('removes nothing of which an event still stands, however deep, and whatever there is of it', async () => {
  const port = devicePort();
  await port.add(siteA);
  const deps = depsOf(port);
  const [tariff, component, interval] = [model.pricing.profile, model.pricing.component, model.pricing.interval].map(
    nodeOf,
  );
  if (!tariff || !component || !interval) throw new Error('no nodes');
  const times = Array.from({ length: 2000 }, (_, n) => ({
    value: { touTier: 0, interval: { start: t0 + 300 * n, duration: 300 } },
  }));
  const { id } = await makeProgram(deps, tariff, {
    value: { primacy: 1, serviceCategoryKind: 0 },
    components: [{ value: { roleFlags: '00' }, componentType: {}, intervals: times }],
  });
  const [first] = (await documentPage(deps, interval, [id, '2'], { limit: 1 })).documents;
  port.clock.advance(300 * 1999); // all but the last are over
  const conflict = { code: 'CONFLICT' };
  await expect(removeDocument(deps, tariff, [id])).rejects.toMatchObject(conflict);
  await expect(removeDocument(deps, component, [id, '2'])).rejects.toMatchObject(conflict);
  await removeDocument(deps, interval, [id, '2', first?.id ?? '']);
  port.clock.advance(300);
  await removeDocument(deps, component, [id, '2']);
  await removeDocument(deps, tariff, [id]);
  expect(await port.store.count(href(model.pricing.intervals, { tp: id, rc: '2' }))).toBe(0);
});

it('refuses what cannot be', async () => {
  const port = devicePort();
  await port.add(siteA);
  const deps = depsOf(port);
  const message = nodeOf(model.messaging.message);
  const { id } = await makeProgram(deps, nodeOf(model.messaging.program), { value: { primacy: 1, locale: 'en' } });
  const good = { priority: 1, textMessage: 'x', interval: { start: t0, duration: 60 } };
  const make = (value: object, to = id) =>
    makeDocuments(deps, message, [to], [{ value: good }, { value: { ...good, ...value } }]);
  for (const bad of [
    { priority: 4 },
    { interval: { start: t0 - 60, duration: 60 } },
    { interval: { start: t0, duration: 0 } },
  ])
    await expect(make(bad)).rejects.toMatchObject({ code: 'BAD_VALUE' });
  await expect(make({}, 'msg99')).rejects.toMatchObject({ code: 'NO_SUCH' });
  expect((await documentPage(deps, message, [id], { limit: 9 })).documents).toEqual([]); // all or none
  await make({});
  expect((await documentPage(deps, message, [id], { limit: 9 })).documents).toHaveLength(2);
  await expect(
    makeProgram(deps, nodeOf(model.prepayment.prepayment), { value: { prepayMode: 0 } }),
  ).rejects.toMatchObject({
    code: 'BAD_VALUE',
  });
  await expect(
    makeProgram(deps, nodeOf(model.messaging.program), { value: {} }, { sites: ['9'], groups: [] }),
  ).rejects.toMatchObject({
    code: 'NO_SUCH',
  });
  await expect(documentShown(deps, message, [id, '99'])).rejects.toMatchObject({ code: 'NO_SUCH' });
  const file = (fileURI: string) =>
    makeProgram(deps, nodeOf(model.file.file), {
      value: { fileURI, mfID: 1, mfModel: 'm', mfVer: '1', size: 1, type: '00' },
    });
  await expect(file('ftp://a/b')).rejects.toMatchObject({ code: 'BAD_VALUE' });
  expect((await file('/firmware/1')).href).toMatch(/^\/file\/file\d+$/);
});
