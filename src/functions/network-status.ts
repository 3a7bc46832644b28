import { model } from '../model';
import { storedSet } from './stored';

const entry = { offer: ['PUT', 'DELETE'] } as const;
/** Lists stand below lists: few of each, or one device could fill the store. */
const list = (most: number) => ({ offer: ['POST'], most }) as const;

/** Interfaces of a device and what is on them. Writing is optional in the standard; only the device can know, so it may. */
export const networkStatusBehaviours = storedSet(model.networkStatus, {
  interfaces: list(8),
  interface: entry,
  addresses: list(8),
  address: entry,
  rplInstances: list(4),
  rplInstance: entry,
  rplRoutes: list(32),
  rplRoute: entry,
  links: list(8),
  link: entry,
  neighbors: list(32),
  neighbor: entry,
});
