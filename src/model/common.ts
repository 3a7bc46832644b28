import { one, opt, type, type Complex, type Field, type Fields, type Infer, type InferFields, type Layer } from './dsl';
import {
  AnyURI,
  Bool,
  HexBinary8,
  Int32,
  Int48,
  rename,
  String192,
  String2,
  String3,
  String32,
  SubscribableType,
  UInt16,
  UInt32,
  UInt48,
  UInt8,
} from './primitives';
import { mRIDType, OneHourRangeType, PowerOfTenMultiplierType, TimeType, UomType, VersionType } from './types';

const spec = 'common';

export const Resource = type('Resource', { spec, part: true, attributes: { href: opt(AnyURI) } }, {});
export type Resource = Infer<typeof Resource>;

const subscribable = { subscribable: opt(SubscribableType, { default: '0' }) };
export const identity = {
  mRID: one(mRIDType),
  description: opt(String32),
  version: opt(VersionType, { whenEmpty: '0' }),
};

export const SubscribableResource = type(
  'SubscribableResource',
  { spec, part: true, extends: Resource, attributes: subscribable },
  {},
);
export type SubscribableResource = Infer<typeof SubscribableResource>;

export const RespondableResource = type(
  'RespondableResource',
  {
    spec,
    part: true,
    extends: Resource,
    attributes: { replyTo: opt(AnyURI), responseRequired: opt(HexBinary8, { default: '00' }) },
  },
  {},
);
export type RespondableResource = Infer<typeof RespondableResource>;

export const IdentifiedObject = type('IdentifiedObject', { spec, part: true, extends: Resource }, identity);
export type IdentifiedObject = Infer<typeof IdentifiedObject>;

export const SubscribableIdentifiedObject = type(
  'SubscribableIdentifiedObject',
  { spec, part: true, extends: SubscribableResource },
  identity,
);
export type SubscribableIdentifiedObject = Infer<typeof SubscribableIdentifiedObject>;

export const RespondableIdentifiedObject = type(
  'RespondableIdentifiedObject',
  { spec, part: true, extends: RespondableResource },
  identity,
);
export type RespondableIdentifiedObject = Infer<typeof RespondableIdentifiedObject>;

export const RespondableSubscribableIdentifiedObject = type(
  'RespondableSubscribableIdentifiedObject',
  { spec, part: true, extends: RespondableResource, attributes: subscribable },
  identity,
);
export type RespondableSubscribableIdentifiedObject = Infer<typeof RespondableSubscribableIdentifiedObject>;

export const Link = type('Link', { spec, attributes: { href: one(AnyURI) } }, {});
export type Link = Infer<typeof Link>;

/** `all` must be there when the list is on this host. */
export const ListLink = type('ListLink', { spec, extends: Link, attributes: { all: opt(UInt32) } }, {});
export type ListLink = Infer<typeof ListLink>;

const counts = { all: one(UInt32), results: one(UInt32) };

export const List = type('List', { spec, part: true, extends: Resource, attributes: counts }, {});
export type List = Infer<typeof List>;

export const SubscribableList = type(
  'SubscribableList',
  { spec, part: true, extends: SubscribableResource, attributes: counts },
  {},
);
export type SubscribableList = Infer<typeof SubscribableList>;

/** `pollRate` of a function set's entry: seconds between polls of it and all below it. */
export const pollRate = { pollRate: opt(UInt32, { default: '900' }) };

/** Declares the list of an item: `all` entries there are, `results` of them in this document. */
export function list<
  S,
  N extends string,
  B extends Complex,
  P extends boolean = false,
  const A extends Fields = Record<never, Field>,
>(
  item: Complex<S, N>,
  options: { extends: B; extended?: Complex; dropped?: Layer; pollRate?: P; attributes?: A },
): ListOf<S, N, B, P, A> {
  const made = type(
    `${item.name}List`,
    {
      extends: options.extends,
      ...(options.extended && { extended: options.extended }),
      ...(options.dropped && { dropped: options.dropped }),
      // A list of what has a layer of its own is of that layer too.
      ...(item.layer && { layer: item.layer }),
      attributes: { ...(options.pollRate && pollRate), ...options.attributes },
      ...(item.spec && { spec: item.spec }),
      item,
    },
    { [item.name]: { type: item, cardinality: 'many', min: 0, max: Infinity } },
  );
  return made as unknown as ListOf<S, N, B, P, A>;
}

type ListOf<S, N extends string, B extends Complex, P, A> = Complex<
  Infer<B> & Record<N, S[]> & InferFields<A> & (P extends true ? { pollRate?: number } : unknown),
  `${N}List`
>;

/** Named after the element it was told about; sent as the body of a 4xx or 5xx answer. */
export const ErrorDocument = type('Error', { spec }, { maxRetryDuration: opt(UInt16), reasonCode: one(UInt16) });
export type ErrorDocument = Infer<typeof ErrorDocument>;

/** Seconds, and the second it begins at. */
export const DateTimeInterval = type('DateTimeInterval', { spec }, { duration: one(UInt32), start: one(TimeType) });
export type DateTimeInterval = Infer<typeof DateTimeInterval>;

/** EventStatus.currentStatus. */
export const eventStatus = {
  scheduled: 0,
  active: 1,
  cancelled: 2,
  cancelledRandomized: 3,
  superseded: 4,
  /** 2023 edition only; in 2018 a finished event leaves its list. */
  completed: 5,
} as const;

export const EventStatus = type(
  'EventStatus',
  { spec },
  {
    currentStatus: one(UInt8),
    dateTime: one(TimeType),
    potentiallySuperseded: one(Bool),
    potentiallySupersededTime: opt(TimeType),
    reason: opt(String192),
  },
);
export type EventStatus = Infer<typeof EventStatus>;

export const Event = type(
  'Event',
  { spec, part: true, extends: RespondableSubscribableIdentifiedObject },
  { creationTime: one(TimeType), EventStatus: one(EventStatus), interval: one(DateTimeInterval) },
);
export type Event = Infer<typeof Event>;

/** Bounds of a random shift of duration and start, in seconds; the sign says which way. */
export const RandomizableEvent = type(
  'RandomizableEvent',
  { spec, part: true, extends: Event },
  {
    randomizeDuration: opt(OneHourRangeType, { whenEmpty: '0' }),
    randomizeStart: opt(OneHourRangeType, { whenEmpty: '0' }),
  },
);
export type RandomizableEvent = Infer<typeof RandomizableEvent>;

const since2023 = { layer: '2023' } as const;

/** ISO 3166-1 alpha-2. */
export const CountryType = rename('CountryType', String2, since2023);
/** The second part of an ISO 3166-2 code. */
export const SubdivisionType = rename('SubdivisionType', String3, since2023);

export const GeographicLocationType = type(
  'GeographicLocationType',
  { spec, ...since2023 },
  { country: one(CountryType), subdivision: opt(SubdivisionType) },
);
export type GeographicLocationType = Infer<typeof GeographicLocationType>;

/** Degrees as decimal text, WGS 84. */
export const GPSLocationType = type('GPSLocationType', { spec }, { lat: one(String32), lon: one(String32) });
export type GPSLocationType = Infer<typeof GPSLocationType>;

/** Wh = value × 10^multiplier. */
export const RealEnergy = type(
  'RealEnergy',
  { spec },
  { multiplier: one(PowerOfTenMultiplierType), value: one(UInt48) },
);
export type RealEnergy = Infer<typeof RealEnergy>;

/** Wh = value × 10^multiplier, either way. */
export const SignedRealEnergy = type(
  'SignedRealEnergy',
  { spec },
  { multiplier: one(PowerOfTenMultiplierType), value: one(Int48) },
);
export type SignedRealEnergy = Infer<typeof SignedRealEnergy>;

export const UnitValueType = type(
  'UnitValueType',
  { spec },
  { multiplier: one(PowerOfTenMultiplierType), unit: one(UomType), value: one(Int32) },
);
export type UnitValueType = Infer<typeof UnitValueType>;
