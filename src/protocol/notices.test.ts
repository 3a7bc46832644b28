/** Subscriptions and what they bring, over the device port in process: rules of protocol facts 6. */
import { validate } from '../codec/testing/xmllint';
import { printXsd } from '../codec/print-xsd';
import { dialects } from '../model/dialect';
import { addControl, addProgram, cancelControl, setDefault } from '../functions/operator/programs';
import { endSubscription } from '../functions/operator/subscriptions';
import { changeSite, removeSite } from '../functions/operator/sites';
import { type NewSeries } from '../store/api';
import { attributeOf, lfdiA, lfdiB, pen, siteA, siteB, stranger, t0, textOf } from './testing/port';
import { aggregator, aggregatorLfdi, managed, ns, subscriptionXml, told } from './testing/told';

let at: ReturnType<typeof told>;
beforeEach(async () => {
  at = told();
  await at.add(siteA, siteB);
  await at.start();
});
afterEach(async () => {
  expect(at.failed).toEqual([]);
  await at.stop();
});

const operator = () => ({ store: at.store, clock: at.clock, ids: at.ids, pen });
const series = (start: number, ...exportW: number[]): NewSeries => ({
  site: '1',
  publishedAt: at.clock.now(),
  start,
  stepS: 900,
  importW: Int32Array.from(exportW),
  exportW: Int32Array.from(exportW),
  own: new Uint8Array(exportW.length).fill(1),
  bound: new Uint8Array(exportW.length),
  reasons: ['a\tb'],
  engine: 'x',
  inputsHash: '',
});
const publish = (...exportW: number[]) => at.store.commit({ series: [series(at.clock.now(), ...exportW)] });
const settings = (setGradW: number) =>
  at.ask('/edev/1/der/1/derg', {
    method: 'PUT',
    body: `<DERSettings ${ns}><setGradW>${setGradW}</setGradW><setMaxW><multiplier>0</multiplier><value>5000</value></setMaxW><updatedTime>${t0}</updatedTime></DERSettings>`,
  });
const status = (xml: string | undefined) => /<status>(\d)<\/status><subscriptionURI>/.exec(xml ?? '')?.[1];
const subs = async (edev = '1', lfdi = lfdiA) => attributeOf((await at.ask(`/edev/${edev}/sub`, { lfdi })).body, 'all');

describe('a subscription', () => {
  it('is made, linked, shown, changed and deleted', async () => {
    const made = await at.subscribe('/derp/1/derc', { limit: 3 });
    expect(made.status).toBe(201);
    const location = made.headers['Location'] ?? '';
    expect(location).toMatch(/^\/edev\/1\/sub\/[0-9A-F]{16}$/);
    expect((await at.ask('/edev/1')).body).toContain('<SubscriptionListLink href="/edev/1/sub" all="1"/>');
    const { body } = await at.ask(location);
    expect(body).toContain(`<Subscription ${ns} href="${location}"><subscribedResource>/derp/1/derc<`);
    const put = await at.ask(location, { method: 'PUT', body: body.replace('<limit>3<', '<limit>7<') });
    expect([put.status, textOf((await at.ask(location)).body, 'limit')]).toEqual([204, '7']);
    expect((await at.ask(location, { method: 'DELETE' })).status).toBe(204);
    expect([(await at.ask(location)).status, await subs()]).toEqual([404, '0']);
    await publish(4000);
    await at.settle();
    expect(at.posted).toEqual([]);
  });

  it('of another is not there', async () => {
    const made = (await at.subscribe('/derp/1')).headers['Location'] ?? '';
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await at.ask(made, { method, lfdi: lfdiB, body: '<x/>' })).status).toBe(404);
    expect((await at.subscribe('/derp/1', { lfdi: stranger })).status).toBe(404);
  });

  it('for the same resource and URI again renews it; another URI makes a second one, and both are told', async () => {
    const first = await at.subscribe('/derp/1/derc');
    const again = await at.subscribe('/derp/1/derc', { limit: 9 });
    expect([again.status, again.headers['Location']]).toEqual([201, first.headers['Location']]);
    await at.subscribe('/derp/1/derc', { uri: 'https://b.example/n' });
    expect(await subs()).toBe('2');
    await publish(4000);
    await at.settle();
    expect(at.posted.map(({ uri }) => uri).sort()).toEqual(['https://a.example/n', 'https://b.example/n']);
  });

  const refused: [string, string, Parameters<typeof at.subscribe>[1]?][] = [
    ['nothing', '/derp/99', undefined],
    ['no path of ours', '/nowhere', undefined],
    ["another's", '/derp/2/derc', undefined],
    ["another's device", '/edev/2', undefined],
    ['what the schema does not let be subscribed to', '/edev/1/der', undefined],
    ['capability', '/edev/1/der/1/dercap', undefined],
    ['time', '/tm', undefined],
    ['subscriptions', '/edev/1/sub', undefined],
    ['EXI', '/derp/1', { encoding: 1 }],
    ['no absolute URI', '/derp/1', { uri: '/n' }],
  ];
  it.each(refused)('is refused for %s', async (_what, resource, wanted) => {
    at = told({
      house: { subscriptions: { mostPerDevice: 9, refusal: uri => (uri.startsWith('https:') ? undefined : 'no') } },
    });
    await at.add(siteA, siteB);
    const answer = await at.subscribe(resource, wanted);
    expect([answer.status, answer.problem?.code, await subs()]).toEqual([400, 'BAD_VALUE', '0']);
  });

  it('has no condition but the value of a reading', async () => {
    const more =
      '<Condition><attributeIdentifier>0</attributeIdentifier><lowerThreshold>1</lowerThreshold><upperThreshold>2</upperThreshold></Condition>';
    expect((await at.subscribe('/derp/1', { more })).problem?.code).toBe('NO_SUCH_CONDITION');
  });

  it('is one of so many', async () => {
    at = told({ house: { subscriptions: { mostPerDevice: 2, refusal: () => undefined } } });
    await at.add(siteA);
    const made = [];
    for (const path of ['/derp/1', '/derp', '/edev/1', '/derp/1'])
      made.push((await at.subscribe(path)).problem?.code ?? 201);
    expect(made).toEqual([201, 201, 'LIMIT', 201]); // the last is a renewal
  });
});

describe('a notification', () => {
  it('carries what a GET shows at that moment', async () => {
    const { headers } = await at.subscribe('/derp/1/derc');
    await publish(4000, 5000);
    await at.settle();
    const [news = ''] = at.news();
    const list = (await at.ask('/derp/1/derc?l=255')).body;
    const inside = (xml: string) => xml.slice(xml.indexOf('<DERControl '), xml.lastIndexOf('</DERControl>'));
    expect(inside(news)).toBe(inside(list));
    expect(news).toContain('<Resource xsi:type="DERControlList" ');
    expect(news).toContain('href="/derp/1/derc" subscribable="1" all="2" results="2">');
    expect(news).toContain(
      `<status>0</status><subscriptionURI>${headers['Location']}</subscriptionURI></Notification>`,
    );
    expect(await validate([news], printXsd(dialects['csipaus-1.2']))).toEqual([]);
  });

  it.each([
    ['/derp/1/derc', 0, 'all="3" results="0"'],
    ['/derp/1/derc', 2, 'all="3" results="2"'],
    ['/derp/1/derc', 9, 'all="3" results="3"'],
    ['/derp/1/actderc', 9, 'all="1" results="1"'],
    ['/derp/1', 1, 'xsi:type="DERProgram"'],
  ])('of %s with limit %i says %s', async (path, limit, text) => {
    await at.subscribe(path, { limit });
    await publish(4000, 5000, 6000);
    await at.settle();
    expect(at.news().join()).toContain(text);
  });

  it('of a single resource with limit 0 carries none', async () => {
    await at.subscribe('/derp/1', { limit: 0 });
    await publish(4000);
    await at.settle();
    expect(at.news().map(body => [body.includes('<Resource'), status(body)])).toEqual([[false, '0']]);
  });

  it('speaks the dialect of its subscriber', async () => {
    await changeSite(operator(), '1', { dialect: '2018' });
    await at.subscribe('/derp/1/derc');
    await publish(4000);
    await at.settle();
    const [news = ''] = at.news();
    expect(news).toContain('<opModMaxLimW>');
    expect(news).not.toContain('csipaus');
    await changeSite(operator(), '1', { dialect: '2023' });
    await publish(3000);
    await at.pass(30);
    expect(textOf(at.news()[0] ?? '', 'createdDateTime')).toBe(String(t0 + 30));
  });

  it('is not sent for what was there when the subscription was made', async () => {
    await publish(4000);
    await at.subscribe('/derp/1/derc');
    await at.pass(60);
    expect(at.posted).toEqual([]);
  });
});

describe('what is told', () => {
  const paths = {
    '/edev/1/fsa': () => addProgram(operator(), { description: 'p', primacy: 1, sites: ['1'] }),
    '/derp': () => addProgram(operator(), { description: 'p', primacy: 1, sites: ['1'] }),
    '/edev/1/fsa/1/derp': () => addProgram(operator(), { description: 'p', primacy: 1, sites: ['1'] }),
    '/derp/1/dderc': () => changeSite(operator(), '1', { firmExportW: 700 }),
    '/edev/1/der/1/derg': () => settings(7),
    '/edev/1': () =>
      at.ask('/edev/1', {
        method: 'PUT',
        body: `<EndDevice ${ns}><changedTime>1</changedTime><deviceCategory>04</deviceCategory><sFDI>1</sFDI></EndDevice>`,
      }),
    '/edev/1/lel': () =>
      at.ask('/edev/1/lel', {
        method: 'POST',
        body: `<LogEvent ${ns}><createdDateTime>${t0}</createdDateTime><functionSet>1</functionSet><logEventCode>1</logEventCode><logEventID>1</logEventID><logEventPEN>1</logEventPEN><profileID>2</profileID></LogEvent>`,
      }),
  };
  it.each(Object.entries(paths))('%s', async (path, change) => {
    expect((await at.subscribe(path)).status).toBe(201);
    await change();
    await at.settle();
    expect(at.news().map(status)).toEqual(['0']);
  });

  it('of a subordinate, to the subscribers of the subordinate alone; a program says how many controls it has', async () => {
    for (const path of ['/derp', '/edev/1/fsa', '/edev/1/fsa/1/derp', '/edev', '/edev/1', '/derp/1', '/derp/1/derc'])
      await at.subscribe(path);
    await publish(4000);
    await settings(3);
    await at.settle();
    const about = at.news().map(body => textOf(body, 'subscribedResource'));
    expect(about.sort()).toEqual(['/derp/1', '/derp/1/derc']);
  });

  it('at the moment an event starts and ends, by the clock alone', async () => {
    await at.subscribe('/derp/1/derc');
    await at.subscribe('/derp/1/actderc', { limit: 0 });
    await at.store.commit({ series: [series(t0 + 100, 4000)] });
    await at.settle();
    expect(at.news()).toHaveLength(1);
    await at.pass(99);
    expect(at.news()).toEqual([]);
    await at.pass(1);
    const started = at.news();
    expect(started.map(body => textOf(body, 'subscribedResource')).sort()).toEqual(['/derp/1/actderc', '/derp/1/derc']);
    expect(started.join()).toContain('<currentStatus>1<');
    await at.pass(900, 50);
    const ended = at.news();
    expect(ended).toHaveLength(2);
    for (const body of ended) expect(attributeOf(body, 'all', 'Resource')).toBe('0');
  });

  it('of a single control, from its issue over its start to its end, which ends the subscription', async () => {
    const { derp } = await addProgram(operator(), { description: 'p', primacy: 1, sites: ['1'] });
    const base = { opModExpLimW: { multiplier: 0, value: 10 } };
    const { mRID } = await addControl(operator(), derp, { start: t0 + 100, durationS: 60, base });
    expect((await at.subscribe(`/derp/${derp}/derc/${mRID}`)).status).toBe(201);
    await at.pass(99);
    expect(at.news()).toEqual([]);
    await at.pass(1);
    expect(at.news().map(body => textOf(body, 'currentStatus'))).toEqual(['1']);
    await cancelControl(operator(), mRID);
    await at.pass(30);
    expect(at.news().map(body => textOf(body, 'currentStatus'))).toEqual(['2']);
    await at.pass(60);
    expect([at.news().map(status), await subs()]).toEqual([['4'], '0']);
  });

  it('by a subscription that was changed: of what it is about now', async () => {
    const made = (await at.subscribe('/derp/1/dderc')).headers['Location'] ?? '';
    const body = subscriptionXml('/edev/1/der/1/derg', { uri: 'https://b.example/other' });
    expect((await at.ask(made, { method: 'PUT', body })).status).toBe(204);
    await changeSite(operator(), '1', { firmExportW: 700 });
    await settings(8);
    await at.settle();
    expect(at.posted.map(({ uri }) => uri)).toEqual(['https://b.example/other']);
    expect(textOf(at.news()[0] ?? '', 'setGradW')).toBe('8');
  });

  it('to an aggregator, of its devices that come and go', async () => {
    await at.add(aggregator, managed('m1', 1));
    const wanted = { lfdi: aggregatorLfdi, edev: '3' };
    await at.subscribe('/edev', wanted);
    await at.subscribe('/edev/4', wanted);
    await at.subscribe('/derp/4/derc', wanted);
    await at.add(managed('m2', 2));
    await at.settle();
    const [added = '', ...others] = at.news();
    expect(others).toEqual([]);
    expect(attributeOf(added, 'all', 'Resource')).toBe('3');
    await at.pass(30);
    await removeSite(operator(), '4');
    await at.settle();
    const left = at.news().map(body => [textOf(body, 'subscribedResource'), status(body)]);
    expect(left.sort()).toEqual([
      ['/derp/4/derc', '4'],
      ['/edev', '0'],
      ['/edev/4', '4'],
    ]);
    expect(await subs('3', aggregatorLfdi)).toBe('1');
  });

  it('below a device that goes: the last word, to whoever subscribed there', async () => {
    await at.add(aggregator, managed('m1', 1));
    await at.subscribe('/derp/4/derc', { lfdi: aggregatorLfdi, edev: '4' });
    await removeSite(operator(), '4');
    await at.settle();
    expect(at.posted.map(({ lfdi, body }) => [lfdi, status(body)])).toEqual([[aggregatorLfdi, '4']]);
  });

  it('no more to who may not see it any more: cancelled, and not a word of what it is now', async () => {
    const { derp } = await addProgram(operator(), { description: 'p', primacy: 1, sites: ['1'] });
    await at.subscribe(`/derp/${derp}/dderc`).then(({ status: code }) => expect(code).toBe(400)); // none yet
    await at.subscribe(`/derp/${derp}/derc`);
    const fsa = await at.store.get<{ programs: string[] }>('/edev/1/fsa/1');
    if (!fsa) throw new Error('no assignment');
    const { version: _version, ...doc } = fsa;
    await at.store.commit({ put: [{ ...doc, body: { ...fsa.body, programs: ['1'] } }] });
    await setDefault(operator(), derp, {});
    await at.settle();
    const [news = '', ...more] = at.news();
    expect([status(news), news.includes('<Resource'), more]).toEqual(['1', false, []]);
    expect(await subs()).toBe('0');
  });

  it('of reading sets: the list tells of new ones and of what they say of themselves, the readings of new values', async () => {
    const mRID = '0123456789ABCDEF0123456700099999';
    const mup = await at.ask('/mup', {
      method: 'POST',
      body: `<MirrorUsagePoint ${ns}><mRID>${mRID}</mRID><roleFlags>0000</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdiA}</deviceLFDI></MirrorUsagePoint>`,
    });
    const where = mup.headers['Location'] ?? '';
    const post = async (set: string, duration: number, value: number) => {
      const said = `<mRID>${set}</mRID><timePeriod><duration>${duration}</duration><start>${t0 - 900}</start></timePeriod><Reading><value>${value}</value></Reading>`;
      const body = `<MirrorMeterReading ${ns}><mRID>${mRID}</mRID><MirrorReadingSet>${said}</MirrorReadingSet><ReadingType></ReadingType></MirrorMeterReading>`;
      expect((await at.ask(where, { method: 'POST', body })).status).toBeLessThan(300);
      await at.pass(31, 31);
      return at.news().map(text => textOf(text, 'subscribedResource'));
    };
    await post('01', 300, 1);
    const list = `${where.replace('/mup/', '/upt/')}/mr/${mRID}/rs`;
    for (const path of [list, `${list}/01/r`]) expect((await at.subscribe(path)).status).toBe(201);
    expect(await post('02', 300, 5)).toEqual([list]);
    expect(await post('01', 300, 2)).toEqual([`${list}/01/r`]);
    expect((await post('01', 600, 3)).sort()).toEqual([list, `${list}/01/r`]);
    expect(await post('01', 600, 3)).toEqual([]);
  });

  it('by condition: when the reading leaves the band, and not when it comes back', async () => {
    const mRID = '0123456789ABCDEF0123456700099999';
    const reading = (value: number) =>
      `<MirrorMeterReading ${ns}><mRID>${mRID}</mRID><Reading><value>${value}</value></Reading><ReadingType></ReadingType></MirrorMeterReading>`;
    const mup = await at.ask('/mup', {
      method: 'POST',
      body: `<MirrorUsagePoint ${ns}><mRID>${mRID}</mRID><roleFlags>0000</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdiA}</deviceLFDI></MirrorUsagePoint>`,
    });
    const where = mup.headers['Location'] ?? '';
    const post = async (value: number) => {
      await at.ask(where, { method: 'POST', body: reading(value) });
      await at.pass(31, 31);
      return at.news().map(body => textOf(body, 'value'));
    };
    await post(5);
    const path = `${where.replace('/mup/', '/upt/')}/mr/${mRID}/r`;
    expect(attributeOf((await at.ask(path)).body, 'subscribable')).toBe('3');
    const more =
      '<Condition><attributeIdentifier>0</attributeIdentifier><lowerThreshold>0</lowerThreshold><upperThreshold>10</upperThreshold></Condition>';
    expect((await at.subscribe(path, { more })).status).toBe(201);
    const heard = [];
    for (const value of [7, 11, 12, 3, -1, 20, 10]) heard.push(await post(value));
    expect(heard).toEqual([[], ['11'], [], [], ['-1'], ['20'], []]);
  });
});

describe('the end of a subscription', () => {
  const end = async (code: 1 | 2 | 3 | 4, newURI?: string) => {
    const sub = (await at.subscribe('/derp/1/derc')).headers['Location']?.split('/').at(-1) ?? '';
    await endSubscription(operator(), { edev: '1', sub }, code, newURI);
    await at.settle();
    return at.news();
  };
  it.each([1, 3, 4] as const)('by the operator, status %i', async code => {
    const [news = '', ...more] = await end(code);
    expect([status(news), news.includes('<Resource'), more, await subs()]).toEqual([String(code), false, [], '0']);
    expect(await validate([news], printXsd(dialects['csipaus-1.2']))).toEqual([]);
    await publish(4000);
    await at.settle();
    expect(at.posted).toEqual([]);
  });
  it('by the operator, moved', async () => {
    const [news = ''] = await end(2, 'https://new.example/derp/1/derc');
    expect(textOf(news, 'newResourceURI')).toBe('https://new.example/derp/1/derc');
    await expect(end(2)).rejects.toMatchObject({ code: 'BAD_VALUE' });
    await expect(endSubscription(operator(), { edev: '1', sub: 'x' }, 1)).rejects.toMatchObject({ code: 'NO_SUCH' });
  });
  it('by a receiver that answers 400: without another word', async () => {
    at.settings.receive = () => ({ outcome: 'unwanted' });
    await at.subscribe('/derp/1/derc');
    await publish(4000);
    await at.pass(1);
    expect([at.news().length, await subs(), await at.store.outbox.waiting()]).toEqual([1, '0', 0]);
  });
});
