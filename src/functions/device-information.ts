import { Problem } from '../base/problem';
import { model } from '../model';
import { type DeviceInformation } from '../model/device-information';
import { storedSet } from './stored';
import { siteOf } from './site';

const unknown = 'unknown';
const unknownPower = 5;

/** Maker and model of a device, in its own words. Until it has said, all we know of it is its LFDI. */
export const deviceInformationBehaviours = storedSet(model.deviceInformation, {
  information: {
    remembers: true,
    initial: async ({ store }, { edev = '' }): Promise<DeviceInformation> => ({
      lFDI: (await siteOf(store, edev))?.body.lfdi ?? '',
      mfDate: 0,
      mfHwVer: unknown,
      mfID: 0,
      mfModel: unknown,
      mfSerNum: unknown,
      primaryPower: unknownPower,
      secondaryPower: unknownPower,
      swActTime: 0,
      swVer: unknown,
    }),
    check: async ({ store }, { lFDI }: DeviceInformation, { edev = '' }) => {
      if (lFDI.padStart(40, '0') !== (await siteOf(store, edev))?.body.lfdi)
        throw new Problem('NOT_YOURS', { at: '/DeviceInformation/lFDI', note: 'not the LFDI of this EndDevice' });
    },
  },
});
