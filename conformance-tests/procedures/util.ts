/** UTIL-001 to UTIL-004 and BASIC-003: groups of the topology, and an aggregator that comes into service. */
import {
  aggregatorWith,
  clearAggregator,
  clearTopology,
  four,
  inheritedBy,
  lfdiOf,
  placeOf,
  topologyFor,
  type AggregatorFixture,
  type Topology,
} from '../aggregator';
import {
  controlsOf,
  derOf,
  devicesOf,
  linked,
  ownDevice,
  programsOf,
  registered,
  registrationOf,
  type Registered,
} from '../discover';
import { DERControlResponse } from '../../src/model/response';
import { procedure, type Checks, type Claim, type Lab } from '../procedure';
import { type Receiver } from '../receiver';
import { expectChange, subscribe } from '../subscriber';
import { tellAll } from '../telemetry';
import { subscriberWith } from './subscriptions';

const needs: readonly Claim[] = ['csip', 'out-of-band-registration', 'aggregators', 'der-control'];

interface Placed extends AggregatorFixture {
  readonly topology: Topology;
}
interface Subscribed extends Placed {
  readonly receiver: Receiver;
}

async function clearPlaced(lab: Lab, fixture: Placed | undefined): Promise<void> {
  await clearAggregator(lab, fixture);
  await clearTopology(lab, fixture?.topology);
}

async function checkAncestors(
  lab: Lab,
  { id, wire, topology }: Placed,
  lfdi: string,
  node: string,
  check: Checks,
): Promise<void> {
  const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath, lfdi));
  const ours = programs.filter(({ description = '' }) => description.startsWith(`${id} `));
  const want = inheritedBy(topology, node);
  check.equal(
    `programs below ${node}`,
    ours.map(({ description = '' }) => description.slice(id.length + 1)).sort(),
    [...want].sort(),
  );
  for (const each of ours)
    check.equal(
      `primacy of ${each.description}`,
      each.primacy,
      topology.primacy.get(each.description?.slice(id.length + 1) ?? ''),
    );
}

export const util001 = procedure<Placed>({
  id: 'UTIL-001',
  title: 'Server start-up group assignment',
  requirements: ['CTP UTIL-001', 'CSIP P24-P27'],
  needs: [...needs, 'groups'],
  fixture: 'The topology of CTP with a program on each node and five devices, one of them (EDA1X) beside EDA1.',
  arrange: async lab => {
    const fixture = await aggregatorWith(lab, 'UTIL-001', [...four, 'EDA1X']);
    return { ...fixture, topology: await topologyFor(lab, fixture.id, fixture.devices) };
  },
  clear: clearPlaced,
  steps: [
    {
      action: 'GET the FunctionSetAssignments and the programs of each device.',
      expect: 'Each is given the programs of all nodes above it and of no other.',
      run: async (lab, fixture, check) => {
        for (const [name, { lfdi }] of fixture.devices) await checkAncestors(lab, fixture, lfdi, placeOf(name), check);
      },
    },
  ],
});

export const util002 = procedure<AggregatorFixture>({
  id: 'UTIL-002',
  title: 'Aggregator commissioning',
  requirements: ['CTP UTIL-002', 'CSIP 5.2.2, P14, P20'],
  needs: ['csip', 'out-of-band-registration', 'aggregators', 'der-information'],
  fixture: 'An aggregator with four devices.',
  arrange: lab => aggregatorWith(lab, 'UTIL-002'),
  clear: clearAggregator,
  steps: [
    {
      action: 'GET the EndDeviceList.',
      expect: 'The own entry, without FunctionSetAssignments, and the four devices; nothing else.',
      run: async (lab, fixture, check) => {
        const devices = await devicesOf(fixture.wire, lab.dcapPath);
        const want = [fixture.identity, ...fixture.devices.values()].map(each => each.lfdi).sort();
        check.equal('LFDIs', devices.map(each => each.lFDI).sort(), want);
        const own = devices.find(each => each.lFDI === fixture.identity.lfdi);
        check.equal('own FunctionSetAssignmentsListLink', own?.FunctionSetAssignmentsListLink, undefined);
        for (const link of ['SubscriptionListLink', 'LogEventListLink', 'RegistrationLink'] as const)
          check.that(`own ${link}`, own?.[link] !== undefined);
      },
    },
    {
      action: 'GET the Registration of each device.',
      expect: 'The PIN that was configured.',
      run: async (lab, fixture, check) => {
        for (const [name, { lfdi, pin }] of fixture.devices) {
          const device = await ownDevice(fixture.wire, lab.dcapPath, lfdi);
          check.equal(`PIN of ${name}`, (await registrationOf(fixture.wire, device)).pIN, pin);
        }
      },
    },
    {
      action: 'PUT DERCapability, DERSettings, DERStatus and DERAvailability of each device, and GET them.',
      expect: '204, and the values that were sent.',
      run: async (lab, fixture, check) => {
        for (const { lfdi } of fixture.devices.values()) {
          const device = await ownDevice(fixture.wire, lab.dcapPath, lfdi);
          await tellAll(fixture.wire, check, await derOf(fixture.wire, device), await lab.serverTime(fixture.wire));
        }
      },
    },
  ],
});

const placedSubscriber =
  (id: string) =>
  async (lab: Lab): Promise<Subscribed> => {
    const fixture = await subscriberWith(id)(lab);
    return { ...fixture, topology: await topologyFor(lab, id, fixture.devices) };
  };

export const util003 = procedure<Subscribed>({
  id: 'UTIL-003',
  title: 'Group assignments',
  requirements: ['CTP UTIL-003', 'CSIP P24-P27, P39'],
  needs: [...needs, 'groups', 'subscriptions'],
  fixture: 'The topology of CTP with a program on each node, four devices and their aggregator.',
  arrange: placedSubscriber('UTIL-003'),
  clear: clearPlaced,
  steps: [
    {
      action: 'GET the FunctionSetAssignments and programs of each device.',
      expect: 'Each is given the programs of all nodes above it.',
      run: async (lab, fixture, check) => {
        for (const name of four) await checkAncestors(lab, fixture, lfdiOf(fixture, name), placeOf(name), check);
      },
    },
    {
      action: 'Subscribe to the DERControlList of each program, each once.',
      expect: '201 with Location; a program shared by several devices is one resource.',
      run: async (lab, fixture, check) => {
        const lists = new Set<string>();
        for (const { lfdi } of fixture.devices.values())
          for (const program of (await programsOf(fixture.wire, await ownDevice(fixture.wire, lab.dcapPath, lfdi)))
            .programs)
            if (program.description?.startsWith('UTIL-003'))
              lists.add(linked(program.DERControlListLink, 'DERControlListLink'));
        check.equal('DERControlLists', lists.size, fixture.topology.programs.size);
        for (const at of lists) await subscribe(lab, fixture.wire, check, at, fixture.receiver);
      },
    },
  ],
});

export const util004 = procedure<Subscribed>({
  id: 'UTIL-004',
  title: 'DER retrieval and events',
  requirements: ['CTP UTIL-004', 'CSIP G22, P39'],
  needs: [...needs, 'groups', 'subscriptions', 'responses'],
  fixture: 'The topology of CTP; events at a service point, at a feeder and at the system.',
  lastsS: 300,
  arrange: placedSubscriber('UTIL-004'),
  clear: clearPlaced,
  steps: [
    {
      action:
        'Subscribe to the controls of SPA1, FDA and SY; create an event on each; wait for the Notifications; respond for each device concerned.',
      expect: 'A Notification each; Responses of one, two and four devices are taken with 201.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, topology, id } = fixture;
        for (const [node, names] of [
          ['SPA1', ['EDA1']],
          ['FDA', ['EDA1', 'EDA2']],
          ['SY', four],
        ] as const) {
          const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDA1')));
          const program = programs.find(({ description }) => description === `${id} ${node}`);
          const ref = topology.programs.get(node);
          if (!program || !ref) {
            check.that(`program of ${node}`, false);
            continue;
          }
          const at = linked(program.DERControlListLink, 'DERControlListLink');
          const subscription = await subscribe(lab, wire, check, at, receiver);
          const after = lab.clock.now();
          const start = (await lab.serverTime(wire)) + 600;
          const event = await lab.operator.createEvent(ref, {
            start,
            durationS: 60,
            base: { opModMaxLimW: 5000 },
            responseRequired: '07',
          });
          await expectChange(wire, check, receiver, { resource: at, after, subscription });
          const control = (await controlsOf(wire, program)).find(({ mRID }) => mRID === event.mRID);
          for (const name of names) {
            const answer = await wire.post(
              DERControlResponse,
              linked(control && { href: control.replyTo ?? '' }, 'replyTo'),
              {
                createdDateTime: await lab.serverTime(wire),
                endDeviceLFDI: lfdiOf(fixture, name),
                status: 1,
                subject: event.mRID,
              },
            );
            check.equal(`Response of ${name} to the event of ${node}`, answer.status, 201);
          }
        }
      },
    },
  ],
});

interface Direct extends Registered {
  readonly placed: Placed;
}

export const basic003 = procedure<Direct>({
  id: 'BASIC-003',
  title: 'Advanced group management',
  requirements: ['CTP BASIC-003', 'CSIP P24-P27'],
  needs: ['csip', 'out-of-band-registration', 'der-control', 'groups'],
  fixture:
    'The topology of CTP and one direct device under SPA1; transformer A has an event at +15 min for five minutes.',
  lastsS: 300,
  arrange: async lab => {
    const device = await registered(lab, 'BASIC-003');
    const devices = new Map([['EDA1', device.identity]]);
    const topology = await topologyFor(lab, 'BASIC-003', devices);
    return { ...device, placed: { id: 'BASIC-003', identity: device.identity, wire: device.wire, devices, topology } };
  },
  clear: async (lab, fixture) => {
    await clearAggregator(lab, fixture && { ...fixture.placed, devices: new Map() });
    await clearTopology(lab, fixture?.placed.topology);
  },
  steps: [
    {
      action: 'GET the programs of the device, and create the event of transformer A.',
      expect: 'The programs of all nodes above; the event stands in the list of transformer A.',
      run: async (lab, { placed, identity, wire }, check) => {
        await checkAncestors(lab, placed, identity.lfdi, 'SPA1', check);
        const ref = placed.topology.programs.get('TFA');
        if (!ref) return check.that('TFA is there', false);
        const start = (await lab.serverTime(wire)) + 900;
        const { mRID } = await lab.operator.createEvent(ref, {
          start,
          durationS: 300,
          base: { opModMaxLimW: 5000 },
          responseRequired: '07',
        });
        const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
        const program = programs.find(({ description }) => description === 'BASIC-003 TFA');
        check.equal('controls of TFA', program && (await controlsOf(wire, program)).map(each => each.mRID), [mRID]);
      },
    },
    {
      action:
        'Put segment A under feeder B, and GET the programs; create an event of feeder B at +4 min for two minutes.',
      expect: 'At once the programs of feeder B in place of those of feeder A, and the event in its list.',
      run: async (lab, { placed, identity, wire }, check) => {
        const { groups, above, programs: refs } = placed.topology;
        const [segment, feeder, ref] = [groups.get('SGA'), groups.get('FDB'), refs.get('FDB')];
        if (!segment || !feeder || !ref) return check.that('SGA and FDB are there', false);
        await lab.operator.moveGroup(segment, feeder);
        above.set('SGA', 'FDB');
        await checkAncestors(lab, placed, identity.lfdi, 'SPA1', check);
        const start = (await lab.serverTime(wire)) + 240;
        const { mRID } = await lab.operator.createEvent(ref, {
          start,
          durationS: 120,
          base: { opModMaxLimW: 4000 },
          responseRequired: '07',
        });
        const { programs } = await programsOf(wire, await ownDevice(wire, lab.dcapPath));
        const program = programs.find(({ description }) => description === 'BASIC-003 FDB');
        check.equal('controls of FDB', program && (await controlsOf(wire, program)).map(each => each.mRID), [mRID]);
      },
    },
  ],
});
