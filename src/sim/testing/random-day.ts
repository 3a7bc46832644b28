import { seededRandom } from '../../base/random';
import { Fleet } from '../fleet';
import { planFleet } from '../fleet-plan';
import { capricious, smallNetwork } from './small-network';

const start = 1_750_550_400; // 2025-06-22, midnight UTC

/** Lives a day of a street with equipment, weather, cars and limits by `seed`. @throws Error that names the sites that left their limits. */
export function checkDay(seed: number, customers: number, hours: number): void {
  const random = seededRandom(seed);
  const { sites } = planFleet(smallNetwork(customers, 3 * customers), {
    midnight: start,
    random,
    pvShare: random.next(),
    batteryShare: random.next(),
    evseShare: random.next(),
  });
  const fleet = new Fleet(sites, { start, seed, sky: random.pick(['clear', 'mixed', 'mixed', 'overcast'] as const) });
  const stepS = random.pick([300, 900, 3600]);
  for (const spec of sites) fleet.attach(spec.id, capricious(spec, stepS, random.fork(spec.id)));
  fleet.advance(start + hours * 3600);
  const guilty = fleet.sites.flatMap(({ site, trace }) => {
    const outsideS = trace.outsideS.reduce((sum, s) => sum + s, 0);
    const minute = trace.outsideS.findIndex(s => s > 0);
    const blind = trace.state?.includes('SENSOR_FAIL') ?? false;
    return outsideS > 0 || blind
      ? [`${site.spec.id}: ${outsideS} s outside, first in minute ${minute}, blind ${blind}`]
      : [];
  });
  if (guilty.length > 0) throw new Error(`seed ${seed}: ${guilty.join('; ')}`);
}
