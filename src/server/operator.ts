import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Problem } from '../base/problem';
import { operatorApp } from '../console/app';
import { callers } from '../console/callers';
import { type RouteDeps } from '../console/deps';
import { operatorRoutes } from '../console/routes';
import { type EnvelopeService } from '../console/envelope-service';
import { type Auditor } from '../services/audit';
import { type Store } from '../store/api';
import { fits } from './fits';
import { pemToDer, sfdiOf } from '../tls';
import { type houseOf } from './house';
import { type ServerDeps } from './deps';

export interface OperatorPart {
  readonly store: Store;
  readonly envelopes: EnvelopeService;
  readonly house: ReturnType<typeof houseOf>;
  readonly key: string;
  readonly audit: Auditor;
  /** Told when an LFDI was revoked or let in again, after the store knows. */
  readonly revoke: (lfdi: string, revoked: boolean) => void;
}

/** The operator port, not yet listening. */
export function operatorServer(
  { clock, ids, log, metrics, checkAnswers = false }: ServerDeps,
  { store, envelopes, house, key, audit, revoke }: OperatorPart,
): Server {
  const routeDeps: RouteDeps = {
    store,
    clock,
    ids,
    metrics,
    pen: house.house.pen,
    house: house.house,
    envelopes,
    setPollRates: house.setPollRates,
    sfdiOf,
    revoke,
    fits,
    newSecret: () => randomBytes(32).toString('base64url'),
    fingerprintOf,
  };
  return createServer(
    operatorApp({
      callerOf: callers({ store, clock, key }),
      audit,
      log,
      deps: routeDeps,
      routes: operatorRoutes,
      checkAnswers,
    }),
  );
}

function fingerprintOf(pem: string): string {
  const [der, ...more] = pemToDer(pem, 'certificate');
  if (!der || more.length > 0)
    throw new Problem('BAD_VALUE', { at: 'certificate', note: 'give one certificate at a time, in PEM' });
  return createHash('sha256').update(der).digest('hex').toUpperCase();
}
