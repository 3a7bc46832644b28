/**
 * Equal shares of what transformers and lines have left: firm limits first, then hierarchical max-min of the rest by weight,
 * over the asset tree, in total and per phase. Needs no power flow and no topology finer than assets. Limits are rounded down
 * to what 2030.5 can carry. It bounds loading, not voltage.
 */
import { type Engine, type EngineFactory } from './api';
import { readOptions } from './options';
import { shareOut } from './share-out';

export const equalShare: EngineFactory = options => {
  const read = readOptions('equal-share', options);
  // The passive flow of `grid` has the losses that envelopes will cause in it; one made elsewhere may not.
  const lossShare = read.number('lossShare', 0, 0, 0.3);
  read.done();
  return {
    name: 'equal-share',
    api: 1,
    stepsApart: true,
    moreRoom: 'least',
    compute: (snapshot, signal) => shareOut(snapshot, { lossShare }, signal),
  } satisfies Engine;
};
