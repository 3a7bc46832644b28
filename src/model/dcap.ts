import { pollRate } from './common';
import { opt, type, type Infer } from './dsl';
import { FunctionSetAssignmentsBase } from './fsa';
import { EndDeviceListLink, MirrorUsagePointListLink, SelfDeviceLink } from './links';
import { resource, resources } from './resource';

export const DeviceCapability = type(
  'DeviceCapability',
  { spec: 'dcap', extends: FunctionSetAssignmentsBase, attributes: pollRate },
  {
    EndDeviceListLink: opt(EndDeviceListLink),
    MirrorUsagePointListLink: opt(MirrorUsagePointListLink),
    SelfDeviceLink: opt(SelfDeviceLink),
  },
);
export type DeviceCapability = Infer<typeof DeviceCapability>;

export const dcap = resources('dcap', {
  capability: resource('/dcap', DeviceCapability, { methods: { GET: 'M' }, owner: 'public', poll: 900 }),
});
