/** CORE-018, 019, AGG-001, UTIL-002 to 004, MAINT-001 to 006 and ERR-002 for aggregators: what they subscribe to and act on. */
import { leadS, type ClientScenario } from '../client-scenario';
import { check, expectation, findsItsWay, gets, getsEach, puts } from '../expectations';
import { responded, respondsAsTold } from '../responses';
import { type Seen } from '../seen';
import { addDevice, graceS, stageEvent, stagePrograms, type Stage } from '../stage';
import { concerns, stageTopology } from './der';

const four = ['EDA1', 'EDA2', 'EDB1', 'EDB2'] as const;
const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });
const common = { roles: ['aggregator'], needs: ['csip', 'subscriptions'] } as const;
const oneProgram = { P: { primacy: 1, default: limit(8000) } };
/** Time for finding the way and subscribing, then a change. */
const changeAtS = leadS + 30;

const subscribesTo = (...resources: readonly string[]) =>
  expectation(
    `It subscribes to ${resources.join(', ')}; each resource once at a time, each taken with 201.`,
    (seen, checks) => {
      const made = seen.subscriptions();
      for (const resource of resources)
        checks.that(
          `Subscription to ${resource}`,
          made.some(each => each.resource === resource && each.answered === 201),
        );
      checks.equal(
        'refused',
        made.filter(({ answered }) => answered >= 400).map(({ path }) => path),
        [],
      );
      const notifications = toldOf(seen);
      checks.that(
        'what was told was taken',
        notifications.every(({ outcome }) => outcome === 'delivered'),
        notifications.map(({ outcome, why }) => why ?? outcome),
      );
    },
  );

/** What was sent to where it wanted to be told; what an earlier run of it left is not its own. */
const toldOf = (seen: Seen) => {
  const wanted = new Set(seen.subscriptions().map(({ notificationURI }) => notificationURI));
  return seen.stage.told.filter(({ uri }) => wanted.has(uri));
};

/** A GET of this kind of resource soon after something changed, from a notification alone: polls are far apart. */
const actsWithin = (resource: string, afterS: number, text: string) =>
  expectation(text, (seen, checks) => {
    const { serverBeganAt, learnsWithinS } = seen.stage;
    const from = serverBeganAt + afterS;
    const acted = seen.got(resource).filter(({ at }) => at >= from && at <= from + learnsWithinS + graceS);
    checks.that(`GET of ${resource} within ${learnsWithinS + graceS} s`, acted.length > 0, acted.length);
  });

const eventOn = (program: string, atS: number, startS = 120) => ({
  atS,
  about: `Create an event of ${program}.`,
  run: async (stage: Stage) =>
    void (await stageEvent(stage, { ...limit(5000), name: program, program, startS, durationS: 60 })),
});

const core018: ClientScenario = {
  ...common,
  id: 'CORE-018',
  title: 'Basic subscription',
  requirements: ['CTP CORE-018', 'CSIP P31-P33', 'IEEE 2030.5-2018 8.6'],
  arranged: 'An aggregator with one device; a program is assigned to the device while the aggregator runs.',
  lastsS: changeAtS + 120,
  script: [
    {
      atS: changeAtS,
      about: 'Assign a program to the device.',
      run: stage => stagePrograms(stage, { id: 'CORE-018', programs: oneProgram }),
    },
  ],
  expect: [
    findsItsWay,
    subscribesTo('FunctionSetAssignmentsList'),
    actsWithin(
      'FunctionSetAssignmentsList',
      changeAtS,
      'It reads the assignments again when it is told of the change.',
    ),
    gets('DERControlList'),
  ],
};

const endAll = (status: 1 | 2 | 3 | 4, atS: number) => ({
  atS,
  about: `End all subscriptions with status ${status}.`,
  run: ({ operator, client }: Stage) => operator.endSubscriptions(client.lfdi, status),
});

const renewed = (fromS: number) =>
  expectation('It subscribes again after the server has ended its subscriptions.', (seen, checks) => {
    const from = seen.stage.serverBeganAt + fromS;
    const again = seen.subscriptions().filter(({ at, answered }) => at >= from && answered === 201);
    checks.that('Subscriptions after the end', again.length > 0, again.length);
  });

const core019: ClientScenario = {
  ...common,
  id: 'CORE-019',
  title: 'Advanced subscription',
  requirements: ['CTP CORE-019', 'CSIP P31, P46', 'IEEE 2030.5-2018 8.6'],
  arranged:
    'An aggregator with one device and a program. The server ends all subscriptions with status 1; later an event comes.',
  lastsS: changeAtS + 400,
  arrange: stage => stagePrograms(stage, { id: 'CORE-019', programs: oneProgram }),
  script: [endAll(1, changeAtS), eventOn('P', changeAtS + 120)],
  expect: [subscribesTo('DERControlList', 'DERProgramList'), renewed(changeAtS), respondsAsTold],
};

const agg001: ClientScenario = {
  ...common,
  id: 'AGG-001',
  title: 'Aggregator subscription',
  requirements: ['CTP AGG-001', 'CSIP G16, P31', 'IEEE 2030.5-2018 8.6'],
  arranged: 'An aggregator with four devices; EDA1X is added while it runs, and has an event.',
  devices: four,
  lastsS: changeAtS + 320,
  script: [
    {
      atS: changeAtS,
      about: 'Register EDA1X under the aggregator, with a program.',
      run: async stage => {
        await addDevice(stage, 'EDA1X');
        await stagePrograms(stage, { id: 'AGG-001', programs: { P: { primacy: 1, devices: ['EDA1X'] } } });
      },
    },
    eventOn('P', changeAtS + 60),
  ],
  expect: [
    subscribesTo('EndDeviceList'),
    actsWithin('EndDeviceList', changeAtS, 'It reads the EndDeviceList again when it is told of EDA1X.'),
    respondsAsTold,
  ],
};

const util002: ClientScenario = {
  ...common,
  id: 'UTIL-002',
  title: 'Aggregator commissioning',
  requirements: ['CTP UTIL-002', 'CSIP 5.2.2, P14, P20'],
  arranged: 'An aggregator with four devices.',
  devices: four,
  lastsS: 120,
  script: [],
  expect: [findsItsWay, getsEach('DERList', 4), puts('DERCapability', 'DERSettings', 'DERStatus')],
};

const nodes = 12;
const util003: ClientScenario = {
  ...common,
  id: 'UTIL-003',
  title: 'Group assignments',
  requirements: ['CTP UTIL-003', 'CSIP P24-P27, P39'],
  arranged: 'The topology of CTP with a program on each node, and four devices.',
  devices: four,
  lastsS: 180,
  arrange: stageTopology,
  script: [],
  expect: [
    findsItsWay,
    getsEach('FunctionSetAssignmentsList', 4),
    getsEach('DERProgramList', 4),
    subscribesTo('DERProgramList', 'DERControlList'),
    expectation(
      'It subscribes to the controls of each program once, however many devices share it.',
      (seen, checks) => {
        const lists = seen
          .subscriptions()
          .filter(each => each.resource === 'DERControlList')
          .map(({ path }) => path);
        checks.that(`${nodes} DERControlLists`, new Set(lists).size >= nodes, lists.length);
        checks.equal(
          'twice',
          lists.filter((path, i) => lists.indexOf(path) !== i),
          [],
        );
      },
    ),
  ],
};

const util004: ClientScenario = {
  ...common,
  id: 'UTIL-004',
  title: 'DER retrieval and events',
  requirements: ['CTP UTIL-004', 'CSIP G22, P39'],
  arranged: 'The topology of CTP; events at a service point, at a feeder and at the system, one after the other.',
  devices: four,
  lastsS: changeAtS + 480,
  arrange: async stage => {
    await stageTopology(stage);
    concerns(stage, 'SPA1', ['EDA1']);
    concerns(stage, 'FDA', ['EDA1', 'EDA2']);
    concerns(stage, 'SY', four);
  },
  script: [eventOn('SPA1', changeAtS), eventOn('FDA', changeAtS + 90, 150), eventOn('SY', changeAtS + 180, 180)],
  expect: [subscribesTo('DERControlList'), respondsAsTold],
};

const maint001: ClientScenario = {
  ...common,
  id: 'MAINT-001',
  title: 'Change of population, out of band',
  requirements: ['CTP MAINT-001', 'CSIP P46'],
  arranged: 'An aggregator with two devices and a program; EDA2 is removed while it runs, then an event comes.',
  devices: ['EDA1', 'EDA2'],
  lastsS: changeAtS + 340,
  arrange: stage => stagePrograms(stage, { id: 'MAINT-001', programs: oneProgram }),
  script: [
    {
      atS: changeAtS,
      about: 'Remove EDA2.',
      run: async stage => {
        const gone = stage.devices.get('EDA2');
        stage.devices.delete('EDA2');
        if (gone) await stage.operator.removeDevice(gone.lfdi);
        concerns(stage, 'P', ['EDA1']);
      },
    },
    eventOn('P', changeAtS + 90),
  ],
  expect: [
    actsWithin('EndDeviceList', changeAtS, 'It reads the EndDeviceList again when it is told of the change.'),
    respondsAsTold,
    check('It answers nothing for the device that is gone.', seen =>
      responded(seen, 'P', 1).every(({ lfdi }) => lfdi === seen.stage.devices.get('EDA1')?.lfdi),
    ),
  ],
};

const maint003: ClientScenario = {
  ...common,
  id: 'MAINT-003',
  title: 'Change of groups',
  requirements: ['CTP MAINT-003', 'CSIP P24-P27, P39'],
  arranged:
    'The topology of CTP; EDB1 moves from SPB1 to SPA1 while the aggregator runs, then transformer A has an event.',
  devices: four,
  lastsS: changeAtS + 400,
  arrange: stageTopology,
  script: [
    {
      atS: changeAtS,
      about: 'Move EDB1 under SPA1.',
      run: async stage => {
        const to = stage.topology?.groups.get('SPA1');
        if (to) await stage.operator.placeDevice(stage.devices.get('EDB1')?.lfdi ?? '', to);
        concerns(stage, 'TFA', ['EDA1', 'EDA2', 'EDB1']);
      },
    },
    eventOn('TFA', changeAtS + 90, 150),
  ],
  expect: [
    actsWithin('FunctionSetAssignmentsList', changeAtS, 'It reads the assignments again when it is told of the move.'),
    respondsAsTold,
  ],
};

const maint004: ClientScenario = {
  ...common,
  id: 'MAINT-004',
  title: 'Maintenance of controls',
  requirements: ['CTP MAINT-004', 'CSIP P39'],
  arranged: 'The topology of CTP; a control of transformer A is made that starts in four minutes.',
  devices: four,
  lastsS: changeAtS + 400,
  arrange: async stage => {
    await stageTopology(stage);
    concerns(stage, 'TFA', ['EDA1', 'EDA2']);
  },
  script: [eventOn('TFA', changeAtS, 240)],
  expect: [
    actsWithin('DERControlList', changeAtS, 'It reads the controls of transformer A when it is told of the new one.'),
    respondsAsTold,
  ],
};

const maint005: ClientScenario = {
  ...common,
  id: 'MAINT-005',
  title: 'Maintenance of programs',
  requirements: ['CTP MAINT-005', 'CSIP P39, P46'],
  arranged:
    'Two programs, A the stronger; their primacies are swapped while the aggregator runs, then both have an event at the same time.',
  lastsS: changeAtS + 400,
  arrange: stage => stagePrograms(stage, { id: 'MAINT-005', programs: { A: { primacy: 1 }, B: { primacy: 2 } } }),
  script: [
    {
      atS: changeAtS,
      about: 'Swap the primacies of A and B.',
      run: async stage => {
        for (const [key, primacy] of [
          ['A', 2],
          ['B', 1],
        ] as const) {
          const made = stage.programs.get(key);
          if (!made) continue;
          await stage.operator.setPrimacy(made.ref, primacy);
          stage.programs.set(key, { ...made, primacy });
        }
      },
    },
    ...(['A', 'B'] as const).map(name => ({
      atS: changeAtS + 100,
      about: `Create an event of ${name}.`,
      run: async (stage: Stage) =>
        void (await stageEvent(stage, {
          ...limit(5000),
          name,
          program: name,
          startS: 120,
          durationS: 60,
          ...(name === 'A' && { responses: [1, 7] }),
        })),
    })),
  ],
  expect: [
    actsWithin('DERProgramList', changeAtS, 'It reads the programs again when it is told of the change.'),
    respondsAsTold,
  ],
};

const maint006: ClientScenario = {
  ...core019,
  id: 'MAINT-006',
  title: 'Maintenance of subscriptions',
  requirements: ['CTP MAINT-006', 'IEEE 2030.5-2018 8.6'],
  arranged:
    'An aggregator with one device and a program. The server ends all subscriptions with status 3 (defined anew); later an event comes.',
  script: [endAll(3, changeAtS), eventOn('P', changeAtS + 120)],
};

const err002: ClientScenario = {
  ...common,
  id: 'ERR-002',
  title: 'Subscription errors: notifications that are not to be trusted',
  requirements: ['CTP ERR-002', 'IEEE 2030.5-2018 8.6'],
  arranged:
    'An aggregator with one device and a program. While it is told of an event, the server answers its GETs with 503 for a minute.',
  lastsS: changeAtS + 400,
  arrange: stage => stagePrograms(stage, { id: 'ERR-002', programs: oneProgram }),
  script: [
    {
      atS: changeAtS - 1,
      about: 'Answer GETs of controls with 503.',
      run: async ({ front }) =>
        front.faults.add({ do: 'status', status: 503, on: { method: 'GET', resource: 'DERControlList' } }),
    },
    eventOn('P', changeAtS, 240),
    {
      atS: changeAtS + 60,
      about: 'Answer GETs of controls again.',
      run: async ({ front }) => front.faults.clear('status'),
    },
  ],
  expect: [
    subscribesTo('DERControlList'),
    check('It knows the event in time all the same: started and completed.', seen =>
      [2, 3].every(status => responded(seen, 'P', status).length > 0),
    ),
  ],
};

export const aggregation: readonly ClientScenario[] = [
  core018,
  core019,
  agg001,
  util002,
  util003,
  util004,
  maint001,
  maint003,
  maint004,
  maint005,
  maint006,
  err002,
];
