/**
 * The audit trail: registrations, trust decisions, denials, acts of operators, controls issued. What changes something is
 * recorded in the plan that changes it; what changes nothing, such as a denial, is recorded here, within a budget, so that
 * nobody can fill the disk or hide behind a flood. What is beyond the budget is counted and told in one row.
 */
import { type Clock } from '../base/clock';
import { secretFields, type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { asProblem } from '../base/problem';
import { type NewAudit, type Store } from '../store/api';

export interface Auditor {
  /** Records what was done; a row that cannot be written is an error in the log. */
  record(row: Omit<NewAudit, 'at' | 'outcome'>): void;
  /** Records a denial, if the budget of its source (address or LFDI) and that of all allow. Returns whether it did. */
  denied(row: Omit<NewAudit, 'at' | 'outcome'>): boolean;
  /** Resolves when everything recorded so far is written, the count of what was not included. */
  settled(): Promise<void>;
}

export interface AuditorDeps {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Denials recorded in a minute, of all sources and of one. */
  readonly perMinute?: number;
  readonly perSource?: number;
}

const minuteMs = 60_000;

export function auditor({ store, clock, log, metrics, perMinute = 120, perSource = 10 }: AuditorDeps): Auditor {
  const pending = new Set<Promise<unknown>>();
  let began = clock.monotonicMs();
  let used = 0;
  let left = 0;
  const bySource = new Map<string, number>();

  const write = (row: Omit<NewAudit, 'at'>) => {
    const job = store
      .commit({ audit: [{ ...row, at: clock.now(), detail: withoutSecrets(row.detail) as NewAudit['detail'] }] })
      .catch((thrown: unknown) =>
        log.error('audit row not written', { what: row.what, why: asProblem(thrown).message }),
      )
      .finally(() => pending.delete(job));
    pending.add(job);
  };
  const tellLeft = () => {
    if (left === 0) return;
    const detail = { denials: left };
    left = 0;
    write({ who: 'server', from: '', what: 'denials.left-out', subject: '', outcome: 'refused', detail });
  };

  return {
    record: row => write({ ...row, outcome: 'done' }),
    denied: row => {
      const nowMs = clock.monotonicMs();
      if (nowMs - began >= minuteMs) {
        tellLeft();
        began = nowMs;
        used = 0;
        bySource.clear();
      }
      metrics.count('headroom_denials_total', { what: row.what });
      const source = row.from === '' ? row.who : row.from;
      const ofSource = bySource.get(source) ?? 0;
      if (used >= perMinute || ofSource >= perSource) {
        left++;
        return false;
      }
      used++;
      bySource.set(source, ofSource + 1);
      write({ ...row, outcome: 'refused' });
      return true;
    },
    settled: async () => {
      tellLeft();
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

const secret = '[secret]';
const secretNames = new Set(secretFields.map(name => name.toLowerCase()));
/** Keys of the operator API, and private keys in PEM, wherever in a text they stand. */
const secretTexts = /hrk_[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** A JSON value with everything taken out that must not be written down. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(secretTexts, secret);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === undefined ? [] : [[name, secretNames.has(name.toLowerCase()) ? secret : withoutSecrets(inner)]],
    ),
  );
}
