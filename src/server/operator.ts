import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Problem } from '../base/problem';
import { SlewedClock } from '../base/slewed-clock';
import { operatorApp } from '../console/app';
import { callers } from '../console/callers';
import { type RouteDeps } from '../console/deps';
import { operatorRoutes } from '../console/routes';
import { type TrustService } from '../console/trust-service';
import { type EnvelopeService } from '../console/envelope-service';
import { type HttpLogService, type RedirectService } from '../console/lab-service';
import { type Auditor } from '../services/audit';
import { type LogLines } from '../services/log-lines';
import { type Store } from '../store/api';
import { backupService } from './backups';
import { fits } from './fits';
import { issueDevice, loadPki, pemToDer, sfdiOf } from '../tls';
import { type houseOf } from './house';
import { type KeptSettings } from './kept-settings';
import { type ServerDeps } from './deps';
import { httpLog } from './http-log';
import { operatorTls } from './operator-tls';
import { redirects } from './redirects';

export interface OperatorPart {
  readonly store: Store;
  readonly envelopes: EnvelopeService;
  readonly house: ReturnType<typeof houseOf>;
  readonly settings: KeptSettings;
  readonly key: string;
  readonly audit: Auditor;
  readonly trust: TrustService;
  /** The latest lines of the log; none where nothing is kept. */
  readonly lines?: Pick<LogLines, 'page'>;
  /** Aids for test campaigns; of no effect where there is no device port. */
  readonly redirects?: RedirectService;
  readonly httpLog?: HttpLogService;
  /** What must be so for this server to be of use, by name. */
  readonly ready?: () => Promise<Readonly<Record<string, boolean>>>;
}

const noLines: Pick<LogLines, 'page'> = { page: () => ({ lines: [], more: false }) };

/** The operator port, not yet listening. */
export function operatorServer(
  { dir, config, clock, ids, log, metrics, checkAnswers = false }: ServerDeps,
  part: OperatorPart,
): Server {
  const { store, envelopes, house, settings, key, audit, trust, lines = noLines, ready = async () => ({}) } = part;
  const { redirects: moved = redirects(), httpLog: recorded = httpLog({ clock, mostBytes: 0 }) } = part;
  const routeDeps: RouteDeps = {
    store,
    clock,
    ids,
    metrics,
    pen: house.house.pen,
    house: house.house,
    dialect: config.dialect,
    envelopes,
    setPollRates: settings.setPollRates,
    setPostRate: settings.setPostRate,
    setTime: settings.setTime,
    ...(clock instanceof SlewedClock && {
      clockOffset: {
        get offsetS() {
          return clock.offsetS;
        },
        setOffset: settings.setOffset,
      },
    }),
    setInBand: house.setInBand,
    sfdiOf,
    trust,
    log: lines,
    backups: backupService({ dir, config, clock }),
    redirects: moved,
    httpLog: recorded,
    issueForLab: (name, role) => {
      const { lfdi, sfdi, pin, keyPem, chainPem } = issueDevice(loadPki(dir, config.pki), { name, role });
      return { lfdi, sfdi, pin, keyPem, chainPem };
    },
    fits,
    newSecret: () => randomBytes(32).toString('base64url'),
    fingerprintOf,
  };
  const tls = operatorTls(dir, config);
  const app = operatorApp({
    callerOf: callers({ store, clock, key }),
    audit,
    log,
    deps: routeDeps,
    routes: operatorRoutes,
    ready,
    maxBodyBytes: config.operatorMaxBodyBytes,
    checkAnswers,
  });
  return tls ? createTlsServer(tls, app) : createServer(app);
}

function fingerprintOf(pem: string): string {
  const [der, ...more] = pemToDer(pem, 'certificate');
  if (!der || more.length > 0)
    throw new Problem('BAD_VALUE', { at: 'certificate', note: 'give one certificate at a time, in PEM' });
  return createHash('sha256').update(der).digest('hex').toUpperCase();
}
