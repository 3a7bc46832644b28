/** Steps that many procedures share: from the configured entry path to what it links to. Follows links only. */
import { DeviceCapability } from '../src/model/dcap';
import { type EndDevice, EndDeviceList, Registration } from '../src/model/edev';
import { type DERProgram, DERProgramList } from '../src/model/der';
import { FunctionSetAssignmentsList } from '../src/model/fsa';
import { Problem } from '../src/base/problem';
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

export const linked = (link: { href: string } | undefined, what: string): string => {
  if (!link) throw new Problem('CANNOT_REACH', { at: what, note: 'the link is not there' });
  return link.href;
};

/** A whole list in one page. */
export const whole = (href: string, all = 255): string => `${href}?s=0&l=${Math.max(1, Math.min(255, all))}`;

/** The EndDevice whose LFDI or SFDI is ours. */
export async function ownDevice(wire: Wire, dcapPath: string): Promise<EndDevice> {
  const dcap = await wire.get(DeviceCapability, dcapPath);
  const list = await wire.get(
    EndDeviceList,
    whole(linked(dcap.EndDeviceListLink, 'DeviceCapability/EndDeviceListLink')),
  );
  const own = list.EndDevice.find(device => device.lFDI === wire.identity.lfdi || device.sFDI === wire.identity.sfdi);
  if (!own) throw new Problem('CANNOT_REACH', { at: 'EndDeviceList', note: 'our own EndDevice is not in it' });
  return own;
}

/** Every program assigned to a device, with the poll rate of the list it stood in. */
export async function programsOf(
  wire: Wire,
  device: EndDevice,
): Promise<{ programs: DERProgram[]; pollRates: number[] }> {
  const fsas = await wire.get(
    FunctionSetAssignmentsList,
    whole(linked(device.FunctionSetAssignmentsListLink, 'EndDevice/FunctionSetAssignmentsListLink')),
  );
  const programs: DERProgram[] = [];
  const pollRates: number[] = [];
  for (const fsa of fsas.FunctionSetAssignments) {
    if (!fsa.DERProgramListLink) continue;
    const list = await wire.get(DERProgramList, whole(fsa.DERProgramListLink.href));
    programs.push(...list.DERProgram);
    if (list.pollRate !== undefined) pollRates.push(list.pollRate);
  }
  return { programs, pollRates };
}

export const registrationOf = (wire: Wire, device: EndDevice) =>
  wire.get(Registration, linked(device.RegistrationLink, 'EndDevice/RegistrationLink'));
