/** CSIP-AUS server procedures, by what a server must do (protocol facts 9.2). The numbers of CACTUS are given as references. */
import { ConnectionPoint } from '../../src/model/ext/csip-aus';
import { DERCapability, DERProgramList, type DERControlBase } from '../../src/model/der';
import { write } from '../../src/codec/write';
import { dialects } from '../../src/model/dialect';
import { EndDevice } from '../../src/model/edev';
import { MirrorUsagePoint } from '../../src/model/mirror';
import { DeviceCapability } from '../../src/model/dcap';
import {
  assignmentsOf,
  clearDevice,
  controlsOf,
  derOf,
  linked,
  ownDevice,
  programsOf,
  registered,
  whole,
} from '../discover';
import { procedure, type Claim } from '../procedure';
import { responses123, scenario, type EventSpec } from '../scenario';
import { capability } from '../telemetry';
import { cactus, direct, watts } from './aus-common';

const needs: readonly Claim[] = ['csip-aus'];

const control = (id: string, title: string, tests: number[], fallback: DERControlBase, event: DERControlBase) =>
  scenario({
    id,
    title,
    requirements: cactus(...tests),
    needs,
    about: 'One program with a default; an event with another value of the same mode at +2 min for a minute.',
    programs: { P: { primacy: 1, default: { base: fallback } } },
    events: [{ base: event, name: 'E', program: 'P', startS: 120, durationS: 60, responses: responses123 }],
  });

const many: EventSpec[] = Array.from({ length: 24 }, (_, i) => ({
  base: { opModExpLimW: watts(1000 + 100 * i) },
  name: `E${i + 1}`,
  program: 'P',
  startS: 120 + 300 * i,
  durationS: 300,
  ...(i > 0 && { cancelledS: 150, responses: [1, 6] }),
  ...(i === 0 && { cancelledS: 150, responses: [1, 2, 6] }),
}));

export const aus = [
  control('AUS-011', 'Export limit', [11, 12, 19], { opModExpLimW: watts(1500) }, { opModExpLimW: watts(5000) }),
  control('AUS-012', 'Import limit', [13, 14, 20], { opModImpLimW: watts(1500) }, { opModImpLimW: watts(25, 2) }),
  control('AUS-013', 'Generation limit', [15, 21], { opModGenLimW: watts(15, 2) }, { opModGenLimW: watts(5, 3) }),
  control('AUS-014', 'Load limit', [16, 22], { opModLoadLimW: watts(1500) }, { opModLoadLimW: watts(2000) }),
  control(
    'AUS-015',
    'Energise and connect',
    [17, 18, 23, 24],
    { opModEnergize: true, opModConnect: true },
    { opModEnergize: false, opModConnect: false },
  ),
  scenario({
    id: 'AUS-044',
    title: 'Twenty-four events ahead',
    requirements: ['CSIP G10', ...cactus(44)],
    needs,
    about:
      'One program with 24 export limits of five minutes, one after the other without a gap; all are cancelled in the first.',
    programs: { P: { primacy: 1, default: { base: { opModExpLimW: watts(1500) } } } },
    events: many,
  }),
  scenario({
    id: 'AUS-049',
    title: 'Several programs',
    requirements: cactus(49),
    needs,
    about: 'Two programs with export limits at the same time; the one with the lower primacy is the stronger.',
    programs: { STRONG: { primacy: 1 }, WEAK: { primacy: 2, default: { base: { opModExpLimW: watts(1500) } } } },
    events: [
      {
        base: { opModExpLimW: watts(9000) },
        name: 'W',
        program: 'WEAK',
        startS: 120,
        durationS: 120,
        responses: [1, 2, 14],
      },
      {
        base: { opModExpLimW: watts(2000) },
        name: 'S',
        program: 'STRONG',
        startS: 150,
        durationS: 60,
        responses: responses123,
      },
    ],
  }),
  procedure({
    id: 'AUS-001',
    title: 'Registration',
    requirements: cactus(1, 2, 3, 51, 52),
    needs: direct,
    fixture: 'One device is registered.',
    arrange: lab => registered(lab, 'AUS-001'),
    clear: clearDevice,
    steps: [
      {
        action: 'GET the own EndDevice; POST it again, and one whose LFDI is not that of the certificate.',
        expect: 'The LFDI of the certificate; a 4xx for both, and nothing has changed.',
        run: async (lab, { wire, identity }, check) => {
          const device = await ownDevice(wire, lab.dcapPath);
          check.equal('lFDI', device.lFDI, identity.lfdi);
          const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
          const wrong = lab.managedIdentity('AUS-001 wrong');
          for (const { lfdi, sfdi } of [identity, wrong]) {
            const { status } = await wire.post(EndDevice, at, { lFDI: lfdi, sFDI: sfdi, changedTime: 0 });
            check.that('refused', status >= 400 && status <= 499, status);
          }
          check.equal('still the same', (await ownDevice(wire, lab.dcapPath)).sFDI, identity.sfdi);
        },
      },
    ],
  }),
  procedure({
    id: 'AUS-053',
    title: 'ConnectionPoint',
    requirements: cactus(4, 53),
    needs: direct,
    fixture: 'One device is registered.',
    arrange: lab => registered(lab, 'AUS-053'),
    clear: clearDevice,
    steps: [
      {
        action: 'Follow the ConnectionPointLink, PUT a connection point, and GET it.',
        expect: '204 or 201, then the identifier sent; or a refusal with 403 or 409.',
        run: async (lab, { wire }, check) => {
          const at = linked((await ownDevice(wire, lab.dcapPath)).ConnectionPointLink, 'EndDevice/ConnectionPointLink');
          const body = write(
            ConnectionPoint,
            { connectionPointId: '41036413121' },
            { dialect: dialects['csipaus-1.2'] },
          );
          const { status } = await wire.send('PUT', at, { body });
          check.that('taken, or refused with 403 or 409', [201, 204, 403, 409].includes(status), status);
          if (status === 403 || status === 409) return;
          check.equal('connectionPointId', (await wire.get(ConnectionPoint, at)).connectionPointId, '41036413121');
        },
      },
    ],
  }),
  procedure({
    id: 'AUS-006',
    title: 'DERCapability with DOE modes',
    requirements: cactus(6, 54, 55),
    needs: [...direct, 'der-information'],
    fixture: 'One device is registered.',
    arrange: lab => registered(lab, 'AUS-006'),
    clear: clearDevice,
    steps: [
      {
        action: 'PUT DERCapability with doeModesSupported, and GET it.',
        expect: '204, and doeModesSupported as sent.',
        run: async (lab, { wire }, check) => {
          const der = await derOf(wire, await ownDevice(wire, lab.dcapPath));
          const at = linked(der.DERCapabilityLink, 'DERCapabilityLink');
          const told = { ...capability(), doeModesSupported: '0F' };
          const body = write(DERCapability, told, { dialect: dialects['csipaus-1.2'] });
          check.equal('PUT', (await wire.send('PUT', at, { body })).status, 204);
          check.equal('doeModesSupported', (await wire.get(DERCapability, at)).doeModesSupported, '0F');
        },
      },
    ],
  }),
  procedure({
    id: 'AUS-007',
    title: 'Mirror usage points of site and DER',
    requirements: cactus(7, 8, 9, 10),
    needs: [...direct, 'metering'],
    fixture: 'One device is registered.',
    arrange: lab => registered(lab, 'AUS-007'),
    clear: clearDevice,
    steps: [
      {
        action:
          'POST two MirrorUsagePoints, of the site (roleFlags 0003) and of the DER (roleFlags 0049); GET the list.',
        expect: '201 with different Locations; both in the list; a postRate each.',
        run: async (lab, { wire, identity }, check) => {
          const at = linked(
            (await wire.get(DeviceCapability, lab.dcapPath)).MirrorUsagePointListLink,
            'MirrorUsagePointListLink',
          );
          const places: (string | undefined)[] = [];
          for (const roleFlags of ['0003', '0049']) {
            const made = await wire.post(MirrorUsagePoint, at, {
              mRID: `${roleFlags}${identity.lfdi.slice(0, 20)}00009F1C`,
              roleFlags,
              serviceCategoryKind: 0,
              status: 1,
              deviceLFDI: identity.lfdi,
              MirrorMeterReading: [],
            });
            check.equal(`roleFlags ${roleFlags}`, made.status, 201);
            places.push(made.headers['location']);
            const seen = await wire.get(MirrorUsagePoint, made.headers['location'] ?? '');
            check.that('postRate', (seen.postRate ?? 0) > 0, seen.postRate);
          }
          check.that('two places', new Set(places).size === 2, places);
        },
      },
    ],
  }),
  procedure({
    id: 'AUS-043',
    title: 'Poll rates',
    requirements: cactus(43),
    needs: [...direct, 'der-control'],
    fixture: 'One device is registered; the operator sets the pollRate of the DERProgramList to 60 s.',
    alone: true,
    arrange: async lab => {
      await lab.operator.setPollRate('DERProgramList', 60);
      return registered(lab, 'AUS-043');
    },
    clear: async (lab, fixture) => {
      await lab.operator.setPollRate('DERProgramList', 300);
      await clearDevice(lab, fixture);
    },
    steps: [
      {
        action: 'GET the DERProgramList; set its pollRate to 120 s; GET it again.',
        expect: '60, then 120 at once.',
        run: async (lab, { wire }, check) => {
          const [fsa] = await assignmentsOf(wire, await ownDevice(wire, lab.dcapPath));
          const at = whole(linked(fsa?.DERProgramListLink, 'DERProgramListLink'));
          check.equal('pollRate', (await wire.get(DERProgramList, at)).pollRate, 60);
          await lab.operator.setPollRate('DERProgramList', 120);
          check.equal('pollRate', (await wire.get(DERProgramList, at)).pollRate, 120);
        },
      },
    ],
  }),
  procedure({
    id: 'AUS-047',
    title: 'Operating envelope as a series',
    requirements: cactus(47, 49),
    needs: [...direct, 'der-control'],
    fixture:
      'One device; an envelope of four steps of five minutes is published, and published anew with one step changed.',
    arrange: lab => registered(lab, 'AUS-047'),
    clear: clearDevice,
    steps: [
      {
        action: 'Publish; GET the controls of the programs; change the last step, publish again, and GET them again.',
        expect:
          'Four export and import limits that follow each other without gap; the unchanged steps keep their mRID.',
        run: async (lab, { wire, identity }, check) => {
          const start = Math.ceil((await lab.serverTime(wire)) / 300) * 300 + 600;
          const seen = async () => {
            const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
            return (await Promise.all(programs.map(each => controlsOf(wire, each)))).flat();
          };
          const publish = (exportW: readonly number[]) =>
            lab.operator.publishEnvelope(identity.lfdi, {
              start,
              stepS: 300,
              importW: [3000, 4000, 5000, 6000],
              exportW,
            });
          await publish([1000, 2000, 3000, 4000]);
          const first = await seen();
          check.equal(
            'starts',
            first.map(each => each.interval.start),
            [0, 1, 2, 3].map(i => start + 300 * i),
          );
          check.equal(
            'export limits, W',
            first.map(each => valueOf(each.DERControlBase.opModExpLimW)),
            [1000, 2000, 3000, 4000],
          );
          check.equal(
            'import limits, W',
            first.map(each => valueOf(each.DERControlBase.opModImpLimW)),
            [3000, 4000, 5000, 6000],
          );
          await publish([1000, 2000, 3000, 3500]);
          const live = (await seen()).filter(each => each.EventStatus.currentStatus < 2);
          check.equal(
            'unchanged steps',
            live.slice(0, 3).map(each => each.mRID),
            first.slice(0, 3).map(each => each.mRID),
          );
          check.equal('the changed step', valueOf(live[3]?.DERControlBase.opModExpLimW), 3500);
        },
      },
    ],
  }),
];

const valueOf = (power: { value: number; multiplier: number } | undefined): number | undefined =>
  power && power.value * 10 ** power.multiplier;
