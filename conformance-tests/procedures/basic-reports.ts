/** BASIC-027 and BASIC-029: alarms and meter readings. */
import { LogEvent, LogEventList } from '../../src/model/log';
import { MeterReadingList, ReadingList, ReadingSetList, ReadingType, UsagePointList } from '../../src/model/metering';
import { MirrorMeterReading, MirrorUsagePoint } from '../../src/model/mirror';
import { DeviceCapability } from '../../src/model/dcap';
import { clearDevice, linked, ownDevice, registered, whole } from '../discover';
import { procedure } from '../procedure';

export const basic027 = procedure({
  id: 'BASIC-027',
  title: 'Alarms',
  requirements: ['CTP BASIC-027', 'CSIP Table 14', 'IEEE 2030.5-2018 11.5'],
  needs: ['csip', 'out-of-band-registration', 'log-events'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'BASIC-027'),
  clear: clearDevice,
  steps: [
    {
      action: 'POST five LogEvents to the LogEventList.',
      expect: '201 with a Location each; what is there is what was sent.',
      run: async (lab, { wire }, check) => {
        const at = linked((await ownDevice(wire, lab.dcapPath)).LogEventListLink, 'EndDevice/LogEventListLink');
        const now = await lab.serverTime(wire);
        for (let i = 0; i < 5; i++) {
          const event: LogEvent = {
            createdDateTime: now - 100 + 10 * i,
            details: `BASIC-027 ${i}`,
            functionSet: 0,
            logEventCode: i,
            logEventID: i + 1,
            logEventPEN: 40732,
            profileID: 2,
          };
          const made = await wire.post(LogEvent, at, event);
          check.equal(`POST ${i + 1}`, made.status, 201);
          const { href: _href, ...seen } = await wire.get(LogEvent, made.headers['location'] ?? '');
          check.equal(`LogEvent ${i + 1}`, seen, event);
        }
      },
    },
    {
      action: 'GET the LogEventList with l=255.',
      expect: 'Five entries, the newest first, and its link says so.',
      run: async (lab, { wire }, check) => {
        const device = await ownDevice(wire, lab.dcapPath);
        const list = await wire.get(LogEventList, whole(linked(device.LogEventListLink, 'LogEventListLink')));
        check.equal(
          'codes',
          list.LogEvent.map(each => each.logEventCode),
          [4, 3, 2, 1, 0],
        );
        check.equal('all of the link', device.LogEventListLink?.all, 5);
      },
    },
  ],
});

interface Quantity {
  readonly name: string;
  readonly type: ReadingType;
  readonly value: number;
}
const quantity = (name: string, uom: number, value: number, more: Partial<ReadingType> = {}): Quantity => ({
  name,
  value,
  type: { commodity: 1, dataQualifier: 0, flowDirection: 1, powerOfTenMultiplier: 0, uom, ...more },
});
/** CSIP Tables 2-6: real and reactive power, frequency, voltage. */
const quantities: readonly Quantity[] = [
  quantity('W', 38, 4500, { accumulationBehaviour: 12, kind: 37, phase: 0 }),
  quantity('var', 63, -120, { kind: 37 }),
  quantity('Hz', 33, 6001, { powerOfTenMultiplier: -2 }),
  quantity('V', 29, 2401, { powerOfTenMultiplier: -1, phase: 128 }),
];
const mRID = (tag: string, lfdi: string) => `${tag}${lfdi.slice(0, 22)}00009F1C`.slice(0, 32).padEnd(32, '0');

export const basic029 = procedure({
  id: 'BASIC-029',
  title: 'Meter readings',
  requirements: ['CTP BASIC-029', 'CSIP Tables 2-6, 10, 11', 'IEEE 2030.5-2018 10.4'],
  needs: ['csip', 'out-of-band-registration', 'metering'],
  fixture: 'One device is registered.',
  arrange: lab => registered(lab, 'BASIC-029'),
  clear: clearDevice,
  steps: [
    {
      action: 'POST a MirrorUsagePoint, and again the same one; GET it at its Location.',
      expect: '201 with Location, then 204 with the same Location; a postRate is told.',
      run: async (lab, { wire, identity }, check) => {
        const at = linked(
          (await wire.get(DeviceCapability, lab.dcapPath)).MirrorUsagePointListLink,
          'MirrorUsagePointListLink',
        );
        const point: MirrorUsagePoint = {
          mRID: mRID('A0', identity.lfdi),
          roleFlags: '0009',
          serviceCategoryKind: 0,
          status: 1,
          deviceLFDI: identity.lfdi,
          MirrorMeterReading: [],
        };
        const made = await wire.post(MirrorUsagePoint, at, point);
        check.equal('POST', made.status, 201);
        const again = await wire.post(MirrorUsagePoint, at, point);
        check.equal('POST again', again.status, 204);
        check.equal('Location again', again.headers['location'], made.headers['location']);
        const seen = await wire.get(MirrorUsagePoint, made.headers['location'] ?? '');
        check.that('postRate', (seen.postRate ?? 0) > 0, seen.postRate);
        check.equal('deviceLFDI', seen.deviceLFDI, identity.lfdi);
      },
    },
    {
      action:
        'POST MirrorMeterReadings for W, var, Hz and V with their ReadingTypes, then a later reading set of each.',
      expect:
        '201 with Location for each that is new, 204 or 201 for later data; a reading without a known type is 400.',
      run: async (lab, { wire, identity }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const mirrors = linked(dcap.MirrorUsagePointListLink, 'MirrorUsagePointListLink');
        const again = await wire.post(MirrorUsagePoint, mirrors, {
          mRID: mRID('A0', identity.lfdi),
          roleFlags: '0009',
          serviceCategoryKind: 0,
          status: 1,
          deviceLFDI: identity.lfdi,
          MirrorMeterReading: [],
        });
        const at = again.headers['location'] ?? '';
        const start = (await lab.serverTime(wire)) - 600;
        for (const [i, { name, type, value }] of quantities.entries()) {
          const set = (n: number) => ({
            mRID: mRID(`C${i}${n}0`, identity.lfdi),
            timePeriod: { duration: 300, start: start + 300 * n },
            Reading: [{ timePeriod: { duration: 300, start: start + 300 * n }, value: value + n, localID: '00' }],
          });
          const meter = { mRID: mRID(`B${i}`, identity.lfdi), description: `BASIC-029 ${name}` };
          const made = await wire.post(MirrorMeterReading, at, {
            ...meter,
            ReadingType: type,
            MirrorReadingSet: [set(0)],
          });
          check.equal(`POST ${name}`, made.status, 201);
          const later = await wire.post(MirrorMeterReading, at, { ...meter, MirrorReadingSet: [set(1)] });
          check.that(`POST ${name} later`, [201, 204].includes(later.status), later.status);
        }
        const unknown = await wire.post(MirrorMeterReading, at, {
          mRID: mRID('BF', identity.lfdi),
          MirrorReadingSet: [],
        });
        check.equal('no ReadingType for an unknown mRID', unknown.status, 400);
      },
    },
    {
      action: 'GET what was mirrored under the UsagePointList.',
      expect:
        'One usage point with four meter readings, their ReadingTypes, two reading sets each, and the values sent.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const points = await wire.get(UsagePointList, whole(linked(dcap.UsagePointListLink, 'UsagePointListLink')));
        const [point] = points.UsagePoint;
        check.equal('usage points', points.all, 1);
        const meters = await wire.get(
          MeterReadingList,
          whole(linked(point?.MeterReadingListLink, 'MeterReadingListLink')),
        );
        check.equal('meter readings', meters.all, quantities.length);
        for (const { name, type, value } of quantities) {
          const meter = meters.MeterReading.find(each => each.description === `BASIC-029 ${name}`);
          const seen = await wire.get(ReadingType, linked(meter?.ReadingTypeLink, `${name}/ReadingTypeLink`));
          check.equal(
            `uom, multiplier of ${name}`,
            [seen.uom, seen.powerOfTenMultiplier],
            [type.uom, type.powerOfTenMultiplier],
          );
          const sets = await wire.get(
            ReadingSetList,
            whole(linked(meter?.ReadingSetListLink, `${name}/ReadingSetListLink`)),
          );
          const values: (number | undefined)[] = [];
          for (const set of sets.ReadingSet) {
            const readings = await wire.get(ReadingList, whole(linked(set.ReadingListLink, `${name}/ReadingListLink`)));
            values.push(...readings.Reading.map(each => each.value));
          }
          check.equal(`values of ${name}, the newest set first`, values, [value + 1, value]);
        }
      },
    },
  ],
});
