import { model } from '../model';
import { type LogEvent } from '../model/log';
import { notAhead } from './der-info';
import { storedSet } from './stored';

/** What happened at a device, told by it. The standard wants ten kept; the oldest make room (protocol facts 3.10). */
export const logBehaviours = storedSet(model.log, {
  events: {
    most: 200,
    forgets: true,
    check: (ctx, { createdDateTime }: LogEvent) => notAhead(ctx, '/LogEvent/createdDateTime', createdDateTime),
  },
});
