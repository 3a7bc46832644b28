import { model } from '../model';
import { type LogEvent } from '../model/log';
import { alarmPlan, wordsOfLog } from './alarms';
import { notAhead } from './der-info';
import { storedSet } from './stored';

/**
 * What happened at a device, told by it. The standard wants ten kept; the oldest make room (protocol facts 3.10) and go where
 * past values are. Those of the DER function set raise and clear alarms.
 */
export const logBehaviours = storedSet(model.log, {
  events: {
    most: 200,
    forgets: true,
    remembers: true,
    also: (ctx, event: LogEvent, { edev = '' }) => alarmPlan(ctx, edev, wordsOfLog(event)),
    check: (ctx, { createdDateTime }: LogEvent) => notAhead(ctx, '/LogEvent/createdDateTime', createdDateTime),
  },
});
