import pino from 'pino';

export type LogFields = Record<string, unknown>;

/** Structured log, passed in. `fields` are facts; `message` is a short constant phrase. */
export interface Log {
  /** Whether debug lines go anywhere: where they are many, what they say is not even put together otherwise. */
  readonly debugs: boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each line. */
  with(fields: LogFields): Log;
}

/** Names of fields whose values never reach a log. */
export const secretFields = ['key', 'privateKey', 'pIN', 'pin', 'apiKey', 'authorization', 'certificate', 'password'];

export interface LogOptions {
  level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where lines go; standard error unless given. */
  destination?: { write(line: string): void };
}

export function jsonLog({ level = 'info', destination = process.stderr }: LogOptions = {}): Log {
  const paths = secretFields.flatMap(name => [name, `*.${name}`]);
  const logger = pino({ level, base: null, redact: { paths, censor: '[secret]' } }, destination);
  const wrap = (inner: pino.Logger): Log => ({
    debugs: inner.isLevelEnabled('debug'),
    debug: (message, fields) => inner.debug(fields ?? {}, message),
    info: (message, fields) => inner.info(fields ?? {}, message),
    warn: (message, fields) => inner.warn(fields ?? {}, message),
    error: (message, fields) => inner.error(fields ?? {}, message),
    with: fields => wrap(inner.child(fields)),
  });
  return wrap(logger);
}

export const silentLog: Log = {
  debugs: false,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

export interface LogLine {
  level: string;
  message: string;
  fields: LogFields;
}

/** A log that keeps its lines, for tests that assert what the operator would have read. */
export function keptLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const make = (base: LogFields): Log => {
    const at =
      (level: string) =>
      (message: string, fields: LogFields = {}) => {
        lines.push({ level, message, fields: { ...base, ...fields } });
      };
    return {
      debugs: true,
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: more => make({ ...base, ...more }),
    };
  };
  return { ...make({}), lines };
}
