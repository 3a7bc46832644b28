/** Moments and lengths of time as a command line gives them. */
import { Problem } from '../base/problem';
import { type Seconds } from '../base/clock';

/** `2026-10-12`, `2026-10-12T08:30Z`. @throws Problem BAD_USAGE */
export function momentOption(at: string, text: string): Seconds {
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text);
  if (Number.isNaN(ms)) throw new Problem('BAD_USAGE', { at, got: text, want: 'a time such as 2026-10-12T08:30Z' });
  return Math.floor(ms / 1000);
}

const unitS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90`, `90s`, `15m`, `2h`, `1d`. @throws Problem BAD_USAGE */
export function durationOption(at: string, text: string): Seconds {
  const [, n = '', unit = 's'] = /^(\d{1,10})([smhd])?$/.exec(text) ?? [];
  if (n === '') throw new Problem('BAD_USAGE', { at, got: text, want: 'a length of time such as 90, 15m, 2h or 1d' });
  return Number(n) * unitS[unit as keyof typeof unitS];
}

/** A moment, `now`, or one after now such as `+15m`. @throws Problem BAD_USAGE */
export function momentFrom(now: Seconds, at: string, text: string): Seconds {
  if (text === 'now') return now;
  if (text.startsWith('+')) return now + durationOption(at, text.slice(1));
  return momentOption(at, text);
}
