import { DateTimeInterval, Event, IdentifiedObject, list, List, SignedRealEnergy, SubscribableList } from './common';
import { one, opt, type, type Infer } from './dsl';
import { UInt16, UInt8 } from './primitives';
import { ActivePower } from './quantities';
import { resource, resources } from './resource';
import { mRIDType, TimeType } from './types';

const spec = 'flow-reservation';

/** 0 requested, 1 cancelled. */
export const RequestStatus = type('RequestStatus', { spec }, { dateTime: one(TimeType), requestStatus: one(UInt8) });
export type RequestStatus = Infer<typeof RequestStatus>;

/** durationRequested in seconds; energy is positive for charging. */
export const FlowReservationRequest = type(
  'FlowReservationRequest',
  { spec, extends: IdentifiedObject },
  {
    creationTime: one(TimeType),
    durationRequested: opt(UInt16),
    energyRequested: one(SignedRealEnergy),
    intervalRequested: one(DateTimeInterval),
    powerRequested: one(ActivePower),
    RequestStatus: one(RequestStatus),
  },
);
export type FlowReservationRequest = Infer<typeof FlowReservationRequest>;

export const FlowReservationRequestList = list(FlowReservationRequest, { extends: List, pollRate: true });
export type FlowReservationRequestList = Infer<typeof FlowReservationRequestList>;

/** subject: mRID of the request. */
export const FlowReservationResponse = type(
  'FlowReservationResponse',
  { spec, extends: Event },
  { energyAvailable: one(SignedRealEnergy), powerAvailable: one(ActivePower), subject: one(mRIDType) },
);
export type FlowReservationResponse = Infer<typeof FlowReservationResponse>;

export const FlowReservationResponseList = list(FlowReservationResponse, { extends: SubscribableList, pollRate: true });
export type FlowReservationResponseList = Infer<typeof FlowReservationResponseList>;

export const flowReservation = resources('flowReservation', {
  requests: resource('/edev/:edev/frq', FlowReservationRequestList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['intervalRequested.start', '-creationTime', '-mRID'],
    owner: 'edev',
    poll: 900,
  }),
  request: resource('/edev/:edev/frq/:frq', FlowReservationRequest, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'O' },
    owner: 'edev',
  }),
  responses: resource('/edev/:edev/frp', FlowReservationResponseList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['interval.start', '-creationTime', '-mRID'],
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
  response: resource('/edev/:edev/frp/:frp', FlowReservationResponse, {
    methods: { GET: 'M', DELETE: 'D' },
    owner: 'edev',
    subscribe: true,
  }),
});
