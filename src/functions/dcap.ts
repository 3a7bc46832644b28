import { type DeviceCapability } from '../model/dcap';
import { model } from '../model';
import { href } from '../model/href';
import { assignedLinks } from './assigned';
import { type Behaviour, type House } from './behaviour';
import { mirrorLists } from './mirror';
import { usagePointLists } from './metering';
import { type Scope } from './scope';

/** Who it is, prices and messages (protocol facts 1.2); and where it is not registered, nothing. */
function forSelfSigned(scope: Scope, assigned: object, { self }: House): DeviceCapability {
  if (scope.kind === 'newcomer') return {};
  return {
    ...assigned,
    EndDeviceListLink: { href: href(model.edev.devices), all: scope.edevs.length },
    ...(self && { SelfDeviceLink: { href: href(model.edev.self) } }),
  };
}

/** Where everything starts. Links only to what this caller may use; a newcomer sees Time and the EndDeviceList it may POST to. */
export const dcapBehaviour: Behaviour = {
  resource: model.dcap.capability,
  item: async ({ store, scope, house }): Promise<DeviceCapability> => {
    const base = {
      TimeLink: { href: href(model.time.time) },
      EndDeviceListLink: { href: href(model.edev.devices), all: scope.edevs.length },
    };
    if (scope.selfSigned) return forSelfSigned(scope, await assignedLinks({ store, scope }), house);
    if (scope.kind === 'newcomer') return base;
    const count = async (lists: string[]) =>
      (await Promise.all(lists.map(list => store.count(list)))).reduce((a, b) => a + b, 0);
    const { programs } = scope;
    const [mirrors, usagePoints, assigned] = await Promise.all([
      count(mirrorLists(scope)),
      count(usagePointLists(scope)),
      assignedLinks({ store, scope }),
    ]);
    return {
      ...assigned,
      ...(programs.length > 0 && { DERProgramListLink: { href: href(model.der.programs), all: programs.length } }),
      ...base,
      UsagePointListLink: { href: href(model.metering.usagePoints), all: usagePoints },
      MirrorUsagePointListLink: { href: href(model.mirror.mirrors), all: mirrors },
      ...(house.self && { SelfDeviceLink: { href: href(model.edev.self) } }),
    };
  },
};
