/** What a site tells the server of its equipment (protocol facts 3.7): ratings, settings, and its state of the moment. */
import { type Seconds } from '../base/clock';
import { activePower } from '../base/units';
import { type DerInfo } from '../client/der-info';
import { type Site } from './site';
import { exportRatingW, type SiteSpec } from './site-spec';

/** Bits of DERControlType: 0 charge, 1 discharge, 2 connect, 20 maximum W. */
const chargeBits = 0b11;
const connectBit = 1 << 2;
const maxLimWBit = 1 << 20;
/** DOEControlType of CSIP-AUS: bit 0 export, 1 import, 2 generation limit. */
const doeModes = '07';

/** DERType: 4 PV, 80 storage, 82 EVSE, 83 PV and storage, 1 mixed. */
export function derType({ pv, battery, evses }: SiteSpec): number {
  if (evses.length > 0) return pv || battery ? 1 : 82;
  if (pv && battery) return 83;
  return battery ? 80 : pv ? 4 : 1;
}

/** The rating that percentages refer to, W: of a PCS its service, of an inverter what its equipment can export. */
export function ratedW(spec: SiteSpec): number {
  return Math.max(1, exportRatingW(spec), spec.kind === 'pcs' ? spec.serviceW : 0);
}

export function derInfo(site: Site): DerInfo {
  const { spec } = site;
  const { battery } = spec;
  const modes = hex32((battery ? chargeBits : 0) | connectBit | maxLimWBit);
  const rated = activePower(ratedW(spec));
  const storage = battery && {
    rate: activePower(battery.maxChargeW),
    discharge: activePower(battery.maxDischargeW),
    wh: activePower(battery.capacityWh), // WattHour has the same two fields
  };
  return {
    capability: {
      modesSupported: modes,
      rtgMaxW: rated,
      type: derType(spec),
      doeModesSupported: doeModes,
      ...(storage && {
        rtgMaxChargeRateW: storage.rate,
        rtgMaxDischargeRateW: storage.discharge,
        rtgMaxWh: storage.wh,
      }),
    },
    settings: {
      modesEnabled: modes,
      setGradW: spec.kind === 'pcs' ? spec.comms.setGradW : spec.inverter.setGradW,
      setMaxW: rated,
      doeModesEnabled: doeModes,
      ...(storage && {
        setMaxChargeRateW: storage.rate,
        setMaxDischargeRateW: storage.discharge,
        setMaxWh: storage.wh,
      }),
    },
    status: now => derStatus(site, now),
  };
}

/** inverterStatus: 1 off, 4 tracking the sun, 5 throttled, 7 fault, 8 standby. */
const inverterStates = { off: 1, tracking: 4, throttled: 5, fault: 7, standby: 8 } as const;
/** storageModeStatus. */
const storageModes = { charging: 0, discharging: 1, holding: 2 } as const;
/** A battery below this share of its power holds. */
const holdingShare = 0.01;

export function derStatus(site: Site, now: Seconds): ReturnType<NonNullable<DerInfo['status']>> {
  const { battery, pv } = site.devices;
  const at = <V>(value: V) => ({ dateTime: now, value });
  const powered = Math.abs(site.pvW) + Math.abs(site.batteryW) + site.evseW > 10;
  const disconnected = site.comms.generationW === 0;
  // Bits: 0 connected, 1 available, 2 operating, 4 fault.
  const connection = hex8((disconnected ? 0 : 0b011) | (powered ? 0b100 : 0) | (site.sensorOk ? 0 : 0b10000));
  let state: keyof typeof inverterStates = 'standby';
  if (!site.sensorOk) state = 'fault';
  else if (disconnected) state = 'off';
  else if (pv && pv.powerW < pv.availableW - 10) state = 'throttled';
  else if (pv && pv.powerW > 10) state = 'tracking';
  return {
    genConnectStatus: at(connection),
    inverterStatus: at(inverterStates[state]),
    operationalModeStatus: at(disconnected ? 1 : 2),
    localControlModeStatus: at(site.comms.source === 'event' || site.comms.source === 'default' ? 1 : 0),
    ...(battery && {
      stateOfChargeStatus: at(Math.round(battery.soc * 10_000)),
      storConnectStatus: at(connection),
      storageModeStatus: at(storageModes[storageMode(battery.powerW, holdingShare * battery.spec.maxChargeW)]),
    }),
  };
}

function storageMode(powerW: number, stillW: number): keyof typeof storageModes {
  if (Math.abs(powerW) < stillW) return 'holding';
  return powerW > 0 ? 'charging' : 'discharging';
}

const hex8 = (bits: number): string => bits.toString(16).toUpperCase().padStart(2, '0');
const hex32 = (bits: number): string => bits.toString(16).toUpperCase().padStart(8, '0');
