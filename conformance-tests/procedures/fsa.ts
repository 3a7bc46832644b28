/** CORE-010, CORE-011 and BASIC-002: FunctionSetAssignments of a device. */
import { DERProgramList } from '../../src/model/der';
import { DeviceCapability } from '../../src/model/dcap';
import { FunctionSetAssignmentsList } from '../../src/model/fsa';
import { Time } from '../../src/model/time';
import {
  assignmentsOf,
  clearDevice,
  controlsOf,
  devicesOf,
  linked,
  ownDevice,
  programNamed,
  programsOf,
  registered,
  whole,
  type Registered,
} from '../discover';
import { aggregatorWith, clearAggregator, lfdiOf } from '../aggregator';
import { type ProgramRef } from '../operator';
import { procedure, type Lab } from '../procedure';

/** Levels with their primacy in the tests (protocol facts 5.1). */
const levels = { SY: 10, ST: 9, SS: 8, FD: 7, SG: 6, TF: 5, SP: 4 } as const;

export const core010 = procedure({
  id: 'CORE-010',
  title: 'FunctionSetAssignments of seven levels',
  requirements: ['CTP CORE-010', 'CSIP P24, P26', 'IEEE 2030.5-2018 10.2'],
  needs: ['csip', 'out-of-band-registration', 'aggregators', 'der-control'],
  fixture: 'An aggregator with two devices; the first has seven programs, one a level, in one FunctionSetAssignments.',
  arrange: async lab => {
    const fixture = await aggregatorWith(lab, 'CORE-010', ['EDA1', 'EDA2']);
    for (const [level, primacy] of Object.entries(levels))
      await lab.operator.createProgram({
        description: `CORE-010 ${level}`,
        primacy,
        devices: [lfdiOf(fixture, 'EDA1')],
      });
    return fixture;
  },
  clear: clearAggregator,
  steps: [
    {
      action: 'GET the EndDeviceList.',
      expect: 'Three entries, and no other: the aggregator and its devices.',
      run: async (lab, fixture, check) => {
        const want = [fixture.identity, ...fixture.devices.values()].map(each => each.lfdi).sort();
        check.equal('LFDIs', (await devicesOf(fixture.wire, lab.dcapPath)).map(each => each.lFDI).sort(), want);
      },
    },
    {
      action: 'GET the FunctionSetAssignments of the first device, its programs, and each by itself.',
      expect: 'One has all seven programs, the strongest first; all answers are 200.',
      run: async (lab, fixture, check) => {
        const device = await ownDevice(fixture.wire, lab.dcapPath, lfdiOf(fixture, 'EDA1'));
        const ours: string[][] = [];
        for (const fsa of await assignmentsOf(fixture.wire, device)) {
          check.that('TimeLink', fsa.TimeLink !== undefined);
          if (!fsa.DERProgramListLink) continue;
          const list = await fixture.wire.get(DERProgramList, whole(fsa.DERProgramListLink.href));
          check.equal('all of the link', fsa.DERProgramListLink.all, list.all);
          const programs = list.DERProgram.filter(({ description = '' }) => description.startsWith('CORE-010'));
          if (programs.length > 0) ours.push(programs.map(({ description = '' }) => description.slice(9)));
          for (const each of programs)
            check.equal(`GET ${each.description}`, (await fixture.wire.send('GET', each.href ?? '')).status, 200);
        }
        check.equal('programs of each assignment', ours, [['SP', 'TF', 'SG', 'FD', 'SS', 'ST', 'SY']]);
      },
    },
    {
      action: 'GET the FunctionSetAssignments of the second device.',
      expect: 'None of these programs is in them.',
      run: async (lab, fixture, check) => {
        const device = await ownDevice(fixture.wire, lab.dcapPath, lfdiOf(fixture, 'EDA2'));
        const { programs } = await programsOf(fixture.wire, device);
        check.that(
          'none',
          programs.every(({ description = '' }) => !description.startsWith('CORE-010')),
        );
      },
    },
  ],
});

const numbered = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const manyAssignments = (id: string, count: number, primacies: readonly number[]) => async (lab: Lab) => {
  const device = await registered(lab, id);
  const programs: ProgramRef[] = [];
  for (const n of numbered(count))
    programs.push(
      await lab.operator.createProgram({
        description: `${id} P${n}`,
        primacy: primacies[n - 1] ?? n,
        devices: [device.identity.lfdi],
        assignment: `${id} ${n}`,
      }),
    );
  return { ...device, programs };
};

export const core011 = procedure<Registered>({
  id: 'CORE-011',
  title: 'Advanced FunctionSetAssignments',
  requirements: ['CTP CORE-011', 'CSIP P24, P27', 'IEEE 2030.5-2018 10.2'],
  needs: ['csip', 'out-of-band-registration', 'der-control', 'several-fsa'],
  fixture: 'One device with fourteen FunctionSetAssignments of one program each, beside the one every device has.',
  arrange: manyAssignments('CORE-011', 14, []),
  clear: clearDevice,
  steps: [
    {
      action: 'GET the FunctionSetAssignmentsList whole and page by page.',
      expect: 'All fourteen and more, by mRID downwards (the blanket checks hold the order), the same either way.',
      run: async (lab, { wire }, check) => {
        const device = await ownDevice(wire, lab.dcapPath);
        const at = linked(device.FunctionSetAssignmentsListLink, 'FunctionSetAssignmentsListLink');
        const list = await wire.get(FunctionSetAssignmentsList, whole(at));
        check.that('fourteen or more', list.all >= 14, list.all);
        check.equal('all of the link', device.FunctionSetAssignmentsListLink?.all, list.all);
        const paged: (string | undefined)[] = [];
        for (let start = 0; start < list.all; start += 4) {
          const page = await wire.get(FunctionSetAssignmentsList, `${at}?s=${start}&l=4`);
          paged.push(...page.FunctionSetAssignments.map(each => each.mRID));
        }
        check.equal(
          'page by page',
          paged,
          list.FunctionSetAssignments.map(each => each.mRID),
        );
      },
    },
    {
      action: 'GET the programs of each.',
      expect: 'Every program is reached once, with its primacy.',
      run: async (lab, { wire }, check) => {
        const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
        const ours = programs.filter(({ description = '' }) => description.startsWith('CORE-011 P'));
        check.equal(
          'primacies',
          ours.map(each => each.primacy).sort((a, b) => a - b),
          numbered(14),
        );
      },
    },
  ],
});

const sp = 7;

export const basic002 = procedure<Registered & { programs: ProgramRef[] }>({
  id: 'BASIC-002',
  title: 'Group management',
  requirements: ['CTP BASIC-002', 'CSIP P24, P26', 'IEEE 2030.5-2018 10.2'],
  needs: ['csip', 'out-of-band-registration', 'der-control', 'several-fsa'],
  fixture:
    'One device with seven FunctionSetAssignments, one a level; the program of the service point has an event at +5 min.',
  arrange: manyAssignments('BASIC-002', 7, Object.values(levels)),
  clear: clearDevice,
  steps: [
    {
      action: 'GET the FunctionSetAssignmentsList with l=255, and the Time of each.',
      expect: 'At least seven, each with a TimeLink that leads to the Time of DeviceCapability.',
      run: async (lab, { wire }, check) => {
        const dcap = await wire.get(DeviceCapability, lab.dcapPath);
        const fsas = await assignmentsOf(wire, await ownDevice(wire, lab.dcapPath));
        check.that('seven or more', fsas.length >= 7, fsas.length);
        for (const fsa of fsas) check.equal('TimeLink', fsa.TimeLink?.href, dcap.TimeLink?.href);
        check.that('Time', (await wire.get(Time, linked(fsas[0]?.TimeLink, 'TimeLink'))).currentTime > 0);
      },
    },
    {
      action: 'Create the event, and GET the DERControlList of every program.',
      expect: 'The event stands in the list of the service point; the other lists are empty.',
      run: async (lab, { wire, programs }, check) => {
        const start = (await lab.serverTime(wire)) + 300;
        const program = programs[sp - 1];
        if (!program) return check.that('the program of the service point is there', false);
        const { mRID } = await lab.operator.createEvent(program, {
          start,
          durationS: 60,
          base: { opModMaxLimW: 6000 },
          responseRequired: '07',
        });
        for (const n of numbered(7)) {
          const controls = await controlsOf(wire, await programNamed(lab, wire, `BASIC-002 P${n}`));
          check.equal(
            `controls of P${n}`,
            controls.map(each => each.mRID),
            n === sp ? [mRID] : [],
          );
        }
      },
    },
  ],
});
