/** What the runner makes of contracts: collections, turns, short controls; on a manual clock. */
import fc from 'fast-check';
import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { promMetrics } from '../base/metrics';
import { type Engine, type Snapshot } from '../engines/api';
import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { type Committed, type Plan, type Store } from '../store/api';
import { memoryStore } from '../store/memory/store';
import { type Collection, collectionHead, collectionsList, nextLocal } from './collections';
import { processHost } from './engine-host';
import { createEnvelopeRunner } from './envelope-runner';
import { type EnvelopeControl, controlsOf, inForce } from './envelopes/controls';
import { nextShown, visibleControls } from './envelopes/window';
import { firmBy, pieceOf } from './products/loss';
import { type ContractVersion, type LossTerms, type Product } from './products/version';

const pen = 99999;
const stepS = 900;
const hour = 3600;
/** 13:00 local (UTC) on a day; collections are published at 14:00 and take effect at midnight. */
const t0 = Date.UTC(2026, 4, 5, 13) / 1000;
const variable = { timeZone: 'UTC', publishAtS: 14 * hour, effectiveAtS: 0, horizonS: 72 * hour };

const contract = (product: Product, more: Partial<ContractVersion> = {}): ContractVersion => ({
  version: 1,
  contract: 'C',
  format: 'figures',
  product,
  purpose: 'non-bridging',
  effectiveAt: 0,
  timeZone: 'UTC',
  firm: {},
  most: {},
  noticeS: 0,
  enteredAt: 0,
  enteredBy: 'test',
  ...more,
});

function house(versions: Record<string, ContractVersion>, horizonS = 72 * hour) {
  const clock = new ManualClock(t0);
  const inner = memoryStore();
  const state = { levelW: 9000, broken: false, refuseCommits: false };
  const store: Store = {
    ...inner,
    commit: async (plan: Plan): Promise<Committed> => {
      if (state.refuseCommits) throw new Error('the disk is full');
      return inner.commit(plan);
    },
  };
  const engine: Engine = {
    name: 'drill',
    api: 1,
    compute: s => {
      if (state.broken) throw new Error('no idea');
      return s.devices.map(d => ({
        device: d.id,
        importW: new Array<number>(s.steps).fill(Math.min(d.maxImportW, Math.max(d.firmImportW, state.levelW))),
        exportW: new Array<number>(s.steps).fill(d.firmExportW),
        bound: new Array<{ import: string; export: string }>(s.steps).fill({
          import: 'transformer TR1',
          export: 'firm',
        }),
      }));
    },
  };
  const makeSnapshot = async (until = 0): Promise<Snapshot> => {
    const start = Math.floor(clock.now() / stepS) * stepS;
    const steps = Math.ceil(Math.max(horizonS, until - start) / stepS);
    return snapshot(
      [asset('TR1', 200_000, { passive: flow(new Array<number>(steps).fill(0)) })],
      ['a', 'b', 'c'].map(id => device(id, 'TR1', { firmImportW: 2000, firmExportW: 1000 })),
      { now: clock.now(), start, stepS, steps },
    );
  };
  const metrics = promMetrics();
  const log = keptLog();
  const runner = createEnvelopeRunner({
    store,
    clock,
    log,
    metrics,
    pen,
    host: processHost(engine, { wall: clock, deadlineS: 20 }),
    snapshot: makeSnapshot,
    standing: async () => ({
      versions: new Map(Object.entries(versions).map(([site, version]) => [site, [version]])),
      orders: [],
    }),
    variable,
    horizonS,
    stepS,
  });
  const controls = async (site: string): Promise<EnvelopeControl[]> =>
    controlsOf(await inner.series.ofSite(site, 0), { pen });
  const importAt = async (site: string, at: number) =>
    (await controls(site)).find(c => inForce(c).from <= at && at < inForce(c).to)?.importW;
  const to = (at: number) => clock.advance(at - clock.now());
  return { clock, controls, importAt, log, metrics, runner, state, store, to };
}

describe('variable limits', () => {
  const two = { a: contract('variable'), b: contract('variable') };

  it('are published as a whole at their time, in effect from theirs, 72 hours on, and stay until the next', async () => {
    const h = house(two);
    await h.runner.run();
    expect(await h.importAt('a', t0)).toBe(9000);
    h.state.levelW = 8000;
    h.to(t0 + 1800);
    await h.runner.run();
    // Dynamic limits of c follow; those of a and b do not.
    expect([await h.importAt('a', t0 + 1800), await h.importAt('c', t0 + 1800)]).toEqual([9000, 8000]);
    h.to(t0 + hour);
    const published = await h.runner.run();
    expect(published.reductions).toMatchObject([{ reason: 'forecast', sites: 2, noticeS: { least: 10 * hour } }]);
    const midnight = t0 + 11 * hour;
    expect([await h.importAt('a', midnight - 1), await h.importAt('a', midnight)]).toEqual([9000, 8000]);
    const head = await h.store.get<Collection>(collectionHead);
    expect(head?.body).toMatchObject({
      number: 2,
      publishedAt: t0 + hour,
      effectiveAt: midnight,
      until: midnight + 72 * hour,
    });
    expect(await h.importAt('a', midnight + 72 * hour - 1)).toBe(8000);
    expect(await h.importAt('a', midnight + 72 * hour)).toBeUndefined();
    expect(await h.store.count(collectionsList)).toBe(2);
  });

  it('are there for all sites or for none', async () => {
    const h = house(two);
    await h.runner.run();
    h.to(t0 + hour);
    h.state.levelW = 7000;
    h.state.refuseCommits = true;
    await expect(h.runner.run()).rejects.toThrow('the disk is full');
    const later = t0 + 12 * hour;
    for (const site of ['a', 'b']) expect(await h.importAt(site, later)).toBe(9000);
    h.state.refuseCommits = false;
    await h.runner.run();
    for (const site of ['a', 'b']) expect(await h.importAt(site, later)).toBe(7000);
  });

  it('stay in effect when the engine fails, and the collection comes when it answers again', async () => {
    const h = house(two);
    await h.runner.run();
    h.to(t0 + hour);
    h.state.broken = true;
    await h.runner.run();
    expect([await h.importAt('a', t0 + hour), await h.importAt('c', t0 + hour)]).toEqual([9000, 2000]);
    expect((await h.store.get<Collection>(collectionHead))?.body.number).toBe(1);
    h.state.broken = false;
    h.clock.advance(stepS);
    await h.runner.run();
    expect((await h.store.get<Collection>(collectionHead))?.body.number).toBe(2);
    expect(await h.importAt('c', h.clock.now())).toBe(9000);
  });

  it('are lowered out of turn for a reason only; raised only at their turn', async () => {
    const h = house(two);
    await h.runner.run();
    h.clock.advance(stepS);
    h.state.levelW = 5000;
    const refused = await h.runner.run();
    expect(refused.refused.sites).toBe(2);
    expect(refused.notices.map(({ text }) => text).join()).toContain('no reason was given');
    expect(await h.metrics.value('headroom_reductions_refused_total')).toBe(2);
    await h.runner.run({ reason: 'emergency' });
    expect(await h.importAt('a', h.clock.now())).toBe(5000);
    h.state.levelW = 9000;
    h.clock.advance(stepS);
    await h.runner.run();
    expect(await h.importAt('a', h.clock.now())).toBe(5000);
    h.to(t0 + hour);
    await h.runner.run();
    expect(await h.importAt('a', t0 + 11 * hour)).toBe(9000);
  });

  it('keep the notice that their contract grants, but for reasons that cannot wait', async () => {
    const h = house({ a: contract('variable', { noticeS: 2 * hour }) });
    await h.runner.run();
    h.state.levelW = 4000;
    await h.runner.run({ reason: 'maintenance' });
    expect(await h.importAt('a', t0 + 2 * hour - 1)).toBe(9000);
    expect(await h.importAt('a', t0 + 2 * hour)).toBe(4000);
    await h.runner.run({ reason: 'safety' });
    expect(await h.importAt('a', t0)).toBe(4000);
  });
});

it('a contract is floor and ceiling whatever the engine says, from its moment on', async () => {
  const h = house({
    a: contract('dynamic', { firm: { import: { form: 'flat', watts: 6000 } }, effectiveAt: t0 + 2 * hour }),
    b: contract('dynamic', { most: { import: { form: 'flat', watts: 3000 } }, effectiveAt: t0 + 2 * hour }),
  });
  h.state.levelW = 4000;
  const { perSite } = await h.runner.run();
  const at = [t0, t0 + 2 * hour - 1, t0 + 2 * hour];
  expect(await Promise.all(at.map(t => h.importAt('a', t)))).toEqual([4000, 4000, 6000]);
  expect(await Promise.all(at.map(t => h.importAt('b', t)))).toEqual([4000, 4000, 3000]);
  expect((await h.controls('b')).at(-1)?.bound.import).toBe('contract C, version 1');
  expect(perSite).toHaveLength(3);
});

it('names a moment of the local day once, also where the clocks leave it out or show it twice', () => {
  const zone = 'America/Los_Angeles';
  const utc = (text: string) => Date.parse(text) / 1000;
  expect(nextLocal(zone, 14 * hour, utc('2026-05-05T20:00Z'))).toBe(utc('2026-05-05T21:00Z'));
  expect(nextLocal(zone, 14 * hour, utc('2026-05-05T21:00Z'))).toBe(utc('2026-05-06T21:00Z'));
  // 02:30 on 8 March 2026 does not exist; 01:30 on 1 November comes twice.
  const spring = nextLocal(zone, 2.5 * hour, utc('2026-03-08T08:00Z'));
  expect(spring).toBeGreaterThan(utc('2026-03-08T08:00Z'));
  expect(spring).toBeLessThan(utc('2026-03-08T12:00Z'));
  const autumn = nextLocal(zone, 1.5 * hour, utc('2026-11-01T07:00Z'));
  expect([utc('2026-11-01T08:30Z'), utc('2026-11-01T09:30Z')]).toContain(autumn);
  expect(nextLocal(zone, 1.5 * hour, utc('2026-11-01T10:00Z'))).toBe(utc('2026-11-02T09:30Z'));
});

describe('loss of communication', () => {
  const cases: LossTerms[] = [0, hour, 4 * hour, 72 * hour].map(firmAfterLossS => ({ firmAfterLossS, by: 'horizon' }));

  it.each(cases)('a site cut off is on firm in time, and never before it must be: $firmAfterLossS s', async loss => {
    const h = house({ a: contract('dynamic', { loss }) }, 80 * hour);
    for (let k = 0; k < 8; k++) {
      await h.runner.run();
      h.clock.advance(stepS);
    }
    const all = await h.controls('a');
    const pieceS = pieceOf(loss, stepS) ?? 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * stepS - 1 }), s => {
        const cut = t0 + s;
        // What a client that polled in the last second before the cut holds; it goes on executing that.
        const held = visibleControls(
          all.filter(c => c.createdAt <= cut),
          cut,
          { window: 1000, loss },
        );
        const ends = Math.max(...held.map(c => c.start + c.durationS));
        expect(ends).toBeLessThanOrEqual(firmBy(loss, cut, pieceS));
        // One in contact is never without a control: the next is shown well before the one in force ends.
        const [active] = held.filter(c => inForce(c).from <= cut && cut < inForce(c).to);
        expect(active).toBeDefined();
        if (active && active.start + active.durationS - cut <= 600) expect(held.length).toBeGreaterThan(1);
        const next = nextShown(all, cut, loss);
        if (next !== undefined) expect(next).toBeGreaterThan(cut);
      }),
      { numRuns: 60 },
    );
    if (loss.firmAfterLossS >= 4 * hour) {
      const held = visibleControls(all, t0, { window: 1000, loss });
      expect(Math.max(...held.map(c => c.start + c.durationS))).toBeGreaterThan(t0 + loss.firmAfterLossS - pieceS - 1);
    }
  });

  it('is left to a device that can count: all is shown', async () => {
    const loss: LossTerms = { firmAfterLossS: 0, by: 'device' };
    const h = house({ a: contract('dynamic', { loss }) });
    await h.runner.run();
    const all = await h.controls('a');
    expect(all).toHaveLength(1);
    expect(visibleControls(all, t0, { loss })).toEqual(all);
    expect(nextShown(all, t0, loss)).toBeUndefined();
  });
});
