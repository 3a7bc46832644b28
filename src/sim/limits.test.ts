import { clientLimits, constantLimits, EffectiveLimits, type LimitReading, silentLimits } from './limits';
import { bench, quiet } from './testing/bench';

describe('effective limits', () => {
  it('are the least of what is active, never above the service, never below 0', () => {
    const limits = new EffectiveLimits(14_000);
    limits.compose(Infinity, Infinity, 'envelope', 0);
    expect(limits).toMatchObject({
      importW: 14_000,
      exportW: 14_000,
      importBinding: 'service',
      exportBinding: 'service',
    });
    limits.extras.push(
      { binding: 'requested', import: 50, unit: '%', perUnitW: 140 },
      { binding: 'voltage', export: -3, unit: 'A', perUnitW: 240 },
      { binding: 'schedule', import: 1000, unit: 'W', perUnitW: 1, until: 100 },
    );
    limits.compose(9000, 2000, 'envelope', 99);
    expect(limits).toMatchObject({ importW: 1000, importBinding: 'schedule', exportW: 0, exportBinding: 'voltage' });
    limits.compose(9000, 2000, 'envelope', 100);
    expect(limits).toMatchObject({ importW: 7000, importBinding: 'requested' });
    limits.compose(4000, 2000, 'firm', 100);
    expect(limits).toMatchObject({ importW: 4000, importBinding: 'firm' });
  });
});

describe('limit sources', () => {
  it('of a twin are constant and always in contact', () => {
    const source = constantLimits(14_000, 14_000);
    expect(source.current(77)).toMatchObject({ importW: 14_000, source: 'default', lastContact: 77 });
    expect(silentLimits.current(0)).toEqual({ source: 'none' });
  });

  it('of a client pass on what it says', () => {
    const said: LimitReading = { source: 'event', importW: 5000, lastContact: 3 };
    const source = clientLimits({ limits: () => said, limitsAt: when => ({ ...said, until: when }) });
    expect(source.current(3)).toBe(said);
    expect(source.schedule?.(9)).toMatchObject({ importW: 5000, until: 9 });
  });
});

describe('generation limit', () => {
  it('holds the devices themselves, whatever the load takes', () => {
    const b = bench({ customer: { kind: 'inverter', pvW: 8000 }, change: quiet });
    b.around.irradianceWm2 = 1000;
    b.around.loadW = 6000;
    b.limits.reading.generationW = 2000;
    b.run(60);
    expect(b.site.pvW).toBeLessThanOrEqual(2000.1);
    expect(b.site.pvW).toBeGreaterThan(1800);
    delete b.limits.reading.generationW;
    b.run(120);
    expect(b.site.pvW).toBeGreaterThan(7000);
  });
});
