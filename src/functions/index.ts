import { model } from '../model';
import { type Behaviour } from './behaviour';
import { configurationBehaviours } from './configuration';
import { csipAusBehaviours } from './csip-aus';
import { dcapBehaviour } from './dcap';
import { controlBehaviours } from './der-control';
import { defaultBehaviours } from './der-default';
import { derInfoBehaviours } from './der-info';
import { programBehaviours } from './der-program';
import { deviceInformationBehaviours } from './device-information';
import { deviceStatusBehaviours } from './device-status';
import { edevBehaviours } from './edev';
import { flowReservationBehaviours } from './flow-reservation';
import { fsaBehaviours } from './fsa';
import { logBehaviours } from './log';
import { meteringBehaviours } from './metering';
import { mirrorBehaviours } from './mirror';
import { networkStatusBehaviours } from './network-status';
import { powerStatusBehaviours } from './power-status';
import { responseBehaviours } from './response';
import { selfDeviceBehaviour } from './self-device';
import { storedSet } from './stored';
import { subscriptionBehaviours } from './subscription';
import { timeBehaviour } from './time';

/** Every resource this server serves. A resource of the model that is not here is answered with 404 and never linked to. */
export const behaviours: readonly Behaviour[] = [
  dcapBehaviour,
  timeBehaviour,
  selfDeviceBehaviour,
  ...edevBehaviours,
  ...fsaBehaviours,
  ...derInfoBehaviours,
  ...programBehaviours,
  ...controlBehaviours,
  ...defaultBehaviours,
  ...mirrorBehaviours,
  ...meteringBehaviours,
  ...responseBehaviours,
  ...logBehaviours,
  ...configurationBehaviours,
  ...deviceInformationBehaviours,
  ...deviceStatusBehaviours,
  ...powerStatusBehaviours,
  ...networkStatusBehaviours,
  ...csipAusBehaviours,
  ...subscriptionBehaviours,
  ...flowReservationBehaviours,
  // Stored and shown, no more.
  ...storedSet(model.drlc),
  ...storedSet(model.file),
  ...storedSet(model.messaging),
  ...storedSet(model.pricing),
  ...storedSet(model.billing),
  ...storedSet(model.prepayment),
];
