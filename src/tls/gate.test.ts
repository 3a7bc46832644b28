import fc from 'fast-check';
import { ManualClock } from '../base/clock';
import { gate, type GateLimits, type Visitor } from './gate';

const limits: GateLimits = {
  perSecond: 10,
  burst: 10,
  atOnce: 4,
  atOncePerAddress: 2,
  waiting: 6,
  waitingPerAddress: 4,
};

function opened(given: Partial<GateLimits> = {}) {
  const clock = new ManualClock(0);
  const door = gate(clock, { ...limits, ...given });
  const begun: string[] = [];
  const evicted: string[] = [];
  const leave = new Map<string, () => void>();
  const visitors = new Map<string, Visitor>();
  const enter = (address: string, name = address): boolean => {
    const visitor: Visitor = {
      address,
      begin: done => {
        begun.push(name);
        leave.set(name, done);
      },
      evict: () => evicted.push(name),
    };
    visitors.set(name, visitor);
    return door.enter(visitor);
  };
  const cancel = (name: string) => {
    const visitor = visitors.get(name);
    if (visitor) door.cancel(visitor);
  };
  return { clock, door, begun, evicted, enter, cancel, leave: (name: string) => leave.get(name)?.() };
}

it('ends the oldest handshake of an address that begins too many, and of the address that has most', () => {
  const { begun, evicted, enter, leave, door } = opened();
  for (const name of ['a1', 'a2', 'a3']) enter('a', name);
  expect([begun, evicted, door.underWay]).toEqual([['a1', 'a2', 'a3'], ['a1'], 2]);
  for (const address of ['b', 'c', 'd']) enter(address);
  expect([evicted, door.underWay]).toEqual([['a1', 'a2'], 4]);
  leave('b');
  leave('b'); // once is enough
  leave('a1'); // it has left already
  expect(door.underWay).toBe(3);
});

it('begins no more in a second than it may', () => {
  const { begun, enter, leave, clock } = opened({
    perSecond: 3,
    burst: 3,
    waiting: 100,
    waitingPerAddress: 100,
    atOnce: 100,
  });
  for (let n = 0; n < 20; n++) enter(`x${n}`);
  expect(begun).toHaveLength(3);
  for (const name of begun) leave(name);
  clock.advance(1);
  expect(begun.length).toBeLessThanOrEqual(6);
  clock.advance(2);
  expect(begun.length).toBeLessThanOrEqual(12);
  clock.advance(10);
  expect(begun).toHaveLength(20);
});

it('takes addresses in turn: a flood of one waits behind itself', () => {
  const { begun, enter, clock } = opened({
    perSecond: 1,
    burst: 1,
    atOnce: 100,
    atOncePerAddress: 100,
    waiting: 100,
    waitingPerAddress: 50,
  });
  for (let n = 0; n <= 50; n++) enter('flood', `f${n}`);
  enter('good');
  clock.advance(2.5);
  expect(begun).toContain('good');
});

it('turns away whoever comes to a full queue, and forgets whoever leaves it', () => {
  const { enter, cancel, door } = opened({ perSecond: 1, burst: 1, waiting: 3, waitingPerAddress: 2 });
  expect(['1', '2', '3', '4'].map(name => enter('a', name))).toEqual([true, true, true, false]);
  expect([enter('b'), enter('c')]).toEqual([true, false]);
  cancel('2');
  cancel('2');
  expect(door.waiting).toBe(2);
  expect(enter('c')).toBe(true);
});

it('never has more under way than it may, never loses anyone, whatever happens', () => {
  const step = fc.oneof(
    fc.record({ enter: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ leave: fc.nat(40) }),
    fc.record({ cancel: fc.nat(40) }),
    fc.record({ advance: fc.integer({ min: 1, max: 20 }).map(n => n / 10) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), steps => {
      const { clock, door, begun, evicted, enter, cancel, leave } = opened();
      let [entered, refused, cancelled] = [0, 0, 0];
      for (const each of steps) {
        if ('enter' in each) {
          if (!enter(each.enter, String(entered++))) refused++;
        } else if ('leave' in each) leave(String(each.leave));
        else if ('cancel' in each) {
          const before = door.waiting;
          cancel(String(each.cancel));
          cancelled += before - door.waiting;
        } else clock.advance(each.advance);
        expect(door.underWay).toBeLessThanOrEqual(limits.atOnce);
        expect(door.waiting).toBe(entered - begun.length - cancelled - refused);
        expect(new Set([...begun, ...evicted]).size).toBe(begun.length); // only what was begun is evicted
      }
      clock.advance(10);
      expect(door.waiting).toBe(0); // everybody who waits is served as time goes by
    }),
  );
});
