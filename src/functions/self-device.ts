import { type SelfDevice } from '../model/edev';
import { model } from '../model';
import { type Behaviour } from './behaviour';

/** This server as a device: who it is by its own certificate. */
export const selfDeviceBehaviour: Behaviour = {
  resource: model.edev.self,
  item: async ({ house: { self } }): Promise<SelfDevice | undefined> => self && { lFDI: self.lfdi, sFDI: self.sfdi },
};
