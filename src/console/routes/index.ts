import { type Route } from '../route';
import { auditRoutes } from './audit';
import { backupRoutes } from './backups';
import { contractRoutes } from './contracts';
import { controlRoutes } from './controls';
import { documentRoutes } from './documents';
import { envelopeRoutes } from './envelopes';
import { explanationRoutes } from './explanations';
import { forecastRoutes } from './forecasts';
import { flowReservationRoutes } from './flow-reservations';
import { groupRoutes } from './groups';
import { keyRoutes } from './keys';
import { labRoutes } from './lab';
import { logRoutes } from './log';
import { orderRoutes } from './orders';
import { programRoutes } from './programs';
import { serviceRoutes } from './service';
import { siteRoutes } from './sites';
import { subscriptionRoutes } from './subscriptions';
import { telemetryRoutes } from './telemetry';
import { timeRoutes } from './time';
import { trustRoutes } from './trust';
import { warningRoutes } from './warnings';

/** Every route of the operator API, in the order the documents list them. Of two that match a path the first wins. */
export const operatorRoutes: readonly Route[] = [
  ...siteRoutes,
  ...groupRoutes,
  ...programRoutes,
  ...controlRoutes,
  ...documentRoutes,
  ...flowReservationRoutes,
  ...explanationRoutes,
  ...envelopeRoutes,
  ...contractRoutes,
  ...orderRoutes,
  ...forecastRoutes,
  ...telemetryRoutes,
  ...subscriptionRoutes,
  ...trustRoutes,
  ...keyRoutes,
  ...auditRoutes,
  ...logRoutes,
  ...backupRoutes,
  ...timeRoutes,
  ...serviceRoutes,
  ...warningRoutes,
  ...labRoutes,
];
