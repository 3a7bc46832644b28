import { list, List, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import {
  IPAddrListLink,
  LLInterfaceListLink,
  NeighborListLink,
  RPLInstanceListLink,
  RPLSourceRoutesListLink,
} from './links';
import {
  Bool,
  HexBinary128,
  HexBinary64,
  HexBinary8,
  Int64,
  String16,
  String192,
  UInt16,
  UInt32,
  UInt8,
} from './primitives';
import { resource, resources } from './resource';

/** Counters and states of a device's network interfaces: those named `if…` after RFC 2863, RPL after RFC 6550 and 6554. */
const spec = 'network-status';

export const IEEE_802_15_4 = type(
  'IEEE_802_15_4',
  { spec },
  { capabilityInfo: one(HexBinary8), NeighborListLink: opt(NeighborListLink), shortAddress: one(UInt16) },
);
export type IEEE_802_15_4 = Infer<typeof IEEE_802_15_4>;

export const loWPAN = type(
  'loWPAN',
  { spec },
  {
    octetsRx: opt(UInt32),
    octetsTx: opt(UInt32),
    packetsRx: one(UInt32),
    packetsTx: one(UInt32),
    rxFragError: one(UInt32),
  },
);
export type loWPAN = Infer<typeof loWPAN>;

export const Neighbor = type(
  'Neighbor',
  { spec, extends: Resource },
  { isChild: one(Bool), linkQuality: one(UInt8), shortAddress: one(UInt16) },
);
export type Neighbor = Infer<typeof Neighbor>;

export const NeighborList = list(Neighbor, { extends: List });
export type NeighborList = Infer<typeof NeighborList>;

/** linkLayerType: 0 not said, 1 IEEE 802.3, 2 IEEE 802.11, 3 IEEE 802.15, 4 IEEE 1901. */
export const LLInterface = type(
  'LLInterface',
  { spec, extends: Resource },
  {
    CRCerrors: one(UInt32),
    EUI64: one(HexBinary64),
    IEEE_802_15_4: opt(IEEE_802_15_4),
    linkLayerType: one(UInt8),
    LLAckNotRx: opt(UInt32),
    LLCSMAFail: opt(UInt32),
    LLFramesDropRx: opt(UInt32),
    LLFramesDropTx: opt(UInt32),
    LLFramesRx: opt(UInt32),
    LLFramesTx: opt(UInt32),
    LLMediaAccessFail: opt(UInt32),
    LLOctetsRx: opt(UInt32),
    LLOctetsTx: opt(UInt32),
    LLRetryCount: opt(UInt32),
    LLSecurityErrorRx: opt(UInt32),
    loWPAN: opt(loWPAN),
  },
);
export type LLInterface = Infer<typeof LLInterface>;

export const LLInterfaceList = list(LLInterface, { extends: List });
export type LLInterfaceList = Infer<typeof LLInterfaceList>;

export const RPLSourceRoutes = type(
  'RPLSourceRoutes',
  { spec, extends: Resource },
  { DestAddress: one(HexBinary128), SourceRoute: one(HexBinary128) },
);
export type RPLSourceRoutes = Infer<typeof RPLSourceRoutes>;

export const RPLSourceRoutesList = list(RPLSourceRoutes, { extends: List });
export type RPLSourceRoutesList = Infer<typeof RPLSourceRoutesList>;

export const RPLInstance = type(
  'RPLInstance',
  { spec, extends: Resource },
  {
    DODAGid: one(UInt8),
    DODAGroot: one(Bool),
    flags: one(UInt8),
    groundedFlag: one(Bool),
    MOP: one(UInt8),
    PRF: one(UInt8),
    rank: one(UInt16),
    RPLInstanceID: one(UInt8),
    RPLSourceRoutesListLink: opt(RPLSourceRoutesListLink),
    versionNumber: one(UInt8),
  },
);
export type RPLInstance = Infer<typeof RPLInstance>;

export const RPLInstanceList = list(RPLInstance, { extends: List });
export type RPLInstanceList = Infer<typeof RPLInstanceList>;

export const IPAddr = type(
  'IPAddr',
  { spec, extends: Resource },
  { address: one(HexBinary128), RPLInstanceListLink: opt(RPLInstanceListLink) },
);
export type IPAddr = Infer<typeof IPAddr>;

export const IPAddrList = list(IPAddr, { extends: List });
export type IPAddrList = Infer<typeof IPAddrList>;

export const IPInterface = type(
  'IPInterface',
  { spec, extends: Resource },
  {
    ifDescr: opt(String192),
    ifHighSpeed: opt(UInt32),
    ifInBroadcastPkts: opt(UInt32),
    ifIndex: opt(UInt32),
    ifInDiscards: opt(UInt32),
    ifInErrors: opt(UInt32),
    ifInMulticastPkts: opt(UInt32),
    ifInOctets: opt(UInt32),
    ifInUcastPkts: opt(UInt32),
    ifInUnknownProtos: opt(UInt32),
    ifMtu: opt(UInt32),
    ifName: opt(String16),
    ifOperStatus: opt(UInt8),
    ifOutBroadcastPkts: opt(UInt32),
    ifOutDiscards: opt(UInt32),
    ifOutErrors: opt(UInt32),
    ifOutMulticastPkts: opt(UInt32),
    ifOutOctets: opt(UInt32),
    ifOutUcastPkts: opt(UInt32),
    ifPromiscuousMode: opt(Bool),
    ifSpeed: opt(UInt32),
    ifType: opt(UInt16),
    IPAddrListLink: opt(IPAddrListLink),
    lastResetTime: opt(Int64),
    lastUpdatedTime: opt(Int64),
    LLInterfaceListLink: opt(LLInterfaceListLink),
  },
);
export type IPInterface = Infer<typeof IPInterface>;

export const IPInterfaceList = list(IPInterface, { extends: List, pollRate: true });
export type IPInterfaceList = Infer<typeof IPInterfaceList>;

const listed = { methods: { GET: 'M', POST: 'O' }, owner: 'edev' } as const;
const single = { methods: { GET: 'M', PUT: 'O', DELETE: 'O' }, owner: 'edev' } as const;
const addr = '/edev/:edev/ns/:ns/addr';
const rpl = `${addr}/:addr/rpl` as const;
const ll = '/edev/:edev/ns/:ns/ll';

export const networkStatus = resources('networkStatus', {
  interfaces: resource('/edev/:edev/ns', IPInterfaceList, { ...listed, order: ['ifIndex'], poll: 900 }),
  interface: resource('/edev/:edev/ns/:ns', IPInterface, single),
  addresses: resource(addr, IPAddrList, { ...listed, order: ['address'] }),
  address: resource(`${addr}/:addr`, IPAddr, single),
  rplInstances: resource(rpl, RPLInstanceList, { ...listed, order: ['DODAGid', 'RPLInstanceID'] }),
  rplInstance: resource(`${rpl}/:rpl`, RPLInstance, single),
  rplRoutes: resource(`${rpl}/:rpl/srt`, RPLSourceRoutesList, { ...listed, order: ['SourceRoute', 'DestAddress'] }),
  rplRoute: resource(`${rpl}/:rpl/srt/:srt`, RPLSourceRoutes, single),
  links: resource(ll, LLInterfaceList, { ...listed, order: ['EUI64'] }),
  link: resource(`${ll}/:ll`, LLInterface, single),
  neighbors: resource(`${ll}/:ll/nbh`, NeighborList, { ...listed, order: ['shortAddress'] }),
  neighbor: resource(`${ll}/:ll/nbh/:nbh`, Neighbor, single),
});
