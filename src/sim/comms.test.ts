import fc from 'fast-check';
import { seededRandom } from '../base/random';
import { CommsMachine, commsDefaults, type CommsSpec, type CommsState } from './comms';
import { type LimitReading, type Mutable } from './limits';

const standing = { serviceW: 14_000, firmImportW: 4000, firmExportW: 1500 };

function machine(spec: Partial<CommsSpec> = {}) {
  const comms = new CommsMachine({ ...commsDefaults, ...spec }, standing, seededRandom(1));
  const reading: Mutable<LimitReading> = { source: 'none' };
  let now = 0;
  let connected = true;
  const trace: [number, CommsState][] = [];
  return {
    comms,
    reading,
    trace,
    now: () => now,
    connect: (on: boolean) => (connected = on),
    run(seconds: number, sensorOk = true) {
      for (let i = 0; i < seconds; i++, now++) {
        if (connected) reading.lastContact = now;
        comms.step(now, reading, sensorOk);
        if (trace.at(-1)?.[1] !== comms.state) trace.push([now, comms.state]);
      }
    },
    event: (importW: number, exportW: number) => Object.assign(reading, { source: 'event', importW, exportW }),
  };
}

const states = (m: { trace: [number, CommsState][] }) => m.trace.map(([, state]) => state);

describe('comms', () => {
  it('starts at firm, and is nowhere near unlimited before the first contact', () => {
    const m = machine();
    m.connect(false);
    m.run(10);
    expect(m.comms).toMatchObject({ state: 'RESTART', importW: 4000, exportW: 1500, source: 'none' });
  });

  it('rises from firm by the ramp after the random wait', () => {
    const m = machine({ setGradW: 167, recoverSpreadS: 60 });
    m.event(10_000, 5000);
    m.run(1);
    expect(m.comms).toMatchObject({ state: 'RECOVER', importW: 4000 });
    let last = m.comms.importW;
    let began = Infinity;
    for (let s = 1; s < 120; s++) {
      m.run(1);
      expect(m.comms.importW - last).toBeLessThanOrEqual(0.0167 * 14_000 + 1e-9);
      if (m.comms.importW > last) began = Math.min(began, s);
      last = m.comms.importW;
    }
    expect(began).toBeGreaterThan(0);
    expect(began).toBeLessThanOrEqual(60);
    expect(m.comms).toMatchObject({ state: 'NORMAL', importW: 10_000, exportW: 5000, source: 'event' });
  });

  it('follows a lower limit at once, even while it recovers', () => {
    const m = machine();
    m.event(10_000, 5000);
    m.run(30);
    m.event(2000, 100);
    m.run(1);
    expect(m.comms).toMatchObject({ importW: 2000, exportW: 100 });
  });

  it('keeps to the cached schedule when contact is lost, and to firm at its end', () => {
    const m = machine({ pollRateS: 300 });
    m.event(10_000, 5000);
    m.run(300);
    m.connect(false);
    m.run(599);
    expect(m.comms.state).toBe('NORMAL');
    m.run(10);
    expect(m.comms).toMatchObject({ state: 'STALE', importW: 10_000, source: 'event' });
    m.run(3000);
    expect(m.comms.state).toBe('STALE');
    Object.assign(m.reading, { source: 'default', importW: 4000, exportW: 1500 });
    m.run(1);
    expect(m.comms).toMatchObject({ state: 'FALLBACK', importW: 4000, exportW: 1500, source: 'fallback' });
    m.connect(true);
    m.event(9000, 3000);
    m.run(200);
    expect(states(m)).toEqual(['RECOVER', 'NORMAL', 'STALE', 'FALLBACK', 'RECOVER', 'NORMAL']);
  });

  it.each([
    [0, 601],
    [3600, 3600],
    [72 * 3600, 72 * 3600],
  ])('with firmAfterLossS %i goes to firm %i s after the last contact', (firmAfterLossS, expected) => {
    const m = machine({ firmAfterLossS });
    m.event(10_000, 5000);
    m.run(200);
    m.connect(false);
    const lost = m.reading.lastContact ?? 0;
    m.run(72 * 3600 + 10);
    const fallback = m.trace.find(([, state]) => state === 'FALLBACK')?.[0] ?? Infinity;
    expect(Math.abs(fallback - lost - expected)).toBeLessThanOrEqual(1);
  });

  it('ignores the cached schedule after a restart until it has heard again', () => {
    const m = machine({ recoverSpreadS: 0 });
    m.event(10_000, 5000);
    m.run(200);
    m.connect(false);
    m.comms.restart(m.now());
    m.run(100);
    expect(m.comms).toMatchObject({ state: 'RESTART', importW: 4000, exportW: 1500, source: 'fallback' });
    m.connect(true);
    m.run(200);
    expect(m.comms).toMatchObject({ state: 'NORMAL', importW: 10_000 });
  });

  it('does not believe a wider default after a restart, but does believe a tighter one', () => {
    const m = machine();
    m.connect(false);
    Object.assign(m.reading, { defaultImportW: 9000, defaultExportW: 500 });
    m.run(1);
    expect(m.comms).toMatchObject({ importW: 4000, exportW: 500 });
  });

  it('holds firm at most while blind and recovers by the ramp', () => {
    const m = machine({ recoverSpreadS: 0 });
    m.event(10_000, 5000);
    m.run(200);
    m.run(10, false);
    expect(m.comms).toMatchObject({ state: 'SENSOR_FAIL', importW: 4000, exportW: 1500 });
    m.run(100);
    expect(states(m)).toEqual(['RECOVER', 'NORMAL', 'SENSOR_FAIL', 'RECOVER', 'NORMAL']);
  });

  it('takes firm for a direction the event is silent about, and for nonsense', () => {
    const m = machine({ recoverSpreadS: 0 });
    Object.assign(m.reading, { source: 'event', importW: 10_000 });
    m.run(200);
    expect(m.comms).toMatchObject({ importW: 10_000, exportW: 1500 });
    for (const importW of [NaN, Infinity, -5]) {
      m.event(importW, 100);
      m.run(200);
      expect(m.comms.importW).toBe(Number.isNaN(importW) ? 4000 : importW > 0 ? 14_000 : 0);
    }
  });

  it('is never unlimited and never above firm without a reason, whatever happens', () => {
    const fault = fc.record({
      seconds: fc.integer({ min: 1, max: 900 }),
      connected: fc.boolean(),
      sensorOk: fc.boolean(),
      restart: fc.boolean(),
      reading: fc.record({
        source: fc.constantFrom('event' as const, 'default' as const, 'none' as const),
        importW: fc.constantFrom(0, 3000, 9000, 1e9, NaN, -1),
        exportW: fc.constantFrom(0, 1000, 5000, Infinity),
      }),
    });
    fc.assert(
      fc.property(
        fc.array(fault, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 7200 }),
        (faults, firmAfterLossS) => {
          const m = machine({ firmAfterLossS, pollRateS: 60 });
          for (const f of faults) {
            m.connect(f.connected);
            if (f.restart) m.comms.restart(m.now());
            Object.assign(m.reading, f.reading);
            for (let i = 0; i < f.seconds; i += 60) {
              m.run(60, f.sensorOk);
              const { importW, exportW, state } = m.comms;
              expect(importW >= 0 && importW <= 14_000 && exportW >= 0 && exportW <= 14_000).toBe(true);
              const known = state === 'NORMAL' || state === 'STALE' || state === 'RECOVER';
              if (!known) expect(importW <= 4000 && exportW <= 1500).toBe(true);
              if (state === 'STALE')
                expect(m.now() - (m.reading.lastContact ?? 0)).toBeLessThanOrEqual(Math.max(120, firmAfterLossS) + 1);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
