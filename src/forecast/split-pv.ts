/**
 * Load and panels apart, where the generation of the panels is metered by itself: load as on similar days, generation as clear-sky irradiance
 * times what the panels made of it lately (nameplate times performance ratio, envelopes reference 3.8).
 */
import { eachStep, type ForecasterFactory, type History } from './api';
import { similar } from './similar-day';

const recentDays = 7;

export const splitPv: ForecasterFactory = () => ({
  name: 'split-pv',
  api: 1,
  leastDays: 7,
  predict(history, steps) {
    const { clearSky, end, pvW, w } = history;
    if (!clearSky || !pvW) return new Float64Array(steps).fill(NaN);
    const byIrradianceW = performance(history, clearSky, pvW);
    const load = w.map((net, step) => (step < end ? net + (pvW[step] as number) : NaN));
    return eachStep(history, steps, step => similar(history, step, load) - byIrradianceW * (clearSky[step] as number));
  },
});

/** Watts at full irradiance, by the last days. */
function performance({ calendar, end }: History, clearSky: Float64Array, pvW: Float64Array): number {
  let [made, offered] = [0, 0];
  for (let step = Math.max(0, end - recentDays * calendar.stepsPerDay); step < end; step++) {
    if (Number.isNaN(pvW[step])) continue;
    made += pvW[step] as number;
    offered += clearSky[step] as number;
  }
  return offered > 0 ? made / offered : NaN;
}
