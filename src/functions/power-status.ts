import { model } from '../model';
import { type PowerStatus } from '../model/power-status';
import { registeredAt } from './registered';
import { storedSet } from './stored';

/** Where a device takes its power from, in its own words; unknown until it has said. */
export const powerStatusBehaviours = storedSet(model.powerStatus, {
  status: {
    remembers: true,
    initial: async (ctx, { edev = '' }): Promise<PowerStatus> => ({
      batteryStatus: 0,
      changedTime: await registeredAt(ctx, edev),
      currentPowerSource: 5,
    }),
  },
});
