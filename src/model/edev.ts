import { list, pollRate, Resource, SubscribableList, SubscribableResource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { ausEndDevice } from './ext/csip-aus';
import {
  AggregatedDeviceListLink,
  AggregationPriorityLink,
  ConfigurationLink,
  DERListLink,
  DeviceInformationLink,
  DeviceStatusLink,
  FileStatusLink,
  FlowReservationRequestListLink,
  FlowReservationResponseListLink,
  FunctionSetAssignmentsListLink,
  IPInterfaceListLink,
  LoadShedAvailabilityListLink,
  LogEventListLink,
  PowerStatusLink,
  ProxiedDeviceListLink,
  RegistrationLink,
  SubscriptionListLink,
} from './links';
import { Bool, HexBinary160, rename, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { DeviceCategoryType, PhaseCode, PINType, SFDIType, TimeType } from './types';

const spec = 'edev';
const since2023 = { layer: '2023' } as const;

/** How a control is shared out among the members of an aggregation: 0 not said … */
export const AggregationDistributionType = rename('AggregationDistributionType', UInt8, since2023);

export const AbstractDevice = type(
  'AbstractDevice',
  { spec, part: true, extends: SubscribableResource },
  {
    AggregatedDeviceListLink: opt(AggregatedDeviceListLink, since2023),
    AggregationPriorityLink: opt(AggregationPriorityLink, since2023),
    ConfigurationLink: opt(ConfigurationLink),
    DERListLink: opt(DERListLink),
    deviceCategory: opt(DeviceCategoryType),
    DeviceInformationLink: opt(DeviceInformationLink),
    DeviceStatusLink: opt(DeviceStatusLink),
    distribution: opt(AggregationDistributionType, since2023),
    FileStatusLink: opt(FileStatusLink),
    IPInterfaceListLink: opt(IPInterfaceListLink),
    lFDI: opt(HexBinary160),
    LoadShedAvailabilityListLink: opt(LoadShedAvailabilityListLink),
    LogEventListLink: opt(LogEventListLink),
    phase: opt(PhaseCode, since2023),
    PowerStatusLink: opt(PowerStatusLink),
    sFDI: one(SFDIType),
  },
);
export type AbstractDevice = Infer<typeof AbstractDevice>;

/**
 * changedTime: when it was made or last written. postRate: seconds between telemetry posts that the server would like. Until the
 * 2023 edition all this was said of EndDevice itself.
 */
export const ExternalDevice = type(
  'ExternalDevice',
  { spec, ...since2023, part: true, extends: AbstractDevice },
  {
    changedTime: one(TimeType),
    enabled: opt(Bool, { whenEmpty: 'true' }),
    FlowReservationRequestListLink: opt(FlowReservationRequestListLink),
    FlowReservationResponseListLink: opt(FlowReservationResponseListLink),
    FunctionSetAssignmentsListLink: opt(FunctionSetAssignmentsListLink),
    postRate: opt(UInt32),
    RegistrationLink: opt(RegistrationLink),
  },
);
export type ExternalDevice = Infer<typeof ExternalDevice>;

export const EndDevice = type(
  'EndDevice',
  { spec, extends: ExternalDevice },
  {
    ProxiedDeviceListLink: opt(ProxiedDeviceListLink, since2023),
    SubscriptionListLink: opt(SubscriptionListLink),
    ...ausEndDevice,
  },
);
export type EndDevice = Infer<typeof EndDevice>;

export const EndDeviceList = list(EndDevice, { extends: SubscribableList, pollRate: true });
export type EndDeviceList = Infer<typeof EndDeviceList>;

export const SelfDevice = type(
  'SelfDevice',
  { spec, extends: AbstractDevice, attributes: pollRate },
  { ProxiedDeviceListLink: opt(ProxiedDeviceListLink, since2023) },
);
export type SelfDevice = Infer<typeof SelfDevice>;

export const Registration = type(
  'Registration',
  { spec, extends: Resource, attributes: pollRate },
  { dateTimeRegistered: one(TimeType), pIN: one(PINType) },
);
export type Registration = Infer<typeof Registration>;

export const edev = resources('edev', {
  devices: resource('/edev', EndDeviceList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['-changedTime', 'sFDI', 'href'],
    owner: 'public',
    subscribe: true,
    poll: 900,
  }),
  device: resource('/edev/:edev', EndDevice, {
    methods: { GET: 'M', PUT: 'O', DELETE: 'O' },
    owner: 'edev',
    subscribe: true,
  }),
  registration: resource('/edev/:edev/rg', Registration, {
    methods: { GET: 'M', PUT: 'O', DELETE: 'O' },
    owner: 'edev',
    poll: 900,
  }),
  self: resource('/sdev', SelfDevice, {
    methods: { GET: 'M', PUT: 'D' },
    owner: 'public',
    subscribe: true,
    poll: 900,
  }),
});
