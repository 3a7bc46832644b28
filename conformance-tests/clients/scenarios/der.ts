/** BASIC-001 to 003 and 027 to 029 for clients: who they are, their groups, alarms, status and readings. */
import { LogEvent } from '../../../src/model/log';
import { MirrorMeterReading, MirrorMeterReadingList, MirrorUsagePoint } from '../../../src/model/mirror';
import { DERStatus } from '../../../src/model/der';
import { topologyFor } from '../../aggregator';
import { leadS, type ClientScenario } from '../client-scenario';
import { expectation, findsItsWay, gets, getsEach } from '../expectations';
import { respondsAsTold } from '../responses';
import { type Seen } from '../seen';
import { stageEvent, stagePrograms, type Stage } from '../stage';

const both = ['der-client', 'aggregator'] as const;
const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });

const basic001: ClientScenario = {
  id: 'BASIC-001',
  title: 'DER identification',
  requirements: ['CTP BASIC-001', 'CSIP P14, 5.2.1'],
  roles: both,
  needs: ['csip', 'pin-check'],
  arranged: 'The client is registered with its PIN, among the EndDevices that it may see.',
  lastsS: 60,
  script: [],
  expect: [findsItsWay, gets('Registration')],
};

const seven = { SY: 10, ST: 9, SS: 8, FD: 7, SG: 6, TF: 5, SP: 4 } as const;
const basic002: ClientScenario = {
  id: 'BASIC-002',
  title: 'Group management',
  requirements: ['CTP BASIC-002', 'CSIP P24-P27'],
  roles: ['der-client'],
  needs: ['csip'],
  arranged: 'Seven FunctionSetAssignments with a program each; that of the service point has an event at +5 min.',
  lastsS: leadS + 440,
  arrange: stage =>
    stagePrograms(stage, {
      id: 'BASIC-002',
      programs: Object.fromEntries(
        Object.entries(seven).map(([name, primacy]) => [name, { primacy, assignment: `BASIC-002 ${name}` }]),
      ),
    }),
  script: [
    {
      atS: leadS,
      about: 'Create the event of SP.',
      run: async stage =>
        void (await stageEvent(stage, { ...limit(5000), name: 'SP', program: 'SP', startS: 300, durationS: 60 })),
    },
  ],
  expect: [findsItsWay, getsEach('DERProgramList', 7), getsEach('DERControlList', 7), respondsAsTold],
};

/** Puts the topology on the stage, its programs under the names of their nodes. */
export async function stageTopology(stage: Stage): Promise<void> {
  const named =
    stage.role === 'der-client' ? new Map([...stage.devices].map(([, device]) => ['EDA1', device])) : stage.devices;
  stage.topology = await topologyFor(stage, stage.id, named);
  for (const [key, ref] of stage.topology.programs)
    stage.programs.set(key, {
      key,
      ref,
      description: `${stage.id} ${key}`,
      primacy: stage.topology.primacy.get(key) ?? 0,
      devices: [],
    });
}

/** Says whom a program is for, now that its node stands where it stands. */
export function concerns(stage: Stage, key: string, devices: readonly string[]): void {
  const made = stage.programs.get(key);
  if (made) stage.programs.set(key, { ...made, devices });
}

const basic003: ClientScenario = {
  id: 'BASIC-003',
  title: 'Advanced group management',
  requirements: ['CTP BASIC-003', 'CSIP P24-P27'],
  roles: ['der-client'],
  needs: ['csip'],
  arranged: 'The topology of CTP with a program on each node; the client stands under service point SPA1.',
  lastsS: leadS + 340,
  arrange: stageTopology,
  script: [
    {
      atS: leadS + 30,
      about: 'Put segment A under feeder B, and create an event of feeder B that starts in two minutes.',
      run: async stage => {
        const [segment, feeder] = [stage.topology?.groups.get('SGA'), stage.topology?.groups.get('FDB')];
        if (segment && feeder) await stage.operator.moveGroup(segment, feeder);
        concerns(stage, 'FDB', ['DER']);
        await stageEvent(stage, { ...limit(4000), name: 'FDB', program: 'FDB', startS: 120, durationS: 60 });
      },
    },
  ],
  expect: [findsItsWay, getsEach('DERControlList', 7), respondsAsTold],
};

const basic027: ClientScenario = {
  id: 'BASIC-027',
  title: 'Alarms',
  requirements: ['CTP BASIC-027', 'CSIP 5.3.4.6'],
  roles: both,
  needs: ['csip', 'alarms'],
  arranged: 'The client is registered; whoever has it in hand makes five alarms happen.',
  lastsS: 180,
  script: [
    {
      atS: 60,
      about: 'Ask for five alarms.',
      run: stage => stage.ask('alarms', 'Make five alarms happen at the device, such as overvoltage and its end.'),
    },
  ],
  expect: [
    expectation('It POSTs a LogEvent for each alarm, five at least, with the time of the server.', (seen, checks) => {
      const told = seen.documents(LogEvent, seen.posts('LogEventList')).filter(({ heard }) => heard.status === 201);
      checks.that('five LogEvents', told.length >= 5, told.length);
      for (const { heard, value } of told) {
        checks.equal('profileID', value.profileID, 2);
        checks.that(
          'createdDateTime',
          Math.abs(value.createdDateTime - heard.at) <= 60,
          value.createdDateTime - heard.at,
        );
      }
    }),
  ],
};

const basic028: ClientScenario = {
  id: 'BASIC-028',
  title: 'Inverter status',
  requirements: ['CTP BASIC-028', 'CSIP 5.3.4.4'],
  roles: both,
  needs: ['csip'],
  arranged: 'The client is registered; pollRate of the DERList is 60 s.',
  pollRates: { DERList: 60 },
  lastsS: 240,
  script: [],
  expect: [
    expectation(
      'It PUTs DERStatus again and again, at the pollRate of the DERList, with the time of the reading.',
      (seen, checks) => {
        const told = seen.documents(DERStatus, seen.puts('DERStatus')).filter(({ heard }) => heard.status === 204);
        checks.that('three PUTs of DERStatus', told.length >= 3, told.length);
        for (const { heard, value } of told)
          checks.that('readingTime', Math.abs(value.readingTime - heard.at) <= 60, value.readingTime - heard.at);
        checks.that(
          'they tell of the inverter',
          told.some(({ value }) => value.operationalModeStatus ?? value.inverterStatus),
        );
      },
    ),
  ],
};

const quantities = { 'real power': 38, 'reactive power': 63, frequency: 33, voltage: 29 } as const;

/** Kinds of readings by uom, from the mirrors it made and what it described later. */
function measured(seen: Seen): Set<number | undefined> {
  const points = seen
    .documents(MirrorUsagePoint, seen.posts('MirrorUsagePointList'))
    .flatMap(({ value }) => value.MirrorMeterReading);
  return new Set(points.map(({ ReadingType }) => ReadingType?.uom));
}

/** Times of readings that were taken, by the server's clock. */
function readings(seen: Seen): { sentAt: number; start: number; duration: number }[] {
  const sent = seen.all.filter(({ method, status }) => method === 'POST' && status >= 200 && status < 300);
  const lists = seen
    .documents(MirrorMeterReadingList, sent)
    .map(each => ({ heard: each.heard, all: each.value.MirrorMeterReading }));
  const single = seen.documents(MirrorMeterReading, sent).map(each => ({ heard: each.heard, all: [each.value] }));
  return [...lists, ...single].flatMap(({ heard, all }) =>
    all.flatMap(({ MirrorReadingSet, Reading }) => {
      const periods = [
        ...MirrorReadingSet.map(set => set.timePeriod),
        ...(Reading?.timePeriod ? [Reading.timePeriod] : []),
      ];
      return periods.map(({ start, duration }) => ({ sentAt: heard.at, start, duration }));
    }),
  );
}

const basic029: ClientScenario = {
  id: 'BASIC-029',
  title: 'Meter reading',
  requirements: ['CTP BASIC-029', 'CSIP 5.3.4.3, G19'],
  roles: both,
  needs: ['csip', 'metering'],
  arranged: 'The client is registered; the postRate is 60 s.',
  lastsS: 300,
  script: [],
  expect: [
    expectation(
      'It POSTs a MirrorUsagePoint for each device, with real power among what is measured.',
      (seen, checks) => {
        const made = seen.documents(MirrorUsagePoint, seen.posts('MirrorUsagePointList'));
        for (const [name, { lfdi }] of seen.stage.devices)
          checks.that(
            `mirror of ${name}`,
            made.some(({ value }) => value.deviceLFDI.toUpperCase() === lfdi),
          );
        checks.that(
          'all were taken',
          made.every(({ heard }) => heard.status === 201 || heard.status === 204),
        );
        checks.that('real power (uom 38)', measured(seen).has(38), [...measured(seen)]);
      },
    ),
    expectation('It POSTs readings at the postRate, with the time each is for.', (seen, checks) => {
      const all = readings(seen);
      const turns = new Set(all.map(({ sentAt }) => Math.round(sentAt / 30)));
      checks.that('three posts', turns.size >= 3, turns.size);
      for (const { sentAt, start, duration } of all)
        checks.that(
          'of the last minutes',
          sentAt - start - duration <= 90 && sentAt + 60 >= start + duration,
          sentAt - start,
        );
    }),
  ],
};

const basic029b: ClientScenario = {
  ...basic029,
  id: 'BASIC-029B',
  title: 'Meter reading of every quantity',
  needs: ['csip', 'metering', 'all-metering'],
  lastsS: 120,
  expect: [
    expectation('Real power, reactive power, frequency and voltage are described.', (seen, checks) => {
      for (const [name, uom] of Object.entries(quantities))
        checks.that(`${name} (uom ${uom})`, measured(seen).has(uom));
    }),
  ],
};

export const der: readonly ClientScenario[] = [basic001, basic002, basic003, basic027, basic028, basic029, basic029b];
