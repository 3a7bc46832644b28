/**
 * The latest lines of the log, kept in memory so that an operator without access to the machine can read them. Bounded: the
 * oldest make room. What must not be written down is taken out before a line is shown, as it is from the audit trail.
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Log, type LogFields } from '../base/log';
import { withoutSecrets } from './audit';

/** From the least to the gravest. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface KeptLine {
  /** Counts from 1 since the server began. */
  readonly id: number;
  readonly at: Seconds;
  readonly level: LogLevel;
  /** Part of the server it comes from. */
  readonly room: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LinesAsked {
  readonly limit: number;
  /** Id of the last line that was seen. */
  readonly after: number;
  /** The least level wanted. */
  readonly level: LogLevel;
  /** Seconds; `from` included, `to` not. */
  readonly from?: Seconds | undefined;
  readonly to?: Seconds | undefined;
  readonly room?: string | undefined;
}

export interface LogLines {
  /** Writes to the log given, and keeps. The field `room` says where a line comes from. */
  readonly log: Log;
  /** Oldest first; `more` says that there are more. */
  page: (asked: LinesAsked) => { readonly lines: readonly KeptLine[]; readonly more: boolean };
}

/** Characters of one line at most: a stack or a hostile path must not make a thousand lines of it. */
const longestText = 500;

/** @param most lines kept; 0 keeps none */
export function logLines(inner: Log, { clock, most }: { readonly clock: Clock; readonly most: number }): LogLines {
  const lines: KeptLine[] = [];
  let id = 0;
  const keep = (level: LogLevel, message: string, { room = 'server', ...fields }: LogFields) => {
    if (most === 0) return;
    id += 1;
    lines.push({ id, at: clock.now(), level, room: String(room), message, fields });
    // Cut in halves: moving all of them up for each line would cost more than the line.
    if (lines.length >= 2 * most) lines.splice(0, lines.length - most);
  };
  const wrap = (to: Log, always: LogFields): Log => {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        to[level](message, fields);
        if (level !== 'debug' || to.debugs) keep(level, message, { ...always, ...fields });
      };
    return {
      debugs: to.debugs,
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: more => wrap(to.with(more), { ...always, ...more }),
    };
  };
  return {
    log: wrap(inner, {}),
    page: ({ limit, after, level, from = -Infinity, to = Infinity, room }) => {
      const least = logLevels.indexOf(level);
      const found = lines
        .slice(-most)
        .filter(
          line =>
            line.id > after &&
            logLevels.indexOf(line.level) >= least &&
            line.at >= from &&
            line.at < to &&
            (room === undefined || line.room === room),
        );
      return { lines: found.slice(0, limit).map(shown), more: found.length > limit };
    },
  };
}

const shown = ({ fields, message, ...line }: KeptLine): KeptLine => ({
  ...line,
  message: shortened(withoutSecrets(message)) as string,
  fields: shortened(withoutSecrets(JSON.parse(JSON.stringify(fields)))) as LogFields,
});

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 20).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}
