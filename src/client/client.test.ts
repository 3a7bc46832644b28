import { type DERStatus } from '../model/der';
import { type Response } from '../model/response';
import { answer } from './testing/fake-server';
import { control, importLimit, lfdi, paths, type FakeProgram } from './testing/fake-site';
import { harness, start } from './testing/harness';

const at = (seconds: number) => start + seconds;

describe('a day of events', () => {
  it('follows defaults and events, answers in order and each once, and asks little', async () => {
    const first = control(at(600), 300, importLimit(3000));
    const second = control(at(900), 300, importLimit(2000));
    const h = harness({}, site => {
      site.programs['0A']?.controls.push(first, second);
    });
    h.client.start();
    await h.pass(1500);
    expect(h.trace).toEqual([
      '0-600 1000 default',
      '600-900 3000 event',
      '900-1200 2000 event',
      '1200-1500 1000 default',
    ]);
    expect(h.site.said()).toEqual([
      `1 ${first.mRID}`,
      `1 ${second.mRID}`,
      `2 ${first.mRID}`,
      `3 ${first.mRID}`,
      `2 ${second.mRID}`,
      `3 ${second.mRID}`,
    ]);
    const [, , started] = h.site.server.bodies<Response>(paths.responses);
    expect(started).toEqual({ createdDateTime: at(600), endDeviceLFDI: lfdi, status: 2, subject: first.mRID });
    expect(h.client.status).toMatchObject({
      phase: 'following',
      responses: { received: 2, started: 2, completed: 2 },
      responsesWaiting: 0,
    });
    expect(h.failures).toEqual([]);
    expect(h.log.lines.filter(line => line.level !== 'info')).toEqual([]);

    h.site.server.taken();
    await h.pass(3000);
    // ten polls of three requests, and nothing else
    expect(h.site.server.taken()).toHaveLength(30);
  });

  it('reads defaults less often where told to', async () => {
    const h = harness({ defaultsEvery: 5 });
    h.client.start();
    await h.pass(10);
    h.site.server.taken();
    await h.pass(3000);
    expect(h.site.server.taken()).toHaveLength(22);
  });

  it('lets a stronger program supersede, and takes the limits back at once when an event is cancelled', async () => {
    const weak = control(at(100), 2000, importLimit(3000));
    const strong = control(at(500), 1000, importLimit(500));
    const order: FakeProgram = { primacy: 1, controls: [strong] };
    const h = harness({}, site => {
      site.programs['0A']?.controls.push(weak);
      site.programs['0B'] = order;
    });
    h.client.start();
    await h.pass(700);
    order.controls = [{ ...strong, EventStatus: { ...strong.EventStatus, currentStatus: 2, dateTime: at(700) } }];
    await h.pass(700);
    expect(h.trace).toEqual(['0-100 1000 default', '100-500 3000 event', '500-900 500 event', '900-1400 1000 default']);
    expect(h.site.said()).toEqual([
      `1 ${strong.mRID}`,
      `1 ${weak.mRID}`,
      `2 ${weak.mRID}`,
      `2 ${strong.mRID}`,
      `7 ${weak.mRID}`,
      `6 ${strong.mRID}`,
    ]);
  });

  it('keeps to what responseRequired asks', async () => {
    const controls = ['00', '01', '02', undefined].map(bits =>
      control(at(100), 100, {}, bits === undefined ? {} : { responseRequired: bits }),
    );
    const silent = control(at(100), 100, {});
    delete (silent as { replyTo?: string }).replyTo;
    const h = harness({}, site => site.programs['0A']?.controls.push(...controls, silent));
    h.client.start();
    await h.pass(400);
    const said = h.site.said();
    const statuses = controls.map(({ mRID }) =>
      said
        .filter(line => line.endsWith(mRID))
        .map(line => line.split(' ')[0])
        .join(''),
    );
    expect(statuses.slice(0, 3)).toEqual(['', '1', expect.stringMatching(/^[27]/)]);
    expect(said.some(line => line.endsWith(silent.mRID))).toBe(false);
  });

  it('tells of expired events', async () => {
    const old = control(at(-500), 100, importLimit(1));
    const h = harness({}, site => site.programs['0A']?.controls.push(old));
    h.client.start();
    await h.pass(10);
    expect(h.site.said()).toEqual([`254 ${old.mRID}`]);
  });
});

describe('what a controller sees', () => {
  it('is one object until something changes, with what is to come', async () => {
    const h = harness({}, site =>
      site.programs['0A']?.controls.push(
        control(at(600), 300, importLimit(3000)),
        control(at(900), 300, importLimit(3000)),
      ),
    );
    expect(h.client.limits(start)).toEqual({ connected: true, source: 'none' });
    h.client.start();
    await h.pass(400);
    const seen = h.client.limits(h.clock.now());
    expect(seen).toEqual({
      importW: 1000,
      exportW: 1000,
      connected: true,
      source: 'default',
      until: at(600),
      lastContact: at(300),
      scheduleEnd: at(1200),
      defaultImportW: 1000,
      defaultExportW: 1000,
      setGradW: 50,
    });
    expect(h.client.limits(h.clock.now())).toBe(seen);
    await h.pass(300);
    expect(h.client.limits(h.clock.now())).toMatchObject({
      importW: 3000,
      source: 'event',
      until: at(1200),
      lastContact: at(600),
    });
    expect(h.client.limitsAt(at(1100))).toMatchObject({ importW: 3000, source: 'event', until: at(1200) });
    expect(h.client.limitsAt(at(1200))).toMatchObject({ importW: 1000, source: 'default' });
    expect(h.client.limitsAt(at(1200))).not.toHaveProperty('until');
    expect(h.client.schedule().map(({ from, to, importW }) => [from, to, importW])).toEqual([
      [at(700), at(1200), 3000],
      [at(1200), undefined, 1000],
    ]);
    expect(h.client.modes()).toEqual(importLimit(3000));
  });

  it('changes are told, once each, and transitions too', async () => {
    const h = harness({}, site => site.programs['0A']?.controls.push(control(at(600), 300, importLimit(3000))));
    const changes: (number | undefined)[] = [];
    const happened: string[] = [];
    h.client.onChange(({ importW }) => changes.push(importW));
    const off = h.client.onTransition(({ outcome }) => happened.push(outcome));
    h.client.start();
    await h.pass(700);
    off();
    await h.pass(400);
    expect(changes).toEqual([1000, 3000, 1000]);
    expect(happened).toEqual(['received', 'started']);
  });

  it('percentages refer to its own settings, and follow when these change', async () => {
    const capability = { modesSupported: '00100000', rtgMaxW: { multiplier: 0, value: 5000 }, type: 4 };
    const settings = { setGradW: 1, setMaxW: { multiplier: 0, value: 4000 } };
    const h = harness(
      { der: { capability, settings } },
      site => (site.programs['0A'] = { primacy: 5, base: { opModMaxLimW: 2500 }, controls: [] }),
    );
    h.client.start();
    await h.pass(5);
    expect(h.client.limits(h.clock.now()).exportW).toBe(1000);
    h.client.report({ settings: { ...settings, setMaxW: { multiplier: 0, value: 2000 } } });
    expect(h.client.limits(h.clock.now()).exportW).toBe(500);
  });

  it('gives the curves that modes refer to', async () => {
    const curve = {
      href: '/v/0A/1',
      mRID: 'CC',
      creationTime: 1,
      CurveData: [{ xvalue: 1, yvalue: 2 }],
      curveType: 11,
      xMultiplier: 0,
      yMultiplier: 0,
      yRefType: 3,
    };
    const h = harness({}, site => {
      site.programs['0A'] = { primacy: 5, base: { opModVoltVar: { href: '/v/0A/1' } }, controls: [], curves: [curve] };
    });
    h.client.start();
    await h.pass(5);
    const { opModVoltVar } = h.client.modes();
    expect(h.client.curve(opModVoltVar?.href ?? '')).toEqual(curve);
    expect(h.client.curve('/v/other')).toBeUndefined();
  });
});

describe("the server's clock", () => {
  it.each([-1000, 37, 4000])('%d seconds off is followed, and answered in', async skewS => {
    const event = control(at(600) + skewS, 300, importLimit(3000));
    const h = harness({}, site => {
      site.skewS = skewS;
      site.programs['0A']?.controls.push(event);
    });
    h.client.start();
    await h.pass(1000);
    expect(h.trace).toEqual(['0-600 1000 default', '600-900 3000 event', '900-1000 1000 default']);
    expect(h.client.limits(h.clock.now()).lastContact).toBe(at(900));
    expect(h.site.server.bodies<Response>(paths.responses).map(r => r.createdDateTime)).toEqual([
      start + skewS,
      at(600) + skewS,
      at(900) + skewS,
    ]);
    expect(h.client.status.serverAheadS).toBeCloseTo(skewS, 0);
  });

  it('that is set while we follow is noticed at the next reading of Time', async () => {
    const event = control(at(2000), 300, importLimit(3000));
    const h = harness({}, site => {
      site.pollRate.time = 900;
      site.programs['0A']?.controls.push(event);
    });
    h.client.start();
    await h.pass(100);
    h.site.skewS = 500;
    await h.pass(1900);
    expect(h.trace).toEqual(['0-1500 1000 default', '1500-1800 3000 event', '1800-2000 1000 default']);
    expect(h.failures).toEqual([]);
  });
});

describe('a server that is away', () => {
  it('at the start is looked for until it comes', async () => {
    const h = harness({}, site => {
      site.server.down = true;
      site.programs['0A']?.controls.push(control(at(100), 9000, importLimit(3000)));
    });
    h.client.start();
    await h.pass(2000);
    expect(h.client.status).toMatchObject({ phase: 'discovering', problem: { code: 'CANNOT_REACH' } });
    expect(h.site.server.taken().length).toBeLessThan(15);
    h.site.server.down = false;
    await h.pass(400);
    expect(h.client.status.phase).toBe('following');
    expect(h.client.limits(h.clock.now()).importW).toBe(3000);
  });

  it('later leaves the known schedule; then it is polled as before, and told what happened meanwhile', async () => {
    const events = [600, 900, 1200, 1500].map((from, i) => control(at(from), 300, importLimit(2000 + i)));
    const h = harness({}, site => site.programs['0A']?.controls.push(...events));
    h.client.start();
    await h.pass(620);
    const before = h.site.said().length;
    h.site.server.down = true;
    await h.pass(1480);
    expect(h.client.limits(h.clock.now()).lastContact).toBe(at(600));
    expect(h.site.said()).toHaveLength(before);
    expect(h.client.status.responsesWaiting).toBe(7);
    h.site.server.down = false;
    await h.pass(400);
    expect(h.client.limits(h.clock.now()).lastContact).toBeGreaterThan(at(2100));
    expect(h.trace).toEqual([
      '0-600 1000 default',
      '600-900 2000 event',
      '900-1200 2001 event',
      '1200-1500 2002 event',
      '1500-1800 2003 event',
      '1800-2500 1000 default',
    ]);
    const said = h.site.said();
    expect(new Set(said).size).toBe(said.length);
    for (const { mRID } of events)
      expect(said.filter(line => line.endsWith(mRID)).map(line => line[0])).toEqual(['1', '2', '3']);
    expect(h.log.lines.map(line => line.message)).toEqual([
      'the server cannot be used; what is known is followed',
      'the server is back',
    ]);
  });

  it('for a moment is asked again soon, not a whole poll later', async () => {
    const h = harness();
    h.client.start();
    await h.pass(290);
    h.site.server.down = true;
    await h.pass(15);
    h.site.server.down = false;
    await h.pass(40);
    expect(h.client.limits(h.clock.now()).lastContact).toBeGreaterThan(at(305));
  });

  it('by 429 or 503 is not asked before the time it named', async () => {
    const h = harness();
    h.client.start();
    await h.pass(10);
    h.site.server.fault = () => answer(429, { 'retry-after': '500' });
    await h.pass(300);
    h.site.server.fault = undefined;
    h.site.server.taken();
    await h.pass(480);
    expect(h.site.server.taken()).toEqual([]);
    await h.pass(100);
    expect(h.site.server.taken().length).toBeGreaterThan(0);
    expect(h.client.limits(h.clock.now()).lastContact).toBeGreaterThanOrEqual(at(800));
  });

  it('that cannot show one program is followed with the others, and does not count as contact', async () => {
    const h = harness({}, site => {
      site.programs['0B'] = { primacy: 9, controls: [control(at(100), 900, { opModConnect: false })] };
    });
    h.client.start();
    await h.pass(10);
    h.site.server.fault = ({ path }) => (path.startsWith(paths.controls('0B')) ? answer(500) : undefined);
    h.site.programs['0A']?.controls.push(control(at(400), 900, importLimit(77)));
    await h.pass(700);
    expect(h.client.limits(h.clock.now())).toMatchObject({ importW: 77, connected: false, lastContact: start });
  });

  it('and one that comes back elsewhere is found again', async () => {
    const h = harness();
    h.client.start();
    await h.pass(10);
    // The same server after a new installation: all links are others.
    const old = Object.values(paths).filter(path => typeof path === 'string' && path !== paths.dcap);
    h.site.server.fault = ({ path }) => {
      const where = path.split('?')[0] ?? '';
      return old.includes(where) && where !== paths.devices && where !== paths.time ? answer(404) : undefined;
    };
    await h.pass(400);
    expect(h.site.server.taken().filter(line => line === 'GET /dcap').length).toBeGreaterThan(1);
    h.site.server.fault = undefined;
    await h.pass(400);
    expect(h.client.limits(h.clock.now()).lastContact).toBeGreaterThan(at(400));
  });
});

describe('a server that must not be used', () => {
  it('by a wrong PIN is left at once and for good', async () => {
    const h = harness({}, site => (site.pin = 123_455));
    h.client.start();
    await h.pass(5000);
    expect(h.client.status).toMatchObject({ phase: 'refused', problem: { code: 'WRONG_PIN' } });
    expect(h.site.server.taken()).toEqual([`GET ${paths.dcap}`, `GET ${paths.devices}`, `GET ${paths.registration}`]);
    expect(JSON.stringify(h.log.lines)).not.toContain('123455');
    h.client.start();
    await h.pass(10);
    expect(h.site.server.taken()).toEqual([]);
  });

  it('because its PIN became another is left, and what it said no longer counts', async () => {
    const h = harness({}, site => {
      site.pollRate.registration = 600;
      site.programs['0A']?.controls.push(control(at(100), 9000, importLimit(3000)));
    });
    h.client.start();
    await h.pass(300);
    h.site.pin = 1;
    await h.pass(400);
    expect(h.client.status.phase).toBe('refused');
    expect(h.client.limits(h.clock.now()).source).toBe('none');
    expect(h.site.said().map(line => line[0])).toEqual(['1', '2']);
  });
});

describe('what changes behind its back', () => {
  it('assignments are read at their rate: a program that is gone ends its events', async () => {
    const event = control(at(100), 9000, importLimit(3000));
    const h = harness({}, site => {
      site.programs['0B'] = { primacy: 1, controls: [event] };
    });
    h.client.start();
    await h.pass(400);
    delete h.site.programs['0B'];
    await h.pass(400);
    expect(h.trace).toEqual(['0-100 1000 default', '100-600 3000 event', '600-800 1000 default']);
    expect(h.site.said().map(line => line.split(' ')[0])).toEqual(['1', '2', '14']);
  });

  it('structure is polled at its own rates, or more rarely where told to', async () => {
    const h = harness(
      { structureRateS: 3600 },
      site => (site.pollRate = { ...site.pollRate, fsas: 600, dcap: 900, devices: 900, registration: 900, time: 900 }),
    );
    h.client.start();
    await h.pass(10);
    h.site.server.taken();
    await h.pass(7200);
    const counts = new Map<string, number>();
    for (const line of h.site.server.taken()) counts.set(line, (counts.get(line) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      [`GET ${paths.programs}`]: 24,
      [`GET ${paths.controls('0A')}`]: 24,
      [`GET ${paths.standing('0A')}`]: 24,
      [`GET ${paths.time}`]: 8,
      [`GET ${paths.dcap}`]: 2,
      [`GET ${paths.devices}`]: 2,
      [`GET ${paths.registration}`]: 2,
      [`GET ${paths.fsas}`]: 2,
    });
  });

  it('a device that is removed follows what it knows and asks to be let in again', async () => {
    const h = harness({}, site => (site.pollRate.devices = 600));
    h.client.start();
    await h.pass(10);
    h.site.device.enabled = false;
    await h.pass(700);
    expect(h.client.status.problem?.code).toBe('NOT_REGISTERED');
    expect(h.client.limits(h.clock.now()).importW).toBe(1000);
    h.site.device.enabled = true;
    await h.pass(700);
    expect(h.client.status.problem).toBeUndefined();
  });
});

describe('start and stop', () => {
  it('stops asking, keeps what it knows, and goes on where it stood', async () => {
    const events = [600, 1200].map(from => control(at(from), 300, importLimit(2000)));
    const h = harness({}, site => site.programs['0A']?.controls.push(...events));
    h.client.start();
    h.client.start();
    await h.pass(100);
    h.client.stop();
    h.site.server.taken();
    await h.pass(900);
    expect(h.site.server.taken()).toEqual([]);
    expect(h.client.status.phase).toBe('stopped');
    h.client.start();
    await h.pass(700);
    expect(h.trace).toEqual([
      '0-600 1000 default',
      '600-900 2000 event',
      '900-1200 1000 default',
      '1200-1500 2000 event',
      '1500-1700 1000 default',
    ]);
    expect(h.site.said().map(line => line[0])).toEqual(['1', '1', '2', '3', '2', '3']);
  });

  it('spreads its first request', async () => {
    const h = harness({ startSpreadS: 300 });
    h.client.start();
    await h.pass(2);
    expect(h.site.server.requests).toEqual([]);
    await h.pass(300);
    expect(h.client.status.phase).toBe('following');
  });
});

describe('DER information', () => {
  const capability = { modesSupported: '00100000', rtgMaxW: { multiplier: 0, value: 5000 }, type: 4 };
  const settings = { setGradW: 1, setMaxW: { multiplier: 0, value: 4000 } };

  it('is put once, status at the rate of the DERList, with the times of the server', async () => {
    let asked = 0;
    const status = (now: number): Omit<DERStatus, 'readingTime'> => ({
      stateOfChargeStatus: { dateTime: now, value: ++asked },
    });
    const h = harness(
      { der: { capability, settings, status, availability: () => ({ reservePercent: 1 }) } },
      site => (site.skewS = 50),
    );
    h.client.start();
    await h.pass(2000);
    const { server } = h.site;
    expect(server.bodies(paths.capability)).toEqual([capability]);
    expect(server.bodies(paths.settings)).toEqual([{ ...settings, updatedTime: at(50) }]);
    expect(server.bodies(paths.status)).toEqual(
      [0, 900, 1800].map((t, i) => ({
        readingTime: at(t + 50),
        stateOfChargeStatus: { dateTime: at(t + 50), value: i + 1 },
      })),
    );
    expect(server.bodies(paths.availability)).toHaveLength(3);
  });

  it('changed is put at once; refused is left; the server away is tried again', async () => {
    const h = harness({ der: { capability, settings } });
    h.client.start();
    await h.pass(100);
    h.site.server.down = true;
    h.client.report({ settings: { ...settings, setGradW: 2 } });
    await h.pass(100);
    h.site.server.down = false;
    await h.pass(400);
    expect(h.site.server.bodies(paths.settings)).toMatchObject([
      { setGradW: 1 },
      { setGradW: 2, updatedTime: at(100) },
    ]);
    h.site.server.fault = ({ path }) => (path === paths.settings ? answer(400) : undefined);
    h.client.report({ settings: { ...settings, setGradW: 3 } });
    await h.pass(2000);
    expect(h.log.lines.filter(line => line.message === 'DER information was refused')).toHaveLength(1);
  });
});

it('a Response that is refused does not hold up the others, and a broken server is not asked for ever', async () => {
  const events = [control(at(100), 50, {}), control(at(200), 50, {})];
  const h = harness({}, site => site.programs['0A']?.controls.push(...events));
  h.site.server.fault = ({ method, body }) =>
    method === 'POST' && String(body).includes(events[0]?.mRID ?? '') ? answer(400) : undefined;
  h.client.start();
  await h.pass(400);
  expect(h.site.said().every(line => line.endsWith(events[1]?.mRID ?? ''))).toBe(true);
  expect(h.site.said()).toHaveLength(3);
  expect(h.client.status.responsesRefused).toBe(3);
  h.site.server.fault = ({ method }) => (method === 'POST' ? answer(500) : undefined);
  h.site.programs['0A']?.controls.push(control(at(700), 50, {}));
  await h.pass(2800);
  expect(h.client.status).toMatchObject({ responsesWaiting: 2, responsesRefused: 4 });
});
