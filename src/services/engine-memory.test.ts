import { SystemClock } from '../base/clock';
import { type Engine, type Proposal, type Snapshot, envelopesOf, noticesOf } from '../engines/api';
import { loadEngine } from '../engines/index';
import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { hostOf } from './engine-host';
import { silentLog } from '../base/log';
import { EngineMemory } from './engine-memory';

/** A horizon of ten steps from a fixed forecast by the clock: the next run is the same but for its last step. */
const at = (run: number, more: { firmImportW?: number; extraW?: number } = {}): Snapshot => {
  const highW = Array.from({ length: 10 }, (_, i) => 1000 * ((run + i) % 7) + (more.extraW ?? 0));
  return snapshot(
    [asset('T', 30_000, { passive: flow(highW) })],
    [
      device('a', 'T', { firmImportW: more.firmImportW ?? 1000, telemetry: { at: run, netW: run } }),
      device('b', 'T', { aggregator: 'agg' }),
      device('c', 'T', { aggregator: 'agg' }),
    ],
    { now: 300 * run, start: 300 * run, steps: 10 },
  );
};
const counted = (name: string) => {
  const loaded = loadEngine(name, {}, '.');
  const asked: number[] = [];
  const engine: Engine = {
    ...loaded.engine,
    compute: (s, signal) => (asked.push(s.steps), loaded.engine.compute(s, signal)),
  };
  const host = hostOf({ ...loaded, engine }, { wall: new SystemClock(), deadlineS: 60, log: silentLog }, 'process');
  const fresh = async (s: Snapshot) => await loaded.engine.compute(s, new AbortController().signal);
  return { asked, host, fresh };
};

it.each(['equal-share', 'group'])(
  '%s is not asked again for steps that are as they were, and nobody can tell',
  async name => {
    const { asked, fresh, host } = counted(name);
    for (const run of [0, 0, 1, 2]) expect(await host.compute(at(run))).toEqual(await fresh(at(run)));
    expect(asked).toEqual([10, 1, 1]);
    expect(host.work()).toEqual({ steps: 40, computed: 12 });
  },
);

it('asks again when anything that counts has changed, also in the middle', async () => {
  const { asked, fresh, host } = counted('equal-share');
  await host.compute(at(0));
  expect(await host.compute(at(0, { extraW: 1 }))).toEqual(await fresh(at(0, { extraW: 1 })));
  expect(await host.compute(at(0, { firmImportW: 2000 }))).toEqual(await fresh(at(0, { firmImportW: 2000 })));
  expect(asked).toEqual([10, 10, 10]);
  const one = at(0);
  const [only] = one.assets;
  const changed = {
    ...one,
    assets: only ? [{ ...only, passive: flow(only.passive.highW.map((w, i) => (i === 4 || i === 7 ? 9000 : w))) }] : [],
  };
  expect(await host.compute(changed)).toEqual(await fresh(changed));
  expect(asked).toEqual([10, 10, 10, 1, 1]);
});

it('says a firm shortfall again with its own figure', async () => {
  const { fresh, host } = counted('equal-share');
  const short = (run: number) => {
    const s = at(run);
    return { ...s, devices: s.devices.map(d => ({ ...d, maxImportW: 28_000, firmImportW: 9000 })) };
  };
  for (const run of [0, 1, 2, 2]) {
    const [got, want] = [(await host.compute(short(run))) as Proposal, await fresh(short(run))];
    expect(envelopesOf(got)).toEqual(envelopesOf(want));
    expect([...noticesOf(got)]).toEqual(expect.arrayContaining([...noticesOf(want)]));
    expect(noticesOf(got).length).toBe(noticesOf(want).length);
  }
});

it('passes on an answer that is none, and keeps nothing of it', async () => {
  let nonsense: unknown = 'cheese';
  const engine: Engine = { name: 'odd', api: 1, stepsApart: true, compute: () => nonsense as Proposal };
  const loaded = { engine, source: 'odd', outside: false, options: {}, baseDir: '.' };
  const host = hostOf(loaded, { wall: new SystemClock(), deadlineS: 60, log: silentLog }, 'process');
  expect(await host.compute(at(0))).toBe('cheese');
  nonsense = [{ device: 'a', importW: [1], exportW: [1], bound: [] }];
  expect(await host.compute(at(0))).toBe(nonsense);
  expect(host.work().computed).toBe(20);
});

it('counts an answer that two asked for at once only once', async () => {
  const { engine } = loadEngine('equal-share', {}, '.');
  const memory = new EngineMemory(10 * 3);
  let computed = 0;
  const answer = () =>
    memory.answer(
      at(0),
      async part => await engine.compute(part, new AbortController().signal),
      steps => (computed += steps),
    );
  await Promise.all([answer(), answer()]);
  expect(computed).toBe(20);
  await answer();
  expect(computed).toBe(20);
});
