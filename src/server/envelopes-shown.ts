/** Envelopes as operators see them: what is in force at sites and to come, and what bound it. */
import { nextTurn } from '../base/turn';
import { type EnvelopeNow, type ShownEnvelope } from '../console/envelope-service';
import { stands, withdrawalOf } from '../functions/operator/withdrawals';
import { type Site } from '../functions/site';
import { readBasis } from '../services/basis';
import { controlsOf, inForce, liveControls, type EnvelopeControl } from '../services/envelopes/controls';
import { type Store } from '../store/api';

interface Page {
  readonly limit: number;
  /** Controls that begin after this moment. */
  readonly after?: number | undefined;
}

/** Controls of a site in force and to come, and what bound them. */
export async function show(
  store: Store,
  site: string,
  now: number,
  pen: number,
  { limit, after = -Infinity }: Page,
): Promise<ShownEnvelope> {
  const live = liveControls(controlsOf(await store.series.ofSite(site, now), { pen }), now);
  const withdrawal = await withdrawalOf(store, site);
  const asked = live.filter(control => inForce(control).from > after);
  const shown = asked.slice(0, limit);
  const last = shown.at(-1);
  return {
    site,
    now,
    controls: shown.map(shownControl),
    ...(withdrawal && stands(withdrawal, now) && { withdrawal }),
    ...(asked.length > limit && last && { next: inForce(last).from }),
  };
}

const shownControl = (control: EnvelopeControl) => {
  const { basis, mrid, importW, exportW, bound, engine, createdAt } = control;
  const { forecasts } = readBasis(basis);
  const shown = { mrid, ...inForce(control), importW, exportW, bound, engine, createdAt };
  return { ...shown, ...(forecasts.length > 0 && { forecasts }) };
};

const sitesPerTurn = 100;

/** What is in force at each of these sites, and until when limits are published. */
export async function standing(store: Store, sites: readonly Site[], now: number, pen: number): Promise<EnvelopeNow[]> {
  const found: EnvelopeNow[] = [];
  for (const [k, { edev, name }] of sites.entries()) {
    if (k % sitesPerTurn === 0) await new Promise<void>(nextTurn); // others are answered meanwhile
    const live = liveControls(controlsOf(await store.series.ofSite(edev, now), { pen }), now);
    const current = live.find(control => inForce(control).from <= now);
    const withdrawal = await withdrawalOf(store, edev);
    found.push({
      site: edev,
      name,
      ...(current && { inForce: shownControl(current) }),
      ...(live.length > 0 && { publishedUntil: Math.max(...live.map(control => inForce(control).to)) }),
      ...(withdrawal && stands(withdrawal, now) && { withdrawal }),
    });
  }
  return found;
}
