import { IdentifiedObject, list, List, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { ResponseListLink } from './links';
import { HexBinary160, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { mRIDType, TimeType } from './types';

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

export const DERControlResponse = type('DERControlResponse', { spec, extends: Response }, {});
export type DERControlResponse = Infer<typeof DERControlResponse>;

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
    accepts: [Response, DERControlResponse],
  }),
  response: resource('/rsps/:rsps/rsp/:rsp', Response, { methods: { GET: 'O', DELETE: 'O' }, owner: 'rsps' }),
});
