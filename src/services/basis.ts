/** What the envelope of a site rests on besides the network: the forecasts of the assets above it, noted with each row published. */
import { type AssetForecast, type AssetId, type Snapshot } from '../engines/api';

/** What a row's `basis` holds, as JSON. */
export interface Basis {
  readonly forecasts: readonly ForecastBasis[];
}

export type ForecastBasis = Omit<AssetForecast, 'lowW' | 'pointW' | 'highW'>;

/** For a row of a device: its `basis`, or nothing where no forecast of an asset above it was used. */
export function basisOf(snapshot: Snapshot): (device: string) => { readonly basis?: string } {
  const forecasts = snapshot.forecasts ?? [];
  if (forecasts.length === 0) return () => ({});
  const parents = new Map(snapshot.assets.map(({ id, parent }) => [id, parent]));
  const assetOf = new Map(snapshot.devices.map(({ asset, id }) => [id, asset]));
  const known = new Map<AssetId, { readonly basis?: string }>();
  return device => {
    const lowest = assetOf.get(device);
    if (lowest === undefined) return {};
    const before = known.get(lowest);
    if (before) return before;
    const used: ForecastBasis[] = [];
    for (let at: AssetId | undefined = lowest; at !== undefined; at = parents.get(at))
      used.push(...forecasts.filter(({ asset }) => asset === at).map(withoutSeries));
    const found = used.length > 0 ? { basis: JSON.stringify({ forecasts: used } satisfies Basis) } : {};
    known.set(lowest, found);
    return found;
  };
}

const withoutSeries = ({ lowW: _l, pointW: _p, highW: _h, ...rest }: AssetForecast): ForecastBasis => rest;

/** Reads a row's `basis`; nothing where it holds none that we know. */
export function readBasis(text: string | undefined): Basis {
  const read = text === undefined ? {} : (JSON.parse(text) as Partial<Basis>);
  return { forecasts: read.forecasts ?? [] };
}
