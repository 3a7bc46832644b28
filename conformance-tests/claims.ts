/** What a server may claim to support (its PICS); a procedure that needs something unclaimed is reported as not supported. */
export const claims = {
  csip: 'DeviceCapability, Time, EndDevice, FunctionSetAssignments and DER by CSIP 2.1',
  'out-of-band-registration': 'devices are registered by the operator',
  'in-band-registration': 'a certificate may POST its own EndDevice',
  'in-band-removal': 'a client may DELETE its EndDevice',
  'der-control': 'programs with controls, defaults and curves',
  'der-information': 'capability, settings, status and availability of a DER are taken',
  responses: 'Responses to controls are taken',
  aggregators: 'one client speaks for many devices',
  groups: 'topology groups, and programs that hang on them',
  'several-fsa': 'a device may have several FunctionSetAssignments',
  subscriptions: 'Subscription and Notification',
  metering: 'MirrorUsagePoint and UsagePoint',
  'log-events': 'LogEvents are taken',
  redirect: 'a client can be redirected',
  'csip-aus': 'CSIP-AUS limits and ConnectionPoint',
} as const;
export type Claim = keyof typeof claims;
