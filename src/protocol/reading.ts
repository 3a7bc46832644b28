import { type Socket } from 'node:net';
import { type Cancel, type Clock } from '../base/clock';
import { nextTurn } from '../base/turn';

/** `turn`: requests of its identity wait for their turn. `told`: its identity was told to slow down. */
type Why = 'turn' | 'told';

/**
 * Who is not read from for now. A socket is read from again once no reason against it is left. What a peer sends meanwhile waits
 * in its own network stack, which is where a flood belongs.
 */
export interface Reading {
  /** A request that came over `socket` waits for its turn: nothing of its identity's is read. */
  waits(identity: string, socket: Socket): void;
  /** One that waited has had its turn; once none waits, all is read. */
  served(identity: string): void;
  /**
   * The identity was told to slow down, or sent what was refused at a cost: nothing of it is read for a while. Who goes on when
   * that is over is left alone for twice as long, and so on.
   */
  slowDown(identity: string): void;
  /** A socket of an identity has come, or something over it: it waits too, while the identity is left alone. */
  came(identity: string, socket: Socket): void;
  /** Settles when a body of the identity may be read: reading one wakes its socket, whatever was said of that. */
  mayRead(identity: string): Promise<void> | undefined;
  /** The server ends: nobody is waited for any more. */
  end(): void;
}

export interface ReadingOptions {
  /** Open connections of an identity. */
  readonly socketsOf: (identity: string) => Iterable<Socket>;
  /** Real time: a warped lab clock reads no sooner. */
  readonly wall: Clock;
  /** Seconds of the first pause and of the longest; 0 for no pauses. */
  readonly firstS: number;
  readonly longestS: number;
}

interface Pause {
  readonly seconds: number;
  /** Once it is over it is remembered for as long again: who begins anew within that time has not slowed down. */
  over: boolean;
  cancel: Cancel;
  /** Bodies that wait for its end. */
  readonly bodies: (() => void)[];
}

/** After a pause bodies and connections are read one after the other: the first may show that nothing has changed. */
const apartS = 0.01;

/**
 * A pause that follows a resume in the same turn is lost on node:http: the resume, which comes after it, sets the handle reading,
 * and as the stream counts as paused nothing stops it again, not even its own back pressure: memory fills. Telling node:http of
 * the pause once more in the next turn stops the handle.
 */
export function reading({ socketsOf, wall, firstS, longestS }: ReadingOptions): Reading {
  const against = new WeakMap<Socket, Set<Why>>();
  const waiting = new Map<string, number>();
  const pauses = new Map<string, Pause>();
  let ended = false;
  const stop = (socket: Socket, why: Why) => {
    const reasons = against.get(socket) ?? new Set();
    against.set(socket, reasons.add(why));
    socket.pause(); // even if it was: reading a body wakes it
    nextTurn(() => {
      if (against.has(socket) && socket.isPaused()) socket.emit('pause');
    });
  };
  const resume = (socket: Socket, why: Why): boolean => {
    const reasons = against.get(socket);
    if (!reasons?.delete(why)) return false;
    if (reasons.size > 0) return true;
    against.delete(socket);
    socket.resume();
    return true;
  };
  const after = (seconds: number, run: () => void) => wall.at(wall.nowMs() / 1000 + seconds, run);
  const release = (identity: string, pause: Pause) => {
    pause.over = true;
    const next = () => void (pause.cancel = after(apartS, () => release(identity, pause)));
    const body = pause.bodies.shift();
    if (body) {
      next();
      body();
      return;
    }
    for (const socket of socketsOf(identity)) {
      if (resume(socket, 'told')) return next();
    }
    pause.cancel = after(pause.seconds, () => pauses.delete(identity));
  };
  return {
    waits: (identity, socket) => {
      const others = waiting.get(identity) ?? 0;
      waiting.set(identity, others + 1);
      if (others === 0) for (const each of socketsOf(identity)) stop(each, 'turn');
      stop(socket, 'turn'); // it may be new
    },
    served: identity => {
      const others = (waiting.get(identity) ?? 1) - 1;
      if (others > 0) return void waiting.set(identity, others);
      waiting.delete(identity);
      for (const socket of socketsOf(identity)) resume(socket, 'turn');
    },
    slowDown: identity => {
      const last = pauses.get(identity);
      if (firstS === 0 || last?.over === false || ended) return;
      last?.cancel();
      const seconds = last ? Math.min(2 * last.seconds, longestS) : firstS;
      const cancel = after(seconds, () => release(identity, pause));
      const pause: Pause = { seconds, over: false, cancel, bodies: last?.bodies ?? [] };
      pauses.set(identity, pause);
      for (const socket of socketsOf(identity)) stop(socket, 'told');
    },
    came: (identity, socket) => {
      if (pauses.size > 0 && pauses.get(identity)?.over === false) stop(socket, 'told');
    },
    mayRead: identity => {
      const pause = pauses.size > 0 ? pauses.get(identity) : undefined;
      return pause?.over === false ? new Promise(read => pause.bodies.push(read)) : undefined;
    },
    end: () => {
      ended = true;
      for (const { cancel, bodies } of pauses.values()) {
        cancel();
        for (const read of bodies) read();
      }
      pauses.clear();
    },
  };
}
