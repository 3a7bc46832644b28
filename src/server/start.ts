/** Wires the server: store, trust, device port, operator port, capacity engine. Building is apart from listening in each part. */
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { envelopeViews } from '../functions/envelope-views';
import { behaviours } from '../functions';
import { revokedLfdis } from '../functions/operator/revoked';
import { answerer } from '../protocol/answer';
import { clientError, deviceHandler } from '../protocol/device-port';
import { httpLimits } from '../protocol/http-limits';
import { KeptAnswers } from '../protocol/kept-answers';
import { rateLimit, sideBySide } from '../protocol/rate';
import { redirectHandler } from '../protocol/redirect';
import { auditor } from '../services/audit';
import { observed } from '../services/changes';
import { openStore } from '../store/open';
import { type Store } from '../store/api';
import { deviceServer, lfdiOf, loadServerFiles, peerOf, pemToDer, selfTest, sfdiOf, Trust } from '../tls';
import { type ServerDeps } from './deps';
import { envelopeService, type Envelopes } from './envelopes';
import { deniedAt, refusedAt } from './denials';
import { houseOf } from './house';
import { readOperatorKey } from './init';
import { listen } from './listen';
import { noticeService } from './notices';
import { operatorServer } from './operator';

export interface RunningServer {
  readonly port: number;
  readonly operatorPort: number;
  readonly store: Store;
  readonly envelopes: Envelopes;
  close(): Promise<void>;
}

/**
 * Starts everything or nothing: when a later part fails, the earlier ones are closed again.
 * @throws Problem BAD_RUNTIME, BAD_CERT, DB_MISSING, DB_TOO_NEW, DB_BROKEN, PORT_TAKEN, BAD_NETWORK, UNKNOWN_ENGINE, BAD_CONFIG
 */
export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { dir, config, clock, ids, log, metrics, tasks } = deps;
  requireLoopback(config.operatorHost);
  const credentials = loadServerFiles(dir, config.pki);
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
      { clock, log, metrics },
    );
    closing.push(() => opened.close());
    const changes = observed(opened);
    const { store } = changes;
    const audit = auditor({ store, clock, log, metrics });
    closing.push(() => audit.settled());
    const kept = new KeptAnswers();
    const settings = houseOf(config, { self: ownIdentity(credentials.chainPem), changed: () => kept.clear() });
    const { house } = settings;
    const envelopes = await envelopeService({ ...deps, store, audit });
    closing.push(() => envelopes.stop());

    const context = { clock, ids, log, metrics, house, behaviours, envelopes: envelopeViews(clock, house.pen) };
    const answer = answerer({
      ...context,
      store: changes,
      kept,
      dialect: config.dialect,
      reading: 'lenient',
      admit: rateLimit(clock, config.maxRequestsPerMinute),
      enter: sideBySide(config.maxRequestsAtOnce),
      denied: deniedAt(audit),
    });
    const trust = new Trust({
      clock,
      roots: pemToDer(credentials.rootsPem, 'roots.pem'),
      profile: config.certificateProfile,
      revoked: await revokedLfdis({ store }),
    });
    const told = noticeService(deps, { context, changes, credentials, trust, guard: settings.guard });
    closing.push(() => told.stop());
    await told.start();
    const handler = deviceHandler({
      answer,
      peerOf: request => peerOf(request.socket),
      clock,
      ids,
      log,
      metrics,
      maxBodyBytes: config.maxBodyBytes,
    });
    const device = deviceServer(
      {
        credentials,
        trust,
        clock,
        log,
        metrics,
        http: httpLimits(config),
        refused: refusedAt(audit),
      },
      handler,
    );
    device.server.on('clientError', clientError(log));
    const port = await listen(device.server, config.host, config.port, 'port');
    closing.push(() => end(device.server));
    if (config.redirectPort !== 0) {
      const redirect = createServer(
        httpLimits(config),
        redirectHandler(() => port),
      );
      redirect.on('clientError', clientError(log));
      await listen(redirect, config.host, config.redirectPort, 'redirectPort');
      closing.push(() => end(redirect));
    }

    const operator = operatorServer(deps, {
      store,
      envelopes,
      house: settings,
      key,
      audit,
      revoke: (lfdi, revoked) => (revoked ? trust.revoke(lfdi) : trust.reinstate(lfdi)),
    });
    const operatorPort = await listen(operator, config.operatorHost, config.operatorPort, 'operatorPort');
    closing.push(() => end(operator));

    if (config.engineEveryS > 0) envelopes.schedule(config.engineEveryS, tasks);
    log.info('serving', { port, operatorPort, engine: config.engine });
    return { port, operatorPort, store, envelopes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Who this server is: by the first certificate of its chain. */
function ownIdentity(chainPem: string): { lfdi: string; sfdi: number } | undefined {
  const [leaf] = pemToDer(chainPem, 'server chain');
  if (!leaf) return undefined;
  const lfdi = lfdiOf(leaf);
  return { lfdi, sfdi: sfdiOf(lfdi) };
}

function requireLoopback(host: string): void {
  if (!['127.0.0.1', '::1', 'localhost'].includes(host))
    throw new Problem('BAD_CONFIG', {
      at: 'operatorHost',
      got: host,
      want: 'a loopback address',
      note: 'the operator API speaks plain HTTP; put a TLS proxy in front of it to reach it from elsewhere',
    });
}

function end(server: Server | ReturnType<typeof deviceServer>['server']): Promise<void> {
  return new Promise(done => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
