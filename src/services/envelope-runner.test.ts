import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { promMetrics } from '../base/metrics';
import { tasks as newTasks } from '../base/tasks';
import { type Engine, type Envelope, type Proposal, type Snapshot } from '../engines/api';
import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { type Store } from '../store/api';
import { memoryStore } from '../store/memory/store';
import { processHost } from './engine-host';
import { type RunnerParts, createEnvelopeRunner } from './envelope-runner';
import { type EnvelopeControl, controlsOf, inForce } from './envelopes/controls';

const pen = 99999;
const t0 = 1_800_000;
const stepS = 300;

/** A house with two sites on one transformer, firm 4 and 2 kW, whose engine and forecast a test changes at will. */
function house({ steps = 6 } = {}) {
  const clock = new ManualClock(t0);
  const log = keptLog();
  const metrics = promMetrics();
  const store = memoryStore();
  const state = {
    passiveW: 0,
    answer: (s: Snapshot): Proposal | Promise<Proposal> => s.devices.map(d => flat(d.id, s.steps, 9000)),
    broken: undefined as Error | undefined,
  };
  const makeSnapshot = async (): Promise<Snapshot> => {
    if (state.broken) throw state.broken;
    return snapshot(
      [asset('TR1', 50_000, { passive: flow(new Array<number>(steps).fill(state.passiveW)) })],
      [device('a', 'TR1', { firmImportW: 4000, firmExportW: 1000 }), device('b', 'TR1', { firmImportW: 2000 })],
      { now: clock.now(), start: Math.floor(clock.now() / stepS) * stepS, stepS, steps },
    );
  };
  const engine: Engine = { name: 'drill', api: 1, compute: s => state.answer(s) };
  const host = processHost(engine, { wall: clock, deadlineS: 20 });
  const parts: RunnerParts = { store, clock, log, metrics, host, snapshot: makeSnapshot, pen };
  const controls = async (site: string) => controlsOf(await store.series.ofSite(site, 0), { pen });
  return { clock, log, metrics, store, state, host, parts, controls, runner: createEnvelopeRunner(parts) };
}

const flat = (id: string, steps: number, importW: number, exportW = 5000): Envelope => ({
  device: id,
  importW: new Array<number>(steps).fill(importW),
  exportW: new Array<number>(steps).fill(exportW),
  bound: new Array<{ import: string; export: string }>(steps).fill({
    import: 'transformer TR1',
    export: 'site rating',
  }),
});
const inForceAt = (controls: EnvelopeControl[], t: number) => {
  const now = controls.filter(c => inForce(c).from <= t && t < inForce(c).to);
  expect(now.length).toBeLessThanOrEqual(1);
  return now[0];
};
const outcomeLine = ({ lines }: ReturnType<typeof keptLog>) =>
  lines.map(l => `${l.level} ${String(l.fields['outcome'])}`);

describe('a run', () => {
  it('publishes what the engine proposed, as few controls as say it, with the reason of each limit', async () => {
    const h = house();
    const result = await h.runner.run();
    expect(result).toMatchObject({
      outcome: 'published',
      engine: 'drill',
      at: t0,
      controlsPublished: 2,
      sitesPublished: 2,
      fallbacks: [],
      net: [],
      notices: [],
      events: [],
    });
    expect(result.inputsHash).toMatch(/^[0-9a-f]{64}$/);
    // Both have 9 of the 20 kW, and 5 of the 10, that they were planned to have.
    expect(result.account).toMatchObject({
      sites: 2,
      from: t0,
      to: t0 + 1800,
      import: { limitW: 18_000, jain: 1, leastOverMean: 1, unlocked: { plannedW: 40_000, meanW: -22_000, kWh: -11 } },
      export: { bound: [{ by: 'site rating', kind: 'service', share: 1, siteHours: 1 }] },
    });
    expect(result.perSite[0]).toEqual({
      site: 'a',
      controls: 1,
      import: [{ by: 'transformer TR1', steps: 6 }],
      export: [{ by: 'site rating', steps: 6 }],
      planned: { importW: 20_000, exportW: 10_000, bound: { import: 'site rating', export: 'site rating' } },
    });
    expect(await h.controls('a')).toMatchObject([
      { start: t0, durationS: 1800, importW: 9000, exportW: 5000, createdAt: t0, engine: 'drill' },
    ]);
    expect(await h.metrics.value('headroom_controls_published_total', { engine: 'drill' })).toBe(2);
    expect(h.log.lines).toHaveLength(1);
    expect(outcomeLine(h.log)).toEqual(['info published']);
  });

  it('that changes nothing writes nothing', async () => {
    const h = house();
    await h.runner.run();
    const commit = jest.spyOn(h.store, 'commit');
    const again = await createEnvelopeRunner({ ...h.parts, store: h.store }).run();
    expect(again).toMatchObject({ outcome: 'unchanged', controlsPublished: 0, sitesPublished: 0 });
    expect(commit).not.toHaveBeenCalled();
  });

  it('a step later adds only the new step; a changed limit supersedes', async () => {
    const h = house();
    await h.runner.run();
    h.clock.advance(stepS);
    expect(await h.runner.run()).toMatchObject({ controlsPublished: 2 });
    expect((await h.controls('a'))[1]).toMatchObject({ start: t0 + 1800, durationS: 300, series: 3 });
    h.state.answer = s => s.devices.map(d => flat(d.id, s.steps, d.id === 'a' ? 8000 : 9000));
    expect(await h.runner.run()).toMatchObject({ sitesPublished: 1, controlsPublished: 1 });
    const [old, , fresh] = await h.controls('a');
    expect(old?.supersededAt).toBe(t0 + stepS);
    expect(fresh).toMatchObject({ start: t0 + stepS, importW: 8000, durationS: 1800 });
  });

  it('passes on what the engine notices, and measures by itself where firm does not fit', async () => {
    const h = house();
    h.state.passiveW = 46_000;
    h.state.answer = s => ({
      envelopes: s.devices.map(d => flat(d.id, s.steps, d.firmImportW)),
      notices: [
        { code: 'firm-shortfall', asset: 'TR1', direction: 'import', text: 'the engine says so too' },
        { code: 'remark', text: 'two sites are neighbours' },
      ],
    });
    const result = await h.runner.run();
    expect(result.outcome).toBe('published');
    expect(result.notices.filter(n => n.asset === 'TR1').every(n => n.shortW === 2000 || n.shortW === 667)).toBe(true);
    expect(result.events).toContain(
      'firm import limits below transformer TR1 exceed its room by up to 2000 W; they are kept',
    );
    expect(result.events).toContain('two sites are neighbours');
    expect(result.events).not.toContain('the engine says so too');
    expect((await h.controls('a'))[0]?.importW).toBe(4000);
    expect(outcomeLine(h.log)).toEqual(['warn published']);
  });

  it('fails as a whole when there is no snapshot, and leaves everything as it was', async () => {
    const h = house();
    await h.runner.run();
    h.state.broken = new Error('the forecast is gone');
    await expect(h.runner.run()).rejects.toThrow('the forecast is gone');
    expect(await h.controls('a')).toHaveLength(1);
    h.state.broken = undefined;
    expect((await h.runner.run()).outcome).toBe('unchanged');
  });
});

it('gives the rating in a direction that a site cannot hold, whatever engine or net say of it', async () => {
  const h = house();
  h.state.answer = s => s.devices.map(d => flat(d.id, s.steps, d.firmImportW));
  const unshared = () => new Map([['a', { importW: 20_001 }]]);
  await createEnvelopeRunner({ ...h.parts, unshared }).run();
  const [control] = await h.controls('a');
  expect(control).toMatchObject({
    importW: 20_001,
    exportW: 5000,
    bound: { import: 'site rating', export: 'site rating' },
  });
  h.host.kill();
  await createEnvelopeRunner({ ...h.parts, unshared }).run();
  expect(inForceAt(await h.controls('a'), t0)).toMatchObject({ importW: 20_001, exportW: 1000 });
});

describe('an engine that fails', () => {
  const ways: [string, (h: ReturnType<typeof house>) => void, string, string][] = [
    [
      'throws',
      h =>
        (h.state.answer = () => {
          throw new Error('no idea');
        }),
      'broke',
      'ENGINE_BROKE',
    ],
    ['is killed', h => h.host.kill(), 'broke', 'ENGINE_BROKE'],
    [
      'is late',
      h => (h.state.answer = () => (h.clock.advance(25), new Promise<Proposal>(() => {}))),
      'late',
      'ENGINE_LATE',
    ],
    ['answers nonsense', h => (h.state.answer = () => 'all good' as unknown as Proposal), 'lied', 'ENGINE_UNSAFE'],
  ];
  it.each(ways)(
    'that %s puts every site on firm at once, over the controls it holds',
    async (_, fail, reason, code) => {
      const h = house();
      await h.runner.run();
      h.clock.advance(400); // the second step is under way
      fail(h);
      const result = await h.runner.run();
      expect(result.outcome).toBe('fallback');
      expect(result.fallbacks).toEqual([
        { site: 'a', reason },
        { site: 'b', reason },
      ]);
      expect(result.events).toContain('2 of 2 sites are on their firm limits');
      expect(await h.metrics.value('headroom_engine_fallbacks_total', { engine: 'drill', reason })).toBe(1);
      const [before, line] = h.log.lines;
      expect(before?.level).toBe('info');
      expect(line).toMatchObject({ level: reason === 'lied' ? 'warn' : 'error', fields: { code, fallbacks: 2 } });
      expect(h.log.lines).toHaveLength(2);

      const now = h.clock.now();
      const controls = await h.controls('a');
      expect(controls[0]?.supersededAt).toBe(now);
      const by = `firm, engine ${reason}`;
      expect(inForceAt(controls, now)).toMatchObject({
        importW: 4000,
        exportW: 1000,
        bound: { import: by, export: by },
      });
      expect(inForceAt(controls, t0 + 1799)?.importW).toBe(4000);
      expect(inForceAt(controls, t0 + 1800)).toBeUndefined(); // DefaultDERControl carries firm from here on
    },
  );

  it('has nothing to publish for sites that hold no controls: their default is firm already', async () => {
    const h = house();
    h.host.kill();
    expect(await h.runner.run()).toMatchObject({ outcome: 'fallback', controlsPublished: 0 });
    expect(await h.controls('a')).toEqual([]);
  });

  it('and goes on failing publishes firm once; when it is well again its limits take over', async () => {
    const h = house();
    await h.runner.run();
    const well = h.state.answer;
    h.state.answer = () => {
      throw new Error('no idea');
    };
    expect((await h.runner.run()).controlsPublished).toBe(2);
    h.clock.advance(stepS);
    expect((await h.runner.run()).controlsPublished).toBe(0);
    h.clock.advance(stepS);
    h.state.answer = well;
    expect(await h.runner.run()).toMatchObject({ outcome: 'published', fallbacks: [] });
    expect(inForceAt(await h.controls('a'), h.clock.now())?.importW).toBe(9000);
  });

  it('for one site only puts that site on firm, and the net mends what else it can', async () => {
    const h = house();
    await h.runner.run();
    h.state.answer = s => [flat('b', s.steps, 90_000)];
    const result = await h.runner.run();
    expect(result.outcome).toBe('published');
    expect(result.fallbacks).toEqual([{ site: 'a', reason: 'lied' }]);
    expect(result.net.map(e => [e.rule, e.count])).toEqual(
      [
        ['rating', 6],
        ['missing', 1],
      ].sort(),
    );
    expect(await h.metrics.value('headroom_safety_net_total', { engine: 'drill', rule: 'rating' })).toBe(6);
    expect(inForceAt(await h.controls('a'), t0)?.importW).toBe(4000);
    expect(inForceAt(await h.controls('b'), t0)?.importW).toBe(20_000);
  });

  it('cannot cheat the net by changing what it was given', async () => {
    const h = house();
    h.state.answer = s => {
      const site = s.devices[0] as { maxImportW: number };
      expect(() => (site.maxImportW = 1e9)).toThrow(TypeError);
      expect(() => ((s.assets[0] as { ratingVA: number }).ratingVA = 1e9)).toThrow(TypeError);
      return s.devices.map(d => flat(d.id, s.steps, 1e8));
    };
    await h.runner.run();
    expect(inForceAt(await h.controls('a'), t0)?.importW).toBeLessThanOrEqual(20_000);
    const sum = [...(await h.controls('a')), ...(await h.controls('b'))].reduce((w, c) => w + c.importW, 0);
    expect(sum).toBeLessThanOrEqual(50_000);
  });
});

describe('two at once', () => {
  it('are one after the other in one process; calls that wait share a run', async () => {
    const h = house();
    let inside = 0;
    let most = 0;
    let runs = 0;
    h.state.answer = async s => {
      runs++;
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
      return s.devices.map(d => flat(d.id, s.steps, 9000));
    };
    const results = await Promise.all([h.runner.run(), h.runner.run(), h.runner.run()]);
    expect(most).toBe(1);
    expect(runs).toBe(2);
    expect(results[1]).toBe(results[2]);
    expect(results.map(r => r.outcome)).toEqual(['published', 'unchanged', 'unchanged']);
  });

  it('of two processes never publish over each other: the second decides again', async () => {
    const h = house();
    let raced = false;
    const store: Store = Object.assign(Object.create(h.store) as Store, {
      commit: async (plan: Parameters<Store['commit']>[0]) => {
        if (!raced) {
          raced = true;
          expect((await createEnvelopeRunner(h.parts).run()).controlsPublished).toBe(2);
        }
        return h.store.commit(plan);
      },
    });
    const second = await createEnvelopeRunner({ ...h.parts, store }).run();
    expect(second).toMatchObject({ outcome: 'unchanged', controlsPublished: 0 });
    expect(await h.controls('a')).toHaveLength(1);
  });

  it('that never agree end in a conflict, not in a loop', async () => {
    const h = house();
    const store: Store = Object.assign(Object.create(h.store) as Store, {
      commit: async () => ({ ok: false, conflict: ['~envelopes'] }),
    });
    await expect(createEnvelopeRunner({ ...h.parts, store }).run()).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('the schedule', () => {
  const started = (h: ReturnType<typeof house>) => {
    const seen: number[] = [];
    const well = h.state.answer;
    h.state.answer = s => (seen.push(s.now), well(s));
    return seen;
  };
  const go = async (h: ReturnType<typeof house>, tasks: ReturnType<typeof newTasks>, seconds: number) => {
    for (let done = 0; done < seconds; done += 50) {
      h.clock.advance(50);
      await tasks.settled();
    }
  };

  it('runs at once and then at every whole multiple, until it is stopped', async () => {
    const h = house();
    const seen = started(h);
    const tasks = newTasks(() => undefined);
    h.clock.advance(100);
    const told: number[] = [];
    const stop = h.runner.schedule(600, tasks, result => told.push(result.at));
    await tasks.settled();
    expect(h.runner.nextRun()).toBe(t0 + 600);
    await go(h, tasks, 1500);
    expect(seen).toEqual([t0 + 100, t0 + 600, t0 + 1200]);
    expect(told).toEqual(seen);
    expect(h.runner.last?.at).toBe(t0 + 1200);
    stop();
    await go(h, tasks, 1200);
    expect(seen).toHaveLength(3);
    expect(h.runner.nextRun()).toBeUndefined();
  });

  it('goes on after a run that failed, and says so', async () => {
    const h = house();
    const tasks = newTasks(() => undefined);
    h.state.broken = new Error('the forecast is gone');
    h.runner.schedule(600, tasks);
    await tasks.settled();
    expect(h.log.lines.at(-1)).toMatchObject({ level: 'error', message: 'envelope run failed' });
    h.state.broken = undefined;
    await go(h, tasks, 650);
    expect(h.runner.last).toMatchObject({ outcome: 'published', at: t0 + 600 });
  });

  it('does not start over while a run takes longer than the interval', async () => {
    const h = house();
    let release: (proposal: Proposal) => void = () => undefined;
    let runs = 0;
    h.state.answer = () => {
      runs++;
      return new Promise(resolve => (release = resolve));
    };
    const tasks = newTasks(() => undefined);
    const slow = createEnvelopeRunner({
      ...h.parts,
      host: processHost({ name: 'slow', api: 1, compute: s => h.state.answer(s) }, { wall: h.clock, deadlineS: 9999 }),
    });
    slow.schedule(300, tasks);
    await Promise.resolve();
    await new Promise<void>(resolve => process.nextTick(resolve));
    h.clock.advance(1000);
    expect(runs).toBe(1);
    release([]);
    await tasks.settled();
    expect(slow.nextRun()).toBe(t0 + 1200);
  });
});

describe('a run whose envelopes are verified', () => {
  it('publishes firm, and why, in the steps that fail, and what the engine said in the others', async () => {
    const h = house();
    const verify: RunnerParts['verify'] = async () => ({
      unsafe: new Map([[2, 'Vmax bus 7 phase 1 at 1.061, limit 1.05']]),
      notLookedAt: 0,
    });
    const result = await createEnvelopeRunner({ ...h.parts, verify }).run();
    expect(result.outcome).toBe('published');
    expect(result.net).toMatchObject([{ rule: 'unsafe', count: 4 }]);
    expect(result.events.join()).toContain('Vmax bus 7 phase 1 at 1.061');
    const controls = await h.controls('a');
    expect(inForceAt(controls, t0)).toMatchObject({ importW: 9000 });
    expect(inForceAt(controls, t0 + 2 * stepS)).toMatchObject({ importW: 4000, exportW: 1000 });
    expect(result.perSite[0]?.import).toContainEqual({
      by: 'firm, verification: Vmax bus 7 phase 1 at 1.061, limit 1.05',
      steps: 1,
    });
    expect(await h.metrics.value('headroom_safety_net_total', { engine: 'drill', rule: 'unsafe' })).toBe(4);
  });

  it('says how many steps it had no time for, and does not ask where the engine gave nothing', async () => {
    const h = house();
    const verify = jest.fn(async () => ({ unsafe: new Map<number, string>(), notLookedAt: 3 }));
    const runner = createEnvelopeRunner({ ...h.parts, verify });
    expect((await runner.run()).events).toEqual(['3 of 6 steps were not verified: the time for it was up']);
    h.host.kill();
    await runner.run();
    expect(verify).toHaveBeenCalledTimes(1);
  });
});
