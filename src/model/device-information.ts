import { GPSLocationType, list, List, pollRate, RealEnergy, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { SupportedLocaleListLink } from './links';
import { HexBinary160, HexBinary32, HexBinary64, String32 } from './primitives';
import { ActivePower } from './quantities';
import { resource, resources } from './resource';
import { LocaleType, PENType, PowerSourceType, TimeType } from './types';

const spec = 'device-information';

/** optionsImplemented: bits 0 to 12 target reductions by unit, 16 set point, 17 offset, 18 duty cycle, 19 per cent, 20 appliance. */
export const DRLCCapabilities = type(
  'DRLCCapabilities',
  { spec },
  { averageEnergy: one(RealEnergy), maxDemand: one(ActivePower), optionsImplemented: one(HexBinary32) },
);
export type DRLCCapabilities = Infer<typeof DRLCCapabilities>;

/** functionsImplemented: a bit for each function set the device uses as a client. */
export const DeviceInformation = type(
  'DeviceInformation',
  { spec, extends: Resource, attributes: pollRate },
  {
    connectionPointID: opt(String32, { layer: '2023' }),
    DRLCCapabilities: opt(DRLCCapabilities),
    functionsImplemented: opt(HexBinary64),
    gpsLocation: opt(GPSLocationType),
    lFDI: one(HexBinary160),
    mfDate: one(TimeType),
    mfHwVer: one(String32),
    mfID: one(PENType),
    mfInfo: opt(String32),
    mfModel: one(String32),
    mfSerNum: one(String32),
    primaryPower: one(PowerSourceType),
    secondaryPower: one(PowerSourceType),
    SupportedLocaleListLink: opt(SupportedLocaleListLink),
    swActTime: one(TimeType),
    swVer: one(String32),
  },
);
export type DeviceInformation = Infer<typeof DeviceInformation>;

export const SupportedLocale = type('SupportedLocale', { spec, extends: Resource }, { locale: one(LocaleType) });
export type SupportedLocale = Infer<typeof SupportedLocale>;

export const SupportedLocaleList = list(SupportedLocale, { extends: List });
export type SupportedLocaleList = Infer<typeof SupportedLocaleList>;

export const deviceInformation = resources('deviceInformation', {
  information: resource('/edev/:edev/di', DeviceInformation, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'O' },
    owner: 'edev',
    poll: 900,
  }),
  locales: resource('/edev/:edev/di/loc', SupportedLocaleList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['locale'],
    owner: 'edev',
  }),
  locale: resource('/edev/:edev/di/loc/:loc', SupportedLocale, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'M' },
    owner: 'edev',
  }),
});
