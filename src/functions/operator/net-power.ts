import { type Seconds } from '../../base/clock';
import { type ReadingType } from '../../model/metering';
import { type Store } from '../../store/api';
import { metersOf } from './telemetry';

const realPower = 38; // UomType: W
const reverse = 19; // FlowDirectionType: fed in
const premises = 0x02; // RoleFlagsType: the whole site and not a part of it

/**
 * What a site draws from the network now, W, import positive, by its own telemetry; undefined where none of it is as young as `maxAgeS`. A meter
 * that counts what is fed in is taken off the one that counts what is drawn.
 */
export async function netPowerW(
  store: Store,
  edev: string,
  { now, maxAgeS }: { readonly now: Seconds; readonly maxAgeS: Seconds },
): Promise<number | undefined> {
  let net: number | undefined;
  for (const { latest, readingType, usagePoint } of await metersOf(store, edev)) {
    const { flowDirection = 0, phase = 0, powerOfTenMultiplier = 0, uom } = readingType as ReadingType;
    const {
      durationS = 0,
      start = 0,
      value,
    } = (latest ?? {}) as { start?: Seconds; durationS?: Seconds; value?: number };
    const whole = (parseInt(usagePoint.roleFlags, 16) & premises) !== 0;
    if (uom !== realPower || phase !== 0 || !whole || value === undefined) continue;
    if (start + durationS < now - maxAgeS) continue;
    const w = value * 10 ** powerOfTenMultiplier;
    net = (net ?? 0) + (flowDirection === reverse ? -w : w);
  }
  return net;
}
