import { DeviceCapability } from '../../src/model/dcap';
import { EndDevice, EndDeviceList } from '../../src/model/edev';
import { clearDevice, linked, ownDevice, registered, registrationOf, whole } from '../discover';
import { procedure } from '../procedure';

export const basic001 = procedure({
  id: 'BASIC-001',
  title: 'DER identification',
  requirements: ['CTP BASIC-001', 'CSIP P17', 'IEEE 2030.5-2018 6.3'],
  needs: ['csip', 'out-of-band-registration'],
  fixture: 'Two devices are registered; the second one asks.',
  arrange: async lab => ({ other: await registered(lab, 'BASIC-001 other'), ...(await registered(lab, 'BASIC-001')) }),
  clear: async (lab, fixture) => {
    await clearDevice(lab, fixture?.other);
    await clearDevice(lab, fixture);
  },
  steps: [
    {
      action: 'GET the EndDeviceList and find the own entry.',
      expect:
        'lFDI is the leftmost 160 bits of the SHA-256 hash of the client certificate, sFDI its leftmost 36 bits with check digit.',
      run: async (lab, { wire, identity }, check) => {
        const device = await ownDevice(wire, lab.dcapPath);
        check.equal('lFDI', device.lFDI, identity.lfdi);
        check.equal('sFDI', device.sFDI, identity.sfdi);
        check.that('enabled, where it is said', device.enabled !== false, device.enabled);
      },
    },
    {
      action: 'GET the own EndDevice by itself.',
      expect: 'The same identity.',
      run: async (lab, { wire, identity }, check) => {
        const device = await ownDevice(wire, lab.dcapPath);
        const alone = await wire.get(EndDevice, linked({ href: device.href ?? '' }, 'EndDevice/@href'));
        check.equal('lFDI', alone.lFDI, identity.lfdi);
        check.equal('sFDI', alone.sFDI, identity.sfdi);
      },
    },
    {
      action: 'GET the Registration.',
      expect: 'The PIN that was configured.',
      run: async (lab, { wire, identity }, check) => {
        check.equal('pIN', (await registrationOf(wire, await ownDevice(wire, lab.dcapPath))).pIN, identity.pin);
      },
    },
    {
      action: 'Look for the other device in the EndDeviceList, and GET what it sees as its own.',
      expect: 'A direct device sees its own entry only; the other EndDevice is 404 or 403.',
      run: async (lab, { wire, other }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const list = await wire.get(EndDeviceList, whole(linked(dcap.EndDeviceListLink, 'EndDeviceListLink')));
        check.that(
          'the other device is not listed',
          list.EndDevice.every(device => device.lFDI !== other.identity.lfdi),
        );
        check.equal('results', list.results, list.EndDevice.length);
        check.equal('all', list.all, list.EndDevice.length);
        const theirs = await ownDevice(other.wire, lab.dcapPath);
        const { status } = await wire.send('GET', theirs.href ?? '');
        check.that('the other EndDevice is refused', status === 404 || status === 403, status);
      },
    },
  ],
});
