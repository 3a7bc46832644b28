import { type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { controlsOf, type EnvelopeControl } from '../services/envelopes/controls';
import { type Store } from '../store/api';

/** Envelope controls of a site, worked out once for each publication. */
export interface EnvelopeViews {
  ofSite(site: string, now: Seconds): Promise<EnvelopeControl[]>;
}

/**
 * Keeps the controls of each site until a newer row is published; asking the store for the newest row id is cheap. Rows that
 * end meanwhile only make the kept list longer than need be, so it is worked out again after `staleS`.
 */
export function envelopeViews(store: Store, pen: Pen, staleS = 3600): EnvelopeViews {
  const kept = new Map<string, { latest: number; at: Seconds; controls: EnvelopeControl[] }>();
  return {
    async ofSite(site, now) {
      const latest = await store.series.latest(site);
      const known = kept.get(site);
      if (known && known.latest === latest && now >= known.at && now - known.at < staleS) return known.controls;
      const controls = latest === 0 ? [] : controlsOf(await store.series.ofSite(site, now), { pen });
      kept.set(site, { latest, at: now, controls });
      return controls;
    },
  };
}
