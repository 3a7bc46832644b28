import { identity, list, Resource, SubscribableList } from './common';
import { opt, type, type Infer } from './dsl';
import { DERProgramList } from './der';
import {
  CustomerAccountListLink,
  DemandResponseProgramListLink,
  DERProgramListLink,
  FileListLink,
  MessagingProgramListLink,
  PrepaymentListLink,
  ResponseSetListLink,
  TariffProfileListLink,
  TimeLink,
  UsagePointListLink,
} from './links';
import { SubscribableType } from './primitives';
import { resource, resources } from './resource';

const spec = 'fsa';

/** What DeviceCapability and an assignment can both point to. */
export const FunctionSetAssignmentsBase = type(
  'FunctionSetAssignmentsBase',
  { spec, part: true, extends: Resource },
  {
    CustomerAccountListLink: opt(CustomerAccountListLink),
    DemandResponseProgramListLink: opt(DemandResponseProgramListLink),
    DERProgramListLink: opt(DERProgramListLink),
    FileListLink: opt(FileListLink),
    MessagingProgramListLink: opt(MessagingProgramListLink),
    PrepaymentListLink: opt(PrepaymentListLink),
    ResponseSetListLink: opt(ResponseSetListLink),
    TariffProfileListLink: opt(TariffProfileListLink),
    TimeLink: opt(TimeLink),
    UsagePointListLink: opt(UsagePointListLink),
  },
);
export type FunctionSetAssignmentsBase = Infer<typeof FunctionSetAssignmentsBase>;

export const FunctionSetAssignments = type(
  'FunctionSetAssignments',
  {
    spec,
    extends: FunctionSetAssignmentsBase,
    attributes: { subscribable: opt(SubscribableType, { default: '0' }) },
  },
  identity,
);
export type FunctionSetAssignments = Infer<typeof FunctionSetAssignments>;

export const FunctionSetAssignmentsList = list(FunctionSetAssignments, { extends: SubscribableList, pollRate: true });
export type FunctionSetAssignmentsList = Infer<typeof FunctionSetAssignmentsList>;

export const fsa = resources('fsa', {
  list: resource('/edev/:edev/fsa', FunctionSetAssignmentsList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['-mRID'],
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
  assignments: resource('/edev/:edev/fsa/:fsa', FunctionSetAssignments, {
    methods: { GET: 'M', DELETE: 'D' },
    owner: 'edev',
    subscribe: true,
  }),
  /** The programs of one assignment. They live at /derp, so that one shared program is one resource; this is a view of them. */
  programs: resource('/edev/:edev/fsa/:fsa/derp', DERProgramList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['primacy', '-mRID'],
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
});
