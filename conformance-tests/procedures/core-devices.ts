/** CORE-005, 009, 014 and BASIC-028: time, EndDevice, and what a DER tells of itself. */
import { DeviceCapability } from '../../src/model/dcap';
import { DERAvailability, DERCapability, DERSettings, DERStatus } from '../../src/model/der';
import { EndDevice, EndDeviceList } from '../../src/model/edev';
import { Time } from '../../src/model/time';
import { until } from '../../src/base/clock';
import { clearDevice, derOf, linked, ownDevice, registered, whole } from '../discover';
import { procedure } from '../procedure';
import { availability, capability, derStatus, putAndGet, settings, tellAll } from '../telemetry';

const quarterHourS = 900;

export const core005 = procedure({
  id: 'CORE-005',
  title: 'Basic time',
  requirements: ['CTP CORE-005', 'IEEE 2030.5-2018 11.1'],
  needs: ['csip', 'out-of-band-registration'],
  fixture: 'One device is registered; the server tells quality 7, intentionally uncoordinated.',
  lastsS: 30,
  arrange: lab => registered(lab, 'CORE-005'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET Time through its link in DeviceCapability.',
      expect:
        'quality 7; offsets within a day and whole quarters of an hour; daylight saving begins before it ends or not at all.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const time = await wire.get(Time, linked(dcap.TimeLink, 'DeviceCapability/TimeLink'));
        check.equal('quality', time.quality, 7);
        check.that(
          'tzOffset',
          Math.abs(time.tzOffset) <= 14 * 3600 && time.tzOffset % quarterHourS === 0,
          time.tzOffset,
        );
        check.that('dstOffset', Math.abs(time.dstOffset) <= 7200, time.dstOffset);
        check.that(
          'dstStartTime and dstEndTime differ where dstOffset does',
          time.dstOffset === 0 || time.dstStartTime !== time.dstEndTime,
          [time.dstStartTime, time.dstEndTime],
        );
        const { localTime } = time;
        const offsets = [time.tzOffset, time.tzOffset + time.dstOffset];
        check.that(
          'localTime, where it is told, is off by the offsets',
          localTime === undefined || offsets.includes(localTime - time.currentTime),
          localTime,
        );
      },
    },
    {
      action: 'GET Time again ten seconds later.',
      expect: 'The clock has moved as far as the time that has passed.',
      run: async (lab, { wire }, check) => {
        const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).TimeLink, 'TimeLink');
        const timed = async () => {
          const before = lab.clock.now();
          const { currentTime } = await wire.get(Time, at);
          return { currentTime, before, after: lab.clock.now() };
        };
        const first = await timed();
        await until(lab.clock, lab.clock.now() + 10);
        const second = await timed();
        const moved = second.currentTime - first.currentTime;
        check.that(
          'it moved',
          moved >= second.before - first.after - 1 && moved <= second.after - first.before + 1,
          moved,
        );
      },
    },
  ],
});

export const core009 = procedure({
  id: 'CORE-009',
  title: 'Advanced EndDevice',
  requirements: ['CTP CORE-009', 'CSIP 6.2.2', 'IEEE 2030.5-2018 10.1'],
  needs: ['csip', 'out-of-band-registration', 'der-information'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'CORE-009'),
  clear: clearDevice,
  steps: [
    {
      action: 'GET the own EndDevice, its DERList and its DER.',
      expect: 'The links are there; the DER links to capability, settings, status and availability.',
      run: async (lab, { wire }, check) => {
        const device = await ownDevice(wire, lab.dcapPath);
        const currentTime = await lab.serverTime(wire);
        check.that('changedTime is not in the future', device.changedTime <= currentTime, device.changedTime);
        for (const link of [
          'RegistrationLink',
          'FunctionSetAssignmentsListLink',
          'DERListLink',
          'LogEventListLink',
        ] as const)
          check.that(link, device[link] !== undefined);
        const der = await derOf(wire, device);
        for (const link of ['DERCapabilityLink', 'DERSettingsLink', 'DERStatusLink', 'DERAvailabilityLink'] as const)
          check.that(link, der[link] !== undefined);
      },
    },
    {
      action: 'PUT DERCapability, DERSettings, DERStatus and DERAvailability, and GET them back.',
      expect: '204, and the values that were sent.',
      run: async (lab, { wire }, check) =>
        tellAll(wire, check, await derOf(wire, await ownDevice(wire, lab.dcapPath)), await lab.serverTime(wire)),
    },
    {
      action: 'POST the own EndDevice once more, and one with the identity of another certificate.',
      expect: 'Both are refused with 400, 403, 405 or 409.',
      run: async (lab, { wire, identity }, check) => {
        const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
        const other = lab.managedIdentity('CORE-009 other');
        for (const [what, { lfdi, sfdi }] of [
          ['a second time', identity],
          ['another identity', other],
        ] as const) {
          const { status } = await wire.post(EndDevice, at, { lFDI: lfdi, sFDI: sfdi, changedTime: 0 });
          check.that(`POST ${what} is refused`, [400, 403, 405, 409].includes(status), status);
        }
        const list = await wire.get(EndDeviceList, whole(at));
        check.equal('still one entry', list.all, 1);
      },
    },
  ],
});

export const inBand = procedure({
  id: 'CORE-009B',
  title: 'In-band registration',
  requirements: ['CTP CORE-009', 'IEEE 2030.5-2018 10.1.3'],
  needs: ['csip', 'in-band-registration'],
  fixture: 'In-band registration is on; a certificate that is not registered connects.',
  alone: true,
  arrange: async lab => {
    await lab.operator.allowInBandRegistration(true);
    const identity = lab.newIdentity('CORE-009B');
    return { identity, wire: await lab.wire(identity) };
  },
  clear: async (lab, fixture) => {
    if (fixture) await lab.operator.removeDevice(fixture.identity.lfdi);
    await lab.operator.allowInBandRegistration(false);
  },
  steps: [
    {
      action: 'GET the EndDeviceList, POST the own EndDevice, and GET it at its Location.',
      expect: 'An empty list, 201 with Location, and the identity of the certificate with a Registration.',
      run: async (lab, { wire, identity }, check) => {
        const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
        check.equal('entries before', (await wire.get(EndDeviceList, whole(at))).all, 0);
        const made = await wire.post(EndDevice, at, { lFDI: identity.lfdi, sFDI: identity.sfdi, changedTime: 0 });
        check.equal('POST', made.status, 201);
        const device = await wire.get(EndDevice, made.headers['location'] ?? '');
        check.equal('identity', [device.lFDI, device.sFDI], [identity.lfdi, identity.sfdi]);
        check.that('RegistrationLink', device.RegistrationLink !== undefined);
      },
    },
  ],
});

export const core014 = procedure({
  id: 'CORE-014',
  title: 'DER settings',
  requirements: ['CTP CORE-014', 'IEEE 2030.5-2018 10.10.4.4'],
  needs: ['csip', 'out-of-band-registration', 'der-information'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'CORE-014'),
  clear: clearDevice,
  steps: [
    {
      action: 'PUT DERCapability and DERSettings with other values, and GET both; then change the settings alone.',
      expect:
        '204 each; ratings and settings are kept apart: set* stay at most rtg*, and new settings leave the ratings alone.',
      run: async (lab, { wire }, check) => {
        const der = await derOf(wire, await ownDevice(wire, lab.dcapPath));
        const now = await lab.serverTime(wire);
        await putAndGet(wire, check, DERCapability, der.DERCapabilityLink, capability(6000));
        await putAndGet(wire, check, DERSettings, der.DERSettingsLink, settings(now, 5500));
        await putAndGet(wire, check, DERSettings, der.DERSettingsLink, settings(now, 5200));
        const rated = await wire.get(DERCapability, linked(der.DERCapabilityLink, 'DERCapabilityLink'));
        const set = await wire.get(DERSettings, linked(der.DERSettingsLink, 'DERSettingsLink'));
        check.equal('rtgMaxW', rated.rtgMaxW, { multiplier: 0, value: 6000 });
        check.that('setMaxW is at most rtgMaxW', set.setMaxW.value <= rated.rtgMaxW.value, set.setMaxW);
        check.equal('modesSupported is a bit map: bit 20', rated.modesSupported, '00100000');
      },
    },
    {
      action: 'PUT DERSettings without updatedTime, and to the DERCapability a DERStatus.',
      expect: '400 each, and nothing has changed.',
      run: async (lab, { wire }, check) => {
        const der = await derOf(wire, await ownDevice(wire, lab.dcapPath));
        const derg = linked(der.DERSettingsLink, 'DERSettingsLink');
        const before = await wire.send('GET', derg);
        const body = before.body.replace(/<updatedTime>\d+<\/updatedTime>/, '');
        check.equal('without updatedTime', (await wire.send('PUT', derg, { body })).status, 400);
        check.equal('unchanged', (await wire.send('GET', derg)).body, before.body);
        const status = await wire.put(DERStatus, linked(der.DERCapabilityLink, 'DERCapabilityLink'), derStatus(1));
        check.equal('a DERStatus as DERCapability', status.status, 400);
      },
    },
  ],
});

export const basic028 = procedure({
  id: 'BASIC-028',
  title: 'Inverter status',
  requirements: ['CTP BASIC-028', 'CSIP Table 13', 'IEEE 2030.5-2018 10.10.4.5'],
  needs: ['csip', 'out-of-band-registration', 'der-information'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'BASIC-028'),
  clear: clearDevice,
  steps: [
    {
      action: 'PUT DERStatus three times with other values, and GET it each time; the same with DERAvailability.',
      expect: '204 each time, and the values just sent.',
      run: async (lab, { wire }, check) => {
        const der = await derOf(wire, await ownDevice(wire, lab.dcapPath));
        for (const inverter of [3, 4, 7])
          await putAndGet(wire, check, DERStatus, der.DERStatusLink, derStatus(await lab.serverTime(wire), inverter));
        await putAndGet(
          wire,
          check,
          DERAvailability,
          der.DERAvailabilityLink,
          availability(await lab.serverTime(wire)),
        );
      },
    },
  ],
});
