import { Link, ListLink } from './common';
import { opt, type } from './dsl';
import { Bool } from './primitives';

/** The standard names a link type for nearly every resource. They add nothing to Link or ListLink but the name. */
const spec = 'links';
const since2023 = { layer: '2023' } as const;
const link = <const N extends string>(name: N, more: { layer?: '2023' } = {}) =>
  type(name, { spec, ...more, extends: Link }, {});
const listLink = <const N extends string>(name: N, more: { layer?: '2023' } = {}) =>
  type(name, { spec, ...more, extends: ListLink }, {});

// device capability, devices, assignments
export const DeviceCapabilityLink = link('DeviceCapabilityLink');
export const SelfDeviceLink = link('SelfDeviceLink');
export const EndDeviceLink = link('EndDeviceLink');
export const EndDeviceListLink = listLink('EndDeviceListLink');
export const RegistrationLink = link('RegistrationLink');
export const DeviceStatusLink = link('DeviceStatusLink');
export const FunctionSetAssignmentsListLink = listLink('FunctionSetAssignmentsListLink');

// subscription, response, time
export const SubscriptionListLink = listLink('SubscriptionListLink');
export const NotificationListLink = listLink('NotificationListLink');
export const ResponseSetListLink = listLink('ResponseSetListLink');
export const ResponseListLink = listLink('ResponseListLink');
export const TimeLink = link('TimeLink');

// device information and state
export const DeviceInformationLink = link('DeviceInformationLink');
export const SupportedLocaleListLink = listLink('SupportedLocaleListLink');
export const PowerStatusLink = link('PowerStatusLink');
export const IPInterfaceListLink = listLink('IPInterfaceListLink');
export const IPAddrListLink = listLink('IPAddrListLink');
export const LLInterfaceListLink = listLink('LLInterfaceListLink');
export const NeighborListLink = listLink('NeighborListLink');
export const RPLInstanceListLink = listLink('RPLInstanceListLink');
export const RPLSourceRoutesListLink = listLink('RPLSourceRoutesListLink');
export const LogEventListLink = listLink('LogEventListLink');
export const ConfigurationLink = link('ConfigurationLink');
export const PriceResponseCfgListLink = listLink('PriceResponseCfgListLink');
export const FileLink = link('FileLink');
export const FileListLink = listLink('FileListLink');
export const FileStatusLink = link('FileStatusLink');

// demand response
export const DemandResponseProgramLink = link('DemandResponseProgramLink');
export const DemandResponseProgramListLink = listLink('DemandResponseProgramListLink');
export const ActiveEndDeviceControlListLink = listLink('ActiveEndDeviceControlListLink');
export const EndDeviceControlListLink = listLink('EndDeviceControlListLink');
export const LoadShedAvailabilityListLink = listLink('LoadShedAvailabilityListLink');

// metering
export const UsagePointLink = link('UsagePointLink');
export const UsagePointListLink = listLink('UsagePointListLink');
export const MeterReadingLink = link('MeterReadingLink');
export const MeterReadingListLink = listLink('MeterReadingListLink');
export const ReadingTypeLink = link('ReadingTypeLink');
export const ReadingLink = link('ReadingLink');
export const ReadingListLink = listLink('ReadingListLink');
export const ReadingSetListLink = listLink('ReadingSetListLink');
export const MirrorUsagePointListLink = listLink('MirrorUsagePointListLink');

// pricing and messaging
export const TariffProfileLink = link('TariffProfileLink');
export const TariffProfileListLink = listLink('TariffProfileListLink');
export const RateComponentLink = link('RateComponentLink');
export const RateComponentListLink = listLink('RateComponentListLink');
export const ActiveTimeTariffIntervalListLink = listLink('ActiveTimeTariffIntervalListLink');
export const TimeTariffIntervalListLink = listLink('TimeTariffIntervalListLink');
export const ConsumptionTariffIntervalListLink = listLink('ConsumptionTariffIntervalListLink');
export const MessagingProgramListLink = listLink('MessagingProgramListLink');
export const ActiveTextMessageListLink = listLink('ActiveTextMessageListLink');
export const TextMessageListLink = listLink('TextMessageListLink');

// billing and prepayment
export const CustomerAccountLink = link('CustomerAccountLink');
export const CustomerAccountListLink = listLink('CustomerAccountListLink');
export const CustomerAgreementListLink = listLink('CustomerAgreementListLink');
export const ServiceSupplierLink = link('ServiceSupplierLink');
export const ActiveBillingPeriodListLink = listLink('ActiveBillingPeriodListLink');
export const BillingPeriodListLink = listLink('BillingPeriodListLink');
export const BillingReadingSetListLink = listLink('BillingReadingSetListLink');
export const BillingReadingListLink = listLink('BillingReadingListLink');
export const HistoricalReadingListLink = listLink('HistoricalReadingListLink');
export const ActiveProjectionReadingListLink = listLink('ActiveProjectionReadingListLink');
export const ProjectionReadingListLink = listLink('ProjectionReadingListLink');
export const ActiveTargetReadingListLink = listLink('ActiveTargetReadingListLink');
export const TargetReadingListLink = listLink('TargetReadingListLink');
export const PrepaymentLink = link('PrepaymentLink');
export const PrepaymentListLink = listLink('PrepaymentListLink');
export const AccountBalanceLink = link('AccountBalanceLink');
export const PrepayOperationStatusLink = link('PrepayOperationStatusLink');
export const ActiveCreditRegisterListLink = listLink('ActiveCreditRegisterListLink');
export const CreditRegisterListLink = listLink('CreditRegisterListLink');
export const ActiveSupplyInterruptionOverrideListLink = listLink('ActiveSupplyInterruptionOverrideListLink');
export const SupplyInterruptionOverrideListLink = listLink('SupplyInterruptionOverrideListLink');

// flow reservation
export const FlowReservationRequestListLink = listLink('FlowReservationRequestListLink');
export const FlowReservationResponseListLink = listLink('FlowReservationResponseListLink');
export const ActiveFlowReservationListLink = listLink('ActiveFlowReservationListLink');

// DER
export const DERLink = link('DERLink');
export const DERListLink = listLink('DERListLink');
export const DERProgramLink = link('DERProgramLink');
export const DERProgramListLink = listLink('DERProgramListLink');
export const AssociatedDERProgramListLink = listLink('AssociatedDERProgramListLink');
export const AssociatedUsagePointLink = link('AssociatedUsagePointLink');
export const CurrentDERProgramLink = link('CurrentDERProgramLink');
export const DERCapabilityLink = link('DERCapabilityLink');
export const DERSettingsLink = link('DERSettingsLink');
export const DERStatusLink = link('DERStatusLink');
export const DERAvailabilityLink = link('DERAvailabilityLink');
export const DefaultDERControlLink = link('DefaultDERControlLink');
export const ActiveDERControlListLink = listLink('ActiveDERControlListLink');
export const DERControlListLink = listLink('DERControlListLink');
/** `disabled`: the mode is switched off whatever the curve says. */
export const DERCurveLink = type(
  'DERCurveLink',
  { spec, extends: Link, attributes: { disabled: opt(Bool, { ...since2023, default: 'false' }) } },
  {},
);
export const DERCurveListLink = listLink('DERCurveListLink');

// the 2023 edition
export const AggregatedDeviceListLink = listLink('AggregatedDeviceListLink', since2023);
export const AggregationPriorityLink = link('AggregationPriorityLink', since2023);
export const ProxiedDeviceListLink = listLink('ProxiedDeviceListLink', since2023);
export const CurrentDERControlsLink = link('CurrentDERControlsLink', since2023);
export const DERComponentListLink = listLink('DERComponentListLink', since2023);
