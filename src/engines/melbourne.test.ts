/** Golden envelopes of the Melbourne algorithms 2 and 3, through the engines in `compat` mode, and their closed forms. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csv, withShared } from '../grid/testing/shared';
import { envelopesOf } from './api';
import { loadEngine } from './index';
import { byCriticalVoltage, byDeltaVoltage, fitLine, spareKw, splitBySize, steppedDown } from './melbourne';
import { asset, device, flow, snapshot } from './testing/snapshots';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-uom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const signal = new AbortController().signal;
const numbers = (file: string): number[] => readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);

const inputs = 'feeders/uom-lv/inputs';
withShared(
  'golden envelopes of OE2 and OE3',
  [
    `${inputs}/ac_oe_p_tx.csv`,
    `${inputs}/ac_oe_q_tx.csv`,
    `${inputs}/ac_oe_agg_p_act_cust.csv`,
    `${inputs}/ac_crv_oe_p_crit_cust.csv`,
    `${inputs}/ac_crv_oe_v_crit_cust.csv`,
    ...[120, 150, 200, 500].map(kva => `reference/uom-oe2-tx${kva}kva.csv`),
    ...[200, 500].map(kva => `reference/uom-oe3-tx${kva}kva.csv`),
  ] as string[],
  files => {
    const [p, q, active, critP, critV] = files.slice(0, 5).map(numbers) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const goldens = files.slice(5);
    const rows = critP.map((power, i) => `${power},${critV[i]}`);
    writeFileSync(path.join(folder, 'critical.csv'), ['pKw,voltageV', ...rows].join('\n'));

    test('the line through the critical customer is the published one', () => {
      const fit = fitLine(
        critP.map((power, i) => [power, critV[i] ?? NaN] as const),
        'critical',
      );
      expect(fit.slope).toBeCloseTo(2.06457255, 7);
      expect(fit.level).toBeCloseTo(240.68201671, 7);
    });

    test.each(goldens)('%s to 1e-6 kW, and through the engine to a watt', async file => {
      const [, name = '', kva] = /uom-(oe\d)-tx(\d+)kva/.exec(file) ?? [];
      const options = { compat: 'uom', ...(name === 'oe3' ? { history: 'critical.csv' } : {}) };
      const { engine } = loadEngine(name, options, folder);
      const fit = fitLine(
        critP.map((power, i) => [power, critV[i] ?? NaN] as const),
        'critical',
      );
      const golden = csv(file);
      expect(golden).toHaveLength(288);
      let [worstKw, worstW] = [0, 0];
      for (const [step, row] of golden.entries()) {
        const metered = { pTxKw: p[step] ?? NaN, qTxKw: q[step] ?? NaN, activeKw: active[step] ?? NaN };
        const spare = spareKw(metered, Number(kva));
        const sizes = new Array<number>(16).fill(10);
        const split = (kw: number, cap: number): number[] =>
          splitBySize(
            kw,
            sizes,
            sizes.map(() => cap),
          );
        const down = (kw: number, inside: (x: number) => boolean): number =>
          name === 'oe3' ? steppedDown(kw, 0.5, inside) : kw;
        const exports = split(spare.exportKw, 10).map(kw => down(kw, x => fit.slope * x + fit.level <= 253));
        const imports = split(spare.importKw, 14).map(kw => down(kw, x => fit.level - fit.slope * x >= 216));
        const passiveW = -1000 * (metered.pTxKw - metered.activeKw);
        const one = snapshot(
          [asset('T', Number(kva) * 1000, { passive: flow([passiveW], 1000 * metered.qTxKw) })],
          sizes.map((_, k) =>
            device(`d${k}`, 'T', {
              maxImportW: 14_000,
              maxExportW: 10_000,
              telemetry: { at: 0, netW: (-1000 * metered.activeKw) / 16 },
            }),
          ),
        );
        const envelopes = envelopesOf(await engine.compute(one, signal));
        for (const [way, own] of [
          ['export', exports],
          ['import', imports],
        ] as const)
          for (const bound of ['min', 'max'] as const) {
            const want = Number(row[`${way}_kw_${bound}`]);
            worstKw = Math.max(worstKw, Math.abs(Math[bound](...own) - want));
            const limits = envelopes.map(envelope => envelope[`${way}W`][0] ?? NaN);
            worstW = Math.max(worstW, Math.abs(Math[bound](...limits) - 1000 * want));
          }
      }
      expect(worstKw).toBeLessThan(1e-6);
      expect(worstW).toBeLessThanOrEqual(1.001);
    });
  },
);

it('closed forms agree with stepping down, to a step', () => {
  const fit = { slope: 2.06457255, level: 240.68201671 };
  const most = byCriticalVoltage(fit, 216, 253);
  expect(most.exportKw).toBeCloseTo(5.966, 3);
  expect(most.importKw).toBeCloseTo(11.955, 3);
  expect(steppedDown(10, 0.5, x => fit.slope * x + fit.level <= 253)).toBe(5.5);
  // The published lines of algorithm 4.
  const level = byDeltaVoltage(
    { slope: 0.0143543708, level: 241.643159 },
    { slope: 0.0254642, level: 0.24968745 },
    253,
    20,
    16,
    1,
  );
  const stepped = steppedDown(
    20,
    0.001,
    x => (0.0143543708 + 0.0254642) * (20 + 16 * x) + 241.643159 + 0.24968745 <= 253,
  );
  expect(level).toBeCloseTo(stepped, 2);
});

it('import is lowered step by step too, and never to nothing at the first low voltage', () => {
  const level = byDeltaVoltage(
    { slope: 0.0263005083, level: 242.508891 },
    { slope: 0.04054904, level: 0.15275473 },
    216,
    -100,
    16,
    -1,
  );
  expect(level).toBeGreaterThan(10);
});

it('by default every phase counts and firm is kept; oe3 says when voltage bound it', async () => {
  writeFileSync(path.join(folder, 'weak.csv'), 'pKw,voltageV\n-4,236\n0,241\n4,249\n');
  const { engine } = loadEngine('oe3', { history: 'weak.csv' }, folder);
  const s = snapshot(
    [asset('T', 90_000, { passive: flow([0]) })],
    [device('a', 'T', { firmExportW: 8000 }), device('b', 'T')],
  );
  const [a, b] = envelopesOf(await engine.compute(s, signal));
  expect(b?.bound[0]?.export).toBe('voltage of the critical customer');
  expect(b?.exportW[0]).toBeLessThan(8000);
  expect(a?.exportW).toEqual([8000]);
});

it.each([
  ['p,v\n1,2', 'want pKw,voltageV'],
  ['pKw,voltageV\n1', 'bad.csv:2, want 2 numbers'],
  ['pKw,voltageV\n1,240\n1,241', 'different powers'],
])('says what is wrong with a history', (text, words) => {
  writeFileSync(path.join(folder, 'bad.csv'), text);
  expect(() => loadEngine('oe3', { history: 'bad.csv' }, folder)).toThrow(words);
});
