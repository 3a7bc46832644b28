/**
 * Takes forecasts into what an engine sees: the high quantile as the high estimate of passive import, the low one as the low estimate, plus
 * and less the reserves for losses and low voltage; and, for power flows, what each load below draws, shared out by what it is connected with.
 */
import { type AssetForecast, type PassiveDraw, type PassiveFlow } from '../engines/api';
import { type GridAsset } from '../grid/assets';
import { type Load, type Phase } from '../grid/network';
import { type AssetFlow, type AssetFlowParts, type Reserve } from '../grid/passive-flow';

const phases: readonly Phase[] = [1, 2, 3];

/** A load that no envelope governs, the phases of the system it draws on, and the rated assets above it, lowest first. */
export interface PlacedLoad {
  readonly load: Load;
  readonly phases: readonly Phase[];
  readonly above: readonly string[];
}

type Band = Pick<AssetForecast, 'lowW' | 'pointW' | 'highW'>;

/** An asset's passive flow by its forecasts; as it was where there is none of the whole asset. */
export function forecastFlow(
  { id, phases: own }: GridAsset,
  { flow, reserve, reserveByPhase }: AssetFlowParts,
  forecasts: readonly AssetForecast[],
  loads: readonly PlacedLoad[],
): AssetFlow {
  const whole = forecasts.find(({ asset, phase }) => asset === id && phase === undefined);
  if (!whole) return flow;
  const shares = sharesByPhase(
    own,
    loads.filter(({ above }) => above.includes(id)),
  );
  const of = (band: Band, kept: Reserve, before: PassiveFlow, share = 1): PassiveFlow => ({
    highW: band.highW.map((w, i) => share * w + (kept.highW[i] ?? 0)),
    lowW: band.lowW.map((w, i) => share * w - (kept.lowW[i] ?? 0)),
    var: before.var,
  });
  const ofPhase = (phase: Phase): PassiveFlow => {
    const k = phase - 1;
    const [kept, before] = [reserveByPhase[k] as Reserve, flow.passiveByPhase[k] as PassiveFlow];
    const apart = forecasts.find(each => each.asset === id && each.phase === phase);
    return apart ? of(apart, kept, before) : of(whole, kept, before, shares[k]);
  };
  return { passive: of(whole, reserve, flow.passive), passiveByPhase: [ofPhase(1), ofPhase(2), ofPhase(3)] };
}

/** How a total is shared out to phases: as the loads below are connected, evenly where there are none. */
function sharesByPhase(own: readonly Phase[], loads: readonly PlacedLoad[]): readonly number[] {
  const sizes = phases.map(phase =>
    loads.reduce((sum, { load, phases: on }) => sum + (on.includes(phase) ? Math.abs(load.baseW) / on.length : 0), 0),
  );
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum > 0 ? sizes.map(size => size / sum) : phases.map(phase => (own.includes(phase) ? 1 / own.length : 0));
}

/**
 * Draws of loads (`series`, in the order of `loads`; missing where one never draws) with those below a forecast asset moved to it. Each belongs to
 * the lowest such asset above it; an asset further up counts less what the ones below it take. What the loads lose on their way is metered at the
 * asset with them, and stays with them.
 */
export function forecastDraws(
  loads: readonly PlacedLoad[],
  series: readonly (PassiveDraw | undefined)[],
  forecasts: readonly AssetForecast[],
  parents: ReadonlyMap<string, string | undefined>,
): PassiveDraw[] {
  const whole = new Map(forecasts.flatMap(each => (each.phase === undefined ? [[each.asset, each] as const] : [])));
  const ownerOf = ({ above }: PlacedLoad): string | undefined => above.find(asset => whole.has(asset));
  /** Point of the forecast assets just below one. */
  const below = (asset: string, step: number): number => {
    let sum = 0;
    for (const [other, { pointW }] of whole) if (nextAbove(other, parents, whole) === asset) sum += pointW[step] ?? 0;
    return sum;
  };
  const moved = [...series];
  for (const [asset, forecast] of whole) {
    const mine = loads.flatMap((load, i) => (ownerOf(load) === asset && series[i] ? [i] : []));
    const size = mine.reduce((sum, i) => sum + Math.abs(loads[i]?.load.baseW ?? 0), 0);
    const drawn = forecast.pointW.map((_, step) => mine.reduce((sum, i) => sum + (series[i]?.w[step] ?? 0), 0));
    const change = forecast.pointW.map((point, step) => point - below(asset, step) - (drawn[step] as number));
    for (const i of mine) {
      const share = size > 0 ? Math.abs(loads[i]?.load.baseW ?? 0) / size : 1 / mine.length;
      const old = series[i] as PassiveDraw;
      const w = old.w.map((watts, step) => watts + share * (change[step] ?? 0));
      const off = (to: readonly number[]) =>
        w.map((watts, step) => watts + share * ((to[step] ?? 0) - (forecast.pointW[step] ?? 0)));
      moved[i] = { ...old, w, highW: off(forecast.highW), lowW: off(forecast.lowW) };
    }
  }
  return moved.flatMap(draw => draw ?? []);
}

function nextAbove(
  asset: string,
  parents: ReadonlyMap<string, string | undefined>,
  among: ReadonlyMap<string, unknown>,
): string | undefined {
  for (let at = parents.get(asset); at !== undefined; at = parents.get(at)) if (among.has(at)) return at;
  return undefined;
}
