import { type Socket } from 'node:net';

/** `turn`: requests of its identity wait for their turn. `told`: it was told to slow down. */
type Why = 'turn' | 'told';

/**
 * Who is not read from for now. A socket is read from again once no reason against it is left. What a peer sends meanwhile waits
 * in its own network stack, which is where a flood belongs.
 */
export interface Reading {
  /** Whether it was read from, for all this reason says. */
  stop(socket: Socket, why: Why): boolean;
  resume(socket: Socket, why: Why): void;
  /** A request that came over `socket` waits for its turn: none of `all` the identity's is read from. */
  waits(identity: string, socket: Socket, all: Iterable<Socket>): void;
  /** One that waited has had its turn; once none waits, all are read from. */
  served(identity: string): void;
}

export function reading(): Reading {
  const against = new WeakMap<Socket, Set<Why>>();
  const waiting = new Map<string, { requests: number; readonly sockets: Set<Socket> }>();
  const stop = (socket: Socket, why: Why) => {
    const reasons = against.get(socket) ?? new Set();
    if (reasons.has(why)) return false;
    against.set(socket, reasons.add(why));
    if (reasons.size === 1) socket.pause();
    return true;
  };
  const resume = (socket: Socket, why: Why) => {
    const reasons = against.get(socket);
    if (!reasons?.delete(why) || reasons.size > 0) return;
    against.delete(socket);
    socket.resume();
  };
  return {
    stop,
    resume,
    waits: (identity, socket, all) => {
      let mine = waiting.get(identity);
      if (!mine) waiting.set(identity, (mine = { requests: 0, sockets: new Set(all) }));
      mine.requests++;
      mine.sockets.add(socket);
      if (mine.requests === 1) for (const each of mine.sockets) stop(each, 'turn');
      else stop(socket, 'turn');
    },
    served: identity => {
      const mine = waiting.get(identity);
      if (!mine || --mine.requests > 0) return;
      waiting.delete(identity);
      for (const socket of mine.sockets) resume(socket, 'turn');
    },
  };
}
