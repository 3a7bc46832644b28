import { seededRandom } from '../base/random';
import { ScriptedLimits, chargers, customer, hungryCar } from './testing/bench';
import { Site, type Surroundings } from './site';
import { siteSpec } from './site-spec';

/** A feeder's worth of power control systems, each with a car, told to drop and then released at the same second. */
function crowd(count: number) {
  const sites = Array.from({ length: count }, (_, i) => {
    const limits = new ScriptedLimits();
    limits.reading.importW = 9000;
    const site = new Site(siteSpec({ ...customer, evse: chargers(32) }), [hungryCar], seededRandom(i + 1), limits);
    return { site, limits };
  });
  const around: Surroundings = { loadW: 700, irradianceWm2: 0, hour: 19 };
  let now = 0;
  const second = () => {
    let sum = 0;
    for (const { site } of sites) sum += site.step(now, around);
    now++;
    return sum;
  };
  return {
    sites,
    run: (seconds: number) => Array.from({ length: seconds }, second),
    tell: (importW: number) => sites.forEach(({ limits }) => (limits.reading.importW = importW)),
    cut: (cut: boolean) => sites.forEach(({ limits }) => (limits.cut = cut)),
  };
}

describe('many at once', () => {
  it('drop 100 kW within 30 s of the signal, as PG&E has measured over 2030.5', () => {
    const fleet = crowd(25);
    const before = fleet.run(400).at(-1) ?? 0;
    fleet.tell(4400);
    const after = fleet.run(60);
    const down = after.findIndex(w => before - w >= 98_000);
    expect(before).toBeGreaterThan(25 * 8300);
    expect(down).toBeGreaterThanOrEqual(0);
    expect(down).toBeLessThanOrEqual(10);
  });

  it('come back by steps, with no rebound above what they had', () => {
    const fleet = crowd(25);
    const before = Math.max(...fleet.run(400).slice(-60));
    fleet.tell(3000);
    fleet.run(120);
    fleet.tell(9000);
    const back = fleet.run(300);
    expect(Math.max(...back)).toBeLessThanOrEqual(before * 1.001);
    expect(back.at(-1)).toBeGreaterThan(before * 0.95);
    // No faster than a tenth of the service in ten seconds, all together.
    for (let i = 0; i + 10 < back.length; i++)
      expect((back[i + 10] ?? 0) - (back[i] ?? 0)).toBeLessThanOrEqual(25 * 2 * 1400);
  });

  it('spread their recovery after an outage over a minute', () => {
    const fleet = crowd(25);
    fleet.run(400);
    for (const { site } of fleet.sites) site.restart(400);
    fleet.cut(true);
    fleet.run(100);
    fleet.cut(false);
    const began = new Map<number, number>();
    for (let s = 0; s < 120; s++) {
      fleet.run(1);
      fleet.sites.forEach(({ site }, i) => {
        if (!began.has(i) && site.comms.importW > customer.firmImportW) began.set(i, s);
      });
    }
    const starts = [...began.values()].sort((a, b) => a - b);
    expect(starts).toHaveLength(25);
    expect(starts.at(-1)).toBeLessThanOrEqual(61);
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(30);
  });
});
