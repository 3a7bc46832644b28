/** CORE-018, CORE-019, AGG-001 and MAINT-006: Subscription and Notification (protocol facts 6). */
import { DeviceCapability } from '../../src/model/dcap';
import { EndDevice, EndDeviceList } from '../../src/model/edev';
import { DERProgramList } from '../../src/model/der';
import { FunctionSetAssignmentsList } from '../../src/model/fsa';
import { SubscriptionList } from '../../src/model/subscription';
import { addManaged, aggregatorWith, clearAggregator, lfdiOf, type AggregatorFixture } from '../aggregator';
import { devicesOf, linked, ownDevice, whole } from '../discover';
import { procedure, type Claim, type Lab } from '../procedure';
import { type Receiver } from '../receiver';
import {
  expectChange,
  expectEnd,
  expectNothing,
  pathOf,
  subscribe,
  subscriptionList,
  trySubscribe,
} from '../subscriber';

interface Fixture extends AggregatorFixture {
  readonly receiver: Receiver;
}

export const subscriberWith =
  (id: string, names?: readonly string[]) =>
  async (lab: Lab): Promise<Fixture> => {
    const fixture = await aggregatorWith(lab, id, names);
    return { ...fixture, receiver: await lab.receiver(fixture.identity) };
  };
const needs: readonly Claim[] = ['csip', 'out-of-band-registration', 'aggregators', 'subscriptions'];

const fsaListOf = async (lab: Lab, fixture: Fixture, name: string): Promise<string> =>
  linked(
    (await ownDevice(fixture.wire, lab.dcapPath, lfdiOf(fixture, name))).FunctionSetAssignmentsListLink,
    'EndDevice/FunctionSetAssignmentsListLink',
  );

export const core018 = procedure<Fixture>({
  id: 'CORE-018',
  title: 'Basic subscription',
  requirements: ['CTP CORE-018', 'CSIP P31-P33', 'IEEE 2030.5-2018 8.6'],
  needs: [...needs, 'der-control'],
  fixture: 'An aggregator with one device, and a place where it is notified.',
  lastsS: 120,
  arrange: subscriberWith('CORE-018', ['EDA1']),
  clear: clearAggregator,
  steps: [
    {
      action: 'GET the FunctionSetAssignmentsList of the device, and subscribe to it.',
      expect:
        'It says that it is subscribable; 201 with Location; the Subscription reads as sent and stands in the SubscriptionList.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const at = await fsaListOf(lab, fixture, 'EDA1');
        const list = await wire.get(FunctionSetAssignmentsList, whole(at));
        check.that('subscribable', [1, 3].includes(list.subscribable ?? 0), list.subscribable);
        const made = await subscribe(lab, wire, check, at, receiver);
        const own = await ownDevice(wire, lab.dcapPath);
        const subscriptions = await wire.get(SubscriptionList, whole(subscriptionList(own)));
        check.equal(
          'SubscriptionList',
          subscriptions.Subscription.map(each => each.href),
          [made],
        );
        check.equal('all of the link', own.SubscriptionListLink?.all, 1);
      },
    },
    {
      action: 'Assign a program to the device, and wait for the Notification.',
      expect: 'Status 0, the subscription it is for, and the content of a GET.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const at = await fsaListOf(lab, fixture, 'EDA1');
        const [own] = (await wire.get(SubscriptionList, whole(subscriptionList(await ownDevice(wire, lab.dcapPath)))))
          .Subscription;
        const after = lab.clock.now();
        await lab.operator.createProgram({ description: 'CORE-018 P', primacy: 3, devices: [lfdiOf(fixture, 'EDA1')] });
        await expectChange(wire, check, receiver, { resource: at, after, subscription: own?.href ?? '' });
      },
    },
    {
      action: 'DELETE the Subscription, and change the assignments again.',
      expect: '200 or 204, then 404, and no further Notification.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const [own] = (await wire.get(SubscriptionList, whole(subscriptionList(await ownDevice(wire, lab.dcapPath)))))
          .Subscription;
        const { status } = await wire.send('DELETE', own?.href ?? '');
        check.that('DELETE', status === 200 || status === 204, status);
        check.equal('GET after DELETE', (await wire.send('GET', own?.href ?? '')).status, 404);
        await lab.operator.createProgram({ description: 'CORE-018 Q', primacy: 4, devices: [lfdiOf(fixture, 'EDA1')] });
        await expectNothing(check, receiver, 60);
      },
    },
  ],
});

export const core019 = procedure<Fixture>({
  id: 'CORE-019',
  title: 'Advanced subscription',
  requirements: ['CTP CORE-019', 'CSIP P31, P46', 'IEEE 2030.5-2018 8.6'],
  needs: [...needs, 'der-control'],
  fixture: 'An aggregator with two devices, and a place where it is notified.',
  lastsS: 200,
  arrange: subscriberWith('CORE-019', ['EDA1', 'EDA2']),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe to an EndDevice, and twice to a FunctionSetAssignmentsList with different URIs.',
      expect: '201 each; both subscriptions of one resource are notified.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const device = await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDA1'));
        await subscribe(lab, wire, check, device.href ?? '', receiver);
        const at = await fsaListOf(lab, fixture, 'EDA1');
        const first = await subscribe(lab, wire, check, at, receiver);
        const second = await trySubscribe(lab, wire, at, `${receiver.uri}/second`);
        check.equal('a second subscription', second.status, 201);
        const after = lab.clock.now();
        await lab.operator.createProgram({ description: 'CORE-019 P', primacy: 3, devices: [lfdiOf(fixture, 'EDA1')] });
        // Either of the two may be told first.
        const ofFirst = ({ subscriptionURI }: { subscriptionURI: string }) => pathOf(subscriptionURI) === first;
        await expectChange(wire, check, receiver, { resource: at, after, subscription: first, fits: ofFirst });
        const also = await receiver.first(
          ({ notification }) => notification.subscriptionURI.endsWith(second.headers['location'] ?? '?'),
          120,
        );
        check.that('the second is notified too', also !== undefined);
      },
    },
    {
      action:
        'POST Subscriptions that cannot be: not well-formed, without notificationURI, to a resource that is not there, and to one that is not subscribable.',
      expect: '400 for the first two, 4xx for the others.',
      run: async (lab, { wire, receiver }, check) => {
        const at = subscriptionList(await ownDevice(wire, lab.dcapPath));
        check.equal('not well-formed', (await wire.send('POST', at, { body: '<Subscription' })).status, 400);
        const bare =
          '<Subscription xmlns="urn:ieee:std:2030.5:ns"><subscribedResource>/a</subscribedResource><encoding>0</encoding><level>+S1</level><limit>1</limit></Subscription>';
        check.equal('without notificationURI', (await wire.send('POST', at, { body: bare })).status, 400);
        for (const resource of ['/no/such/resource', lab.dcapPath]) {
          const { status } = await trySubscribe(lab, wire, resource, receiver.uri);
          check.that(`to ${resource}`, status >= 400 && status <= 499, status);
        }
      },
    },
    {
      action: "Let the operator end the client's subscriptions with status 1, then change what was subscribed to.",
      expect: 'A Notification with status 1 for each; the subscriptions are gone; no further Notification comes.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, identity } = fixture;
        const at = await fsaListOf(lab, fixture, 'EDA1');
        const after = lab.clock.now();
        await lab.operator.endSubscriptions(identity.lfdi, 1);
        const device = await ownDevice(wire, lab.dcapPath, lfdiOf(fixture, 'EDA1'));
        await expectEnd(check, receiver, at, after, 1, 2);
        await expectEnd(check, receiver, device.href ?? '', after, 1);
        const list = await wire.get(SubscriptionList, whole(subscriptionList(await ownDevice(wire, lab.dcapPath))));
        check.equal('subscriptions left', list.all, 0);
        await expectNothing(check, receiver, 40);
        await lab.operator.createProgram({ description: 'CORE-019 Q', primacy: 4, devices: [lfdiOf(fixture, 'EDA1')] });
        await expectNothing(check, receiver, 60);
      },
    },
  ],
});

export const agg001 = procedure<Fixture>({
  id: 'AGG-001',
  title: 'Aggregator subscription',
  requirements: ['CTP AGG-001', 'CSIP G16, P31', 'IEEE 2030.5-2018 8.6'],
  needs,
  fixture: 'An aggregator with four devices, and a place where it is notified; EDA1X comes later.',
  lastsS: 90,
  arrange: subscriberWith('AGG-001'),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe to the EndDeviceList, register EDA1X, and wait for the Notification.',
      expect: 'Status 0 with the list as a GET shows it; EDA1X is in the list and readable by itself.',
      run: async (lab, fixture, check) => {
        const { wire, receiver } = fixture;
        const at = linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');
        const before = await wire.get(EndDeviceList, whole(at));
        check.equal('entries before', before.all, 5);
        const subscription = await subscribe(lab, wire, check, at, receiver);
        const after = lab.clock.now();
        const added = await addManaged(lab, fixture, 'EDA1X');
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
        const device = await ownDevice(wire, lab.dcapPath, added.lfdi);
        check.equal('EDA1X by itself', (await wire.get(EndDevice, device.href ?? '')).lFDI, added.lfdi);
        check.equal('entries after', (await devicesOf(wire, lab.dcapPath)).length, 6);
      },
    },
  ],
});

export const maint006 = procedure<Fixture>({
  id: 'MAINT-006',
  title: 'Maintenance of subscriptions',
  requirements: ['CTP MAINT-006', 'IEEE 2030.5-2018 8.6'],
  needs,
  fixture: 'An aggregator with one device, subscribed to the programs of that device.',
  lastsS: 90,
  arrange: subscriberWith('MAINT-006', ['EDA1']),
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe; let the operator end the subscription; subscribe again.',
      expect: 'A Notification with status 1; the new subscription is taken with 201.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, identity } = fixture;
        const fsas = await wire.get(FunctionSetAssignmentsList, whole(await fsaListOf(lab, fixture, 'EDA1')));
        const at = linked(
          fsas.FunctionSetAssignments.find(each => each.DERProgramListLink)?.DERProgramListLink,
          'DERProgramListLink',
        );
        check.that('it is a DERProgramList', (await wire.get(DERProgramList, whole(at))).all > 0);
        await subscribe(lab, wire, check, at, receiver);
        const after = lab.clock.now();
        await lab.operator.endSubscriptions(identity.lfdi, 1);
        await expectEnd(check, receiver, at, after, 1);
        await subscribe(lab, wire, check, at, receiver);
      },
    },
  ],
});
