/** Columns of the CSIP tables: a DER client speaks for itself, an aggregator for the devices it manages. */
export const roles = ['der-client', 'aggregator'] as const;
export type Role = (typeof roles)[number];

/** What a client may claim to do (its PICS); a scenario that needs something unclaimed is reported as not supported. */
export const clientClaims = {
  csip: 'DeviceCapability, Time, EndDevice, FunctionSetAssignments and DER by CSIP 2.1, with Responses',
  curves: 'controls that are curves',
  'in-band-registration': 'POSTs its own EndDevice where the server has none',
  'pin-check': 'leaves a server alone that has another PIN',
  metering: 'posts readings of real power through a MirrorUsagePoint',
  'all-metering': 'posts readings of reactive power, frequency and voltage too',
  alarms: 'posts LogEvents when something goes wrong',
  redirect: 'follows redirects',
  subscriptions: 'subscribes, and acts on notifications',
  'csip-aus': 'CSIP-AUS limits',
} as const;
export type ClientClaim = keyof typeof clientClaims;

/** What is asked of whoever has the device in hand. */
export type Request = 'start' | 'restart' | 'stop' | 'alarms';
