/** What a simulated site consists of, as plain data, and how to make that from what a network file says about a customer. */
import { type CustomerSite, type Phase } from '../grid/network';
import { planDefaults, type PlanSpec } from './battery-plan';
import { commsDefaults, type CommsSpec } from './comms';
import { batterySpec, type BatterySpec } from './devices/battery';
import { circuitsSpec, type CircuitsSpec } from './devices/circuits';
import { evseSpec, type EvseSpec } from './devices/evse';
import { houseLoadSpec, type HouseLoadSpec } from './devices/house-load';
import { meterSpec, type MeterSpec } from './devices/meter';
import { pvSpec, type PvSpec } from './devices/pv';
import { type EvUse } from './ev-day';
import { inverterDefaults, type InverterSpec } from './inverter';
import { aimW, pcsDefaults, type PcsSpec } from './pcs';
import { type SiteKind } from './report/record';

export interface SiteSpec {
  readonly id: string;
  readonly name: string;
  readonly kind: SiteKind;
  readonly bus: string;
  readonly phases: readonly Phase[];
  /** Rating of the service, W, both directions. */
  readonly serviceW: number;
  readonly firmImportW: number;
  readonly firmExportW: number;
  readonly pv?: PvSpec;
  readonly battery?: BatterySpec;
  readonly plan: PlanSpec;
  readonly evses: readonly EvseSpec[];
  readonly evUse: EvUse;
  /** Loads a PCS may open; absent: none. */
  readonly circuits?: CircuitsSpec;
  readonly load: HouseLoadSpec;
  /** Vars of the load for each of its watts. Inverters and chargers run at unity. */
  readonly varPerW: number;
  readonly meter: MeterSpec;
  readonly pcs: PcsSpec;
  readonly inverter: InverterSpec;
  readonly comms: CommsSpec;
}

/** One customer: what a network file or a seeded plan says of the equipment, and what the customer draws besides. */
export interface Customer extends CustomerSite {
  readonly id: string;
  readonly name?: string;
  readonly bus: string;
  readonly phases: readonly Phase[];
  readonly load?: Partial<HouseLoadSpec>;
  readonly varPerW?: number;
}

export interface SiteOptions {
  readonly plan?: Partial<PlanSpec>;
  readonly comms?: Partial<CommsSpec>;
  /** Draw that a PCS cannot interrupt, W. */
  readonly essentialW?: number;
}

/**
 * A complete site. What a customer draws above the essential part sits on circuits the PCS can open, and the essential part
 * fits into the firm import limit, as the rules for load under a PCS require; so a PCS site can always comply. An inverter
 * site has no such circuits: its import is its customer's.
 */
export function siteSpec(customer: Customer, options: SiteOptions = {}): SiteSpec {
  const { id, kind, serviceW, firmImportW, firmExportW, evse = [] } = customer;
  const fitting = 0.9 * aimW(pcsDefaults, firmImportW);
  return {
    id,
    name: customer.name ?? id,
    kind,
    bus: customer.bus,
    phases: customer.phases,
    serviceW,
    firmImportW: Math.min(firmImportW, serviceW),
    firmExportW: Math.min(firmExportW, serviceW),
    ...(customer.pvW ? { pv: pvSpec(customer.pvW) } : {}),
    ...(customer.batteryW && customer.batteryWh ? { battery: batterySpec(customer.batteryWh, customer.batteryW) } : {}),
    plan: { ...planDefaults, ...options.plan },
    evses: kind === 'pcs' ? evse.map(one => evseSpec(one.maxA, one.voltageV * one.phases.length)) : [],
    evUse: customer.evUse ?? (evse.length > 2 ? 'depot' : 'home'),
    ...(kind === 'pcs' ? { circuits: circuitsSpec(Math.min(options.essentialW ?? fitting, fitting)) } : {}),
    load: houseLoadSpec(customer.load),
    varPerW: customer.varPerW ?? 0,
    meter: meterSpec(),
    pcs: pcsDefaults,
    inverter: inverterDefaults,
    comms: { ...commsDefaults, ...options.comms },
  };
}

/** The same customer on a plain connection: nothing but the service rating limits it, and its meter never fails. */
export function unlimitedTwin(spec: SiteSpec): SiteSpec {
  return { ...spec, firmImportW: spec.serviceW, firmExportW: spec.serviceW };
}

/** The most the equipment can export, W. */
export function exportRatingW(spec: SiteSpec): number {
  return Math.min(spec.serviceW, (spec.pv?.nameplateW ?? 0) + (spec.battery?.maxDischargeW ?? 0));
}
