/** Moments of a record's samples. */
import { type Seconds } from '../../base/clock';
import { calendarDay, clockTime } from './figures';
import { type RunRecord } from './record';

export const sampleTime = (record: RunRecord, sample: number): Seconds => record.start + sample * 60;

/** Samples [from, to) as a period: 18:00–18:30, with the date where the run is longer than a day. */
export function period(record: RunRecord, from: number, to: number): string {
  const day = record.minutes > 1440 ? `${calendarDay(sampleTime(record, from))} ` : '';
  return `${day}${clockTime(sampleTime(record, from))}–${clockTime(sampleTime(record, to))}`;
}
