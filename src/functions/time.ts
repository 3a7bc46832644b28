import { daylightSaving } from '../base/local-time';
import { type Time } from '../model/time';
import { model } from '../model';
import { type Behaviour } from './behaviour';

/** Time (protocol facts 3.3): the server's clock, with the sites' time zone. `tzOffset` is the standard offset, `dstOffset` what summer adds. */
export const timeBehaviour: Behaviour = {
  resource: model.time.time,
  item: async ({ now, house }): Promise<Time> => {
    const { standardS, addedS, start, end } = daylightSaving(house.timeZone, now);
    // Zones south of the equator have summer around New Year: outside [end, start) of the calendar year.
    const summer = start < end ? now >= start && now < end : now < end || now >= start;
    return {
      currentTime: now,
      dstEndTime: end,
      dstOffset: addedS,
      dstStartTime: start,
      localTime: now + standardS + (addedS > 0 && summer ? addedS : 0),
      quality: house.timeQuality,
      tzOffset: standardS,
    };
  },
};
