/** What the operator API needs of the aids for test campaigns; `server` wires them. */
export interface HttpMessage {
  /** Seconds since 1970, with fractions. */
  readonly time: number;
  readonly type: 'req' | 'resp';
  readonly method: string;
  readonly uri: string;
  readonly vers: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: string;
  readonly code?: number;
  readonly reason?: string;
}

export interface HttpLog {
  readonly logs: readonly { readonly tests: readonly string[]; readonly messages: readonly HttpMessage[] }[];
  /** Messages for which there was no room. */
  readonly left: number;
}

export interface HttpLogService {
  /** Records from now on, of one identity where one is named. What was recorded before is gone. */
  start(tests: readonly string[], lfdi?: string): void;
  /** @throws Problem NO_SUCH when nothing is recorded */
  export(): HttpLog;
  /** Ends the recording and forgets it. */
  stop(): void;
}

export interface Redirect {
  readonly path: string;
  /** Path or absolute URI that clients are sent to. */
  readonly to: string;
  readonly status: 301 | 302;
  /** Only this identity. */
  readonly lfdi?: string;
  /** Only the next request. */
  readonly once: boolean;
}

export interface RedirectService {
  list(): readonly Redirect[];
  /** One a path and identity. @throws Problem LIMIT */
  set(redirect: Redirect): void;
  clear(): void;
}
