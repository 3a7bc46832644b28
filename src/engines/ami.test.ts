import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csv, withShared } from '../grid/testing/shared';
import { type Reading, fitMeter } from './ami-fit';
import { envelopesOf, noticesOf } from './api';
import { loadEngine } from './index';
import { meterHistory } from './testing/meters';
import { asset, device, flow, snapshot } from './testing/snapshots';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-ami-'));
afterAll(() => rmSync(folder, { recursive: true }));
const readings = (text: string): Reading[] =>
  text
    .split('\n')
    .slice(1)
    .map(line => line.split(','))
    .map(([, at = '', v, kw, kvar]) => ({
      at: Date.parse(at) / 1000,
      voltageV: Number(v),
      kw: Number(kw),
      kvar: Number(kvar),
    }));

it('recovers known sensitivities, and says how sure it is', () => {
  const fit = fitMeter(readings(meterHistory(['m'], 3000)));
  expect(fit?.sp).toBeCloseTo(0.5, 2);
  expect(fit?.sq).toBeCloseTo(0.2, 2);
  expect(Math.abs((fit?.sp ?? NaN) - 0.5)).toBeLessThan(4 * (fit?.error ?? NaN));
  const noisy = fitMeter(readings(meterHistory(['m'], 3000, 0.5)));
  expect(noisy?.error).toBeGreaterThan(10 * (fit?.error ?? NaN));
});

it('does without readings that are held, and without a history that says nothing', () => {
  const all = readings(meterHistory(['m'], 3000));
  const stuck = all.map((reading, i) => (i > 500 && i < 700 ? { ...(all[500] as Reading), at: reading.at } : reading));
  expect(fitMeter(stuck)?.sp).toBeCloseTo(0.5, 2);
  expect(fitMeter(all.slice(0, 50))).toBeUndefined();
  expect(fitMeter(all.map(reading => ({ ...reading, kw: 1, kvar: 0 })))).toBeUndefined();
});

it('limits by the voltage of the meter, by what assets have, and by firm where there is no history', async () => {
  writeFileSync(path.join(folder, 'm.csv'), meterHistory(['a', 'b'], 3000));
  const { engine } = loadEngine('ami', { history: 'm.csv' }, folder);
  const s = snapshot(
    [asset('T', 300_000, { passive: flow([0]) })],
    [device('a', 'T', { maxImportW: 90_000, maxExportW: 90_000 }), device('c', 'T', { firmImportW: 3000 })],
  );
  const answer = await engine.compute(s, new AbortController().signal);
  const [a, c] = envelopesOf(answer);
  // 252 − 242 V over half a volt a kilowatt, and 242 − 228.
  expect((a?.exportW[0] ?? NaN) / 1000).toBeCloseTo(20, 0);
  expect((a?.importW[0] ?? NaN) / 1000).toBeCloseTo(28, 0);
  expect(a?.bound[0]?.export).toBe('voltage at its meter');
  expect(c?.importW).toEqual([3000]);
  expect(noticesOf(answer)[0]?.text).toContain('1 of 2 sites have no usable history');
});

it.each([
  ['busname,datetime', 'm.csv:1, want device,datetime,voltageV,kW,kvar'],
  ['device,datetime,voltageV,kW,kvar\nm,noon,1,2,3', 'bad.csv:2'],
])('says what is wrong with a history', (text, words) => {
  writeFileSync(path.join(folder, 'bad.csv'), text);
  expect(() => loadEngine('ami', { history: 'bad.csv' }, folder)).toThrow(words.replace('m.csv', 'bad.csv'));
});

withShared('the meter of MoHCA', ['feeders/mohca/loc1.csv'], ([file]) => {
  test('a year of one meter: hosting capacity within 1 % of the model of its feeder, 7.1429 kW, and of the published 7.0656', () => {
    const all = csv(file).map(row => ({
      hour: Number((row['datetime'] ?? '').slice(11, 13)),
      at: Date.parse(row['datetime'] ?? '') / 1000,
      voltageV: Number(row['v_reading']),
      kw: Number(row['kw_reading']),
      kvar: Number(row['kvar_reading']),
    }));
    expect(all.length).toBeGreaterThan(35_000);
    const fit = fitMeter(all);
    const hosting = Math.min(
      ...all
        .filter(({ hour }) => hour >= 9 && hour <= 15)
        .map(({ voltageV }) => (1.05 * 120 - voltageV) / (fit?.sp ?? NaN)),
    );
    expect(Math.abs(hosting / 7.1429 - 1)).toBeLessThan(0.01);
    expect(Math.abs(hosting / 7.06564 - 1)).toBeLessThan(0.01);
  });
});
