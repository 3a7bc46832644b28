import { daylightSaving } from '../base/local-time';
import { type Seconds } from '../base/clock';
import { type Time } from '../model/time';
import { model } from '../model';
import { type Behaviour, type House, type TimeOffsets } from './behaviour';

const aYearS = 31_557_600;

/**
 * The daylight saving that is in force, or the next one, or none. Not that of the calendar year: south of the equator that
 * has its end before its start, and a client that compares both with its clock would have winter at New Year.
 */
function zoneOffsets(zone: string, now: Seconds): TimeOffsets {
  const years = [-1, 0, 1].map(each => daylightSaving(zone, now + each * aYearS));
  const starts = years.filter(year => year.addedS > 0).map(year => year.start);
  const ends = years.filter(year => year.addedS > 0).map(year => year.end);
  const tzOffset = years[1]?.standardS ?? 0;
  const dstEndTime = Math.min(...ends.filter(end => end > now));
  const dstStartTime = Math.max(...starts.filter(start => start < dstEndTime));
  if (!Number.isFinite(dstEndTime) || !Number.isFinite(dstStartTime))
    return { tzOffset, dstOffset: 0, dstStartTime: 0, dstEndTime: 0 };
  return { tzOffset, dstOffset: Math.max(...years.map(year => year.addedS)), dstStartTime, dstEndTime };
}

export function timeOf({ timeZone, timeQuality, timeOffsets }: House, now: Seconds): Time {
  const offsets = timeOffsets ?? zoneOffsets(timeZone, now);
  const { tzOffset, dstOffset, dstStartTime, dstEndTime } = offsets;
  const summer = now >= dstStartTime && now < dstEndTime;
  return {
    currentTime: now,
    ...offsets,
    localTime: now + tzOffset + (summer ? dstOffset : 0),
    quality: timeQuality,
  };
}

/** Time (protocol facts 3.3): the server's clock, with the sites' time zone. `tzOffset` is the standard offset, `dstOffset` what summer adds. */
export const timeBehaviour: Behaviour = {
  resource: model.time.time,
  item: async ({ now, house }) => timeOf(house, now),
};
