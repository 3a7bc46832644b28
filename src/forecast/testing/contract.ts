/** What every forecaster keeps to, whatever it does inside; run against each of the ladder, and against one from outside. */
import { type Forecaster, type ForecasterFactory, type History } from '../api';
import { madeUp, type MadeUp } from './made-up';

const full = { days: 70, ahead: 96, pvW: 4000 } satisfies MadeUp;

/** A history with other things behind its end, which must change nothing. */
function poisoned(history: History, value: number): History {
  const spoil = (of: Float64Array): Float64Array => {
    const spoilt = new Float64Array(of.length + 200).fill(value);
    spoilt.set(of.subarray(0, history.end));
    return spoilt;
  };
  return { ...history, w: spoil(history.w), ...(history.pvW && { pvW: spoil(history.pvW) }) };
}

export function forecasterContract(name: string, make: ForecasterFactory): void {
  describe(`forecaster ${name}`, () => {
    let forecaster: Forecaster;
    beforeEach(() => {
      forecaster = make();
    });

    it('says who it is', () => {
      expect(forecaster.name).toBe(name);
      expect(forecaster.name).toMatch(/^[\w.-]{1,40}$/);
      expect(forecaster.api).toBe(1);
      expect(forecaster.leastDays).toBeGreaterThanOrEqual(1);
    });

    it.each([3600, 1800, 900])('answers every step of three days from a good history in steps of %d s', stepS => {
      const history = madeUp({ ...full, stepS, ahead: (4 * 86_400) / stepS });
      const steps = (3 * 86_400) / stepS;
      const found = forecaster.predict(history, steps);
      expect(found).toHaveLength(steps);
      expect(found.every(Number.isFinite)).toBe(true);
      // Within what was ever measured and half of it again.
      const [least, most] = [Math.min(...history.w), Math.max(...history.w)];
      const half = (most - least) / 2;
      expect(Math.min(...found)).toBeGreaterThan(least - half);
      expect(Math.max(...found)).toBeLessThan(most + half);
    });

    it('gives the same answer to the same history, asked again and of another made alike', () => {
      const history = madeUp(full);
      const first = forecaster.predict(history, 72);
      expect(forecaster.predict(history, 72)).toEqual(first);
      expect(make().predict(history, 72)).toEqual(first);
    });

    it('changes nothing of the history', () => {
      const history = madeUp({ ...full, missing: 0.1 });
      const before = history.w.slice();
      forecaster.predict(history, 72);
      expect(history.w).toEqual(before);
    });

    it.each([NaN, 1e12])('never looks ahead: what stands behind the end (%d) changes nothing', value => {
      const history = madeUp(full);
      const early = { ...history, end: history.end - 48 };
      expect(forecaster.predict(poisoned(early, value), 72)).toEqual(forecaster.predict(early, 72));
    });

    it('an answer for two days begins with that for one', () => {
      const history = madeUp(full);
      expect(forecaster.predict(history, 48).slice(0, 24)).toEqual(forecaster.predict(history, 24));
    });

    it('copes with a third of all readings missing, and with two days gone at the end', () => {
      const history = madeUp({ ...full, missing: 0.33 });
      history.w.fill(NaN, history.end - 48);
      history.pvW?.fill(NaN, history.end - 48);
      const found = forecaster.predict(history, 72);
      expect(found.filter(Number.isFinite).length).toBeGreaterThan(60);
    });

    it('answers NaN and throws nothing where there is no history, too little, or none but holes', () => {
      for (const days of [0, 1, 6]) expect(() => forecaster.predict(madeUp({ ...full, days }), 72)).not.toThrow();
      expect([...forecaster.predict(madeUp({ ...full, days: 0 }), 24)]).toEqual(new Array(24).fill(NaN));
      const holes = madeUp({ ...full, missing: 1.1 });
      expect([...forecaster.predict(holes, 24)]).toEqual(new Array(24).fill(NaN));
    });

    it('answers a flat history flat', () => {
      const history = madeUp({ days: 70, ahead: 96 });
      const flat: History = {
        ...history,
        w: history.w.map(() => 1234),
        pvW: history.w.map(() => 0),
        clearSky: new Float64Array(history.calendar.steps).fill(0.5),
      };
      for (const value of forecaster.predict(flat, 72)) expect(value).toBeCloseTo(1234, 3);
    });

    it('answers every step of the days on which daylight saving begins and ends', () => {
      // 2025-03-09 and 2025-11-02 in Los Angeles.
      for (const change of [1_741_478_400, 1_762_041_600]) {
        const start = change - 60 * 86_400;
        const history = madeUp({ ...full, start: start - (start % 3600), days: 59, ahead: 96 });
        expect(forecaster.predict(history, 96).every(Number.isFinite)).toBe(true);
      }
    });
  });
}
