import { seededRandom } from '../base/random';
import { evSessions, habits, type EvUse } from './ev-day';
import { clearSkyAt, declination, localHour, Weather } from './weather';

const june = 1_750_464_000; // 2025-06-21 00:00 UTC
const december = 1_766_275_200; // 2025-12-21 00:00 UTC
const place = { latitudeDeg: 38, utcOffsetS: 0 };

describe('sun', () => {
  it('stands where the season puts it', () => {
    expect((declination(172) * 180) / Math.PI).toBeCloseTo(23.45, 1);
    expect((declination(355) * 180) / Math.PI).toBeCloseTo(-23.45, 1);
    expect((declination(81) * 180) / Math.PI).toBeCloseTo(0, 0);
  });

  it('gives about a kilowatt at noon in summer, half of it in winter, nothing at night', () => {
    expect(clearSkyAt(place, june + 12 * 3600)).toBeGreaterThan(950);
    expect(clearSkyAt(place, june + 12 * 3600)).toBeLessThan(1050);
    expect(clearSkyAt(place, december + 12 * 3600)).toBeGreaterThan(400);
    expect(clearSkyAt(place, december + 12 * 3600)).toBeLessThan(560);
    expect(clearSkyAt(place, june + 3600)).toBe(0);
    expect(clearSkyAt({ ...place, latitudeDeg: -38 }, december + 12 * 3600)).toBeGreaterThan(950);
  });

  it('follows local time', () => {
    const west = { latitudeDeg: 38, utcOffsetS: -8 * 3600 };
    expect(localHour(west, june + 20 * 3600)).toBe(12);
    expect(localHour(west, june)).toBe(16);
    expect(clearSkyAt(west, june + 20 * 3600)).toBeCloseTo(clearSkyAt(place, june + 12 * 3600), -1);
  });
});

describe('weather', () => {
  const day = (kind: 'clear' | 'mixed' | 'overcast', seed: number) => {
    const weather = new Weather(place, seededRandom(seed), kind);
    return Array.from({ length: 86_400 }, (_, s) => {
      weather.step(june + s);
      return weather.irradianceWm2;
    });
  };
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / 3.6e6;

  it('is the same for the same seed, another for another', () => {
    expect(day('mixed', 1)).toEqual(day('mixed', 1));
    expect(sum(day('mixed', 1))).not.toBe(sum(day('mixed', 2)));
  });

  it('gives a clear day near its clear-sky energy and an overcast day a quarter of it', () => {
    const clear = sum(day('clear', 1));
    expect(clear).toBeGreaterThan(7); // kWh/m²
    expect(clear).toBeLessThan(9);
    expect(sum(day('overcast', 1)) / clear).toBeLessThan(0.4);
    expect(sum(day('overcast', 1)) / clear).toBeGreaterThan(0.12);
  });

  it('never exceeds the clear sky nor moves faster than an edge of a cloud', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const seen = day('mixed', seed);
      seen.forEach((w, s) => {
        if (s === 0) return;
        if (w < 0 || w > 1100 || Math.abs(w - (seen[s - 1] ?? 0)) > 1100 / 6 + 5) throw new Error(`${w} at ${s}`);
      });
    }
  });

  it('reaches places one after the other', () => {
    const weather = new Weather(place, seededRandom(3));
    const seen: number[] = [];
    for (let s = 0; s < 13 * 3600; s++) {
      weather.step(june + s);
      seen.push(weather.irradianceWm2);
    }
    const late = seen[seen.length - 1 - 60] ?? 0;
    expect(weather.delayed(60)).toBeCloseTo(late, -1);
    expect(weather.delayed(0)).toBe(seen.at(-1));
  });
});

describe('cars', () => {
  it.each(Object.keys(habits) as EvUse[])('of a %s come and go in order and ask for what they can get', use => {
    for (let seed = 0; seed < 200; seed++) {
      const sessions = evSessions(use, june, 3, 7680, seededRandom(seed));
      let last = -Infinity;
      for (const { arrive, depart, needWh } of sessions) {
        expect(arrive).toBeGreaterThanOrEqual(Math.max(last, june));
        expect(depart).toBeGreaterThan(arrive);
        expect(needWh).toBeGreaterThan(0);
        expect(needWh).toBeLessThanOrEqual((7680 * (depart - arrive)) / 3600 + 1e-9);
        last = depart;
      }
    }
  });

  it('come home in the evening and are mostly gone by nine', () => {
    const hours = (of: 'arrive' | 'depart') =>
      Array.from({ length: 300 }, (_, seed) => evSessions('home', june, 2, 7680, seededRandom(seed)))
        .flat()
        .filter(({ arrive }) => arrive > june)
        .map(session => ((session[of] - june) / 3600) % 24);
    const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
    expect(mean(hours('arrive'))).toBeCloseTo(18, 0);
    expect(hours('depart').filter(hour => hour < 9.5).length / hours('depart').length).toBeGreaterThan(0.95);
  });

  it('that came before midnight need less by what they have got', () => {
    const at = (maxW: number) =>
      Array.from({ length: 100 }, (_, seed) => evSessions('home', june, 1, maxW, seededRandom(seed)))
        .flat()
        .filter(({ arrive }) => arrive === june).length;
    expect(at(1400)).toBeGreaterThan(at(20_000));
  });
});
