/** Every field of the configuration. */
import { examplePen } from '../base/ids';
import { isTimeZone } from '../base/local-time';
import { dialects, type DialectId } from '../model/dialect';
import { flowPolicies, flowPolicyNames } from '../services/flow-policies';
import { isPin } from '../tls';
import { choice, type FieldSpec, flag, table, text, timeOfDay, whole } from './config-fields';
import { areDays, placeOf } from './forecast-words';

const daySeconds = 86_400;

export const configTable = {
  host: text('0.0.0.0', 'Address the 2030.5 port listens on.'),
  port: whole(8443, 0, 65535, '2030.5 port (mutual TLS). 0 takes any free one.'),
  operatorHost: text(
    '127.0.0.1',
    'Address of the operator API: loopback, unless operatorChain and operatorKey are set.',
  ),
  operatorPort: whole(8444, 0, 65535, 'Port of the operator API. 0 takes any free one.'),
  operatorChain: text(
    '',
    'PEM file of the certificate chain of the operator API, relative to the folder of the configuration. Empty: plain HTTP, on loopback only.',
  ),
  operatorKey: text('', 'PEM file of its private key.'),
  operatorClientRoots: text(
    '',
    'PEM file of roots whose client certificates may stand for keys of the operator API, once `headroom key add` has entered them. Empty: keys only.',
  ),
  database: text('headroom.db', 'SQLite file, relative to the folder of the configuration; `:memory:` keeps nothing.'),
  pki: text('pki', 'Folder of roots, server key and server chain, relative to the folder of the configuration.'),
  certificateProfile: choice(
    'strict',
    ['strict', 'lenient'],
    'How closely client chains must follow the 2030.5 certificate profile. `lenient` is for labs.',
  ),
  selfSignedDevices: flag(
    false,
    'Whether certificates that are self-signed are let in. One that is registered sees who it is, prices and messages. CSIP (COMM-004) wants none.',
  ),
  enterpriseNumber: whole(examplePen, 0, 99_999_999, 'IANA private enterprise number that ends every mRID made here.'),
  dialect: choice(
    'csipaus-1.2',
    Object.keys(dialects) as DialectId[],
    'What clients are taken to understand unless their site says otherwise.',
  ),
  defaultPin: {
    ...whole(111_115, 0, 999_999, 'PIN of sites that are given none; the last digit is the check digit.'),
    check: v => (typeof v === 'number' && isPin(v) ? undefined : 'six digits whose sum is a multiple of ten'),
  } satisfies FieldSpec<number>,
  inBandRegistration: flag(false, 'Whether a good certificate that is not registered may POST its own EndDevice.'),
  timeQuality: whole(4, 3, 7, 'Time.quality: 3 authoritative, 4 to 6 derived, 7 intentionally uncoordinated.'),
  timeZone: {
    ...text('America/Los_Angeles', 'Time zone of the sites: for Time.tzOffset and for profiles given in local hours.'),
    type: 'name of the time zone data base',
    check: v => (typeof v === 'string' && isTimeZone(v) ? undefined : 'a time zone such as America/Los_Angeles'),
  } satisfies FieldSpec<string>,
  pollRates: table(
    'Seconds between polls by resource name, such as `{"der.programs": 300}`; 300 for programs and 900 elsewhere where nothing is set.',
    'object of whole numbers',
  ),
  postRateS: whole(300, 1, daySeconds, 'Seconds between telemetry posts that clients are asked for.'),
  mirrorsPerDevice: whole(20, 1, 1000, 'MirrorUsagePoints of one device; a POST beyond is answered with 413.'),
  metersPerMirror: whole(100, 1, 10_000, 'MeterReadings of one MirrorUsagePoint; a POST beyond is answered with 413.'),
  mirrorIdleS: whole(
    3 * daySeconds,
    0,
    365 * daySeconds,
    'Seconds after which a MirrorUsagePoint that nothing was posted to is taken away; what it brought stays. 0 keeps it.',
  ),
  readingsKeepS: whole(
    31 * daySeconds,
    0,
    10 * 366 * daySeconds,
    'Seconds that readings are kept as they came; older ones become coarse rows. 0 keeps them for ever.',
  ),
  coarseStepS: whole(
    900,
    60,
    daySeconds,
    'Length of a coarse row: number, sum, least, most and last of the readings in it.',
  ),
  coarseKeepS: whole(
    3 * 366 * daySeconds,
    0,
    100 * 366 * daySeconds,
    'Seconds that coarse rows are kept. 0 keeps them for ever.',
  ),
  housekeepingEveryS: whole(3600, 0, 7 * daySeconds, 'Seconds between runs that take away what is old; 0 for none.'),
  pastValues: whole(
    100,
    0,
    100_000,
    'Past values kept of each document a device writes, such as its DERStatus; LogEvents that made room and past alarms too.',
  ),
  flowReservationPolicy: choice(
    'capacity',
    flowPolicyNames,
    `Who answers flow reservation requests: ${flowPolicies.map(({ name, means }) => `\`${name}\` ${means}`).join('; ')}.`,
  ),
  controlWindow: whole(24, 1, 1000, 'Envelope controls that are active or to come, shown at once to a client.'),
  pageCap: whole(255, 1, 65535, 'Largest page of a list.'),
  maxBodyBytes: whole(262_144, 1024, 67_108_864, 'Longest request body that is read.'),
  requestTimeoutS: whole(
    120,
    1,
    3600,
    'Seconds a client may take to send a whole request, its headers included, or to take some of an answer.',
  ),
  keepAliveS: whole(
    1200,
    5,
    daySeconds,
    'Seconds an idle connection stays open. Keep it above the poll rates: some clients never come back after a close.',
  ),
  redirectPort: whole(
    0,
    0,
    65535,
    'Port for plain HTTP that only sends clients to the 2030.5 port with 301; 0 for no such port.',
  ),
  headersTimeoutS: whole(60, 1, 3600, 'Seconds a client may take for the headers of a request.'),
  maxHeaderBytes: whole(16_000, 1024, 1_048_576, 'Longest request line and headers together that are read.'),
  maxConnections: whole(20_000, 1, 1_000_000, 'Connections to the 2030.5 port in all; more are closed as they come.'),
  maxConnectionsPerIdentity: whole(
    32,
    1,
    100_000,
    'Connections of one identity; when it opens one more, its oldest is ended.',
  ),
  maxHandshakesPerSecond: whole(
    100,
    1,
    100_000,
    'TLS handshakes begun in a second; the others wait, address by address.',
  ),
  maxHandshakesInBurst: whole(
    1,
    1,
    100_000,
    'Of these, how many at one moment after a pause; each holds up everybody for a few milliseconds.',
  ),
  maxHandshakesAtOnce: whole(
    512,
    1,
    100_000,
    'TLS handshakes under way at once; where one more would be too many, the oldest of the address that has most is ended.',
  ),
  maxHandshakesPerAddress: whole(128, 1, 100_000, 'TLS handshakes under way at once from one network address.'),
  maxHandshakesWaiting: whole(
    4096,
    0,
    1_000_000,
    'Connections that wait for their handshake to begin; more are closed as they come.',
  ),
  maxHandshakesWaitingPerAddress: whole(1024, 0, 1_000_000, 'The same of one network address.'),
  handshakeTimeoutS: whole(30, 1, 300, 'Seconds a client may take for its TLS handshake, waiting included.'),
  maxRequestsInTurn: whole(
    8,
    1,
    10_000,
    'Requests of one identity that are worked on before those of others come in between.',
  ),
  maxRequestsAtOnce: whole(64, 1, 100_000, 'Requests of one identity that are worked on side by side.'),
  maxRequestsPerMinute: whole(
    6000,
    1,
    10_000_000,
    'Requests one identity may send in a minute before it is told to slow down.',
  ),
  maxRequestsAhead: whole(
    32,
    1,
    10_000,
    'Requests of one connection that may wait for their turn; one that sends more without waiting is ended.',
  ),
  maxRefusedBodyBytes: whole(
    131_072,
    0,
    67_108_864,
    'Bytes of a refused body that are read past so that its connection can go on; a longer one ends it.',
  ),
  maxUnreadBytes: whole(
    65_536,
    0,
    67_108_864,
    'Bytes of answers a client may leave unread before it has requestTimeoutS to take some.',
  ),
  slowDownPauseS: whole(
    1,
    0,
    60,
    'Seconds for which nothing is read from an identity that was told to slow down; 0 for no pause.',
  ),
  slowDownLongestS: whole(16, 1, 600, 'Longest such pause: each that follows at once on another is twice as long.'),
  maxSubscriptions: whole(100, 1, 100_000, 'Subscriptions below one EndDevice.'),
  notifySpacingS: whole(
    30,
    0,
    3600,
    'Least seconds between two notifications of one subscription; changes in between are told together. The standard says 30.',
  ),
  notifyUrgentPrimacy: whole(
    -1,
    -1,
    255,
    'Changes of the controls of programs of at most this primacy are told at once, without waiting out notifySpacingS; -1 for none.',
  ),
  notifyGiveUpS: whole(
    3 * daySeconds,
    3600,
    90 * daySeconds,
    'Seconds for which notifications of a subscription may go undelivered before it is removed. Clients renew them every day.',
  ),
  notifyConnections: whole(4, 1, 64, 'Notifications under way at once to one receiver.'),
  notifyConnectionsInAll: whole(256, 1, 10_000, 'The same to all receivers together.'),
  notifyTimeoutS: whole(30, 1, 300, 'Seconds a receiver may take to accept a notification, connecting included.'),
  notifyPeer: choice(
    'subscriber',
    ['subscriber', 'trusted'],
    'Whether a receiver must show a certificate of the LFDI that subscribed, or any that leads to a trusted root.',
  ),
  notifyPlainHttp: flag(false, 'Whether notifications may go to `http:` URIs, unencrypted. For labs.'),
  notifyPorts: text('443,1024-65535', 'Ports and ranges of ports that notifications may go to.'),
  notifyAllow: text(
    '',
    'Addresses and ranges that notifications may go to though they are not of the public Internet, such as `10.20.0.0/16, 127.0.0.1`.',
  ),
  publicUrl: text(
    '',
    'What stands in front of our paths where a client wants an absolute URI, such as `https://utility.example:8443`. Empty: paths alone.',
  ),
  network: text(
    '',
    'Feeder file, relative to the folder of the configuration. Empty: envelopes cannot be computed, only imported.',
  ),
  headRatingKva: whole(
    0,
    0,
    10_000_000,
    'Rating of the feeder head that replaces the one in the network file; 0 keeps it.',
  ),
  engine: text('equal-share', 'Name of the capacity engine, or the path of a module that exports one.'),
  engineOptions: table('Options of the engine; it checks them itself.', 'object'),
  engineDeadlineS: whole(30, 1, 3600, 'Seconds an engine may take before sites fall back to firm.'),
  engineThreads: whole(0, 0, 256, 'Worker threads for a slow engine at most; 0 is as many as there are cores.'),
  engineEveryS: whole(0, 0, 7 * daySeconds, 'Seconds between runs of the engine; 0 runs it only on command.'),
  verifyBudgetS: whole(
    10,
    0,
    3600,
    'Real seconds a run may spend on verifying its envelopes by power flow before it publishes them; 0 turns it off.',
  ),
  envelopeStepS: whole(900, 1, daySeconds, 'Length of an envelope step.'),
  variablePublishAt: timeOfDay(
    '14:00',
    'Local time of day at which limits of sites with variable contracts are published, all at once.',
  ),
  variableEffectiveAt: timeOfDay('00:00', 'Local time of day at which they take effect.'),
  envelopeHorizonS: whole(72 * 3600, 60, 14 * daySeconds, 'How far ahead envelopes are published.'),
  forecastHistoryDays: whole(
    120,
    0,
    800,
    'Days of readings at assets that forecasts of what flows besides the sites learn from; 0 for no forecasts.',
  ),
  forecastPercent: whole(
    95,
    50,
    98,
    'Of a hundred steps, those in which what flows besides the sites is to stay below what an import limit leaves room for; the same for export.',
  ),
  forecastPlace: {
    ...text(
      '',
      'Degrees north and east, such as `34.05, -118.24`, for clear-sky irradiance as an input of forecasts. Empty: without it.',
    ),
    check: v =>
      v === '' || (typeof v === 'string' && placeOf(v) !== undefined)
        ? undefined
        : 'degrees north and east, such as 34.05, -118.24',
  } satisfies FieldSpec<string>,
  holidays: {
    ...text('', 'Days that forecasts take for Sundays, such as `2026-07-04, 2026-11-26`.'),
    check: v => (typeof v === 'string' && areDays(v) ? undefined : 'days such as 2026-07-04, with commas between them'),
  } satisfies FieldSpec<string>,
  seed: whole(1, 0, 4_294_967_295, 'Seed of everything random that is not a key.'),
  certificateWarnDays: whole(
    30,
    0,
    3650,
    'Days before the end of a certificate of ours from which on it is warned of: in the log and on the console.',
  ),
  auditDenialsPerMinute: whole(
    120,
    0,
    100_000,
    'Denials recorded in the audit trail in a minute; what is beyond is counted and told in one row.',
  ),
  auditDenialsPerSource: whole(10, 0, 100_000, 'The same of one address or LFDI.'),
  securityEvents: whole(
    1000,
    0,
    100_000,
    'Security LogEvents kept, such as SEC_TLS_ALERT; those beyond the budget of denials are not made.',
  ),
  backups: text(
    'backups',
    'Folder that the operator API writes backups to, relative to the folder of the configuration.',
  ),
  operatorMaxBodyBytes: whole(16_777_216, 65_536, 268_435_456, 'Longest body of a request to the operator API.'),
  httpLogBytes: whole(
    67_108_864,
    0,
    1_073_741_824,
    'Most that a recording of the messages of the device port may hold; what is beyond is counted.',
  ),
  logLines: whole(2000, 0, 100_000, 'Latest lines of the log that the operator API shows; 0 for none.'),
  logLevel: choice('info', ['debug', 'info', 'warn', 'error', 'silent'], 'Least level that is logged.'),
} as const;
