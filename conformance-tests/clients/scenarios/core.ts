/** CORE-003 to CORE-014 for clients: polling, time, devices and their information, assignments. */
import { type EventSpec } from '../../scenario-spec';
import { EndDevice } from '../../../src/model/edev';
import { DERCapability, DERSettings } from '../../../src/model/der';
import { leadS, type ClientScenario } from '../client-scenario';
import { check, expectation, findsItsWay, gets, getsEach, polls, puts, writesNothing } from '../expectations';
import { respondsAsTold } from '../responses';
import { stageEvent, stagePrograms, type Stage } from '../stage';

const both = ['der-client', 'aggregator'] as const;
const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });
const soon: EventSpec = { ...limit(5000), name: 'E', program: 'P', startS: 90, durationS: 60 };
const oneProgram = { P: { primacy: 1, default: limit(8000) } };
const create = (spec: EventSpec, atS = leadS) => ({
  atS,
  about: `Create event ${spec.name} in ${spec.program}.`,
  run: async (stage: Stage) => void (await stageEvent(stage, spec)),
});

const core003: ClientScenario = {
  id: 'CORE-003',
  title: 'Polling',
  requirements: ['CTP CORE-003', 'CSIP P8', 'IEEE 2030.5-2018 clause 8'],
  roles: both,
  needs: ['csip'],
  arranged:
    'The client is registered. pollRate: DERProgramList 30 s, Time 60 s, EndDeviceList 90 s, DeviceCapability 120 s.',
  pollRates: { DERProgramList: 30, Time: 60, EndDeviceList: 90, DeviceCapability: 120 },
  lastsS: 480,
  arrange: stage => stagePrograms(stage, { id: 'CORE-003', programs: oneProgram }),
  script: [],
  expect: [
    findsItsWay,
    polls('DERProgramList', 30),
    // Slower is allowed where nothing depends on it; Time no less than every 15 min (protocol facts 3.3).
    polls('Time', 60, 900),
    polls('EndDeviceList', 90, 3600),
    polls('DeviceCapability', 120, 3600),
  ],
};

const timed = (id: string, title: string, offsetS: number): ClientScenario => ({
  id,
  title,
  requirements: [`CTP ${id}`, 'IEEE 2030.5-2018 10.1.2', 'CSIP 5.1'],
  roles: both,
  needs: ['csip'],
  arranged: `The server's clock is ${offsetS} s off the client's; an event is created that starts in 90 s of the server's clock.`,
  lastsS: leadS + 240,
  arrange: async stage => {
    stage.clock.setOffset(offsetS);
    await stagePrograms(stage, { id, programs: oneProgram });
  },
  script: [create(soon)],
  expect: [gets('Time'), respondsAsTold],
});

const core006: ClientScenario = {
  ...timed('CORE-006', 'Advanced time: the clock is corrected by an hour', 0),
  arranged:
    'The clock of the server is right when the client comes, and set an hour ahead while it runs; pollRate of Time is 60 s.',
  pollRates: { Time: 60 },
  lastsS: leadS + 420,
  arrange: stage => stagePrograms(stage, { id: 'CORE-006', programs: oneProgram }),
  script: [
    { atS: leadS, about: 'Set the clock an hour ahead.', run: async ({ clock }) => clock.setOffset(3600) },
    create({ ...soon, startS: 120 }, leadS + 90),
  ],
  expect: [gets('Time', 2), respondsAsTold],
};

/** Ratings and settings as CORE-014 holds them against each other: what is set is within what is rated. */
const consistent = expectation('What is set is within what is rated.', (seen, checks) => {
  const rated = seen.documents(DERCapability, seen.puts('DERCapability')).at(-1)?.value;
  const set = seen.documents(DERSettings, seen.puts('DERSettings')).at(-1)?.value;
  const watts = (power?: { multiplier: number; value: number }) => power && power.value * 10 ** power.multiplier;
  checks.that('rtgMaxW is above 0', (watts(rated?.rtgMaxW) ?? 0) > 0, rated?.rtgMaxW);
  checks.that(
    'setMaxW is at most rtgMaxW',
    (watts(set?.setMaxW) ?? Infinity) <= (watts(rated?.rtgMaxW) ?? 0),
    set?.setMaxW,
  );
  const now = seen.end;
  checks.that(
    'updatedTime is in the server’s time',
    Math.abs((set?.updatedTime ?? 0) - now) < 3600,
    (set?.updatedTime ?? 0) - now,
  );
});

const core009: ClientScenario = {
  id: 'CORE-009',
  title: 'Advanced EndDevice',
  requirements: ['CTP CORE-009', 'CSIP 5.2.3, P14'],
  roles: both,
  needs: ['csip'],
  arranged: 'The client is registered; its EndDevice has a DERList.',
  lastsS: 120,
  script: [],
  expect: [gets('DERList'), puts('DERCapability', 'DERSettings', 'DERStatus')],
};

const core009b: ClientScenario = {
  id: 'CORE-009B',
  title: 'In-band registration',
  requirements: ['CTP CORE-009', 'CSIP 5.2.2, P19'],
  roles: ['der-client'],
  needs: ['csip', 'in-band-registration'],
  arranged: 'Nobody has registered the client; the server lets good certificates register themselves.',
  registered: false,
  lastsS: 120,
  arrange: ({ operator }) => operator.allowInBandRegistration(true),
  clear: ({ operator }) => operator.allowInBandRegistration(false),
  script: [],
  expect: [
    expectation('It POSTs its EndDevice with the LFDI and SFDI of its certificate.', (seen, checks) => {
      const [made] = seen.documents(EndDevice, seen.posts('EndDeviceList'));
      checks.equal('POST of EndDevice', made?.heard.status, 201);
      checks.equal('sFDI', made?.value.sFDI, seen.stage.client.sfdi);
      if (made?.value.lFDI !== undefined) checks.equal('lFDI', made.value.lFDI.toUpperCase(), seen.stage.client.lfdi);
    }),
    findsItsWay,
  ],
};

const core014: ClientScenario = {
  ...core009,
  id: 'CORE-014',
  title: 'DER settings',
  requirements: ['CTP CORE-014', 'IEEE 2030.5-2018 10.10.4.3'],
  expect: [puts('DERCapability', 'DERSettings'), consistent],
};

const levels = { SY: 10, ST: 9, SS: 8, FD: 7, SG: 6, TF: 5, SP: 4 } as const;
const core010: ClientScenario = {
  id: 'CORE-010',
  title: 'FunctionSetAssignments of seven levels',
  requirements: ['CTP CORE-010', 'CSIP P24, P26', 'IEEE 2030.5-2018 10.2'],
  roles: both,
  needs: ['csip'],
  arranged: 'Seven programs, one a level; that of the service point has an event.',
  lastsS: leadS + 240,
  arrange: stage =>
    stagePrograms(stage, {
      id: 'CORE-010',
      programs: Object.fromEntries(Object.entries(levels).map(([name, primacy]) => [name, { primacy }])),
    }),
  script: [create({ ...soon, program: 'SP' })],
  expect: [findsItsWay, getsEach('DERControlList', 7), respondsAsTold],
};

const core011: ClientScenario = {
  id: 'CORE-011',
  title: 'Advanced FunctionSetAssignments',
  requirements: ['CTP CORE-011', 'CSIP P24, P27'],
  roles: both,
  needs: ['csip'],
  arranged: 'Twelve FunctionSetAssignments, each with a program; the last of them has an event.',
  lastsS: leadS + 240,
  arrange: stage =>
    stagePrograms(stage, {
      id: 'CORE-011',
      programs: Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`P${i + 1}`, { primacy: i + 1, assignment: `CORE-011 ${i + 1}` }]),
      ),
    }),
  script: [create({ ...soon, program: 'P12' })],
  expect: [findsItsWay, getsEach('DERProgramList', 12), respondsAsTold],
};

const wrongPin: ClientScenario = {
  id: 'PIN-001',
  title: 'A server with another PIN',
  requirements: ['CSIP 5.2.1.2', 'IEEE 2030.5-2018 6.6'],
  roles: ['der-client'],
  needs: ['csip', 'pin-check'],
  arranged: 'The Registration of the client has a PIN that is not its own; a program has an event.',
  pin: 123_455,
  lastsS: leadS + 180,
  arrange: stage => stagePrograms(stage, { id: 'PIN-001', programs: oneProgram }),
  script: [create(soon)],
  expect: [
    gets('Registration'),
    writesNothing('It does not use this server: it sends no DER information, no readings and no Responses.'),
    check('It reads no programs.', seen => seen.gets('DERControlList').length === 0),
  ],
};

export const core: readonly ClientScenario[] = [
  core003,
  timed('CORE-005', 'Basic time: the server’s clock is an hour ahead', 3600),
  core006,
  core009,
  core009b,
  core010,
  core011,
  core014,
  wrongPin,
];
