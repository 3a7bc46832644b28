import { type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { controlsOf, type EnvelopeControl } from '../services/envelopes/controls';
import { type SeriesLog } from '../store/api';
import { issuedControls, type IssuedControls } from './issued-controls';
import { keptEvents, type KeptEvents } from './event-list';

/** Envelope controls of a site, worked out once for each publication; and what operators issued, once for each change. */
export interface EnvelopeViews {
  readonly issued: IssuedControls;
  /** Events of the other kinds. */
  readonly events: KeptEvents;
  /** `series` is the log of the store the request reads from, so that it is noted as read. */
  ofSite(series: SeriesLog, site: string): Promise<EnvelopeControl[]>;
}

/**
 * Keeps the controls of each site until a newer row is published; asking the store for the newest row id is cheap. Rows that
 * end meanwhile only make the kept list longer than need be, so it is worked out again after `staleS`. Not more than `most`
 * controls are kept, some 300 bytes each, or a million sites would fill the memory; those worked out longest ago go first.
 */
export function envelopeViews(clock: Clock, pen: Pen, { staleS = 3600, most = 200_000 } = {}): EnvelopeViews {
  let size = 0;
  const kept = new Map<string, { latest: number; at: Seconds; controls: EnvelopeControl[] }>();
  return {
    issued: issuedControls(),
    events: keptEvents(),
    async ofSite(series, site) {
      const latest = await series.latest(site);
      const now = clock.now();
      const known = kept.get(site);
      if (known && known.latest === latest && now >= known.at && now - known.at < staleS) return known.controls;
      const controls = latest === 0 ? [] : controlsOf(await series.ofSite(site, now), { pen });
      kept.delete(site); // so that it stands last
      kept.set(site, { latest, at: now, controls });
      size += controls.length + 1 - (known ? known.controls.length + 1 : 0);
      for (const [oldest, { controls: gone }] of kept) {
        if (size <= most) break;
        kept.delete(oldest);
        size -= gone.length + 1;
      }
      return controls;
    },
  };
}
