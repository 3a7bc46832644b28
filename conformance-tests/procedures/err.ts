/** ERR-001 and ERR-002: redirects, and subscriptions through restarts and refusals. */
import { DeviceCapability } from '../../src/model/dcap';
import { DERControlList } from '../../src/model/der';
import { SubscriptionList } from '../../src/model/subscription';
import { clearDevice, linked, ownDevice, programNamed, registered, whole } from '../discover';
import { clearAggregator, lfdiOf, type AggregatorFixture } from '../aggregator';
import { type ProgramRef } from '../operator';
import { procedure } from '../procedure';
import { type Receiver } from '../receiver';
import { expectChange, expectNothing, subscribe, subscriptionList } from '../subscriber';
import { subscriberWith } from './subscriptions';

export const err001 = procedure({
  id: 'ERR-001',
  title: 'Redirect',
  requirements: ['CTP ERR-001', 'IEEE 2030.5-2018 5.5.2.3'],
  needs: ['csip', 'out-of-band-registration', 'redirect'],
  fixture:
    'One device is registered. Where the server has a plain-HTTP port, the client begins there; else its first GET of DeviceCapability is redirected.',
  arrange: async lab => {
    const device = await registered(lab, 'ERR-001');
    if (!lab.plain) await lab.operator.redirectOnce(device.identity.lfdi, lab.dcapPath, lab.dcapPath);
    return device;
  },
  clear: clearDevice,
  steps: [
    {
      action: 'GET DeviceCapability, and again at the Location over HTTPS.',
      expect: '301 or 302 with Location, then 200.',
      run: async (lab, { wire }, check) => {
        const redirected = async () => {
          const { status, headers } = await wire.send('GET', lab.dcapPath);
          return { status, location: headers['location'] };
        };
        const { status, location } = await (lab.plain ? lab.plain(lab.dcapPath) : redirected());
        check.that('301 or 302', [301, 302].includes(status), status);
        check.that('Location', location !== undefined, location);
        const { pathname } = new URL(location ?? '', 'https://server');
        check.equal('at the Location', (await wire.send('GET', pathname)).status, 200);
        await wire.get(DeviceCapability, pathname);
      },
    },
  ],
});

interface Fixture extends AggregatorFixture {
  readonly receiver: Receiver;
  readonly program: ProgramRef;
}

export const err002 = procedure<Fixture>({
  id: 'ERR-002',
  title: 'Subscription errors',
  requirements: ['CTP ERR-002', 'IEEE 2030.5-2018 8.6'],
  needs: ['csip', 'out-of-band-registration', 'aggregators', 'subscriptions', 'der-control'],
  fixture: 'An aggregator with one device and a program, subscribed to the DERControlList of the program.',
  lastsS: 300,
  alone: true,
  arrange: async lab => {
    const fixture = await subscriberWith('ERR-002', ['EDA1'])(lab);
    const devices = [lfdiOf(fixture, 'EDA1')];
    const program = await lab.operator.createProgram({ description: 'ERR-002 P', primacy: 1, devices });
    return { ...fixture, program };
  },
  clear: clearAggregator,
  steps: [
    {
      action: 'Subscribe, restart the server, create a control, and wait for the Notification.',
      expect: 'The subscription outlives the restart: a Notification with status 0 as a GET shows it.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        const seen = await programNamed(lab, wire, 'ERR-002 P', lfdiOf(fixture, 'EDA1'));
        const at = linked(seen.DERControlListLink, 'DERControlListLink');
        const subscription = await subscribe(lab, wire, check, at, receiver);
        await lab.operator.restart();
        check.equal('controls before', (await wire.get(DERControlList, whole(at))).all, 0);
        const after = lab.clock.now();
        const start = (await lab.serverTime(wire)) + 600;
        await lab.operator.createEvent(program, { start, durationS: 60, base: { opModMaxLimW: 5000 } });
        await expectChange(wire, check, receiver, { resource: at, after, subscription });
      },
    },
    {
      action: 'Answer the next Notification 400, and change the list twice.',
      expect: 'The subscription is dropped: it is gone from the SubscriptionList, and no further Notification comes.',
      run: async (lab, fixture, check) => {
        const { wire, receiver, program } = fixture;
        receiver.status = 400;
        const before = receiver.received.length;
        const start = (await lab.serverTime(wire)) + 900;
        await lab.operator.createEvent(program, { start, durationS: 60, base: { opModMaxLimW: 5000 } });
        await receiver.first(() => receiver.received.length > before, 120);
        check.that('a Notification came', receiver.received.length > before);
        receiver.status = 201;
        await lab.operator.createEvent(program, { start: start + 900, durationS: 60, base: { opModMaxLimW: 5000 } });
        await expectNothing(check, receiver, 90);
        const list = await wire.get(SubscriptionList, whole(subscriptionList(await ownDevice(wire, lab.dcapPath))));
        check.equal('subscriptions left', list.all, 0);
      },
    },
  ],
});
