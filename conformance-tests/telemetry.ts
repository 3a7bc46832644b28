/** What the suite's clients tell of themselves, and whether the server gives it back as it was told (protocol facts 3.7). */
import { DERAvailability, DERCapability, DERSettings, DERStatus, type DER } from '../src/model/der';
import { type Complex } from '../src/model/dsl';
import { linked } from './discover';
import { type Checks } from './procedure';
import { type Wire } from './wire';

const watts = (value: number) => ({ multiplier: 0, value });

/** modesSupported: bit 20, MaxLimW, as the procedures mean by their "20"; doeModesSupported is left to CSIP-AUS. */
export const capability = (rtgMaxW = 5000): DERCapability => ({
  modesSupported: '00100000',
  rtgMaxVA: watts(5500),
  rtgMaxVar: watts(2500),
  rtgMaxVarNeg: watts(-2500),
  rtgMaxW: watts(rtgMaxW),
  rtgMinPFOverExcited: { displacement: 850, multiplier: -3 },
  rtgMinPFUnderExcited: { displacement: 850, multiplier: -3 },
  type: 4,
});

export const settings = (now: number, setMaxW = 4800): DERSettings => ({
  modesEnabled: '00100000',
  setESDelay: 30_000,
  setGradW: 10_000,
  setMaxVA: watts(5000),
  setMaxVar: watts(2400),
  setMaxW: watts(setMaxW),
  setMinPFOverExcited: { displacement: 900, multiplier: -3 },
  setMinPFUnderExcited: { displacement: 900, multiplier: -3 },
  setSoftGradW: 200,
  updatedTime: now,
});

export const derStatus = (now: number, inverterStatus = 4): DERStatus => ({
  alarmStatus: '00000002',
  genConnectStatus: { dateTime: now, value: '07' },
  inverterStatus: { dateTime: now, value: inverterStatus },
  operationalModeStatus: { dateTime: now, value: 2 },
  readingTime: now,
  stateOfChargeStatus: { dateTime: now, value: 5000 },
});

export const availability = (now: number): DERAvailability => ({
  availabilityDuration: 3600,
  readingTime: now,
  reservePercent: 1000,
  statVarAvail: watts(1200),
  statWAvail: watts(3000),
});

/** PUTs a document and expects 204, then every value of it from a GET. */
export async function putAndGet<T extends Complex>(
  wire: Wire,
  check: Checks,
  type: T,
  link: { href: string } | undefined,
  value: object,
): Promise<void> {
  const at = linked(link, `DER/${type.name}Link`);
  const answer = await wire.put(type, at, value as never);
  check.equal(`PUT ${type.name}`, answer.status, 204);
  const now = (await wire.get(type, at)) as Record<string, unknown>;
  for (const [field, want] of Object.entries(value)) check.equal(`${type.name}/${field}`, now[field], want);
}

/** All four, as at start-up. */
export async function tellAll(wire: Wire, check: Checks, der: DER, now: number): Promise<void> {
  await putAndGet(wire, check, DERCapability, der.DERCapabilityLink, capability());
  await putAndGet(wire, check, DERSettings, der.DERSettingsLink, settings(now));
  await putAndGet(wire, check, DERStatus, der.DERStatusLink, derStatus(now));
  await putAndGet(wire, check, DERAvailability, der.DERAvailabilityLink, availability(now));
}
