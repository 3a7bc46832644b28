import { model } from '../model';
import { storedSet } from './stored';

const entry = { offer: ['PUT', 'DELETE'] } as const;
const list = { offer: ['POST'] } as const;

/** Interfaces of a device and what is on them. Writing is optional in the standard; only the device can know, so it may. */
export const networkStatusBehaviours = storedSet(model.networkStatus, {
  interfaces: list,
  interface: entry,
  addresses: list,
  address: entry,
  rplInstances: list,
  rplInstance: entry,
  rplRoutes: list,
  rplRoute: entry,
  links: list,
  link: entry,
  neighbors: list,
  neighbor: entry,
});
