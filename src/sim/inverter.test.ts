import { bench, customer, mean, settlingS } from './testing/bench';

const inverter = { kind: 'inverter' as const, pvW: 8000, firmImportW: customer.serviceW };

describe('inverter site', () => {
  it('keeps the export limit at the point of connection, load included', () => {
    const b = bench({ customer: inverter });
    b.limits.reading.exportW = 2000;
    b.around.irradianceWm2 = 1000;
    b.around.loadW = 1500;
    const net = b.run(300).slice(60);
    expect(Math.max(...net.map(w => -w))).toBeLessThanOrEqual(2000);
    expect(mean(net)).toBeLessThan(-1800);
    expect(b.site.pvW).toBeGreaterThan(3300);
  });

  it('follows a lower limit at once and a higher one by setGradW', () => {
    const b = bench({ customer: inverter });
    b.limits.reading.exportW = 6000;
    b.limits.reading.setGradW = 100; // 1 % of 8 kW a second
    b.around.irradianceWm2 = 1000;
    b.run(300);
    b.limits.reading.exportW = 1000;
    const down = b.run(60).map(w => -w);
    expect(settlingS(down, 1100)).toBeLessThanOrEqual(15);
    b.limits.reading.exportW = 6000;
    const up = b.run(100);
    for (let i = 1; i < up.length; i++) expect((up[i - 1] ?? 0) - (up[i] ?? 0)).toBeLessThanOrEqual(81);
    expect(-(up.at(-1) ?? 0)).toBeGreaterThan(5500);
  });

  it('recovers from a load rejection within a few seconds', () => {
    const b = bench({ customer: inverter });
    b.limits.reading.exportW = 1500;
    b.around.irradianceWm2 = 900;
    b.around.loadW = 5000;
    b.run(300);
    b.around.loadW = 200;
    expect(
      settlingS(
        b.run(60).map(w => -w),
        1600,
      ),
    ).toBeLessThanOrEqual(15);
  });

  it('charges before it curtails', () => {
    const b = bench({ customer: { ...inverter, batteryW: 3000, batteryWh: 5000 } });
    b.limits.reading.exportW = 2500;
    b.around.irradianceWm2 = 900;
    b.run(300);
    expect(b.site.batteryW).toBeGreaterThan(2900);
    expect(b.site.pvW).toBeGreaterThan(5800);
    b.run(7200);
    expect(b.site.devices.battery?.soc).toBeCloseTo(1, 3);
    expect(b.site.pvW).toBeLessThan(3100);
    expect(-b.site.netW).toBeLessThanOrEqual(2500);
  });

  it('discharges to keep an import limit and says when it is empty', () => {
    const b = bench({ customer: { ...inverter, pvW: 0, batteryW: 3000, batteryWh: 2000 } });
    b.limits.reading.importW = 2000;
    b.around.loadW = 4000;
    expect(mean(b.run(120).slice(30))).toBeLessThanOrEqual(2000);
    b.run(3600);
    expect(b.site.lackW).toBeGreaterThan(1500);
  });
});
