import { list, List, Resource } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import { Int32, rename, UInt32, UInt48, UInt8 } from './primitives';
import { ConsumptionBlockType } from './types';

const spec = 'pricing';

/** 0 carbon dioxide, 1 sulphur dioxide, 2 nitrogen oxides (grams a unit), 3 renewable share (per cent). */
export const CostKindType = rename('CostKindType', UInt8);

export const EnvironmentalCost = type(
  'EnvironmentalCost',
  { spec },
  { amount: one(UInt32), costKind: one(CostKindType), costLevel: one(UInt8), numCostLevels: one(UInt8) },
);
export type EnvironmentalCost = Infer<typeof EnvironmentalCost>;

/** A price step: it holds from `startValue` of consumption on. */
export const ConsumptionTariffInterval = type(
  'ConsumptionTariffInterval',
  { spec, extends: Resource },
  {
    consumptionBlock: one(ConsumptionBlockType),
    EnvironmentalCost: many(EnvironmentalCost),
    price: opt(Int32),
    startValue: one(UInt48),
  },
);
export type ConsumptionTariffInterval = Infer<typeof ConsumptionTariffInterval>;

export const ConsumptionTariffIntervalList = list(ConsumptionTariffInterval, { extends: List });
export type ConsumptionTariffIntervalList = Infer<typeof ConsumptionTariffIntervalList>;
