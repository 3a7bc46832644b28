import { type Socket } from 'node:net';
import { reading } from './reading';

/** What reading asks of a socket. */
function fake() {
  const socket = {
    paused: false,
    pause: () => void (socket.paused = true),
    resume: () => void (socket.paused = false),
  };
  return { socket, as: socket as unknown as Socket };
}

it('reads from no connection of an identity while a request of it waits, and from all once none does', () => {
  const input = reading();
  const [a, b, late, other] = [fake(), fake(), fake(), fake()];
  input.waits('A', a.as, [a.as, b.as]);
  input.waits('A', late.as, [a.as, b.as, late.as]);
  expect([a, b, late, other].map(each => each.socket.paused)).toEqual([true, true, true, false]);
  input.served('A');
  expect([a, b, late].map(each => each.socket.paused)).toEqual([true, true, true]);
  input.served('A');
  expect([a, b, late].map(each => each.socket.paused)).toEqual([false, false, false]);
  input.served('A'); // nobody waits
});

it('reads again only when no reason against it is left', () => {
  const input = reading();
  const { socket, as } = fake();
  expect(input.stop(as, 'told')).toBe(true);
  expect(input.stop(as, 'told')).toBe(false);
  input.waits('A', as, [as]);
  input.resume(as, 'told');
  expect(socket.paused).toBe(true);
  input.served('A');
  expect(socket.paused).toBe(false);
  input.resume(as, 'told'); // there is nothing to resume
  expect(socket.paused).toBe(false);
});
