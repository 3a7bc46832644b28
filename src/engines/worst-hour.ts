/**
 * Traditional planning, the baseline that others are reported against: one limit for all the time, from the worst moment of the horizon, as
 * a connection study that knows one peak and one minimum would set it. What the other engines give beyond it is unlocked capacity.
 */
import { type Asset, type Engine, type EngineFactory, type PassiveFlow, type Snapshot, envelopesOf } from './api';
import { nextTurn } from '../base/turn';
import { readOptions } from './options';
import { shareOut } from './share-out';

export const worstHour: EngineFactory = options => {
  const read = readOptions('worst-hour', options);
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  read.done();
  return {
    name: 'worst-hour',
    api: 1,
    moreRoom: 'least',
    compute: (snapshot, signal) => planned(snapshot, lossShare, signal),
  } satisfies Engine;
};

async function planned(snapshot: Snapshot, lossShare: number, signal: AbortSignal) {
  const { stepS, steps } = snapshot;
  const one = {
    ...snapshot,
    steps: 1,
    stepS: stepS * steps,
    assets: snapshot.assets.map(asset => worstOf(asset, steps)),
  };
  const proposal = await shareOut(one, { lossShare }, signal);
  await new Promise<void>(nextTurn);
  signal.throwIfAborted();
  const repeat = <T>(value: T | undefined): T[] => new Array<T>(steps).fill(value as T);
  const envelopes = envelopesOf(proposal).map(({ bound, device, exportW, importW }) => ({
    device,
    importW: repeat(importW[0]),
    exportW: repeat(exportW[0]),
    bound: repeat(bound[0]),
  }));
  return { ...proposal, envelopes };
}

/** The highest import, the lowest and the most vars of any step; a step without forecast leaves no room at all. */
function worstOf(asset: Asset, steps: number): Asset {
  const flow = ({ highW, lowW, var: reactive }: PassiveFlow): PassiveFlow => {
    const known = [highW, lowW, reactive].every(
      list => list.length >= steps && !list.slice(0, steps).some(Number.isNaN),
    );
    if (!known || steps === 0) return { highW: [], lowW: [], var: [] };
    const extreme = (list: readonly number[], pick: (a: number, b: number) => number): number[] => [
      list.slice(0, steps).reduce((a, b) => pick(a, b)),
    ];
    return { highW: extreme(highW, Math.max), lowW: extreme(lowW, Math.min), var: extreme(reactive, Math.max) };
  };
  const [a, b, c] = asset.passiveByPhase;
  return { ...asset, passive: flow(asset.passive), passiveByPhase: [flow(a), flow(b), flow(c)] };
}
