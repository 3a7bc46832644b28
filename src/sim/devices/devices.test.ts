import fc from 'fast-check';
import { seededRandom } from '../../base/random';
import { Battery, batterySpec } from './battery';
import { Circuits, circuitsSpec } from './circuits';
import { Evse, evseSpec } from './evse';
import { HouseLoad, houseLoadSpec } from './house-load';
import { Meter, meterSpec } from './meter';
import { Pv, pvSpec } from './pv';

const power = fc.double({ min: -9000, max: 9000, noNaN: true });

describe('battery', () => {
  it('keeps its state of charge and its energy balance whatever it is told', () => {
    fc.assert(
      fc.property(
        fc.array(power, { maxLength: 200 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (sets, initialSoc) => {
          const battery = new Battery(batterySpec(1000, 5000, { initialSoc }));
          const before = battery.storedWh;
          let in_ = 0;
          let out = 0;
          for (const set of sets) {
            battery.setW = set;
            const w = battery.step(10);
            if (w > 0) in_ += (w * 10) / 3600;
            else out -= (w * 10) / 3600;
            expect(battery.soc).toBeGreaterThanOrEqual(0.1 - 1e-12);
            expect(battery.soc).toBeLessThanOrEqual(1 + 1e-12);
            expect(Math.abs(w)).toBeLessThanOrEqual(9000);
          }
          expect(battery.storedWh - before).toBeCloseTo(in_ * 0.95 - out / 0.95, 6);
        },
      ),
    );
  });

  it('reaches 63 % of a step after its time constant and cannot exceed what it holds', () => {
    const battery = new Battery(batterySpec(10_000, 5000, { tauS: 1 }));
    battery.setW = 1000;
    expect(battery.step()).toBeCloseTo(632, 0);
    battery.storedWh = 1000; // at its minimum
    expect(battery.dischargeableW()).toBe(0);
    battery.setW = -3000;
    for (let i = 0; i < 10; i++) battery.step();
    expect(battery.powerW).toBeCloseTo(0, 9);
  });
});

describe('pv', () => {
  it('follows the sun at once down and a cap with its time constant, and accounts for every watt-hour', () => {
    const pv = new Pv(pvSpec(5000, { performance: 1, tauS: 1 }));
    pv.see(800);
    for (let i = 0; i < 30; i++) pv.step();
    expect(pv.powerW).toBeCloseTo(4000, 3);
    pv.capW = 1000;
    expect(pv.step()).toBeCloseTo(1000 + 3000 / Math.E, 0);
    pv.see(200);
    expect(pv.step()).toBeLessThanOrEqual(1000);
    pv.see(1200);
    expect(pv.availableW).toBe(5000);
  });

  it('never makes more than the sun gives; made and held back add up to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ sun: fc.integer({ min: 0, max: 1100 }), cap: fc.integer({ min: 0, max: 5000 }) })),
        steps => {
          const pv = new Pv(pvSpec(5000));
          let sun = 0;
          for (const step of steps) {
            pv.see(step.sun);
            pv.capW = step.cap;
            sun += pv.availableW / 3600;
            expect(pv.step()).toBeLessThanOrEqual(pv.availableW);
            expect(pv.powerW).toBeGreaterThanOrEqual(0);
          }
          expect(pv.producedWh + pv.curtailedWh).toBeLessThanOrEqual(sun + 1e-6);
        },
      ),
    );
  });
});

describe('evse', () => {
  const session = [{ arrive: 10, depart: 5000, needWh: 1000 }];

  it('delivers what the car asks for and not more', () => {
    const evse = new Evse(evseSpec(32), session);
    for (let now = 0; now < 3000; now++) {
      evse.see(now);
      evse.offer(1e9, now);
      const w = evse.step();
      if (now < 10) expect(w).toBe(0);
      expect(w).toBeLessThanOrEqual(7680);
    }
    expect(evse.deliveredWh).toBeCloseTo(1000, 6);
    expect(evse.powerW).toBe(0);
    expect(evse.unservedWh(3000)).toBe(0);
  });

  it('ramps up in 8 s and down in 2 s', () => {
    const evse = new Evse(evseSpec(32), [{ arrive: 0, depart: 5000, needWh: 9000 }]);
    const second = (now: number, offer: number) => {
      evse.see(now);
      evse.offer(offer, now);
      return evse.step();
    };
    expect(second(0, 7680)).toBe(960);
    for (let now = 1; now < 8; now++) second(now, 7680);
    expect(evse.powerW).toBe(7680);
    expect(second(8, 0)).toBe(3840);
    expect(second(9, 0)).toBe(0);
  });

  it('rounds offers down to steps of the pilot and pauses below 6 A for a minute', () => {
    const evse = new Evse(evseSpec(32), [{ arrive: 0, depart: 5000, needWh: 9000 }]);
    evse.see(0);
    evse.offer(1700, 0);
    expect(evse.targetW).toBeCloseTo(1584, 9); // 6.6 A of 240 V
    evse.offer(1439, 1);
    expect([evse.targetW, evse.pauses]).toEqual([0, 1]);
    evse.offer(7000, 60);
    expect(evse.targetW).toBe(0);
    evse.offer(7000, 61);
    expect(evse.targetW).toBeGreaterThan(6500);
  });

  it('counts what a car leaves without, and what it can no longer get', () => {
    const evse = new Evse(evseSpec(32), session);
    evse.see(10);
    expect(evse.unservedWh(10)).toBe(0);
    expect(evse.unservedWh(5000 - 300)).toBeCloseTo(1000 - 640, 6);
    evse.see(5000);
    expect(evse.unservedWh(5000)).toBe(1000);
    expect(evse.wants).toBe(false);
  });

  it('never draws between 0 and the floor once ramps are over, nor above the offer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 30 }), offers => {
        const evse = new Evse(evseSpec(32), [{ arrive: 0, depart: 1e6, needWh: 1e6 }]);
        let now = 0;
        for (const offer of offers) {
          for (let i = 0; i < 20; i++, now++) {
            evse.see(now);
            evse.offer(offer, now);
            evse.step();
          }
          expect(evse.powerW === 0 || evse.powerW >= 1440).toBe(true);
          expect(evse.powerW).toBeLessThanOrEqual(offer);
        }
      }),
    );
  });
});

describe('house load', () => {
  it('keeps the mean of its series and flickers around it', () => {
    const series = { start: 0, stepS: 60, values: [1, 3], scaleW: 1000 };
    const load = new HouseLoad(houseLoadSpec({ series }), seededRandom(3));
    const seen = Array.from({ length: 12_000 }, (_, now) => load.step(now, 0));
    const ones = seen.filter((_, now) => Math.floor(now / 60) % 2 === 0);
    const mean = ones.reduce((sum, w) => sum + w, 0) / ones.length;
    expect(mean).toBeGreaterThan(980);
    expect(mean).toBeLessThan(1020);
    const deviation = Math.sqrt(ones.reduce((sum, w) => sum + (w - mean) ** 2, 0) / ones.length);
    expect(deviation).toBeGreaterThan(10);
    expect(deviation).toBeLessThan(30);
  });

  it('makes a plausible day out of appliances when there is no series', () => {
    const load = new HouseLoad(houseLoadSpec(), seededRandom(5));
    let wh = 0;
    let most = 0;
    for (let now = 0; now < 86_400; now++) {
      const w = load.step(now, now / 3600);
      wh += w / 3600;
      most = Math.max(most, w);
    }
    expect(wh).toBeGreaterThan(8000);
    expect(wh).toBeLessThan(40_000);
    expect(most).toBeGreaterThan(2000);
  });

  it('is the same for the same seed', () => {
    const day = (seed: number) => {
      const load = new HouseLoad(houseLoadSpec(), seededRandom(seed));
      return Array.from({ length: 5000 }, (_, now) => load.step(now, 18));
    };
    expect(day(1)).toEqual(day(1));
    expect(day(1)).not.toEqual(day(2));
  });
});

describe('circuits', () => {
  it('fills in order, sheds the last first, keeps off for three minutes', () => {
    const circuits = new Circuits(circuitsSpec(1000));
    circuits.see(7000); // 1,000 essential, 1,500, 3,000, 1,500
    expect(circuits.shed(100, 0)).toBe(1500);
    expect(circuits.servedW).toBe(5500);
    expect(circuits.shed(100, 0)).toBe(3000);
    expect(circuits.deniedW).toBe(4500);
    expect(circuits.restore(9000, 179)).toBe(-1);
    expect(circuits.waitingW(180)).toBe(3000);
    expect(circuits.restore(2000, 180)).toBe(1500); // the first that fits
    expect(circuits.restore(9000, 180)).toBe(3000);
    expect(circuits.servedW).toBe(7000);
  });

  it('never serves less than the essential part, nor more than is wanted, and counts the difference', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ want: fc.integer({ min: 0, max: 12_000 }), need: fc.integer({ min: 0, max: 9000 }) })),
        steps => {
          const circuits = new Circuits(circuitsSpec(1000));
          let denied = 0;
          steps.forEach(({ want, need }, now) => {
            circuits.see(want);
            circuits.shed(need, now);
            const served = circuits.step();
            expect(served).toBeGreaterThanOrEqual(Math.min(want, 1000) - 1e-9);
            expect(served).toBeLessThanOrEqual(want);
            denied += want - served;
          });
          expect(circuits.shedWh).toBeCloseTo(denied / 3600, 6);
        },
      ),
    );
  });
});

describe('meter', () => {
  it('has errors of class 0.5 and an offset of some watts', () => {
    const errors = Array.from({ length: 400 }, (_, seed) => {
      const meter = new Meter(meterSpec({ dropout: 0 }), seededRandom(seed));
      return [meter.sample(0), meter.sample(10_000) - meter.sample(0) - 10_000] as const;
    });
    const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(deviation(errors.map(([offset]) => offset))).toBeCloseTo(10, -1);
    expect(deviation(errors.map(([, gain]) => gain))).toBeCloseTo(50, -1);
  });

  it('averages five seconds, skips what is missing and hands out means since the last reading', () => {
    const meter = new Meter({ gainDeviation: 0, offsetW: 0, dropout: 0 }, seededRandom(1));
    for (const w of [0, 0, 100, 200, 300, 400, 500]) meter.sample(w);
    expect(meter.mean5W).toBe(300);
    expect(meter.takeMean()).toBeCloseTo(1500 / 7, 9);
    meter.fault = 'missing';
    expect(meter.sample(600)).toBeNaN();
    expect(meter.mean5W).toBe(350);
    expect(meter.takeMean()).toBe(350);
    meter.fault = 'reversed';
    expect(meter.sample(600)).toBe(-600);
    meter.fault = 'frozen';
    expect(meter.sample(700)).toBe(-600);
    meter.fault = 'open';
    expect(meter.sample(700)).toBe(0);
  });
});
