import { type Route } from '../route';
import { envelopeRoutes } from './envelopes';
import { programRoutes } from './programs';
import { serviceRoutes } from './service';
import { siteRoutes } from './sites';

/** Every route of the operator API, in the order the documents list them. Of two that match a path the first wins. */
export const operatorRoutes: readonly Route[] = [...siteRoutes, ...programRoutes, ...envelopeRoutes, ...serviceRoutes];
