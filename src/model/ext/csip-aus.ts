import { Link, Resource } from '../common';
import { one, opt, type, type Infer } from '../dsl';
import { HexBinary8, rename, String32 } from '../primitives';
import { ActivePower, WattHour } from '../quantities';

/**
 * What CSIP-AUS adds to types of the base schema (protocol facts 9.2). Each group stands after all fields of the type it
 * extends. Version 1.3 keeps the elements of 1.2 in a namespace of its own and adds some.
 */
const aus = { layer: 'csipaus-1.2' } as const;
const aus13 = { layer: 'csipaus-1.3' } as const;

/** Bits: 0 opModExpLimW, 1 opModImpLimW, 2 opModGenLimW, 3 opModLoadLimW. */
export const DOEControlType = rename('DOEControlType', HexBinary8, aus);
/** Bit 0: opModStorageTargetW. */
export const VPPControlType = rename('VPPControlType', HexBinary8, aus13);

/** Import and export limits act at the connection point, generation and load limits on the device itself; W. */
export const ausControlBase = {
  opModImpLimW: opt(ActivePower, aus),
  opModExpLimW: opt(ActivePower, aus),
  opModGenLimW: opt(ActivePower, aus),
  opModLoadLimW: opt(ActivePower, aus),
  opModStorageTargetW: opt(ActivePower, aus13),
};

export const ausSettings = {
  doeModesEnabled: opt(DOEControlType, aus),
  vppModesEnabled: opt(VPPControlType, aus13),
  setMinWh: opt(WattHour, aus13),
};

export const ausCapability = {
  doeModesSupported: opt(DOEControlType, { ...aus, demanded: true }),
  vppModesSupported: opt(VPPControlType, aus13),
};

export const ausEndDevice = { ConnectionPointLink: opt(Link, aus) };

/** Where a device is connected, by the network's own name for it: in Australia the NMI. */
export const ConnectionPoint = type(
  'ConnectionPointType',
  { ...aus, spec: 'csip-aus', extends: Resource, element: 'ConnectionPoint' },
  { connectionPointId: one(String32, aus) },
);
export type ConnectionPoint = Infer<typeof ConnectionPoint>;
