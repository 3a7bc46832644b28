import * as aggregationTypes from './aggregation';
import * as commonTypes from './common';
import * as csipAusTypes from './csip-aus';
import * as currentControlTypes from './current-controls';
import * as dcapTypes from './dcap';
import * as derTypes from './der';
import * as edevTypes from './edev';
import * as ausTypes from './ext/csip-aus';
import * as ausPricingTypes from './ext/csip-aus-pricing';
import * as fsaTypes from './fsa';
import * as linkTypes from './links';
import * as logTypes from './log';
import * as meteringTypes from './metering';
import * as mirrorTypes from './mirror';
import * as primitiveTypes from './primitives';
import * as responseTypes from './response';
import * as subscriptionTypes from './subscription';
import * as billingTypes from './billing';
import * as configurationTypes from './configuration';
import * as deviceInformationTypes from './device-information';
import * as deviceStatusTypes from './device-status';
import * as drlcTypes from './drlc';
import * as fileTypes from './file';
import * as flowReservationTypes from './flow-reservation';
import * as messagingTypes from './messaging';
import * as networkStatusTypes from './network-status';
import * as powerStatusTypes from './power-status';
import * as prepaymentTypes from './prepayment';
import * as pricingTypes from './pricing';
import * as timeTypes from './time';
import * as namedTypes from './types';
import { type AnyType, type Complex, type Simple } from './dsl';
import { type Resource } from './resource';

/** Resources of every function set. */
export const model = {
  dcap: dcapTypes.dcap,
  time: timeTypes.time,
  edev: edevTypes.edev,
  fsa: fsaTypes.fsa,
  der: derTypes.der,
  metering: meteringTypes.metering,
  mirror: mirrorTypes.mirror,
  response: responseTypes.response,
  log: logTypes.log,
  subscription: subscriptionTypes.subscription,
  billing: billingTypes.billing,
  configuration: configurationTypes.configuration,
  deviceInformation: deviceInformationTypes.deviceInformation,
  deviceStatus: deviceStatusTypes.deviceStatus,
  drlc: drlcTypes.drlc,
  file: fileTypes.file,
  flowReservation: flowReservationTypes.flowReservation,
  messaging: messagingTypes.messaging,
  networkStatus: networkStatusTypes.networkStatus,
  powerStatus: powerStatusTypes.powerStatus,
  prepayment: prepaymentTypes.prepayment,
  pricing: pricingTypes.pricing,
  csipAus: csipAusTypes.csipAus,
} as const;

/** The same, in one row. */
export const allResources: readonly Resource[] = Object.values(model).flatMap(set => Object.values<Resource>(set));

const modules: readonly object[] = [
  primitiveTypes,
  namedTypes,
  commonTypes,
  linkTypes,
  dcapTypes,
  timeTypes,
  edevTypes,
  fsaTypes,
  derTypes,
  meteringTypes,
  mirrorTypes,
  responseTypes,
  logTypes,
  subscriptionTypes,
  billingTypes,
  configurationTypes,
  deviceInformationTypes,
  deviceStatusTypes,
  drlcTypes,
  fileTypes,
  flowReservationTypes,
  messagingTypes,
  networkStatusTypes,
  powerStatusTypes,
  prepaymentTypes,
  pricingTypes,
  aggregationTypes,
  currentControlTypes,
  ausTypes,
  ausPricingTypes,
  csipAusTypes,
];
const isType = (value: unknown): value is AnyType =>
  typeof value === 'object' &&
  value !== null &&
  ['simple', 'complex'].includes((value as { kind?: string }).kind ?? '');
const declared: readonly AnyType[] = [...new Set(modules.flatMap(module => Object.values(module).filter(isType)))];

/** Every structure declared, by name. */
export const complexTypes: ReadonlyMap<string, Complex> = new Map(
  declared.filter(t => t.kind === 'complex').map(t => [t.name, t]),
);
/** Every simple type declared, by name; the built-in ones of XML Schema left out. */
export const simpleTypes: ReadonlyMap<string, Simple> = new Map(
  declared.filter(t => t.kind === 'simple' && t.form !== 'builtin').map(t => [t.name, t as Simple]),
);
