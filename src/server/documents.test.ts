/** Everything an operator provisions beside DER, over the operator API, as devices see it. */
import { itemPath, programNodes, withBelow, type DocumentNode } from '../functions/operator/documents/nodes';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let device: DeviceClient;
let other: DeviceClient;
beforeEach(async () => {
  home = await folder({ database: ':memory:', dialect: 'csipaus-1.3' });
  house = await openHouse(home.dir);
  device = house.device('one');
  other = house.device('two');
  for (const [name, { lfdi }] of [
    ['One', device],
    ['Two', other],
  ] as const)
    await call('POST', '/api/sites', { name, lfdi, maxImportW: 9000, firmImportW: 2000 });
});
afterEach(async () => {
  expect(house.failed).toEqual([]);
  await house.close();
  home.remove();
});
const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  house.operator(method, path, body, headers);
const made = async (path: string, body: unknown): Promise<Record<string, string>> => {
  const { status, json, text } = await call('POST', path, body);
  expect([path, status, text]).toEqual([path, 201, text]);
  return json as Record<string, string>;
};
const read = async (path: string, client = device) => {
  const { status, body } = await client.ask(path);
  expect([path, status]).toEqual([path, 200]);
  return body;
};

const money = { monetaryUnit: 840, multiplier: -2, value: 1250 };
const interval = { start: t0 + 600, duration: 900 };
const tariff = {
  value: {
    description: 'Evening peak',
    primacy: 1,
    serviceCategoryKind: 0,
    currency: 840,
    pricePowerOfTenMultiplier: -4,
  },
  components: [
    {
      value: { description: 'Import', roleFlags: '0001' },
      componentType: { uom: 72, powerOfTenMultiplier: 3 },
      intervals: [
        {
          value: { interval, touTier: 2 },
          steps: [
            { value: { consumptionBlock: 1, price: 2500, startValue: 0 } },
            { value: { consumptionBlock: 2, price: 4100, startValue: 10 } },
          ],
        },
      ],
    },
  ],
};
const period = { interval: { start: t0 - 86_400, duration: 30 * 86_400 } };
const set = { value: { timePeriod: { start: t0, duration: 3600 } }, targetReadings: [{ value: { value: 17 } }] };

/** What is made of each kind of program: one of everything the model has below it. */
const programs: Readonly<Record<DocumentNode['root'], object>> = {
  tp: tariff,
  dr: {
    value: { description: 'Summer', primacy: 4 },
    controls: [
      {
        value: {
          interval,
          deviceCategory: '00000001',
          drProgramMandatory: true,
          loadShiftForward: false,
          DutyCycle: { normalValue: 50 },
        },
      },
    ],
  },
  msg: {
    value: { description: 'Notices', locale: 'en-US', primacy: 9 },
    messages: [{ value: { interval, priority: 1, textMessage: 'Storm & wind on <Friday>', originator: 'Utility' } }],
  },
  bill: {
    value: { description: 'Account', currency: 840, customerName: 'Ms Example', pricePowerOfTenMultiplier: -2 },
    supplier: { description: 'Utility', phone: '555 0100' },
    agreements: [
      {
        value: { description: 'Home', serviceLocation: '1 Oak Street' },
        periods: [{ value: { ...period, billToDate: 4200 } }],
        projections: [
          {
            value: {},
            projectionType: { uom: 72 },
            projectionSets: [{ value: set.value, projectionReadings: set.targetReadings }],
          },
        ],
        targets: [{ value: {}, targetType: { uom: 72 }, targetSets: [set] }],
        histories: [
          {
            value: {},
            historyType: { uom: 72 },
            historySets: [
              { value: set.value, historyReadings: [{ value: { value: 3, Charge: [{ kind: 4, value: 12 }] } }] },
            ],
          },
        ],
      },
    ],
  },
  ppy: {
    value: { description: 'Wallet', prepayMode: 0, lowCreditWarningLevel: money },
    balance: { availableCredit: money, creditStatus: 0 },
    status: { serviceStatus: 0 },
    overrides: [{ value: { description: 'Heat wave', interval: { start: t0 - 60, duration: 120 } } }],
    credits: [{ value: { creditAmount: money, effectiveTime: t0, token: '1234' } }],
  },
  file: {
    value: {
      fileURI: 'https://files.example/fw-2.bin',
      mfID: 99_999,
      mfModel: 'X',
      mfVer: '2.0',
      size: 1024,
      type: '0000',
    },
  },
};

/** Paths of the documents a device reaches by links alone from one path on. */
async function reached(from: string, client = device): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (found.has(at)) continue;
    const body = await read(at.includes('?') ? at : `${at}?l=255`, client);
    found.set(at, body);
    for (const [, target = ''] of body.matchAll(/ href="(\/[^"]+)"/g))
      if (/^\/(tp|dr|msg|bill|ppy|file)(\/|$)/.test(target.split('?')[0] ?? '')) queue.push(target.split('?')[0] ?? '');
  }
  return found;
}

describe.each(programNodes.map(node => [node.resource.type.name, node] as const))('%s', (_name, node) => {
  const links = /<(CustomerAccount|DemandResponseProgram|File|MessagingProgram|Prepayment|TariffProfile)ListLink/;

  it('is made whole, given to one site, found by links alone, and seen by nobody else', async () => {
    expect(await read('/dcap')).not.toMatch(links);
    const { id, href } = await made(node.path, { ...programs[node.root], sites: ['One'] });
    expect(href).toBe(`/${node.root}/${id}`);
    expect(await read('/dcap')).toMatch(links);
    expect(await read('/edev/1/fsa/1')).toMatch(links);
    const list = await read(`/edev/1/fsa/1/${node.root}`);
    expect(list).toContain(`href="${href}"`);
    const found = await reached(`/${node.root}`);
    // One of everything there can be below it was made, and every one of it is linked to, counts right.
    const kinds = withBelow(node).map(each => each.resource.path.replace(/:\w+/g, ':'));
    const seen = new Set(
      [...found.keys()].map(at =>
        at
          .split('/')
          .map((s, i) => (i > 0 && i % 2 === 0 ? ':' : s))
          .join('/'),
      ),
    );
    for (const kind of kinds) expect([...seen]).toContain(kind);
    for (const body of found.values())
      for (const [, target = '', all = ''] of body.matchAll(/ListLink href="([^"]+)" all="(\d+)"/g))
        expect([target, /<\w+List [^>]*all="(\d+)"/.exec(await read(target))?.[1]]).toEqual([target, all]);
    for (const at of [href, `/edev/1/fsa/1/${node.root}`]) expect((await other.ask(at ?? '')).status).toBe(404);
    expect(await read(`/${node.root}`, other)).toContain('all="0"');
    expect(await read('/dcap', other)).not.toMatch(links);
  });

  it('is given to groups and taken back, replaced, and removed with all of it', async () => {
    const { json: group } = await call('POST', '/api/groups', { name: 'Feeder', level: 'feeder' });
    await call('POST', '/api/groups/moves', { moves: [{ site: 'Two', to: 'Feeder' }] });
    const { id = '', href = '' } = await made(node.path, { ...programs[node.root], groups: ['Feeder'] });
    const at = itemPath(node).replace(/\{\w+\}/, id);
    expect((await call('GET', at)).json['places']).toEqual({ sites: [], groups: [group['id']] });
    expect((await device.ask(href)).status).toBe(404);
    await read(href, other);
    expect((await call('PUT', `${at}/places`, { sites: ['One', 'Two'], groups: [] })).status).toBe(204);
    await read(href);
    await read(href, other);
    const before = (await call('GET', at)).json;
    const { value } = programs[node.root] as { value: object };
    const next = 'description' in value ? { ...value, description: 'Another' } : { ...value, mfVer: '3.0' };
    expect((await call('PUT', at, { value: next })).status).toBe(204);
    const after = (await call('GET', at)).json;
    expect([after['mRID'], after['value']]).toEqual([before['mRID'], { ...(before['value'] as object), ...next }]);
    expect(after['version']).toBe(before['version'] === undefined ? undefined : 1);
    expect(await read(href)).toMatch(/Another|3\.0/);
    const gone = await call('DELETE', at);
    if (withBelow(node).some(each => each.event)) {
      expect([gone.status, gone.text]).toEqual([409, expect.stringContaining('cancel it first')]);
      house.clock.advance(3600);
      expect((await call('DELETE', at)).status).toBe(204);
    } else expect(gone.status).toBe(204);
    for (const path of ['/dcap', '/edev/1/fsa/1']) expect(await read(path)).not.toMatch(links);
    expect((await device.ask(href)).status).toBe(404);
    expect((await call('GET', at)).status).toBe(404);
    expect((await call('GET', node.path)).json).toEqual({ documents: [] });
  });
});

describe('the operator API of documents', () => {
  const message = { value: { interval, priority: 1, textMessage: 'Storm' } };
  const program = () => made('/api/messaging/programs', { ...programs.msg, sites: ['One'] });

  it('makes once what is sent twice with one key, and writes down who did what', async () => {
    const { id } = await program();
    const at = `/api/messaging/programs/${id}/messages`;
    const key = { 'idempotency-key': 'k1' };
    const [first, again] = [await call('POST', at, message, key), await call('POST', at, message, key)];
    expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([201, first.json, 'true']);
    expect((await call('GET', at)).json['documents']).toHaveLength(2);
    const cancel = `${at}/${String(first.json['id'])}/cancel`;
    expect((await call('POST', cancel, { reason: 'over' })).status).toBe(204);
    expect((await call('GET', `${at}/${String(first.json['id'])}`)).json).toMatchObject({
      value: { priority: 1, textMessage: 'Storm' },
      state: { status: 2, since: t0, reason: 'over', listed: true },
    });
    const { json } = await call('GET', '/api/audit?limit=100');
    const what = (json['entries'] ?? json['rows'] ?? Object.values(json).find(Array.isArray)) as { what: string }[];
    expect(what.map(row => row.what)).toEqual(
      expect.arrayContaining([
        'POST /api/messaging/programs',
        'POST /api/messaging/programs/{program}/messages',
        'POST /api/messaging/programs/{program}/messages/{message}/cancel',
      ]),
    );
  });

  it('makes a day of prices in one step, and none of them where one is wrong', async () => {
    const { id } = await made('/api/pricing/profiles', { ...programs.tp, sites: ['One'] });
    const { json } = await call('GET', `/api/pricing/profiles/${id}/components`);
    const [component] = json['documents'] as { id: string; href: string }[];
    const at = `/api/pricing/profiles/${id}/components/${component?.id}/intervals`;
    const items = Array.from({ length: 288 }, (_, n) => ({
      value: { interval: { start: t0 + 86_400 + 300 * n, duration: 300 }, touTier: 0 },
      steps: [{ value: { consumptionBlock: 0, price: n, startValue: 0 } }],
    }));
    const wrong = [
      ...items.slice(0, 287),
      { ...items[287], steps: [{ value: { consumptionBlock: 0, price: 2 ** 40, startValue: 0 } }] },
    ];
    const refused = await call('POST', at, { items: wrong });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('price')]);
    expect(await read(`${component?.href}/tti`)).toContain('all="1"');
    expect((await call('POST', at, { items })).status).toBe(201);
    expect(await read(`${component?.href}/tti`)).toContain('all="289"');
    const page = (await call('GET', `${at}?limit=100`)).json;
    expect([(page['documents'] as unknown[]).length, typeof page['next']]).toEqual([100, 'string']);
  });

  it.each([
    ['a text too long', { originator: 'x'.repeat(21) }],
    ['what the server says itself', { mRID: 'AB'.repeat(16) }],
    ['an element the type has not', { colour: 'red' }],
    ['a character that XML cannot hold', { textMessage: 'a\u0000b' }],
    ['a value beyond its range', { priority: 256 }],
  ])('refuses %s, and says where', async (_what, value) => {
    const { id } = await program();
    const refused = await call('POST', `/api/messaging/programs/${id}/messages`, {
      value: { ...message.value, ...value },
    });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(Object.keys(value)[0] ?? '')]);
    expect((await call('GET', `/api/messaging/programs/${id}/messages`)).json['documents']).toHaveLength(1);
  });

  it('answers flow reservations by the configured policy, and by hand', async () => {
    const request =
      '<FlowReservationRequest xmlns="urn:ieee:std:2030.5:ns"><mRID>AB</mRID>' +
      `<creationTime>${t0}</creationTime><durationRequested>3600</durationRequested>` +
      '<energyRequested><multiplier>3</multiplier><value>3</value></energyRequested>' +
      `<intervalRequested><duration>7200</duration><start>${t0}</start></intervalRequested>` +
      '<powerRequested><multiplier>3</multiplier><value>3</value></powerRequested>' +
      `<RequestStatus><dateTime>${t0}</dateTime><requestStatus>0</requestStatus></RequestStatus></FlowReservationRequest>`;
    expect((await device.ask('/edev/1/frq', { method: 'POST', body: request })).status).toBe(201);
    const shown = async () =>
      (
        (await call('GET', '/api/sites/One/flow-reservations')).json['requests'] as {
          request: string;
          answers: object[];
        }[]
      )[0];
    // 2 kW firm import: all that `capacity` has to give.
    expect((await shown())?.answers).toMatchObject([
      { powerW: 2000, energyWh: 3000, start: t0, durationS: 7200, status: 1 },
    ]);
    const answer = { start: t0, durationS: 7200, powerW: 1000, energyWh: 2000 };
    const at = `/api/sites/One/flow-reservations/${(await shown())?.request}`;
    expect((await call('POST', `${at}/answer`, { ...answer, powerW: 3001 })).status).toBe(400);
    expect((await call('POST', `${at}/answer`, answer)).status).toBe(201);
    expect((await shown())?.answers.map(each => (each as { status: number }).status).sort()).toEqual([1, 4]);
    expect((await call('POST', `${at}/withdraw`)).status).toBe(204);
    expect(await read('/edev/1/frp?l=9')).not.toContain('<currentStatus>1<');
    expect((await call('GET', '/api/flow-reservations')).json).toEqual({ requests: [] });
  });

  it('shows what a site is to follow', async () => {
    await program();
    house.clock.advance(600);
    expect((await call('GET', '/api/sites/One/events-in-force')).json).toMatchObject({
      events: [{ kind: 'TextMessage', primacy: 9 }],
    });
  });
});
