import { model } from '../model';
import { storedSet } from './stored';

/** The network's own name of the place a device is connected at, told by the device; empty until then. */
export const csipAusBehaviours = storedSet(model.csipAus, {
  connectionPoint: { initial: () => ({ connectionPointId: '' }) },
});
