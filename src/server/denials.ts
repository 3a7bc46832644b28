/** What was refused at the device port, for the audit trail. */
import { type DevicePortDeps } from '../protocol/answer';
import { type Auditor } from '../services/audit';
import { type DeviceServerOptions } from '../tls';

/** A request for what is not the caller's, or for what it may not do. */
export const deniedAt =
  (audit: Auditor): NonNullable<DevicePortDeps['denied']> =>
  ({ peer, method, url }, problem) => {
    const detail = {
      method,
      problem: problem.code,
      ...(problem.detail.note !== undefined && { note: problem.detail.note }),
    };
    audit.denied({ who: `device ${peer.lfdi}`, from: '', what: 'access.denied', subject: url.slice(0, 255), detail });
  };

/** A connection that was not let in. */
export const refusedAt =
  (audit: Auditor): NonNullable<DeviceServerOptions['refused']> =>
  ({ reason, text, lfdi }, from) => {
    audit.denied({
      who: lfdi === undefined ? 'unknown' : `device ${lfdi}`,
      from,
      what: 'connection.refused',
      subject: lfdi ?? '',
      detail: { reason, text },
    });
  };
