import { ListLink } from '../common';
import { ConsumptionTariffIntervalList } from '../consumption-tariff';
import { opt, type, type Infer } from '../dsl';
import { RateComponentLink } from '../links';
import { SubscribableType, UInt32 } from '../primitives';

/** What CSIP-AUS 1.3 adds to the Pricing function set. */
const aus13 = { layer: 'csipaus-1.3' } as const;
const demanded = { ...aus13, demanded: true } as const;

/** The price steps of an interval, inline. */
export const ConsumptionTariffIntervalListSummary = type(
  'ConsumptionTariffIntervalListSummary',
  { ...aus13, spec: 'csip-aus', extends: ConsumptionTariffIntervalList },
  {},
);
export type ConsumptionTariffIntervalListSummary = Infer<typeof ConsumptionTariffIntervalListSummary>;

export const ausTariffProfile = { CombinedTimeTariffIntervalListLink: opt(ListLink, demanded) };

export const ausTimeTariffInterval = {
  ConsumptionTariffIntervalListSummary: opt(ConsumptionTariffIntervalListSummary, demanded),
  RateComponentLink: opt(RateComponentLink, { ...demanded, inBase: true }),
};

export const ausPollRate = { pollRate: opt(UInt32, { ...aus13, default: '900' }) };
export const ausSubscribable = { subscribable: opt(SubscribableType, { ...aus13, default: '0' }) };
