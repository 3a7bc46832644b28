import { createServer, type Server } from 'node:http';
import { operatorApp } from '../console/app';
import { type RouteDeps } from '../console/deps';
import { operatorRoutes } from '../console/routes';
import { type EnvelopeService } from '../console/envelope-service';
import { type Store } from '../store/api';
import { fits } from './fits';
import { sfdiOf } from '../tls';
import { type houseOf } from './house';
import { type ServerDeps } from './deps';

export interface OperatorPart {
  readonly store: Store;
  readonly envelopes: EnvelopeService;
  readonly house: ReturnType<typeof houseOf>;
  readonly key: string;
  /** Told when an LFDI was revoked or let in again, after the store knows. */
  readonly revoke: (lfdi: string, revoked: boolean) => void;
}

/** The operator port, not yet listening. */
export function operatorServer(
  { clock, ids, log, metrics, checkAnswers = false }: ServerDeps,
  { store, envelopes, house, key, revoke }: OperatorPart,
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
  };
  return createServer(operatorApp({ key, log, deps: routeDeps, routes: operatorRoutes, checkAnswers }));
}
