/** CSIP-AUS subscriptions (protocol facts 9.2): what an aggregator is told, how much of it, and after an outage of its receiver. */
import { DeviceCapability } from '../../src/model/dcap';
import { type DERControl } from '../../src/model/der';
import { addManaged, clearAggregator, lfdiOf, type AggregatorFixture } from '../aggregator';
import { controlsOf, derOf, linked, ownDevice, programNamed } from '../discover';
import { type ProgramRef } from '../operator';
import { procedure, type Claim, type Lab } from '../procedure';
import { type Receiver } from '../receiver';
import { expectChange, expectEnd, subscribe, trySubscribe } from '../subscriber';
import { subscriberWith } from './subscriptions';

import { cactus, direct, exporting, watts } from './aus-common';

const aggregated: readonly Claim[] = [...direct, 'aggregators', 'subscriptions', 'der-control'];

interface Subscribed extends AggregatorFixture {
  readonly receiver: Receiver;
  readonly program: ProgramRef;
}

const subscribed =
  (id: string) =>
  async (lab: Lab): Promise<Subscribed> => {
    const fixture = await subscriberWith(id, ['EDA1'])(lab);
    const devices = [lfdiOf(fixture, 'EDA1')];
    const program = await lab.operator.createProgram({ description: `${id} P`, primacy: 1, devices });
    await lab.operator.setDefault(program, { DERControlBase: { opModExpLimW: watts(1500) } });
    return { ...fixture, program };
  };
const programOf = (lab: Lab, fixture: Subscribed) =>
  programNamed(lab, fixture.wire, `${fixture.id} P`, lfdiOf(fixture, 'EDA1'));

const lists = procedure<Subscribed>({
  id: 'AUS-025',
  title: 'Subscriptions to controls, defaults, programs and devices',
  requirements: cactus(25, 26, 27, 28, 29, 30, 31, 32),
  needs: aggregated,
  fixture: 'An aggregator with one device and a program with a default, and a place where it is notified.',
  lastsS: 400,
  arrange: subscribed('AUS-025'),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe to the DERControlList; create an export limit, then cancel it.',
      expect: 'A Notification for each with status 0 and the list as a GET shows it; the cancelled control is in it.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        const at = linked((await programOf(lab, fixture)).DERControlListLink, 'DERControlListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        let after = lab.clock.now();
        const event = await lab.operator.createEvent(program, exporting((await lab.serverTime(wire)) + 900));
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
        after = lab.clock.now();
        await lab.operator.cancelEvent(event);
        const cancelled = (resource: unknown) =>
          (resource as { DERControl?: DERControl[] } | undefined)?.DERControl?.[0]?.EventStatus.currentStatus === 2;
        await expectChange(wire, check, receiver, {
          resource: at,
          after,
          subscription,
          fits: ({ Resource: carried }) => cancelled(carried),
        });
      },
    },
    {
      action: 'Subscribe to the DefaultDERControl, and change its export limit.',
      expect: 'A Notification with status 0 and the new default.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        const at = linked((await programOf(lab, fixture)).DefaultDERControlLink, 'DefaultDERControlLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        const after = lab.clock.now();
        await lab.operator.setDefault(program, { DERControlBase: { opModExpLimW: watts(1800) } });
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
      },
    },
    {
      action: 'Subscribe to the EndDeviceList, and register a second device; it is removed again.',
      expect: 'A Notification with status 0 for each, and the list as a GET shows it.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const list = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
        const subscription = await subscribe(lab, wire, check, list, receiver);
        let after = lab.clock.now();
        const added = await addManaged(lab, fixture, 'EDA2');
        await expectChange(wire, check, receiver, { resource: list, after, subscription });
        after = lab.clock.now();
        fixture.devices.delete('EDA2');
        await lab.operator.removeDevice(added.lfdi);
        await expectChange(wire, check, receiver, { resource: list, after, subscription });
      },
    },
  ],
});

const limits = procedure<Subscribed>({
  id: 'AUS-033',
  title: 'How much a Notification carries, and what cannot be subscribed to',
  requirements: cactus(33, 34, 35, 36),
  needs: aggregated,
  fixture: 'An aggregator with one device and a program with three export limits ahead.',
  lastsS: 120,
  arrange: async lab => {
    const fixture = await subscribed('AUS-033')(lab);
    const start = (await lab.serverTime(fixture.wire)) + 900;
    for (const i of [0, 1, 2]) await lab.operator.createEvent(fixture.program, exporting(start + 300 * i, 1000 + i));
    return fixture;
  },
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe to the DERControlList with limit 2, and create a fourth control.',
      expect: 'The Notification has two controls, the first by the order of the list, and all is 4.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        const seen = await programOf(lab, fixture);
        const at = linked(seen.DERControlListLink, 'DERControlListLink');
        await subscribe(lab, wire, check, at, receiver, 2);
        const after = lab.clock.now();
        await lab.operator.createEvent(program, exporting((await lab.serverTime(wire)) + 3600));
        const found = await receiver.first(each => each.at >= after && each.notification.status === 0, 180);
        const carried = found?.notification.Resource as { all?: number; DERControl?: DERControl[] } | undefined;
        check.equal('all', carried?.all, 4);
        const first = (await controlsOf(wire, seen)).slice(0, 2).map(({ mRID }) => mRID);
        check.equal(
          'controls',
          carried?.DERControl?.map(({ mRID }) => mRID),
          first,
        );
      },
    },
    {
      action: 'Subscribe to a DERCapability and to a program of nobody.',
      expect: 'A 4xx for each.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const der = await derOf(wire, await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDA1')));
        for (const resource of [linked(der.DERCapabilityLink, 'DERCapabilityLink'), '/derp/none/derc']) {
          const { status } = await trySubscribe(lab, wire, resource, receiver.uri);
          check.that(`to ${resource}`, status >= 400 && status <= 499, status);
        }
      },
    },
  ],
});

const ended = procedure<Subscribed>({
  id: 'AUS-037',
  title: 'Subscriptions that end',
  requirements: cactus(37, 38, 39, 40),
  needs: aggregated,
  fixture: 'An aggregator with one device, subscribed to the controls of its program.',
  lastsS: 120,
  arrange: subscribed('AUS-037'),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe; DELETE the subscription; subscribe again; let the operator end it; subscribe once more.',
      expect: '201, then 200 or 204, 201, a Notification with status 1, and 201.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, identity } = fixture;
        const at = linked((await programOf(lab, fixture)).DERControlListLink, 'DERControlListLink');
        const first = await subscribe(lab, wire, check, at, receiver);
        const { status } = await wire.send('DELETE', first);
        check.that('DELETE', status === 200 || status === 204, status);
        await subscribe(lab, wire, check, at, receiver);
        const after = lab.clock.now();
        await lab.operator.endSubscriptions(identity.lfdi, 1);
        await expectEnd(check, receiver, at, after, 1);
        await subscribe(lab, wire, check, at, receiver);
      },
    },
  ],
});

const loss = procedure<Subscribed>({
  id: 'AUS-046',
  title: 'Loss of communication with a subscriber',
  requirements: cactus(46),
  needs: aggregated,
  fixture:
    'An aggregator with one device, subscribed to the controls of its program; its receiver fails for five minutes.',
  lastsS: 700,
  arrange: subscribed('AUS-046'),
  clear: clearAggregator,
  steps: [
    {
      action: 'Answer notifications with 500 for five minutes, in which three controls are made; then answer 201.',
      expect: 'The subscription lives on, and a Notification with the state of then comes by itself.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        const at = linked((await programOf(lab, fixture)).DERControlListLink, 'DERControlListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        receiver.status = 500;
        const began = await lab.serverTime(wire);
        for (const i of [0, 1, 2]) {
          await lab.operator.createEvent(program, exporting(began + 3600 + 300 * i, 1000 + i));
          await lab.untilServerTime(wire, began + 100 * (i + 1));
        }
        receiver.status = 201;
        const after = lab.clock.now();
        const whole = (resource: unknown) => (resource as { all?: number } | undefined)?.all === 3;
        const found = await receiver.first(
          ({ at: when, notification }) => when >= after && whole(notification.Resource),
          360,
        );
        check.that('the three controls are told by themselves', found !== undefined, receiver.received.length);
        const now = await wire.send('GET', subscription);
        check.equal('the subscription is still there', now.status, 200);
      },
    },
  ],
});

export const ausSubscriptions = [lists, limits, ended, loss];
