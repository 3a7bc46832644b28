import { IdentifiedObject, list, List, Resource } from './common';
import { DefaultDERControlType, DERControlType, DERControlType2 } from './der-info';
import { ApplianceLoadReduction, DutyCycle, Offset, SetPoint } from './drlc';
import { one, opt, type, type Infer } from './dsl';
import { ResponseListLink } from './links';
import { HexBinary160, UInt16, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { mRIDType, TimeType, UnitType } from './types';

const spec = 'response';

/** subject: mRID of the event. status: 1 received, 2 started, 3 completed, 6 cancelled, 7 superseded … (protocol facts 4.3). */
export const Response = type(
  'Response',
  { spec, extends: Resource },
  {
    createdDateTime: opt(TimeType),
    endDeviceLFDI: one(HexBinary160),
    status: opt(UInt8),
    subject: one(mRIDType),
  },
);
export type Response = Infer<typeof Response>;

const since2023 = { layer: '2023' } as const;

/** modesResponded: the modes of the control it is about. */
export const DERControlResponse = type(
  'DERControlResponse',
  { spec, extends: Response },
  { modesResponded: opt(DERControlType, since2023), modesResponded2: opt(DERControlType2, since2023) },
);
export type DERControlResponse = Infer<typeof DERControlResponse>;

export const DefaultDERControlResponse = type(
  'DefaultDERControlResponse',
  { spec, ...since2023, extends: Response },
  {
    defaultsResponded: one(DefaultDERControlType),
    modesResponded: one(DERControlType),
    modesResponded2: one(DERControlType2),
  },
);
export type DefaultDERControlResponse = Infer<typeof DefaultDERControlResponse>;

export const FlowReservationResponseResponse = type('FlowReservationResponseResponse', { spec, extends: Response }, {});
export type FlowReservationResponseResponse = Infer<typeof FlowReservationResponseResponse>;

export const PriceResponse = type('PriceResponse', { spec, extends: Response }, {});
export type PriceResponse = Infer<typeof PriceResponse>;

export const TextResponse = type('TextResponse', { spec, extends: Response }, {});
export type TextResponse = Infer<typeof TextResponse>;

export const AppliedTargetReduction = type(
  'AppliedTargetReduction',
  { spec },
  { type: one(UnitType), value: one(UInt16) },
);
export type AppliedTargetReduction = Infer<typeof AppliedTargetReduction>;

/** What was really done of an EndDeviceControl. overrideDuration in seconds. */
export const DrResponse = type(
  'DrResponse',
  { spec, extends: Response },
  {
    ApplianceLoadReduction: opt(ApplianceLoadReduction),
    AppliedTargetReduction: opt(AppliedTargetReduction),
    DutyCycle: opt(DutyCycle),
    Offset: opt(Offset),
    overrideDuration: opt(UInt16),
    SetPoint: opt(SetPoint),
  },
);
export type DrResponse = Infer<typeof DrResponse>;

export const ResponseList = list(Response, { extends: List });
export type ResponseList = Infer<typeof ResponseList>;

export const ResponseSet = type(
  'ResponseSet',
  { spec, extends: IdentifiedObject },
  { ResponseListLink: opt(ResponseListLink) },
);
export type ResponseSet = Infer<typeof ResponseSet>;

export const ResponseSetList = list(ResponseSet, { extends: List, pollRate: true });
export type ResponseSetList = Infer<typeof ResponseSetList>;

export const response = resources('response', {
  sets: resource('/rsps', ResponseSetList, {
    methods: { GET: 'O', POST: 'D' },
    order: ['-mRID'],
    owner: 'public',
    poll: 900,
  }),
  set: resource('/rsps/:rsps', ResponseSet, { methods: { GET: 'O', DELETE: 'D' }, owner: 'rsps' }),
  responses: resource('/rsps/:rsps/rsp', ResponseList, {
    methods: { GET: 'O', POST: 'M' },
    order: ['-createdDateTime', 'endDeviceLFDI'],
    owner: 'rsps',
    accepts: [Response, DERControlResponse, DrResponse, FlowReservationResponseResponse, PriceResponse, TextResponse],
  }),
  response: resource('/rsps/:rsps/rsp/:rsp', Response, { methods: { GET: 'O', DELETE: 'O' }, owner: 'rsps' }),
});
