/**
 * What an operator sets while the server runs: poll rates, the post rate, Time and how far our clock is set off the machine's.
 * It is in the store before it counts, and goes before the configuration from then on, restarts included.
 */
import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { asProblem } from '../base/problem';
import { apply } from '../functions/behaviour';
import { type NewDoc, type Store } from '../store/api';
import { type houseOf, type TimeSettings } from './house';

interface Kept {
  readonly pollRates?: Readonly<Record<string, number>>;
  readonly postRateS?: number;
  /** `offsets` null: those of the time zone, as before anything was set. */
  readonly time?: Omit<TimeSettings, 'offsets'> & { readonly offsets?: TimeSettings['offsets'] | null };
  readonly offsetS?: number;
}

export interface SettingsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly house: ReturnType<typeof houseOf>;
  /** Missing where the clock is moved by somebody else. */
  readonly clockOffset?: { setOffset(seconds: number): void; resume(offsetS: number): void };
}

export interface KeptSettings {
  /** @throws Problem BAD_VALUE for a name of no such resource, or no whole seconds */
  readonly setPollRates: (rates: Readonly<Record<string, number>>) => Promise<void>;
  readonly setPostRate: (seconds: number) => Promise<void>;
  /** @throws Problem BAD_VALUE for an unknown zone */
  readonly setTime: (settings: TimeSettings) => Promise<void>;
  readonly setOffset: (seconds: number) => Promise<void>;
}

const at = '~settings';
const docOf = (body: Kept, now: number): NewDoc => ({
  href: at,
  list: '',
  kind: at,
  changed: now,
  sortKey: '',
  body,
});

/** Takes up what was set before. What does not fit any more, such as the name of a resource, is left out and logged. */
export async function keptSettings({ store, clock, log, house, clockOffset }: SettingsDeps): Promise<KeptSettings> {
  const { pollRates = {}, postRateS, time, offsetS } = (await store.get<Kept>(at))?.body ?? {};
  const attempt = (what: string, take: () => void) => {
    try {
      take();
    } catch (thrown) {
      log.warn('what an operator had set does not fit any more and is left out', {
        what,
        why: asProblem(thrown).message,
      });
    }
  };
  for (const [name, rate] of Object.entries(pollRates))
    attempt(`poll rate of ${name}`, () => house.setPollRates({ [name]: rate }));
  if (postRateS !== undefined) house.setPostRate(postRateS);
  if (time) attempt('time', () => house.setTime(given(time)));
  if (offsetS !== undefined) clockOffset?.resume(offsetS);

  const keep = async (more: (kept: Kept) => Kept) => {
    await apply(store, async () => {
      const doc = await store.get<Kept>(at);
      const plan = { expect: { [at]: doc?.version ?? 0 }, put: [docOf(more(doc?.body ?? {}), clock.now())] };
      return { plan, status: 204 };
    });
  };
  return {
    setPollRates: async rates => {
      house.check.pollRates(rates);
      await keep(kept => ({ ...kept, pollRates: { ...kept.pollRates, ...rates } }));
      house.setPollRates(rates);
    },
    setPostRate: async seconds => {
      await keep(kept => ({ ...kept, postRateS: seconds }));
      house.setPostRate(seconds);
    },
    setTime: async settings => {
      house.check.time(settings);
      const { offsets, ...rest } = settings;
      const more = { ...rest, ...('offsets' in settings && { offsets: offsets ?? null }) };
      await keep(kept => ({ ...kept, time: { ...kept.time, ...more } }));
      house.setTime(settings);
    },
    setOffset: async seconds => {
      await keep(kept => ({ ...kept, offsetS: seconds }));
      clockOffset?.setOffset(seconds);
    },
  };
}

const given = ({ offsets, ...rest }: NonNullable<Kept['time']>): TimeSettings => ({
  ...rest,
  ...(offsets !== undefined && { offsets: offsets ?? undefined }),
});
