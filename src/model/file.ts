import { list, List, pollRate, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { FileLink } from './links';
import { AnyURI, HexBinary16, HexBinary160, String16, String32, UInt16, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { PENType, TimeType } from './types';

const spec = 'file';

/** size in bytes. type: 0000 software, 0001 credential, 0002 configuration, 0003 log, 8000 and up the maker's own. */
export const File = type(
  'File',
  { spec, extends: Resource },
  {
    activateTime: opt(TimeType),
    fileURI: one(AnyURI),
    lFDI: opt(HexBinary160),
    mfHwVer: opt(String32),
    mfID: one(PENType),
    mfModel: one(String32),
    mfSerNum: opt(String32),
    mfVer: one(String16),
    size: one(UInt32),
    type: one(HexBinary16),
  },
);
export type File = Infer<typeof File>;

export const FileList = list(File, { extends: List, pollRate: true });
export type FileList = Infer<typeof FileList>;

/** status: 0 idle, 1 loading, 2 failed, 3 loaded, 4 bad signature, 5 verified, 6 activation failed, 7 activating, 8 active. */
export const FileStatus = type(
  'FileStatus',
  { spec, extends: Resource, attributes: pollRate },
  {
    activateTime: opt(TimeType),
    FileLink: opt(FileLink),
    loadPercent: one(UInt8),
    nextRequestAttempt: one(TimeType),
    request503Count: one(UInt16),
    requestFailCount: one(UInt16),
    status: one(UInt8),
    statusTime: one(TimeType),
  },
);
export type FileStatus = Infer<typeof FileStatus>;

export const file = resources('file', {
  files: resource('/file', FileList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['mfID', 'mfModel', '-mfVer', 'href'],
    owner: 'assigned',
    poll: 900,
  }),
  file: resource('/file/:file', File, { methods: { GET: 'M', PUT: 'D', DELETE: 'D' }, owner: 'assigned' }),
  status: resource('/edev/:edev/fs', FileStatus, { methods: { GET: 'M', PUT: 'M' }, owner: 'edev', poll: 900 }),
});
