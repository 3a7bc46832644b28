import { type Socket } from 'node:net';
import { ManualClock } from '../base/clock';
import { reading } from './reading';

/** What reading asks of a socket. */
function fake() {
  const socket = {
    paused: false,
    pause: () => void (socket.paused = true),
    resume: () => void (socket.paused = false),
    isPaused: () => socket.paused,
    emit: () => true,
  };
  return { socket, as: socket as unknown as Socket };
}

function read({ firstS = 1, longestS = 4 } = {}) {
  const clock = new ManualClock(1000);
  const [a, b, fresh, other] = [fake(), fake(), fake(), fake()];
  const open = new Map([['A', [a.as, b.as]]]);
  const input = reading({ socketsOf: identity => open.get(identity) ?? [], wall: clock, firstS, longestS });
  const paused = () => [a, b, fresh, other].map(each => (each.socket.paused ? 'x' : '-')).join('');
  return { clock, input, open, a, b, fresh, other, paused };
}

it('reads from no connection of an identity while a request of it waits, and from all once none does', () => {
  const { input, open, a, b, fresh, paused } = read();
  input.waits('A', a.as);
  expect(paused()).toBe('xx--');
  input.waits('A', fresh.as);
  expect(paused()).toBe('xxx-');
  open.set('A', [a.as, b.as, fresh.as]);
  input.served('A');
  expect(paused()).toBe('xxx-');
  input.served('A');
  expect(paused()).toBe('----');
  input.served('A'); // nobody waits
});

it('leaves who was told to slow down alone for a while, whatever connections it opens meanwhile', () => {
  const { input, clock, open, a, b, fresh, other, paused } = read();
  input.came('A', a.as); // it may be read from so far
  input.slowDown('A');
  input.slowDown('A'); // told once more in the same breath
  input.came('A', fresh.as);
  open.set('A', [a.as, b.as, fresh.as]);
  input.came('B', other.as);
  expect(paused()).toBe('xxx-');
  clock.advance(0.99);
  expect(paused()).toBe('xxx-');
  clock.advance(0.01); // one after the other
  expect(paused()).toBe('-xx-');
  clock.advance(0.01);
  expect(paused()).toBe('--x-');
  clock.advance(0.01);
  expect(paused()).toBe('----');
});

it('reads from no other connection when the first shows that nothing has changed', () => {
  const { input, clock, paused } = read();
  input.slowDown('A');
  clock.advance(1);
  expect(paused()).toBe('-x--');
  input.slowDown('A');
  clock.advance(1.9);
  expect(paused()).toBe('xx--');
  clock.advance(0.1);
  expect(paused()).toBe('-x--');
});

it('leaves who goes on alone for twice as long each time, and forgets who has slowed down', () => {
  const { input, clock, a } = read();
  const pauseS = () => {
    input.slowDown('A');
    let seconds = 0;
    for (; a.socket.paused; seconds++) clock.advance(1);
    return seconds;
  };
  expect([pauseS(), pauseS(), pauseS(), pauseS()]).toEqual([1, 2, 4, 4]);
  clock.advance(3.5);
  expect(pauseS()).toBe(4);
  clock.advance(5);
  expect(pauseS()).toBe(1);
  input.slowDown('A');
  input.end();
  clock.advance(10);
  expect(a.socket.paused).toBe(true); // nobody is waited for any more
  a.socket.paused = false;
  input.slowDown('A');
  expect(a.socket.paused).toBe(false);
});

it('lets bodies wait for the end of the pause, and reads them one after the other', async () => {
  const { input, clock } = read();
  expect(input.mayRead('A')).toBeUndefined();
  input.slowDown('A');
  expect(input.mayRead('B')).toBeUndefined();
  let bodies = 0;
  for (let n = 0; n < 3; n++) void input.mayRead('A')?.then(() => bodies++);
  const after = async (seconds: number) => {
    clock.advance(seconds);
    await Promise.resolve();
    return bodies;
  };
  expect([await after(0.99), await after(0.01), await after(0.01)]).toEqual([0, 1, 2]);
  input.slowDown('A'); // the second was as long as the first
  expect([await after(1.99), await after(0.01)]).toEqual([2, 3]);
  input.slowDown('A');
  void input.mayRead('A')?.then(() => bodies++);
  input.end();
  expect(await after(0)).toBe(4);
});

it('leaves nobody alone where the pause is 0', () => {
  const { input, a, paused } = read({ firstS: 0 });
  input.slowDown('A');
  input.came('A', a.as);
  expect(paused()).toBe('----');
});

it('reads again only when no reason against it is left', () => {
  const { input, clock, a } = read();
  input.slowDown('A');
  input.waits('A', a.as);
  clock.advance(2);
  expect(a.socket.paused).toBe(true);
  input.served('A');
  expect(a.socket.paused).toBe(false);
});
