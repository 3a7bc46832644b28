/** MAINT-001 to MAINT-005: devices, groups, controls and programs change while clients are subscribed. */
import { DeviceCapability } from '../../src/model/dcap';
import { assignmentsOf, linked, ownDevice, programNamed, programsOf } from '../discover';
import {
  addManaged,
  aggregatorWith,
  clearAggregator,
  clearTopology,
  lfdiOf,
  topologyFor,
  type AggregatorFixture,
  type Topology,
} from '../aggregator';
import { type ProgramRef } from '../operator';
import { procedure, type Claim, type Lab } from '../procedure';
import { type Receiver } from '../receiver';
import { expectChange, expectEnd, subscribe } from '../subscriber';
import { subscriberWith } from './subscriptions';

interface Fixture extends AggregatorFixture {
  readonly receiver: Receiver;
}
const needs: readonly Claim[] = ['csip', 'out-of-band-registration', 'aggregators', 'subscriptions', 'der-control'];
const limit = { opModMaxLimW: 6000 };

export const maint001 = procedure<Fixture>({
  id: 'MAINT-001',
  title: 'Population change, out of band',
  requirements: ['CTP MAINT-001', 'CSIP P31, P46', 'IEEE 2030.5-2018 8.6'],
  needs,
  fixture: 'An aggregator with four devices and EDA1X, subscribed to the EndDeviceList and to the EndDevice of EDA1X.',
  lastsS: 120,
  arrange: subscriberWith('MAINT-001'),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe; remove EDA1X; wait for the Notifications.',
      expect:
        'The EndDeviceList with status 0 as a GET shows it, the EndDevice with status 4; EDA1X and all below it answer 404.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const extra = await addManaged(lab, fixture, 'EDA1X');
        const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
        const device = await ownDevice(wire, lab.dcapPath, extra.lfdi);
        const subscription = await subscribe(lab, wire, check, at, receiver);
        await subscribe(lab, wire, check, device.href ?? '', receiver);
        const after = lab.clock.now();
        await lab.operator.removeDevice(extra.lfdi);
        fixture.devices.delete('EDA1X');
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
        await expectEnd(check, receiver, device.href ?? '', after, 4);
        for (const link of [
          device,
          device.RegistrationLink,
          device.FunctionSetAssignmentsListLink,
          device.DERListLink,
          device.LogEventListLink,
        ])
          if (link?.href !== undefined)
            check.equal(`GET ${link.href}`, (await wire.send('GET', link.href)).status, 404);
      },
    },
  ],
});

export const maint002 = procedure<AggregatorFixture>({
  id: 'MAINT-002',
  title: 'Population change, in band',
  requirements: ['CTP MAINT-002', 'IEEE 2030.5-2018 10.1.3'],
  needs: ['csip', 'out-of-band-registration', 'aggregators', 'in-band-removal'],
  fixture: 'An aggregator with four devices.',
  arrange: lab => aggregatorWith(lab, 'MAINT-002'),
  clear: clearAggregator,
  steps: [
    {
      action: 'DELETE the EndDevice of EDA1, and GET it.',
      expect: '200 or 204, then 404; three devices are left beside the aggregator.',
      run: async (lab, fixture, check) => {
        const { href = '' } = await ownDevice(fixture.wire, lab.dcapPath, lfdiOf(fixture, 'EDA1'));
        const { status } = await fixture.wire.send('DELETE', href);
        check.that('DELETE', status === 200 || status === 204, status);
        check.equal('GET', (await fixture.wire.send('GET', href)).status, 404);
        fixture.devices.delete('EDA1');
      },
    },
  ],
});

export const maint003 = procedure<Fixture & { topology: Topology }>({
  id: 'MAINT-003',
  title: 'Group change',
  requirements: ['CTP MAINT-003', 'CSIP P32', 'IEEE 2030.5-2018 10.2'],
  needs: [...needs, 'groups'],
  fixture:
    'The topology of CTP with four devices; the aggregator is subscribed to the FunctionSetAssignmentsList of EDB1.',
  lastsS: 90,
  arrange: async lab => {
    const fixture = await subscriberWith('MAINT-003')(lab);
    return { ...fixture, topology: await topologyFor(lab, fixture.id, fixture.devices) };
  },
  clear: async (lab, fixture) => {
    await clearAggregator(lab, fixture);
    await clearTopology(lab, fixture?.topology);
  },
  steps: [
    {
      action: 'Move EDB1 from SPB1 to SPA1, and wait for the Notification.',
      expect: 'Status 0 for the FunctionSetAssignmentsList; the programs of EDB1 are those of branch A.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, topology } = fixture;
        const device = await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDB1'));
        const at = linked(device.FunctionSetAssignmentsListLink, 'FunctionSetAssignmentsListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        const under = topology.groups.get('SPA1');
        if (!under) return check.that('SPA1 is there', false);
        const after = lab.clock.now();
        await lab.operator.placeDevice(lfdiOf(fixture, 'EDB1'), under);
        const { programs } = await programsOf(wire, device);
        const names = programs.map(({ description = '' }) => description).filter(name => name.startsWith('MAINT-003'));
        check.equal('programs', names.map(name => name.slice(10)).sort(), ['FDA', 'SGA', 'SPA1', 'SS', 'SY', 'TFA']);
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
      },
    },
  ],
});

interface WithPrograms extends Fixture {
  readonly programs: ReadonlyMap<string, ProgramRef>;
}

const withPrograms =
  (id: string, primacies: Readonly<Record<string, number>>) =>
  async (lab: Lab): Promise<WithPrograms> => {
    const fixture = await subscriberWith(id)(lab);
    const programs = new Map<string, ProgramRef>();
    const devices = ['EDA1', 'EDA2'].map(name => lfdiOf(fixture, name));
    for (const [name, primacy] of Object.entries(primacies))
      programs.set(name, await lab.operator.createProgram({ description: `${id} ${name}`, primacy, devices }));
    return { ...fixture, programs };
  };

export const maint004 = procedure<WithPrograms>({
  id: 'MAINT-004',
  title: 'Control maintenance',
  requirements: ['CTP MAINT-004', 'CSIP P39', 'IEEE 2030.5-2018 10.10'],
  needs,
  fixture: 'Transformer A has a program for EDA1 and EDA2; the aggregator is subscribed to its DERControlList.',
  lastsS: 180,
  arrange: withPrograms('MAINT-004', { TFA: 5 }),
  clear: clearAggregator,
  steps: [
    {
      action: 'Create a control for +15 min, five minutes long; wait for the Notification; cancel it and wait again.',
      expect:
        'Status 0 with the DERControlList as a GET shows it, both times; the cancelled control stands in it with status 2.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, programs } = fixture;
        const program = await programNamed(lab, wire, 'MAINT-004 TFA', lfdiOf(fixture, 'EDA1'));
        const at = linked(program.DERControlListLink, 'DERControlListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        const ref = programs.get('TFA');
        if (!ref) return check.that('the program is there', false);
        const made = lab.clock.now();
        const start = (await lab.serverTime(wire)) + 900;
        const event = await lab.operator.createEvent(ref, {
          start,
          durationS: 300,
          base: limit,
          responseRequired: '07',
        });
        await expectChange(wire, check, receiver, { resource: at, after: made, subscription });
        const cancelled = lab.clock.now();
        await lab.operator.cancelEvent(event);
        const shows = (status: number) => (notification: object) =>
          JSON.stringify(notification).includes(`"currentStatus":${status}`);
        await expectChange(wire, check, receiver, { resource: at, after: cancelled, subscription, fits: shows(2) });
      },
    },
  ],
});

export const maint005 = procedure<WithPrograms>({
  id: 'MAINT-005',
  title: 'Program maintenance',
  requirements: ['CTP MAINT-005', 'CSIP P39, P49', 'IEEE 2030.5-2018 10.10.2'],
  needs,
  fixture:
    'Programs TF (primacy 1) and SG (primacy 2) for EDA1 and EDA2; the aggregator is subscribed to the DERProgramList of EDA1.',
  lastsS: 90,
  arrange: withPrograms('MAINT-005', { TF: 1, SG: 2 }),
  clear: clearAggregator,
  steps: [
    {
      action: 'Swap the primacies, and wait for the Notification.',
      expect: 'Status 0 with the DERProgramList as a GET shows it, SG before TF.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, programs } = fixture;
        const device = await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDA1'));
        const fsa = (await assignmentsOf(wire, device)).find(each => each.DERProgramListLink);
        const at = linked(fsa?.DERProgramListLink, 'FunctionSetAssignments/DERProgramListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        const after = lab.clock.now();
        for (const [name, primacy] of [
          ['TF', 2],
          ['SG', 1],
        ] as const) {
          const ref = programs.get(name);
          if (ref) await lab.operator.setPrimacy(ref, primacy);
        }
        const { programs: seen } = await programsOf(wire, device);
        const ours = seen.filter(({ description = '' }) => description.startsWith('MAINT-005'));
        check.equal(
          'the order',
          ours.map(({ description }) => description),
          ['MAINT-005 SG', 'MAINT-005 TF'],
        );
        // The first change may be told before the second is made; with equal primacies the order may be right already.
        const swapped = (notification: object) =>
          /MAINT-005 SG.*?"primacy":1\b.*MAINT-005 TF.*?"primacy":2\b/.test(JSON.stringify(notification));
        await expectChange(wire, check, receiver, { resource: at, after, subscription, fits: swapped });
      },
    },
  ],
});
