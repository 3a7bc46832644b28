/** The client and this house's own server, in one process and on one clock: what one publishes the other follows. */
import fc from 'fast-check';
import { keptLog } from '../base/log';
import { Problem } from '../base/problem';
import { seededRandom } from '../base/random';
import { tasks as newTasks } from '../base/tasks';
import { addControl, addProgram, cancelControl } from '../functions/operator/programs';
import { devicePort, lfdiA, pen, siteA, t0 } from '../protocol/testing/port';
import { controlsOf, liveControls, ownSteps, packBounds, type NewEnvelope } from '../services/envelopes';
import { averageOf, type Client, type ClientOptions, createClient, type Transport } from '.';

type Port = ReturnType<typeof devicePort>;

async function world(options: Partial<ClientOptions> & { more?: Parameters<typeof devicePort>[0] } = {}) {
  const { more, ...client } = options;
  const port = devicePort({
    house: { pollRate: resource => (resource.name.endsWith('programs') ? 300 : 900) },
    ...more,
  });
  await port.add(siteA);
  const failures: unknown[] = [];
  const tasks = newTasks(error => failures.push(error));
  const log = keptLog();
  const made = createClient({
    transport: transportTo(port, () => down),
    clock: port.clock,
    tasks,
    random: seededRandom(3),
    log,
    lfdi: lfdiA,
    pin: siteA.pin,
    dialect: more?.dialect ?? 'csipaus-1.2',
    ...client,
  });
  let down = false;
  const pass = async (seconds: number, each?: (now: number, client: Client) => void) => {
    for (let i = 0; i < seconds; i++) {
      await tasks.settled();
      each?.(port.clock.now(), made);
      port.clock.advance(1);
    }
    await tasks.settled();
  };
  const responses = async () => {
    const docs = (
      await port.store.page<{ response: { status: number; subject: string; createdDateTime: number } }>(
        '/rsps/1/rsp@1',
        { start: 0, limit: 9999 },
      )
    ).docs;
    return docs.map(doc => doc.body.response);
  };
  return { port, client: made, pass, failures, log, responses, cut: (is: boolean) => void (down = is) };
}

function transportTo(port: Port, down: () => boolean): Transport {
  return {
    async send({ method, path, body = '' }) {
      if (down()) throw new Problem('CANNOT_REACH', { at: path, note: 'cut' });
      const answer = await port.ask(path, { method, body: String(body), lfdi: lfdiA });
      const headers = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      return { status: answer.status, headers, body: Buffer.from(answer.body) };
    },
  };
}

/** Publishes an envelope as the runner does: what did not change is left alone, the rest superseded. */
async function publish({ store, clock }: Port, next: Omit<NewEnvelope, 'bound'>): Promise<void> {
  const now = clock.now();
  const bound = Array.from({ length: next.importW.length }, () => ({ import: 'head', export: 'head' }));
  const live = liveControls(controlsOf(await store.series.ofSite('1', now), { pen }), now);
  const publication = ownSteps(live, { ...next, bound }, now);
  if (!publication) return;
  const { start, stepS, importW, exportW, own } = publication;
  await store.commit({
    series: [
      {
        site: '1',
        publishedAt: now,
        start,
        stepS,
        importW,
        exportW,
        own,
        ...packBounds(publication.bound),
        engine: 'test',
        inputsHash: '',
      },
    ],
  });
}

it('follows envelopes published again and again, at every second what was last told', async () => {
  const w = await world();
  const steps = 20;
  const random = seededRandom(11);
  const published: { at: number; envelope: Omit<NewEnvelope, 'bound'> }[] = [];
  const publishNow = async () => {
    const now = w.port.clock.now();
    const start = Math.floor(now / 900) * 900;
    const draw = () => Int32Array.from({ length: steps }, () => random.integer(1, 4) * 1000);
    const envelope = { start, stepS: 900, importW: draw(), exportW: draw() };
    published.push({ at: now, envelope });
    await publish(w.port, envelope);
  };
  await publishNow();
  w.client.start();
  let told: Omit<NewEnvelope, 'bound'> | undefined;
  for (let hour = 0; hour < 5; hour++) {
    // an hour, with a publication at an odd moment of it
    for (const part of [1000, 2600]) {
      await w.pass(part, now => {
        const { lastContact = -Infinity, importW, exportW, source } = w.client.limits(now);
        if (lastContact === now || !told)
          told = published.filter(({ at }) => at <= lastContact).at(-1)?.envelope ?? told;
        const step = told ? Math.floor((now - told.start) / told.stepS) : -1;
        const want =
          told && lastContact > 0 ? [told.importW[step], told.exportW[step], 'event'] : [importW, exportW, source];
        if (importW !== want[0] || exportW !== want[1] || source !== want[2])
          throw new Error(`${now - t0}: ${importW} ${exportW} ${source}, want ${want.join(' ')}`);
      });
      if (part === 1000) await publishNow();
    }
  }
  expect(w.failures).toEqual([]);
  expect(w.log.lines).toEqual([]);
  const said = await w.responses();
  const stories = new Map<string, number[]>();
  for (const { subject, status, createdDateTime } of [...said].sort(
    (a, b) => a.createdDateTime - b.createdDateTime || a.status - b.status,
  )) {
    stories.set(subject, [...(stories.get(subject) ?? []), status]);
    expect(createdDateTime).toBeLessThanOrEqual(w.port.clock.now());
  }
  for (const story of stories.values()) expect(story.join()).toMatch(/^1(,2)?(,[37])?$/);
  expect(said.filter(({ status }) => status === 3).length).toBeGreaterThan(5);
  expect(said.filter(({ status }) => status === 7).length).toBeGreaterThan(10);
  expect(w.client.status.responsesRefused).toBe(0);
});

it('holds firm limits without an envelope, follows an emergency order of a stronger program, and goes back when it is cancelled', async () => {
  const w = await world();
  await publish(w.port, { start: t0, stepS: 900, importW: [3000, 3000, 3000, 3000], exportW: [500, 500, 500, 500] });
  const deps = { store: w.port.store, clock: w.port.clock, pen, ids: w.port.ids };
  const { derp } = await addProgram(deps, { description: 'Emergency', primacy: 1, sites: ['1'] });
  w.client.start();
  await w.pass(400);
  expect(w.client.limits(w.port.clock.now())).toMatchObject({
    importW: 3000,
    exportW: 500,
    source: 'event',
    defaultImportW: 2000,
    defaultExportW: 1000,
  });
  const { mRID } = await addControl(deps, derp, {
    start: t0 + 800,
    durationS: 1800,
    base: { opModExpLimW: { multiplier: 0, value: 0 } },
  });
  await w.pass(500);
  expect(w.client.limits(w.port.clock.now())).toMatchObject({ importW: 3000, exportW: 0 });
  await cancelControl(deps, mRID);
  await w.pass(400);
  // the envelope's export limit was superseded and does not come back; its import limit was never touched
  expect(w.client.limits(w.port.clock.now())).toMatchObject({ importW: 3000, exportW: 1000 });
  await w.pass(3600);
  expect(w.client.limits(w.port.clock.now())).toMatchObject({ importW: 2000, exportW: 1000, source: 'default' });
  expect(w.failures).toEqual([]);
});

it('tells a plain 2018 server of its size, and is told a share of it', async () => {
  const maxW = { multiplier: 0, value: 8000 };
  const w = await world({
    more: { dialect: '2018' },
    der: {
      capability: { modesSupported: '00100000', rtgMaxW: maxW, type: 4 },
      settings: { setGradW: 100, setMaxW: maxW },
      status: now => ({ operationalModeStatus: { dateTime: now, value: 2 } }),
    },
    mirror: { quantities: [{ name: 'power', type: averageOf(38), read: () => 77 }] },
  });
  await publish(w.port, { start: t0, stepS: 900, importW: [3000], exportW: [2000] });
  w.client.start();
  await w.pass(700);
  expect(w.client.limits(w.port.clock.now())).toMatchObject({ exportW: 2000, source: 'event' });
  expect(w.client.limits(w.port.clock.now())).not.toHaveProperty('importW');
  const { body } = await w.port.ask('/edev/1/der/1/derg');
  expect(body).toContain('<value>8000</value>');
  expect(w.client.status.intervalsPosted).toBeGreaterThan(0);
  const list = await w.port.ask('/upt?l=9');
  expect(list.body).toContain('results="1"');
  expect(w.log.lines).toEqual([]);
});

it('among cuts of any length: what it says arrives once, and it is up to date soon after the last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 1, max: 1500 })), { maxLength: 4 }),
      async cuts => {
        const w = await world();
        await publish(w.port, {
          start: t0,
          stepS: 900,
          importW: [1, 2, 3, 4, 5, 6, 7, 8],
          exportW: [0, 0, 0, 0, 0, 0, 0, 0],
        });
        w.client.start();
        for (const [up, away] of cuts) {
          w.cut(false);
          await w.pass(up);
          w.cut(true);
          await w.pass(away);
        }
        w.cut(false);
        await w.pass(700);
        const now = w.port.clock.now();
        const { lastContact = 0, importW } = w.client.limits(now);
        expect(now - lastContact).toBeLessThanOrEqual(330);
        if (now < t0 + 7200) expect(importW).toBe(1 + Math.floor((now - t0) / 900));
        expect(w.client.status).toMatchObject({ responsesWaiting: 0, responsesRefused: 0 });
        const said = (await w.responses()).map(({ status, subject }) => `${status} ${subject}`);
        expect(new Set(said).size).toBe(said.length);
        expect(w.failures).toEqual([]);
      },
    ),
    { numRuns: 10 },
  );
});
