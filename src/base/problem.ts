/**
 * The closed catalogue of everything that can go wrong. `docs/errors.md` is printed from it and a test compares the two.
 * `status` and `reasonCode` are what a 2030.5 peer sees (protocol facts 2.2); detail stays in the log.
 */
interface Entry {
  /** HTTP status for a peer; 0 where no peer is involved. */
  status: number;
  /** 2030.5 Error.reasonCode: 0 bad format, 1 bad values, 2 resource limit, 3 no such condition, 4 rate exceeded. */
  reasonCode?: number;
  level: 'info' | 'warn' | 'error' | 'fatal';
  meaning: string;
  remedy: string;
}

const entry = (status: number, level: Entry['level'], meaning: string, remedy: string, reasonCode?: number): Entry =>
  reasonCode === undefined ? { status, level, meaning, remedy } : { status, level, meaning, remedy, reasonCode };

export const problems = {
  // the peer's request
  BAD_XML: entry(
    400,
    'info',
    'The body is not well-formed XML, or is XML we refuse to read.',
    'Send one UTF-8 document without DTD or entities of its own.',
    0,
  ),
  BAD_VALUE: entry(
    400,
    'info',
    'The document does not fit the schema or a rule of its function set.',
    'Correct the element named in `at`.',
    1,
  ),
  BAD_REQUEST: entry(
    400,
    'info',
    'The request line, its headers or its query cannot be used.',
    'Send an HTTP/1.1 request with Host, and whole numbers for s, l and a.',
    0,
  ),
  URI_TOO_LONG: entry(
    414,
    'info',
    'The path with its query is longer than 2030.5 allows.',
    'Use the hrefs the server gives; none is longer than 255 bytes.',
    0,
  ),
  LIMIT: entry(
    400,
    'info',
    'The server holds as many of these as it will.',
    'Delete some, or ask the operator for more.',
    2,
  ),
  NO_SUCH_CONDITION: entry(
    400,
    'info',
    'This resource has no conditional subscription.',
    'Subscribe without Condition.',
    3,
  ),
  SLOW_DOWN: entry(
    429,
    'info',
    'More requests than this identity may send.',
    'Wait for maxRetryDuration, then poll at pollRate.',
    4,
  ),
  NOT_YOURS: entry(
    403,
    'info',
    'This identity may not do that.',
    'Register the device, or act for a device this identity manages.',
    1,
  ),
  NOT_FOUND: entry(
    404,
    'info',
    'There is no such resource for this identity.',
    'Start at DeviceCapability and follow links.',
  ),
  NOT_ALLOWED: entry(405, 'info', 'The resource does not offer this method.', 'Use a method named in Allow.'),
  NOT_ACCEPTABLE: entry(
    406,
    'info',
    'Nothing the server can send is acceptable to the client.',
    'Accept application/sep+xml.',
  ),
  CONFLICT: entry(
    409,
    'warn',
    'Another write came first, or the thing exists already.',
    'Read again, then decide again.',
    1,
  ),
  TOO_LARGE: entry(
    413,
    'info',
    'The body is longer than the server reads.',
    'Split the document, or raise http.maxBodyBytes.',
    2,
  ),
  NO_ROOM: entry(
    413,
    'info',
    'The server takes no more mirror data of this kind.',
    'Delete mirrors that are no longer used, or ask the operator for more.',
    2,
  ),
  WRONG_TYPE: entry(
    415,
    'info',
    'The body is of a media type the server does not read.',
    'Send Content-Type: application/sep+xml.',
    0,
  ),
  NO_METHOD: entry(501, 'info', 'HTTP knows no such method here.', 'Use GET, HEAD, PUT, POST or DELETE.'),
  STORE_BUSY: entry(503, 'warn', 'The store could not take the write now.', 'Try again after Retry-After.'),
  // the operator's request
  NO_KEY: entry(
    401,
    'info',
    'The request lacks the key of the operator API.',
    'Send `Authorization: Bearer KEY` with the key in operator.key.',
  ),
  NO_ROLE: entry(
    403,
    'info',
    'The role of this key does not allow that.',
    'Use a key of the role wanted; `headroom key` makes them.',
  ),
  NO_SUCH: entry(
    404,
    'info',
    'The operator API knows no such thing.',
    'Look at what there is, such as by `headroom site list DIR`, and use its id, name or LFDI.',
  ),
  NO_REASON: entry(
    409,
    'info',
    'Limits would be lower than what was published, and no reason was given that allows it.',
    'Give a reason code of docs/reasons.md, or leave the published limits as they are.',
  ),
  // ours
  BUG: entry(500, 'error', 'A fault of the server.', 'Report it with the request id and the log line.'),
  ENGINE_BROKE: entry(
    0,
    'error',
    'The capacity engine threw or answered nonsense; sites fall back to their firm limits.',
    'Read the cause, mend the engine, run it again with `headroom envelope run`.',
  ),
  ENGINE_LATE: entry(
    0,
    'error',
    'The capacity engine missed its deadline; sites fall back to their firm limits.',
    'Give it more time (engineDeadlineS) or a smaller network.',
  ),
  ENGINE_UNSAFE: entry(
    0,
    'error',
    'The safety net narrowed what the capacity engine answered.',
    'Compare the engine with `headroom envelope show`; its limits broke a rating.',
  ),
  // start-up and commands, for the operator
  BAD_USAGE: entry(0, 'fatal', 'The command line cannot be understood.', 'See `headroom --help`.'),
  BAD_CONFIG: entry(0, 'fatal', 'The configuration cannot be used.', 'Correct the field named in `at`.'),
  BAD_FILE: entry(
    0,
    'fatal',
    'A file or folder cannot be read or written.',
    'Check that it is there, that this user may use it, and that the disk has room.',
  ),
  BAD_NETWORK: entry(
    0,
    'fatal',
    'The network file cannot be read or is not a network we can solve.',
    'Correct the line named in `at`.',
  ),
  NO_SOLUTION: entry(
    0,
    'error',
    'The power flow has no solution: more power is drawn than the wires can carry.',
    'Draw less, or check impedances and units of the network file.',
  ),
  BAD_PROFILE: entry(0, 'fatal', 'The profile file cannot be used.', 'Correct the field named in `at`.'),
  BAD_CERT: entry(
    0,
    'fatal',
    'A key or certificate cannot be used.',
    'Make a new one with `headroom cert`, or correct the path.',
  ),
  BAD_RUNTIME: entry(
    0,
    'fatal',
    'This Node.js or OpenSSL cannot serve CSIP safely.',
    'Use Node 20.19 or newer of a release that shows the whole peer chain.',
  ),
  UNKNOWN_ENGINE: entry(
    0,
    'fatal',
    'No engine has that name.',
    'Use one of the names listed, or the path of a module.',
  ),
  PORT_TAKEN: entry(
    0,
    'fatal',
    'Another process listens on that port.',
    'Stop it, or choose another port in config.json.',
  ),
  DB_MISSING: entry(
    0,
    'fatal',
    'There is no database where the configuration says.',
    'Run `headroom init DIR`, or correct `database`.',
  ),
  DB_TOO_NEW: entry(
    0,
    'fatal',
    'The database was written by a newer Headroom.',
    'Run that version, or restore a backup made by this one.',
  ),
  DB_BROKEN: entry(
    0,
    'fatal',
    'The database file is damaged, or is no Headroom database.',
    'Restore a backup (`headroom backup` makes them); keep the file for a look.',
  ),
  CANNOT_REACH: entry(
    0,
    'fatal',
    'The server could not be reached or did not accept us.',
    'Check address, port and certificate.',
  ),
  BAD_SERVER: entry(
    0,
    'error',
    'The server answered something a 2030.5 client cannot work with.',
    'Look at its log; the client tries again.',
  ),
  NOT_REGISTERED: entry(
    0,
    'error',
    'The server has no EndDevice of our LFDI.',
    'Register it: `headroom site add` with the LFDI of its certificate.',
  ),
  WRONG_PIN: entry(
    0,
    'fatal',
    'The PIN in the Registration is not the one of this device: it may be registered with the wrong server.',
    'Compare the PIN on the label with the one the operator entered.',
  ),
  NOT_FOLLOWED: entry(
    0,
    'error',
    'A check of the run failed: a limit was not followed or not kept.',
    'Open the report; it names site and minute.',
  ),
} satisfies Record<string, Entry>;

export type ProblemCode = keyof typeof problems;

/** What an error is about. Values are printed to the operator and the log, never to a peer. */
export interface ProblemDetail {
  /** Where: an XML path, a file and line, a config field. */
  at?: string;
  got?: unknown;
  want?: unknown;
  /** Anything a person needs in addition, as a sentence without a full stop. */
  note?: string;
  /** Allow header of a 405. */
  allow?: readonly string[];
  /** Seconds for Retry-After and Error.maxRetryDuration. */
  retryAfterS?: number;
  cause?: unknown;
}

export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly detail: ProblemDetail = {},
  ) {
    super(describe(code, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
  }

  get entry(): Entry {
    return problems[this.code];
  }

  /** One line for an operator: what, where, what to do. */
  get advice(): string {
    return `${this.message} ${this.entry.remedy}`;
  }
}

/** Anything thrown, as a Problem: what is not one already is a BUG with its cause kept. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem('BUG', { note: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown });
}

function describe(code: ProblemCode, { at, got, want, note }: ProblemDetail): string {
  const parts = [
    at,
    note,
    want === undefined ? undefined : `want ${show(want)}`,
    got === undefined ? undefined : `got ${show(got)}`,
  ];
  const about = parts.filter(part => part !== undefined).join(', ');
  return about ? `${code}: ${about}. ${problems[code].meaning}` : `${code}. ${problems[code].meaning}`;
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
