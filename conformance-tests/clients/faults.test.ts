import { ManualClock } from '../../src/base/clock';
import { faultOf, Faults, spoil, spoilt } from './faults';
import { Links } from './heard';
import { LabClock } from './lab-clock';

const body =
  '<DERControlList xmlns="urn:ieee:std:2030.5:ns" href="/d" all="1" results="1"><DERControl href="/d/1"/></DERControlList>';
const get = { method: 'GET', path: '/d?s=0&l=1', resource: 'DERControlList' };

it('meets what it is meant for, as often as it says', () => {
  const faults = new Faults();
  faults.add(
    { do: 'status', status: 500, on: { resource: 'DERControlList' }, times: 2 },
    { do: 'delay', seconds: 1, on: { path: '/d*' } },
    { do: 'drop', when: 'before', on: { method: 'POST' } },
  );
  const deeds = () => faults.meet(get).map(fault => fault.do);
  expect([deeds(), deeds(), deeds()]).toEqual([['status', 'delay'], ['status', 'delay'], ['delay']]);
  expect(faults.meet({ ...get, path: '/e', resource: 'Time' })).toEqual([]);
  faults.clear('delay');
  expect(faults.all).toEqual([{ do: 'drop', when: 'before', on: { method: 'POST' } }]);
});

it('spoils bodies', () => {
  const all = spoilt.map(as => spoil(body, as));
  expect(new Set([body, ...all]).size).toBe(spoilt.length + 1);
  expect(spoil(body, 'no-entries')).toBe(
    '<DERControlList xmlns="urn:ieee:std:2030.5:ns" href="/d" all="0" results="0"></DERControlList>',
  );
  expect(spoil(body, 'unknown-elements')).toContain('<x:Later><x:value>1</x:value></x:Later></DERControlList>');
});

it.each([
  [{ do: 'explode' }, 'fault/do'],
  [{ do: 'constructor' }, 'fault/do'],
  [null, 'fault/do'],
  [{ do: 'status', status: 99 }, 'fault/status'],
  [{ do: 'redirect', status: 303 }, 'fault/status'],
  [{ do: 'delay', seconds: -1 }, 'fault/seconds'],
  [{ do: 'body', as: 'rotten' }, 'fault/as'],
  [{ do: 'hrefs', prefix: 'x' }, 'fault/prefix'],
  [{ do: 'page', most: 0 }, 'fault/most'],
  [{ do: 'page', most: 1, times: 0 }, 'fault/times'],
  [{ do: 'page', most: 1, on: { host: 'x' } }, 'fault/on/host'],
  [{ do: 'page', most: 1, extra: 1 }, 'fault/extra'],
])('refuses the fault %j', (given, at) => expect(() => faultOf(given)).toThrow(at));

it('learns from documents what is at which path', () => {
  const links = new Links('/dcap');
  links.learn(
    '<DeviceCapability href="/dcap"><TimeLink href="/tm"/><EndDeviceListLink href="/e" all="1"/></DeviceCapability>',
  );
  links.learn(
    '<L href="/x?s=0"><ActiveDERControlListLink href="/a" all="0"/><DERControl replyTo="/r" href="/c/1"><DERControlBase><opModVoltVar href="/v"/></DERControlBase></DERControl></L>',
  );
  const kinds = ['/dcap', '/tm', '/e', '/x', '/a', '/r', '/c/1', '/v'].map(path => links.resourceAt(path));
  expect(kinds).toEqual([
    'DeviceCapability',
    'Time',
    'EndDeviceList',
    'L',
    'DERControlList',
    'ResponseList',
    'DERControl',
    'DERCurve',
  ]);
  expect([links.has('/tm'), links.has('/edev')]).toEqual([true, false]);
});

it('sets its clock off, and who waits waits by it', () => {
  const steady = new ManualClock(1000);
  const clock = new LabClock(steady);
  const rung: string[] = [];
  clock.at(1060, () => rung.push(`a at ${steady.now()}`));
  clock.at(5000, () => rung.push(`b at ${steady.now()}`));
  const cancel = clock.at(1061, () => rung.push('never'));
  clock.setOffset(3600);
  cancel();
  expect([clock.now(), clock.offsetS, steady.now()]).toEqual([4600, 3600, 1000]);
  steady.advance(1);
  expect(rung).toEqual(['a at 1000']);
  steady.advance(500);
  expect(rung).toEqual(['a at 1000', 'b at 1400']);
});
