import { eachStep, type ForecasterFactory } from './api';
import { forecasters } from './index';
import { forecasterContract } from './testing/contract';

for (const [name, make] of Object.entries(forecasters)) forecasterContract(name, make);

/** As somebody else would write one: the mean of all that was measured at the same time of day. */
const meanOfDay: ForecasterFactory = () => ({
  name: 'mean-of-day',
  api: 1,
  leastDays: 1,
  predict: (history, steps) =>
    eachStep(history, steps, step => {
      const same: number[] = [];
      history.w.subarray(0, history.end).forEach((w, i) => {
        if (history.calendar.slot[i] === history.calendar.slot[step] && !Number.isNaN(w)) same.push(w);
      });
      return same.reduce((sum, w) => sum + w, 0) / same.length;
    }),
});
forecasterContract('mean-of-day', meanOfDay);
