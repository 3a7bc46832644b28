/**
 * Headroom: how much more an asset may carry, beyond what no envelope governs (envelopes reference 3.2).
 *
 *     import: max(0, sqrt((f S)² − Q²) − P_high)        P_high, P_low: high and low estimates of passive import
 *     export: max(0, sqrt((f S)² − Q²) + P_low)         f S: rating times allowed loading; 0 when f S < |Q|
 *
 * over all phases, and for each phase by itself with that phase's rating and passive flow.
 */
import { type Phase } from '../grid/network';
import { type Asset } from './api';

export type Direction = 'import' | 'export';
export const directions: readonly Direction[] = ['import', 'export'];
export const allPhases: readonly Phase[] = [1, 2, 3];

/**
 * Watts that devices below `asset` may together import or export in step `step`, 0 or above; of one phase when `phase` is given.
 * Forecast steps that are missing count as an asset that is full: what is not known is not room.
 */
export function headroomW(asset: Asset, direction: Direction, step: number, phase?: Phase): number {
  const flow = phase ? asset.passiveByPhase[phase - 1] : asset.passive;
  const high = flow?.highW[step];
  const low = flow?.lowW[step];
  const reactive = flow?.var[step];
  if (high === undefined || low === undefined || reactive === undefined) return 0;
  const limitVA = (phase ? asset.phaseRatingVA : asset.ratingVA) * asset.loadingFactor;
  const square = limitVA ** 2 - reactive ** 2;
  if (!(square > 0)) return 0;
  const roomW = Math.sqrt(square) + (direction === 'import' ? -high : low);
  return roomW > 0 ? roomW : 0;
}

/** An asset, or one phase of it, as operators name it: `transformer TR1`, `line L1 phase 2`. */
export function assetName(asset: Pick<Asset, 'id' | 'kind'>, phase?: Phase): string {
  const kind = asset.kind === 'branch' ? 'line' : asset.kind;
  return `${kind} ${asset.id}${phase ? ` phase ${phase}` : ''}`;
}
