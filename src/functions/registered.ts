import { model } from '../model';
import { href } from '../model/href';
import { type Registration } from '../model/edev';
import { type Seconds } from '../base/clock';
import { type Context } from './behaviour';

/** When a device was registered: the time of what it has not said anything about yet. */
export async function registeredAt({ store }: Pick<Context, 'store'>, edev: string): Promise<Seconds> {
  return (await store.get<Registration>(href(model.edev.registration, { edev })))?.body.dateTimeRegistered ?? 0;
}
