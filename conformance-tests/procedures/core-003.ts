import { DeviceCapability } from '../../src/model/dcap';
import { EndDeviceList } from '../../src/model/edev';
import { Time } from '../../src/model/time';
import { clearDevice, linked, ownDevice, programsOf, registered, registrationOf, whole } from '../discover';
import { procedure } from '../procedure';

/** The PIN of every CSIP test (CTP fixtures). */
const testPin = 111_115;

export const core003 = procedure({
  id: 'CORE-003',
  title: 'Polling',
  requirements: ['CTP CORE-003', 'CSIP P8', 'IEEE 2030.5-2018 clause 8'],
  needs: ['csip', 'out-of-band-registration'],
  fixture: `One device is registered with PIN ${testPin}; poll rates are those the server is configured with.`,
  arrange: lab => registered(lab, 'CORE-003'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET DeviceCapability, Time, EndDeviceList, Registration and the DERProgramLists.',
      expect: 'Each names a pollRate above 0.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const time = await wire.get(Time, linked(dcap.TimeLink, 'TimeLink'));
        const list = await wire.get(EndDeviceList, linked(dcap.EndDeviceListLink, 'EndDeviceListLink'));
        const device = await ownDevice(wire, lab.dcapPath);
        const registration = await registrationOf(wire, device);
        const { pollRates } = await programsOf(wire, device);
        const rates = {
          DeviceCapability: dcap.pollRate,
          Time: time.pollRate,
          EndDeviceList: list.pollRate,
          Registration: registration.pollRate,
        };
        for (const [name, rate] of Object.entries(rates)) check.that(`${name} names a pollRate`, (rate ?? 0) > 0, rate);
        check.that(
          'a DERProgramList names a pollRate',
          pollRates.length > 0 && pollRates.every(rate => rate > 0),
          pollRates,
        );
      },
    },
    {
      action: 'GET the Registration of the device.',
      expect: `pIN is ${testPin} and dateTimeRegistered is not in the future.`,
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const { currentTime } = await wire.get(Time, linked(dcap.TimeLink, 'TimeLink'));
        const { pIN, dateTimeRegistered } = await registrationOf(wire, await ownDevice(wire, lab.dcapPath));
        check.equal('pIN', pIN, testPin);
        check.that('dateTimeRegistered is not in the future', dateTimeRegistered <= currentTime, dateTimeRegistered);
      },
    },
    {
      action: 'Poll each resource three times.',
      expect: 'Status 200 each time; nothing changes but the clock; the clock never goes back.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const edevs = whole(linked(dcap.EndDeviceListLink, 'EndDeviceListLink'));
        const first = [await wire.send('GET', lab.dcapPath), await wire.send('GET', edevs)];
        let last = 0;
        for (let round = 0; round < 3; round++) {
          const again = [await wire.send('GET', lab.dcapPath), await wire.send('GET', edevs)];
          check.that(
            `round ${round + 1}: same bodies`,
            again.every((answer, i) => answer.status === 200 && answer.body === first[i]?.body),
          );
          const { currentTime } = await wire.get(Time, linked(dcap.TimeLink, 'TimeLink'));
          check.that(`round ${round + 1}: the clock does not go back`, currentTime >= last, currentTime);
          last = currentTime;
        }
      },
    },
  ],
});
