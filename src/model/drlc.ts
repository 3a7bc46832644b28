import { IdentifiedObject, list, List, RandomizableEvent, Resource, SubscribableList } from './common';
import { one, opt, type, type Infer } from './dsl';
import { ActiveEndDeviceControlListLink, DemandResponseProgramLink, EndDeviceControlListLink } from './links';
import { Bool, Int16, UInt16, UInt32, UInt8 } from './primitives';
import { ActivePower } from './quantities';
import { resource, resources } from './resource';
import { ApplianceLoadReductionType, DeviceCategoryType, PerCent, PrimacyType, UnitType } from './types';

const spec = 'drlc';

export const ApplianceLoadReduction = type(
  'ApplianceLoadReduction',
  { spec },
  { type: one(ApplianceLoadReductionType) },
);
export type ApplianceLoadReduction = Infer<typeof ApplianceLoadReduction>;

/** Largest share of time switched on, per cent. */
export const DutyCycle = type('DutyCycle', { spec }, { normalValue: one(UInt8) });
export type DutyCycle = Infer<typeof DutyCycle>;

/** Tenths of a degree Celsius. */
export const Offset = type(
  'Offset',
  { spec },
  { coolingOffset: opt(UInt8), heatingOffset: opt(UInt8), loadAdjustmentPercentageOffset: opt(PerCent) },
);
export type Offset = Infer<typeof Offset>;

/** Hundredths of a degree Celsius. */
export const SetPoint = type('SetPoint', { spec }, { coolingSetpoint: opt(Int16), heatingSetpoint: opt(Int16) });
export type SetPoint = Infer<typeof SetPoint>;

export const TargetReduction = type('TargetReduction', { spec }, { type: one(UnitType), value: one(UInt16) });
export type TargetReduction = Infer<typeof TargetReduction>;

/** overrideDuration in seconds. */
export const EndDeviceControl = type(
  'EndDeviceControl',
  { spec, extends: RandomizableEvent },
  {
    ApplianceLoadReduction: opt(ApplianceLoadReduction),
    deviceCategory: one(DeviceCategoryType),
    drProgramMandatory: one(Bool),
    DutyCycle: opt(DutyCycle),
    loadShiftForward: one(Bool),
    Offset: opt(Offset),
    overrideDuration: opt(UInt16, { whenEmpty: '0' }),
    SetPoint: opt(SetPoint),
    TargetReduction: opt(TargetReduction),
  },
);
export type EndDeviceControl = Infer<typeof EndDeviceControl>;

export const EndDeviceControlList = list(EndDeviceControl, { extends: SubscribableList });
export type EndDeviceControlList = Infer<typeof EndDeviceControlList>;

export const DemandResponseProgram = type(
  'DemandResponseProgram',
  { spec, extends: IdentifiedObject },
  {
    ActiveEndDeviceControlListLink: opt(ActiveEndDeviceControlListLink),
    availabilityUpdatePercentChangeThreshold: opt(PerCent, { whenEmpty: '0' }),
    availabilityUpdatePowerChangeThreshold: opt(ActivePower),
    EndDeviceControlListLink: opt(EndDeviceControlListLink),
    primacy: one(PrimacyType),
  },
);
export type DemandResponseProgram = Infer<typeof DemandResponseProgram>;

export const DemandResponseProgramList = list(DemandResponseProgram, { extends: SubscribableList, pollRate: true });
export type DemandResponseProgramList = Infer<typeof DemandResponseProgramList>;

/** availabilityDuration in seconds. */
export const LoadShedAvailability = type(
  'LoadShedAvailability',
  { spec, extends: Resource },
  {
    availabilityDuration: opt(UInt32),
    DemandResponseProgramLink: opt(DemandResponseProgramLink),
    sheddablePercent: opt(PerCent),
    sheddablePower: opt(ActivePower),
  },
);
export type LoadShedAvailability = Infer<typeof LoadShedAvailability>;

export const LoadShedAvailabilityList = list(LoadShedAvailability, { extends: List, pollRate: true });
export type LoadShedAvailabilityList = Infer<typeof LoadShedAvailabilityList>;

const controls = { order: ['interval.start', '-creationTime', '-mRID'], owner: 'assigned', subscribe: true } as const;

export const drlc = resources('drlc', {
  programs: resource('/dr', DemandResponseProgramList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['primacy', '-mRID'],
    owner: 'assigned',
    subscribe: true,
    poll: 900,
  }),
  program: resource('/dr/:dr', DemandResponseProgram, { methods: { GET: 'M', DELETE: 'D' }, owner: 'assigned' }),
  activeControls: resource('/dr/:dr/actedc', EndDeviceControlList, { methods: { GET: 'M' }, ...controls }),
  controls: resource('/dr/:dr/edc', EndDeviceControlList, { methods: { GET: 'M', POST: 'D' }, ...controls }),
  control: resource('/dr/:dr/edc/:edc', EndDeviceControl, {
    methods: { GET: 'M', DELETE: 'D' },
    owner: 'assigned',
    subscribe: true,
  }),
  availabilities: resource('/edev/:edev/lsl', LoadShedAvailabilityList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['href'],
    owner: 'edev',
    poll: 900,
  }),
  availability: resource('/edev/:edev/lsl/:lsl', LoadShedAvailability, {
    methods: { GET: 'M', PUT: 'O', DELETE: 'M' },
    owner: 'edev',
  }),
});
