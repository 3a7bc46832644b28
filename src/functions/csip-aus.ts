import { model } from '../model';
import { Problem } from '../base/problem';
import { type ConnectionPoint } from '../model/ext/csip-aus';
import { href } from '../model/href';
import { badValue } from './behaviour';
import { storedSet } from './stored';

/**
 * The network's own name of the place a device is connected at: empty until the device tells it, then settled. Another name is
 * another place, with other limits; that is for the operator to say (docs/choices.md).
 */
export const csipAusBehaviours = storedSet(model.csipAus, {
  connectionPoint: {
    initial: () => ({ connectionPointId: '' }),
    check: async ({ store }, { connectionPointId }: ConnectionPoint, { edev = '' }) => {
      if (connectionPointId.trim() === '')
        throw badValue('/ConnectionPoint/connectionPointId', 'it must name a place', connectionPointId);
      const settled = await store.get<ConnectionPoint>(href(model.csipAus.connectionPoint, { edev }));
      if (settled && settled.body.connectionPointId !== connectionPointId)
        throw new Problem('NOT_YOURS', {
          at: '/ConnectionPoint/connectionPointId',
          note: 'the connection point is settled; the operator can clear it',
        });
    },
  },
});
