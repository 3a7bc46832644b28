/** Steps that many procedures share: from the configured entry path to what it links to. Follows links only. */
import { Problem } from '../src/base/problem';
import { DeviceCapability } from '../src/model/dcap';
import {
  DERControlList,
  DERCurveList,
  DERList,
  DERProgramList,
  DefaultDERControl,
  type DER,
  type DERControl,
  type DERCurve,
  type DERProgram,
} from '../src/model/der';
import { EndDeviceList, Registration, type EndDevice } from '../src/model/edev';
import { FunctionSetAssignmentsList, type FunctionSetAssignments } from '../src/model/fsa';
import { type Lab } from './procedure';
import { type Wire, type WireIdentity } from './wire';

export interface Registered {
  readonly identity: WireIdentity;
  readonly wire: Wire;
}

/** A device that the lab has registered, and its connection. */
export async function registered(lab: Lab, name: string): Promise<Registered> {
  const identity = lab.newIdentity(name);
  await lab.operator.registerDevice(identity);
  return { identity, wire: await lab.wire(identity) };
}

export const clearDevice = async (lab: Lab, fixture: Registered | undefined): Promise<void> => {
  if (fixture) await lab.operator.removeDevice(fixture.identity.lfdi);
};

/** @throws Problem when the link is not there */
export const linked = (link: { href?: string } | undefined, what: string): string => {
  if (link?.href === undefined) throw new Problem('CANNOT_REACH', { at: what, note: 'the link is not there' });
  return link.href;
};

/** A whole list in one page. */
export const whole = (href: string): string => `${href}?s=0&l=255`;

export async function devicesOf(wire: Wire, dcapPath: string): Promise<EndDevice[]> {
  const dcap = await wire.get(DeviceCapability, dcapPath);
  const at = linked(dcap.EndDeviceListLink, 'DeviceCapability/EndDeviceListLink');
  return (await wire.get(EndDeviceList, whole(at))).EndDevice;
}

/** The EndDevice of an LFDI; that of the certificate unless given. */
export async function ownDevice(wire: Wire, dcapPath: string, lfdi = wire.identity.lfdi): Promise<EndDevice> {
  const devices = await devicesOf(wire, dcapPath);
  const sfdi = lfdi === wire.identity.lfdi ? wire.identity.sfdi : undefined;
  const own = devices.find(each => each.lFDI === lfdi) ?? devices.find(each => each.sFDI === sfdi);
  if (!own) throw new Problem('CANNOT_REACH', { at: 'EndDeviceList', note: `no EndDevice with LFDI ${lfdi}` });
  return own;
}

export async function assignmentsOf(wire: Wire, device: EndDevice): Promise<FunctionSetAssignments[]> {
  const at = linked(device.FunctionSetAssignmentsListLink, 'EndDevice/FunctionSetAssignmentsListLink');
  return (await wire.get(FunctionSetAssignmentsList, whole(at))).FunctionSetAssignments;
}

/** Every program assigned to a device, with the poll rates of the lists they stood in. */
export async function programsOf(
  wire: Wire,
  device: EndDevice,
): Promise<{ programs: DERProgram[]; pollRates: number[] }> {
  const programs: DERProgram[] = [];
  const pollRates: number[] = [];
  for (const { DERProgramListLink: link } of await assignmentsOf(wire, device)) {
    if (!link) continue;
    const list = await wire.get(DERProgramList, whole(link.href));
    programs.push(...list.DERProgram);
    if (list.pollRate !== undefined) pollRates.push(list.pollRate);
  }
  return { programs, pollRates };
}

/** A program of a device by what the lab called it. @throws Problem when the device has no such program */
export async function programNamed(
  lab: Lab,
  wire: Wire,
  description: string,
  lfdi = wire.identity.lfdi,
): Promise<DERProgram> {
  const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath, lfdi));
  const found = programs.find(program => program.description === description);
  if (!found) throw new Problem('CANNOT_REACH', { at: 'DERProgramList', note: `no program "${description}"` });
  return found;
}

export async function controlsOf(wire: Wire, program: DERProgram): Promise<DERControl[]> {
  const at = linked(program.DERControlListLink, 'DERProgram/DERControlListLink');
  return (await wire.get(DERControlList, whole(at))).DERControl;
}

/** Undefined where the server offers no such list, which CSIP lets it. */
export async function activeControlsOf(wire: Wire, program: DERProgram): Promise<DERControl[] | undefined> {
  const link = program.ActiveDERControlListLink;
  return link && (await wire.get(DERControlList, whole(link.href))).DERControl;
}

export const defaultOf = (wire: Wire, program: DERProgram): Promise<DefaultDERControl> =>
  wire.get(DefaultDERControl, linked(program.DefaultDERControlLink, 'DERProgram/DefaultDERControlLink'));

export async function curvesOf(wire: Wire, program: DERProgram): Promise<DERCurve[]> {
  const at = linked(program.DERCurveListLink, 'DERProgram/DERCurveListLink');
  return (await wire.get(DERCurveList, whole(at))).DERCurve;
}

/** The first DER of a device. */
export async function derOf(wire: Wire, device: EndDevice): Promise<DER> {
  const list = await wire.get(DERList, whole(linked(device.DERListLink, 'EndDevice/DERListLink')));
  const [der] = list.DER;
  if (!der) throw new Problem('CANNOT_REACH', { at: 'DERList', note: 'it has no DER' });
  return der;
}

export const registrationOf = (wire: Wire, device: EndDevice) =>
  wire.get(Registration, linked(device.RegistrationLink, 'EndDevice/RegistrationLink'));
