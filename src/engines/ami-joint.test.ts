import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../base/random';
import { type Reading } from './ami-fit';
import { fitJoint } from './ami-joint';
import { meterRows } from './ami-rows';
import { envelopesOf, noticesOf } from './api';
import { loadEngine } from './index';
import { asset, device, flow, snapshot } from './testing/snapshots';

/** Two sites of one phase that pull each other, and one of another phase whose power pushes the other way. */
const truth = [
  [0.5, 0.3, -0.1],
  [0.3, 0.6, -0.1],
  [-0.1, -0.1, 0.4],
];
const names = ['a', 'b', 'c'];
function historyOf(count: number, { noiseV = 0.02, upstreamV = 0, hole = (_t: number): boolean => false } = {}) {
  const random = seededRandom(3);
  const history = new Map<string, Reading[]>(names.map(name => [name, []]));
  const head: Reading[] = [];
  for (let t = 0; t < count; t++) {
    const kw = names.map(() => 4 * random.next());
    const kvar = names.map(() => random.next());
    const above = random.normal(0, upstreamV);
    const at = 1_767_225_600 + t * 900;
    head.push({ at, voltageV: 243 + above, kw: 0, kvar: 0 });
    names.forEach((name, i) => {
      const drop = kw.reduce((sum, p, j) => sum + (truth[i]?.[j] ?? NaN) * (p + 0.4 * (kvar[j] ?? NaN)), 0);
      const voltageV = 242 + above - drop + random.normal(0, noiseV);
      if (name !== 'c' || !hole(t)) history.get(name)?.push({ at, voltageV, kw: kw[i] ?? NaN, kvar: kvar[i] ?? NaN });
    });
  }
  return { history, head };
}
const worst = (a: ArrayLike<number>) => Math.max(...truth.flat().map((value, n) => Math.abs(value - (a[n] ?? NaN))));

it('recovers a known matrix, with errors that say how far it is off', () => {
  const fit = fitJoint(historyOf(2000).history);
  expect(fit?.meters).toEqual(names);
  expect(worst(fit?.a ?? [])).toBeLessThan(0.003);
  expect((fit?.b[0] ?? NaN) / 0.2).toBeCloseTo(1, 1);
  const noisy = fitJoint(historyOf(2000, { noiseV: 0.5 }).history);
  expect(noisy?.error[0]).toBeGreaterThan(10 * (fit?.error[0] ?? NaN));
  truth.flat().forEach((value, n) => {
    expect(Math.abs(value - (noisy?.a[n] ?? NaN))).toBeLessThan(4 * (noisy?.error[n] ?? NaN) + 0.001);
  });
});

it('is not misled by what comes from above when its meter is known, and stands gaps and a meter that begins late', () => {
  const { head, history } = historyOf(2000, { upstreamV: 2, hole: t => t % 9 === 0 });
  const blind = fitJoint(history);
  const told = fitJoint(new Map([...history, ['head', head]]), { upstream: 'head' });
  expect(told?.meters).toEqual(names);
  expect(worst(told?.a ?? [])).toBeLessThan(0.005);
  expect(blind?.error[0]).toBeGreaterThan(10 * (told?.error[0] ?? NaN));
  const late = fitJoint(historyOf(2000, { hole: t => t < 1000 }).history);
  expect(late?.meters).toEqual(['a', 'b']);
  expect(fitJoint(historyOf(10).history)).toBeUndefined();
  expect(fitJoint(new Map())).toBeUndefined();
});

it('makes rows that hold the worst of the box, with each coefficient at the worse end of two errors', () => {
  const fit = fitJoint(historyOf(2000).history);
  if (!fit) throw new Error('no fit');
  const { byHour } = meterRows(fit, ['a', 'c'], { minPu: 0.95, maxPu: 1.05 });
  const [high, low] = byHour[12] ?? [];
  // Over import of a and c, then export of a and c, V per W: export of a raises its voltage, import of c does too.
  const sure = 2 * (fit.error[0] ?? NaN);
  expect(Array.from(high?.a ?? [], v => 1000 * v)).toEqual([0, 0.1, 0.5, 0].map(v => expect.closeTo(v, 2) as number));
  expect(1000 * (high?.a[2] ?? NaN)).toBeCloseTo((fit.a[0] ?? NaN) + sure, 9);
  expect(1000 * (low?.a[0] ?? NaN)).toBeCloseTo((fit.a[0] ?? NaN) + sure, 9);
  // 252 − 242 V, and what b draws, which no limit governs: 0.3 × 2 kW and some vars.
  expect(high?.room).toBeGreaterThan(9.5);
  expect(high?.room).toBeLessThan(11);
});

describe('the engine', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headroom-joint-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, history: ReadonlyMap<string, readonly Reading[]>) =>
    writeFileSync(
      path.join(folder, name),
      ['device,datetime,voltageV,kW,kvar', ...[...history].flatMap(([id, all]) => all.map(r => [id, new Date(r.at * 1000).toISOString(), r.voltageV, r.kw, r.kvar].join()))].join('\n'), // prettier-ignore
    );
  file('m.csv', historyOf(2000).history);
  file('short.csv', historyOf(10).history);
  const s = snapshot(
    [asset('T', 300_000, { passive: flow([0]) })],
    [
      ...names.map(id => device(id, 'T', { maxImportW: 90_000, maxExportW: 90_000 })),
      device('x', 'T', { firmImportW: 2000 }),
    ],
  );
  const run = async (options: object) => {
    const answer = await loadEngine('ami', { history: 'm.csv', ...options }, folder).engine.compute(s, new AbortController().signal); // prettier-ignore
    return { answer, by: new Map(envelopesOf(answer).map(envelope => [envelope.device, envelope])) };
  };
  /** The highest and lowest voltage at each meter over all vertices of the box, by the true matrix, with everybody at rest at 242 V. */
  const extremes = (by: Awaited<ReturnType<typeof run>>['by']) =>
    truth.flatMap(row =>
      [1, -1].map(sign =>
        row.reduce((v, gain, j) => {
          const { exportW = [], importW = [] } = by.get(names[j] ?? '') ?? {};
          const w = sign * gain > 0 ? (exportW[0] ?? NaN) : -(importW[0] ?? NaN);
          return v + (gain * w) / 1000;
        }, 242),
      ),
    );

  it('jointly keeps every meter within its band at every vertex of the box, where each by itself does not', async () => {
    const joint = await run({ method: 'joint' });
    for (const v of extremes(joint.by)) {
      expect(v).toBeLessThan(252);
      expect(v).toBeGreaterThan(228);
    }
    const own = await run({ method: 'own' });
    expect(Math.max(...extremes(own.by))).toBeGreaterThan(254);
    expect(joint.by.get('a')?.bound[0]?.export).toMatch(/^Vmax at meter [abc]$/);
    expect(joint.by.get('x')?.importW).toEqual([2000]);
    expect(noticesOf(joint.answer)[0]?.text).toContain('1 of 4 sites have no usable history');
  });

  it('by the largest sum gives more in all, still within the band', async () => {
    const total = ({ by }: Awaited<ReturnType<typeof run>>) =>
      [...by.values()].reduce((sum, { exportW, importW }) => sum + (exportW[0] ?? 0) + (importW[0] ?? 0), 0);
    const [fair, sum] = [await run({ method: 'joint' }), await run({ method: 'joint', policy: 'sum' })];
    expect(total(sum)).toBeGreaterThan(1.01 * total(fair));
    for (const v of extremes(sum.by)) expect(Math.abs(v - 240)).toBeLessThan(12.01);
  });

  it('refuses a history that is too short', () => {
    expect(() => loadEngine('ami', { history: 'short.csv', method: 'joint' }, folder)).toThrow(/too few moments/);
  });
});
