/** Sun and clouds of one neighbourhood. */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';

export interface Place {
  readonly latitudeDeg: number;
  /** Local time is UTC plus this. Solar noon is taken to be at local noon. */
  readonly utcOffsetS: number;
}

const day = 86_400;
const rad = Math.PI / 180;

/** Local hour of day with its fraction. */
export function localHour(place: Place, now: Seconds): number {
  const s = (now + place.utcOffsetS) % day;
  return (s < 0 ? s + day : s) / 3600;
}

/** Declination of the sun, radians, by Cooper (1969): good to half a degree. */
export function declination(dayOfYear: number): number {
  return 23.45 * rad * Math.sin((2 * Math.PI * (284 + dayOfYear)) / 365);
}

/** Clear-sky irradiance on the horizontal, W/m², by Haurwitz (1945). */
export function clearSky(cosZenith: number): number {
  return cosZenith <= 0 ? 0 : 1098 * cosZenith * Math.exp(-0.057 / cosZenith);
}

export function clearSkyAt(place: Place, now: Seconds): number {
  const days = Math.floor((now + place.utcOffsetS) / day);
  const dec = declination((days % 365.2425) + 1);
  const lat = place.latitudeDeg * rad;
  const hourAngle = (localHour(place, now) - 12) * 15 * rad;
  return clearSky(Math.sin(lat) * Math.sin(dec) + Math.cos(lat) * Math.cos(dec) * Math.cos(hourAngle));
}

type Sky = 'clear' | 'broken' | 'overcast';
/** Chances of the next regime, how long regimes last (s), and what they let through. */
const skies: Record<Sky, { readonly lasts: readonly [number, number]; readonly next: readonly [Sky, number][] }> = {
  clear: { lasts: [3600, 10_800], next: [['broken', 1]] },
  broken: {
    lasts: [1800, 7200],
    next: [
      ['clear', 0.7],
      ['overcast', 0.3],
    ],
  },
  overcast: { lasts: [1200, 5400], next: [['broken', 1]] },
};
const memory = 256;

/**
 * Clearness from second to second: regimes of clear, broken and overcast sky; in a broken sky clouds pass with edges of some
 * seconds. Sites see the same sky with a delay of their own, as clouds travel. Advance it by one second at a time.
 */
export class Weather {
  /** Irradiance a panel sees now with no delay, W/m². */
  irradianceWm2 = 0;
  private sky: Sky;
  private skyUntil: Seconds = -Infinity;
  private cloudUntil: Seconds = -Infinity;
  private goal = 1;
  private clearness = 1;
  private slew = 0.05;
  private readonly past = new Float64Array(memory).fill(1);
  private clearW = 0;
  private tick = 0;

  constructor(
    readonly place: Place,
    private readonly random: Random,
    /** Cloudiness: `clear` and `overcast` hold all day, `mixed` changes. */
    private readonly kind: 'clear' | 'mixed' | 'overcast' = 'mixed',
  ) {
    this.sky = kind === 'mixed' ? random.pick<Sky>(['clear', 'clear', 'broken']) : kind;
  }

  step(now: Seconds): void {
    // The sun moves little in a minute; the cosine is not worth computing each second.
    if (this.tick % 30 === 0) this.clearW = clearSkyAt(this.place, now);
    if (this.kind === 'mixed' && now >= this.skyUntil) this.change(now);
    if (now >= this.cloudUntil) this.drift(now);
    const gap = this.goal - this.clearness;
    this.clearness += Math.abs(gap) <= this.slew ? gap : Math.sign(gap) * this.slew;
    this.past[this.tick & (memory - 1)] = this.clearness;
    this.tick++;
    this.irradianceWm2 = this.clearW * this.clearness;
  }

  /** Irradiance at a place the clouds reach `delayS` later (0 to 255 s), W/m². */
  delayed(delayS: number): number {
    return this.clearW * (this.past[(this.tick - 1 - delayS) & (memory - 1)] ?? 1);
  }

  private change(now: Seconds): void {
    if (this.skyUntil !== -Infinity) {
      let dice = this.random.next();
      for (const [sky, chance] of skies[this.sky].next) {
        this.sky = sky;
        dice -= chance;
        if (dice < 0) break;
      }
    }
    const [least, most] = skies[this.sky].lasts;
    this.skyUntil = now + this.random.integer(least, most);
    this.cloudUntil = now;
  }

  private drift(now: Seconds): void {
    const { random } = this;
    this.slew = 1 / random.integer(6, 20);
    if (this.sky === 'clear') {
      this.goal = 0.96 + 0.04 * random.next();
      this.cloudUntil = now + random.integer(60, 300);
    } else if (this.sky === 'overcast') {
      this.goal = 0.15 + 0.2 * random.next();
      this.cloudUntil = now + random.integer(60, 300);
    } else {
      const shaded = this.goal < 0.7;
      this.goal = shaded ? 0.9 + 0.1 * random.next() : 0.25 + 0.4 * random.next();
      this.cloudUntil = now + (shaded ? random.integer(40, 400) : random.integer(20, 180));
    }
  }
}
