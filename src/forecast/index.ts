/** The ladder of forecasters, from the naive to the learned. A new one is one file and one line here; of equals the first is chosen. */
import { type ForecasterFactory } from './api';
import { hourOfWeek } from './hour-of-week';
import { persist168, persist24 } from './persist';
import { ridge } from './ridge';
import { similarDay } from './similar-day';
import { splitPv } from './split-pv';

export const forecasters = {
  persist24,
  persist168,
  'similar-day': similarDay,
  'hour-of-week': hourOfWeek,
  ridge,
  'split-pv': splitPv,
} satisfies Record<string, ForecasterFactory>;

export const forecasterNames = Object.keys(forecasters);

/** All rungs, made. The first is the naive one. */
export const ladder = () => Object.values(forecasters).map(make => make());
