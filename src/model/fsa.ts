import { identity, list, Resource, SubscribableList } from './common';
import { opt, type, type Infer } from './dsl';
import { CustomerAccountList } from './billing';
import { DERProgramList } from './der';
import { DemandResponseProgramList } from './drlc';
import { FileList } from './file';
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
import { MessagingProgramList } from './messaging';
import { PrepaymentList } from './prepayment';
import { TariffProfileList } from './pricing';
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

/** What one assignment gives, beside DER programs: views too, so that an aggregator can tell which device has which tariff. */
const given = { methods: { GET: 'M' }, owner: 'edev', poll: 900 } as const;
const at = '/edev/:edev/fsa/:fsa';

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
  accounts: resource(`${at}/bill`, CustomerAccountList, {
    ...given,
    order: ['customerName', '-mRID'],
    subscribe: true,
  }),
  demandResponse: resource(`${at}/dr`, DemandResponseProgramList, {
    ...given,
    order: ['primacy', '-mRID'],
    subscribe: true,
  }),
  files: resource(`${at}/file`, FileList, { ...given, order: ['mfID', 'mfModel', '-mfVer', 'href'] }),
  messaging: resource(`${at}/msg`, MessagingProgramList, { ...given, order: ['-mRID'], subscribe: true }),
  prepayments: resource(`${at}/ppy`, PrepaymentList, { ...given, order: ['-mRID'], subscribe: true }),
  tariffs: resource(`${at}/tp`, TariffProfileList, { ...given, order: ['-mRID'], subscribe: true }),
});
