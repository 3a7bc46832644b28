/** What was refused at the device port, for the audit trail and for the security log of the standard. */
import { asProblem } from '../base/problem';
import { type House } from '../functions/behaviour';
import { noteSecurity, type SecurityIncident } from '../functions/security-log';
import { type DevicePortDeps } from '../protocol/answer';
import { type Auditor } from '../services/audit';
import { type Store } from '../store/api';
import { alertOf, type DeviceServerOptions } from '../tls';
import { type ServerDeps } from './deps';

/** Told of what was recorded: the budget of the audit trail holds for both. */
export type Incident = (incident: SecurityIncident) => void;

/** Keeps security events in the order in which they came. */
export function incidents(
  { clock, config, log }: Pick<ServerDeps, 'clock' | 'config' | 'log'>,
  { store, house }: { readonly store: Store; readonly house: House },
): { note: Incident; settled(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    note: incident => {
      const now = clock.now();
      last = last
        .then(() => noteSecurity({ store, house, now, most: config.securityEvents }, incident))
        .catch((thrown: unknown) =>
          log.error('security event not kept', { code: incident.code, why: asProblem(thrown).message }),
        );
    },
    settled: () => last,
  };
}

/** A request for what is not the caller's, or for what it may not do. */
export const deniedAt =
  (audit: Auditor, incident: Incident): NonNullable<DevicePortDeps['denied']> =>
  ({ peer, method, url }, problem) => {
    const { note } = problem.detail;
    const recorded = audit.denied({
      who: `device ${peer.lfdi}`,
      from: '',
      what: 'access.denied',
      subject: url.slice(0, 255),
      detail: { method, problem: problem.code, ...(note !== undefined && { note }) },
    });
    if (!recorded) return;
    const registering = method === 'POST' && /^\/edev(\?|$)/.test(url);
    incident({
      code: registering ? 'SEC_REGISTRATION_MISS' : 'SEC_ACL_ACCESS_FAILED',
      lfdi: peer.lfdi,
      from: '',
      text: `${method} ${url.slice(0, 255)}: ${problem.code}${note === undefined ? '' : `, ${note}`}`,
    });
  };

/** A connection that was not let in. */
export const refusedAt =
  (audit: Auditor, incident: Incident): NonNullable<DeviceServerOptions['refused']> =>
  ({ reason, text, lfdi = '' }, from) => {
    const recorded = audit.denied({
      who: lfdi === '' ? 'unknown' : `device ${lfdi}`,
      from,
      what: 'connection.refused',
      subject: lfdi,
      detail: { reason, text },
    });
    if (recorded) incident({ code: 'SEC_TLS_ALERT', id: alertOf(reason), lfdi, from, text: `${reason}: ${text}` });
  };
