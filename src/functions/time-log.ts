import { type Seconds } from '../base/clock';
import { type LogEvent } from '../model/log';
import { type Store } from '../store/api';
import { apply, type House } from './behaviour';
import { pastList, remember, type PastValue } from './past';

/** TM_TIME_ADJUSTED of the Time function set. */
const timeFunctionSet = 12;
const timeAdjusted = 0;
const ieee2030Pen = 40_732;
const ieee2030Profile = 2;
const timeLog = '/tm';

/** Keeps a LogEvent that says by how much our clock was corrected, and how. */
export async function noteAdjusted(
  { store, house, now }: { store: Store; house: House; now: Seconds },
  { byS, how }: { readonly byS: number; readonly how: string },
): Promise<void> {
  await apply(store, async () => {
    const event: LogEvent = {
      createdDateTime: now,
      details: `TM_TIME_ADJUSTED ${how} ${byS} s`.slice(0, 32),
      extendedData: Math.min(Math.round(Math.abs(byS)), 0xffff_ffff),
      functionSet: timeFunctionSet,
      logEventCode: timeAdjusted,
      logEventID: now % 65_536,
      logEventPEN: ieee2030Pen,
      profileID: ieee2030Profile,
    };
    return { status: 201, plan: await remember({ store, house, now }, timeLog, [{ changed: now, body: event }]) };
  });
}

/** The latest of these LogEvents, newest first. */
export async function timeAdjustments(store: Store, limit: number): Promise<LogEvent[]> {
  const { docs } = await store.page<PastValue>(pastList(timeLog), { start: 0, limit });
  return docs.map(doc => doc.body.value as LogEvent);
}
