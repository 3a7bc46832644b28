/** Ours alone: what a client makes of a server and a network that do not behave. Each injects one fault and looks at one thing. */
import { type EventSpec } from '../../scenario-spec';
import { leadS, type ClientScenario, type Expectation } from '../client-scenario';
import { atMost, check, comesBack, expectation, findsItsWay, gets, within } from '../expectations';
import { type Fault } from '../faults';
import { responded, respondsAsTold } from '../responses';
import { stageEvent, stagePrograms, type Stage } from '../stage';

const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });
const event: EventSpec = { ...limit(5000), name: 'E', program: 'P', startS: 120, durationS: 60 };
const create = (spec: EventSpec, atS = leadS) => ({
  atS,
  about: `Create event ${spec.name} in ${spec.program}.`,
  run: async (stage: Stage) => void (await stageEvent(stage, spec)),
});
/** Trouble begins when the client has found its way, and lasts two minutes. */
const [fromS, toS] = [leadS + 60, leadS + 180];

/** Its fault is there from `fromS` to `toS`; the event starts a minute after. */
function passing(
  id: string,
  title: string,
  about: string,
  faults: readonly Fault[],
  expect: readonly Expectation[],
): ClientScenario {
  return {
    id,
    title,
    requirements: ['IEEE 2030.5-2018 5.5, 8.2', 'CSIP 5.1'],
    roles: ['der-client'],
    needs: ['csip'],
    arranged: `A program with a default. ${about} It lasts two minutes; the event that was made meanwhile starts a minute and a half later.`,
    lastsS: toS + 260,
    arrange: stage => stagePrograms(stage, { id, programs: { P: { primacy: 1, default: limit(8000) } } }),
    script: [
      { atS: fromS, about, run: async ({ front }) => front.faults.add(...faults) },
      create({ ...event, startS: 165 }, fromS + 45),
      { atS: toS, about: 'The trouble is over.', run: async ({ front }) => front.faults.clear() },
    ],
    expect: [findsItsWay, comesBack('DERControlList', toS, 90), started, ...expect],
  };
}

/** It had time to learn of the event after the trouble; when it says that it received it is another matter. */
const started = expectation(
  'It follows the event that was made meanwhile: received, started and completed.',
  (seen, checks) => {
    for (const status of [1, 2, 3])
      checks.equal(
        `Responses ${status}`,
        responded(seen, 'E', status).filter(({ answered }) => answered === 201).length,
        1,
      );
  },
);

/** Not more requests than one every so many seconds, in the trouble. */
const restrained = (everyS: number) =>
  atMost(
    `It does not hammer a server in trouble: at most ${Math.ceil((toS - fromS) / everyS)} requests in two minutes.`,
    Math.ceil((toS - fromS) / everyS),
    seen => within(seen, fromS, toS).length,
  );

const always = (
  id: string,
  title: string,
  about: string,
  faults: readonly Fault[],
  expect: readonly Expectation[] = [],
): ClientScenario => ({
  id,
  title,
  requirements: ['IEEE 2030.5-2018 5.5, 8.2'],
  roles: ['der-client'],
  needs: ['csip'],
  arranged: `${about} A program with a default, and an event that starts in two minutes.`,
  lastsS: leadS + 270,
  arrange: async stage => {
    stage.front.faults.add(...faults);
    await stagePrograms(stage, { id, programs: { P: { primacy: 1, default: limit(8000) } } });
  },
  script: [create(event)],
  expect: [findsItsWay, respondsAsTold, ...expect],
});

const garbled = (as: 'truncated' | 'not-xml' | 'wrong-root' | 'empty' | 'html', number: number): ClientScenario =>
  passing(
    `FAULT-00${number}`,
    `Bodies that are spoilt: ${as}`,
    `DERProgramLists and DERControlLists come spoilt (${as}).`,
    (['DERProgramList', 'DERControlList'] as const).map(resource => ({ do: 'body', as, on: { resource } })),
    [restrained(1.5)],
  );

const paging: ClientScenario = {
  ...always('FAULT-011', 'Forced paging', 'Lists come two entries at a time, whatever is asked for.', [
    { do: 'page', most: 2 },
  ]),
  arranged:
    'Lists come two entries at a time, whatever is asked for. Five programs; the third and the fifth have three events each.',
  lastsS: leadS + 570,
  arrange: async stage => {
    stage.front.faults.add({ do: 'page', most: 2 });
    const programs = Object.fromEntries([1, 2, 3, 4, 5].map(n => [`P${n}`, { primacy: n }]));
    await stagePrograms(stage, { id: 'FAULT-011', programs });
  },
  script: [3, 5].flatMap(n =>
    [0, 1, 2].map(i =>
      create({
        ...event,
        name: `P${n} E${i}`,
        program: `P${n}`,
        startS: 120 + 60 * i + (n === 5 ? 180 : 0),
        durationS: 50,
      }),
    ),
  ),
};

const vanishes: ClientScenario = {
  ...always('FAULT-012', 'An event that vanishes', '', []),
  requirements: ['IEEE 2030.5-2018 10.2.3.3.1'],
  arranged:
    'A program and an event; while it runs, the lists of controls become empty. In the 2018 edition that is no cancellation.',
  arrange: stage => stagePrograms(stage, { id: 'FAULT-012', programs: { P: { primacy: 1 } } }),
  script: [
    create({ ...event, durationS: 120 }),
    {
      atS: leadS + 140,
      about: 'Show empty lists of controls.',
      run: async ({ front }) => front.faults.add({ do: 'body', as: 'no-entries', on: { resource: 'DERControlList' } }),
    },
  ],
  lastsS: leadS + 330,
  expect: [findsItsWay, respondsAsTold],
};

const away: ClientScenario = {
  ...always('FAULT-013', 'The server is away while an event runs', '', []),
  requirements: ['CSIP 5.1', 'IEEE 2030.5-2018 10.2.3', 'CACTUS S-ALL-46'],
  arranged:
    'A program and an event. From half a minute before its start until two minutes after its end no connection holds.',
  lastsS: leadS + 600,
  arrange: stage => stagePrograms(stage, { id: 'FAULT-013', programs: { P: { primacy: 1 } } }),
  script: [
    create(event),
    {
      atS: leadS + 90,
      about: 'End every connection.',
      run: async ({ front }) => front.faults.add({ do: 'drop', when: 'before' }),
    },
    { atS: leadS + 300, about: 'Serve again.', run: async ({ front }) => front.faults.clear() },
  ],
  expect: [
    expectation(
      'It follows what it knew, and tells when it can: started and completed, with the times at which they happened.',
      (seen, checks) => {
        const start = seen.stage.events.get('E')?.facts.start ?? 0;
        for (const [status, offset] of [
          [2, 0],
          [3, event.durationS],
        ] as const) {
          const said = responded(seen, 'E', status).filter(({ answered }) => answered === 201);
          checks.equal(`Responses ${status} that arrived`, said.length, 1);
          const late = (said[0]?.createdDateTime ?? 0) - start - offset;
          checks.that(`createdDateTime of ${status}`, Math.abs(late) <= 20, late);
        }
      },
    ),
    comesBack('DERControlList', leadS + 300, 150),
  ],
};

const unsaid: ClientScenario = {
  ...always('FAULT-014', 'Responses that do not get through', '', []),
  arranged:
    'A program and an event; the first three POSTs of Responses are answered 503, and the fourth is lost with its connection.',
  lastsS: leadS + 400,
  arrange: async stage => {
    stage.front.faults.add({ do: 'status', status: 503, on: { method: 'POST', resource: 'ResponseList' }, times: 3 });
    await stagePrograms(stage, { id: 'FAULT-014', programs: { P: { primacy: 1 } } });
  },
  script: [
    create(event),
    {
      atS: leadS + 110,
      about: 'Lose the next Response with its connection.',
      run: async ({ front }) =>
        front.faults.add({ do: 'drop', when: 'before', on: { method: 'POST', resource: 'ResponseList' }, times: 1 }),
    },
  ],
  expect: [
    check(
      'It was refused four times.',
      seen => seen.posts('ResponseList').filter(({ faults }) => faults.length > 0).length === 4,
    ),
    started,
    expectation('They arrive in order.', (seen, checks) => {
      const said = seen.responsesOf('E', seen.stage.client.lfdi).map(({ status }) => status);
      checks.equal('order', said, [1, 2, 3]);
    }),
  ],
};

const busy: ClientScenario = {
  ...passing(
    'FAULT-007',
    'A busy server with Retry-After',
    'Every request is answered 503 with Retry-After: 60.',
    [{ do: 'status', status: 503, retryAfterS: 60 }],
    [],
  ),
  expect: [
    findsItsWay,
    comesBack('DERControlList', toS, 90),
    started,
    expectation('It waits for as long as it was asked to.', (seen, checks) => {
      const refused = within(seen, fromS, toS).filter(({ status }) => status === 503);
      checks.that('it asked', refused.length > 0);
      // What was on its way already when the first was refused counts as one with it.
      const turns = refused.filter(({ at }, i) => i === 0 || at - (refused[i - 1]?.at ?? 0) > 2);
      const gaps = turns.slice(1).map((each, i) => Math.round(each.at - (turns[i]?.at ?? 0)));
      checks.that(
        'no sooner than 60 s after it was refused',
        gaps.every(gap => gap >= 58),
        gaps,
      );
    }),
  ],
};

const strayed: ClientScenario = {
  ...passing(
    'FAULT-009',
    'Redirects while it runs',
    'DERProgramLists are found elsewhere (301).',
    [{ do: 'redirect', status: 301, on: { resource: 'DERProgramList' } }],
    [],
  ),
};

const slow: ClientScenario = {
  ...always('FAULT-016', 'Slow answers', 'Every answer comes three seconds late.', []),
  arrange: async stage => {
    stage.learnsWithinS += 45; // a dozen answers
    stage.front.faults.add({ do: 'delay', seconds: 3 });
    await stagePrograms(stage, { id: 'FAULT-016', programs: { P: { primacy: 1, default: limit(8000) } } });
  },
  expect: [
    findsItsWay,
    respondsAsTold,
    expectation('It does not ask again for what it is waiting for.', (seen, checks) => {
      const gets = seen.all.filter(({ method }) => method === 'GET');
      const twice = gets.filter((each, i) =>
        gets.slice(0, i).some(other => other.path === each.path && (other.answeredAt ?? Infinity) > each.at),
      );
      checks.equal(
        'asked twice at once',
        twice.map(({ path }) => path),
        [],
      );
    }),
  ],
};

export const trouble: readonly ClientScenario[] = [
  garbled('truncated', 1),
  garbled('not-xml', 2),
  garbled('wrong-root', 3),
  garbled('empty', 4),
  garbled('html', 5),
  passing(
    'FAULT-006',
    'Server errors',
    'Every request is answered 500.',
    [{ do: 'status', status: 500 }],
    [restrained(1.5)],
  ),
  busy,
  passing(
    'FAULT-008',
    'Connections that do not hold',
    'Every answer breaks off in its middle.',
    [{ do: 'drop', when: 'during' }],
    [restrained(1.5)],
  ),
  strayed,
  always('FAULT-010', 'Odd hrefs', 'Every href begins with /~q/zz-81, and nothing is at the usual paths.', [
    { do: 'hrefs', prefix: '/~q/zz-81' },
  ]),
  paging,
  vanishes,
  away,
  unsaid,
  always(
    'FAULT-015',
    'Elements of a later edition',
    'Every document has an attribute and an element that nobody knows.',
    [{ do: 'body', as: 'unknown-elements' }],
  ),
  slow,
  always('FAULT-017', 'A default that is not there', 'The DefaultDERControls that are linked to are answered 404.', [
    { do: 'status', status: 404, on: { resource: 'DefaultDERControl' } },
  ]),
  {
    ...always('FAULT-018', 'A loop of redirects', 'The Time resource is redirected without end.', []),
    arranged: 'GETs of DeviceCapability are redirected to themselves without end for a minute.',
    lastsS: 300,
    needs: ['csip', 'redirect'],
    arrange: async ({ front }) =>
      front.faults.add({ do: 'redirect', status: 302, location: '/dcap', on: { path: '/dcap' } }),
    script: [{ atS: 60, about: 'Serve DeviceCapability.', run: async ({ front }) => front.faults.clear() }],
    expect: [
      atMost('It gives up going round: at most 60 requests in the minute.', 60, seen => within(seen, 0, 60).length),
      gets('EndDeviceList'),
    ],
  },
];
