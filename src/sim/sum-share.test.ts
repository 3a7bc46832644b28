import { Fleet } from './fleet';
import { type LimitReading, type Mutable } from './limits';
import { seededRandom } from '../base/random';
import { SumShare } from './sum-share';
import { siteSpec } from './site-spec';
import { chargers, customer } from './testing/bench';
import { commsDefaults } from './comms';

const start = Date.UTC(2026, 5, 21) / 1000;

/** Three customers with a charger each, one aggregator for all; caps of 12 kW each and a sum that is told. */
function together() {
  const specs = ['a', 'b', 'c'].map(id => siteSpec({ ...customer, id, evse: chargers(48), evUse: 'depot' }));
  const fleet = new Fleet(specs, { start, seed: 3 });
  const told = (importW: number, exportW: number): Mutable<LimitReading> => ({ importW, exportW, source: 'event' });
  const cap = told(12_000, 5000);
  const sum = told(20_000, 6000);
  const from = (reading: Mutable<LimitReading>) => ({
    current: (now: number) => {
      reading.lastContact = now;
      return reading;
    },
  });
  for (const { site } of fleet.sites) site.source = from(cap);
  const share = new SumShare('agg', fleet.sites, commsDefaults, seededRandom(3));
  share.source = from(sum);
  fleet.sums.push(share);
  return { fleet, share, sum };
}
const parts = ({ fleet }: ReturnType<typeof together>) =>
  fleet.sites.map(({ site }) => site.limits.extras.find(({ binding }) => binding === 'sum')?.import ?? NaN);
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

it('shares the sum out: never more than it, nobody below firm, one with what others leave', () => {
  const run = together();
  const { fleet, share } = run;
  let widest = 0;
  for (let s = 60; s <= 86_400; s += 60) {
    fleet.advance(start + s);
    const own = parts(run);
    if (s < 300) continue; // until caps have been heard and have risen
    expect(total(own)).toBeLessThanOrEqual(20_000 + 1e-6);
    own.forEach((w, k) => expect(w).toBeGreaterThanOrEqual((fleet.sites[k]?.spec.firmImportW ?? NaN) - 1e-6));
    widest = Math.max(widest, ...own);
  }
  // More than a third for one, when others are at rest.
  expect(widest).toBeGreaterThan(7500);
  expect(total(share.trace.outsideS)).toBe(0);
  expect(Math.max(...share.trace.netW)).toBeGreaterThan(5000);
  expect(share.trace.importLimitW.at(-1)).toBe(20_000);
});

it('without a share, the same customers are found above their sum', () => {
  const { fleet, share, sum } = together();
  for (const { site } of fleet.sites) site.limits.extras.length = 0;
  sum.importW = 8000;
  fleet.advance(start + 86_400);
  expect(total(share.trace.outsideS)).toBeGreaterThan(0);
});

it('keeps a sum that is below what is firm of all', () => {
  const run = together();
  run.sum.importW = 3000;
  run.fleet.advance(start + 3600);
  expect(total(parts(run))).toBeLessThanOrEqual(3000 + 1e-6);
});

it('holds what is firm of all together once contact is lost for good', () => {
  const run = together();
  run.fleet.advance(start + 600);
  run.share.source = { current: () => ({ source: 'none' }) };
  run.fleet.advance(start + 1200);
  expect(run.share.comms.importW).toBe(total(run.fleet.sites.map(({ spec }) => spec.firmImportW)));
});
