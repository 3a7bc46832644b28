import { model } from '../model';
import { type DeviceStatus } from '../model/device-status';
import { registeredAt } from './registered';
import { storedSet } from './stored';

/** How a device fares, in its own words; nothing but a time until it has said. */
export const deviceStatusBehaviours = storedSet(model.deviceStatus, {
  status: {
    remembers: true,
    initial: async (ctx, { edev = '' }): Promise<DeviceStatus> => ({
      changedTime: await registeredAt(ctx, edev),
      Temperature: [],
    }),
  },
});
