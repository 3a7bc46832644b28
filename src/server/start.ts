/** Wires the server: store, trust, device port, operator port, capacity engine. Building is apart from listening in each part. */
import { createServer, type Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { resolve } from 'node:path';
import { SteadyClock } from '../base/clock';
import { SlewedClock } from '../base/slewed-clock';
import { envelopeViews } from '../functions/envelope-views';
import { behaviours } from '../functions';
import { noteAdjusted } from '../functions/time-log';
import { answerer } from '../protocol/answer';
import { clientError, deviceHandler } from '../protocol/device-port';
import { httpLimits } from '../protocol/http-limits';
import { KeptAnswers } from '../protocol/kept-answers';
import { rateLimit, sideBySide } from '../protocol/rate';
import { reading } from '../protocol/reading';
import { redirectHandler } from '../protocol/redirect';
import { inTurns } from '../protocol/turns';
import { auditor } from '../services/audit';
import { observed } from '../services/changes';
import { logLines } from '../services/log-lines';
import { openStore } from '../store/open';
import { type Store } from '../store/api';
import { deviceServer, loadServerFiles, peerOf, selfTest } from '../tls';
import { type ServerDeps } from './deps';
import { envelopeService, type Envelopes } from './envelopes';
import { deniedAt, incidents, refusedAt } from './denials';
import { houseOf } from './house';
import { housekeeping } from './housekeeping';
import { readOperatorKey } from './init';
import { httpLog } from './http-log';
import { keptSettings } from './kept-settings';
import { listen } from './listen';
import { noticeService } from './notices';
import { operatorServer } from './operator';
import { requirePrivate } from './operator-tls';
import { redirects } from './redirects';
import { trustService } from './trust-service';

export interface RunningServer {
  readonly port: number;
  readonly operatorPort: number;
  /** Where this machine reaches the operator API. */
  readonly operatorUrl: string;
  readonly store: Store;
  readonly envelopes: Envelopes;
  /** One request of the device port without its socket, for simulations in this process: who asks is taken at its word. */
  readonly answer: ReturnType<typeof answerer>;
  /** Resolves when the audit trail has everything that happened so far. */
  recorded(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts everything or nothing: when a later part fails, the earlier ones are closed again.
 * @throws Problem BAD_RUNTIME, BAD_CERT, DB_MISSING, DB_TOO_NEW, DB_BROKEN, PORT_TAKEN, BAD_NETWORK, UNKNOWN_ENGINE, BAD_CONFIG
 */
export async function startServer(given: ServerDeps): Promise<RunningServer> {
  const { dir, config, clock, ids, metrics, tasks } = given;
  const lines = logLines(given.log, { clock, most: config.logLines });
  const { log } = lines;
  const deps: ServerDeps = { ...given, log };
  const logOf = (room: string) => ({ ...deps, log: log.with({ room }) });
  requirePrivate(config);
  loadServerFiles(dir, config.pki); // told of before anything is opened
  const key = readOperatorKey(dir);
  await selfTest();
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const part of closing.reverse()) await part();
    closing.length = 0;
  };
  try {
    const opened = await openStore(
      config.database === ':memory:'
        ? { kind: 'memory' }
        : { kind: 'sqlite', file: resolve(dir, config.database), mode: 'open' },
      logOf('store'),
    );
    closing.push(() => opened.close());
    const changes = observed(opened);
    const { store } = changes;
    const audit = auditor({
      ...logOf('audit'),
      store,
      perMinute: config.auditDenialsPerMinute,
      perSource: config.auditDenialsPerSource,
    });
    closing.push(() => audit.settled());
    const kept = new KeptAnswers();
    const trusted = await trustService({ ...logOf('trust'), store });
    const { trust } = trusted;
    const settings = houseOf(config, { self: trusted.self, changed: () => kept.clear() });
    const { house } = settings;
    const clockOffset = clock instanceof SlewedClock ? { clockOffset: clock } : {};
    const keptSet = await keptSettings({ ...logOf('operator'), store, house: settings, ...clockOffset });
    const envelopes = await envelopeService({ ...logOf('envelopes'), store, audit });
    closing.push(() => envelopes.stop());

    const incident = incidents(logOf('audit'), { store, house });
    closing.push(() => incident.settled());
    const context = {
      clock,
      ids,
      log: log.with({ room: 'protocol' }),
      metrics,
      house,
      behaviours,
      envelopes: envelopeViews(clock, house.pen),
    };
    const answer = answerer({
      ...context,
      store: changes,
      kept,
      dialect: config.dialect,
      reading: 'lenient',
      admit: rateLimit(clock, config.maxRequestsPerMinute),
      enter: sideBySide(config.maxRequestsAtOnce),
      denied: deniedAt(audit, incident.note),
    });
    const told = noticeService(logOf('notices'), {
      context,
      changes,
      credentials: trusted.credentials,
      trust,
      guard: settings.guard,
    });
    closing.push(() => told.stop());
    await told.start();
    const moved = redirects();
    const recorded = httpLog({ clock, mostBytes: config.httpLogBytes });
    const input = reading({
      socketsOf: lfdi => device.socketsOf(lfdi),
      wall: new SteadyClock(),
      firstS: config.slowDownPauseS,
      longestS: config.slowDownLongestS,
    });
    closing.push(async () => input.end());
    const handler = deviceHandler({
      answer: moved.before(answer),
      peerOf: request => peerOf(request.socket),
      reading: input,
      clock,
      ids,
      log: context.log,
      metrics,
      maxBodyBytes: config.maxBodyBytes,
      slowMs: config.requestTimeoutS * 1000,
      limits: {
        ahead: config.maxRequestsAhead,
        refusedBodyBytes: config.maxRefusedBodyBytes,
        unreadBytes: config.maxUnreadBytes,
      },
      turns: inTurns(config.maxRequestsInTurn, () => clock.monotonicMs()),
    });
    const device = deviceServer(
      {
        credentials: trusted.credentials,
        trust,
        clock,
        log: log.with({ room: 'tls' }),
        metrics,
        http: httpLimits(config),
        handshakeTimeoutMs: config.handshakeTimeoutS * 1000,
        handshakes: {
          perSecond: config.maxHandshakesPerSecond,
          burst: config.maxHandshakesInBurst,
          atOnce: config.maxHandshakesAtOnce,
          atOncePerAddress: config.maxHandshakesPerAddress,
          waiting: config.maxHandshakesWaiting,
          waitingPerAddress: config.maxHandshakesWaitingPerAddress,
        },
        connectionsPerIdentity: config.maxConnectionsPerIdentity,
        refused: refusedAt(audit, incident.note),
      },
      recorded.tap(handler, request => peerOf(request.socket)?.lfdi),
    );
    trusted.onRenewal(credentials => {
      device.renew(credentials);
      told.renew();
      kept.clear(); // SelfDevice is another
    });
    device.server.maxConnections = config.maxConnections;
    device.server.on('secureConnection', socket => input.came(peerOf(socket)?.lfdi ?? '', socket));
    device.server.on('clientError', clientError(context.log));
    const port = await listen(device.server, config.host, config.port, 'port');
    closing.push(() => end(device.server));
    if (config.redirectPort !== 0) {
      const redirect = createServer(
        httpLimits(config),
        redirectHandler(() => port),
      );
      redirect.on('clientError', clientError(context.log));
      await listen(redirect, config.host, config.redirectPort, 'redirectPort');
      closing.push(() => end(redirect));
    }

    const operator = operatorServer(logOf('operator'), {
      store,
      envelopes,
      house: settings,
      settings: keptSet,
      key,
      audit,
      trust: trusted,
      lines,
      redirects: moved,
      httpLog: recorded,
      ready: async () => ({
        store: await store.count('~site').then(
          () => true,
          () => false,
        ),
        devicePort: device.server.listening,
      }),
    });
    const operatorPort = await listen(operator, config.operatorHost, config.operatorPort, 'operatorPort');
    closing.push(() => end(operator));

    const keeping = housekeeping(logOf('housekeeping'), store);
    closing.push(() => keeping.stop());
    if (clock instanceof SlewedClock) {
      const unheard = clock.onAdjusted(adjustment => {
        log.warn('clock corrected', { ...adjustment });
        tasks.run(() => noteAdjusted({ store, house, now: clock.now() }, adjustment));
      });
      closing.push(async () => unheard());
    }
    const unwatch = trusted.watch();
    closing.push(async () => unwatch());
    if (config.engineEveryS > 0) envelopes.schedule(config.engineEveryS, tasks);
    log.info('serving', { port, operatorPort, engine: config.engine });
    const scheme = operator instanceof TlsServer ? 'https' : 'http';
    return {
      port,
      operatorPort,
      operatorUrl: urlOf(scheme, config.operatorHost, operatorPort),
      store,
      envelopes,
      answer,
      recorded: async () => {
        await audit.settled();
        await incident.settled();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function urlOf(scheme: string, host: string, port: number): string {
  const here = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${here.includes(':') ? `[${here}]` : here}:${port}`;
}

function end(server: Server | ReturnType<typeof deviceServer>['server']): Promise<void> {
  return new Promise(done => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
