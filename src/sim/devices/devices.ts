import { type Battery } from './battery';
import { type Circuits } from './circuits';
import { type Evse } from './evse';
import { type Pv } from './pv';

/** What a site's controller can act on. */
export interface SiteDevices {
  readonly battery: Battery | undefined;
  readonly pv: Pv | undefined;
  readonly evses: readonly Evse[];
  readonly circuits: Circuits | undefined;
}

/** Net draw of the devices that report their own power, W, generation negative. Circuits are part of the load. */
export function ownW({ battery, pv, evses }: SiteDevices): number {
  let sum = 0;
  if (battery !== undefined) sum += battery.powerW;
  if (pv !== undefined) sum -= pv.powerW;
  for (let i = 0; i < evses.length; i++) sum += evses[i]?.powerW ?? 0;
  return sum;
}
