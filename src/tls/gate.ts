/**
 * Who may begin a handshake now, and who waits. A handshake costs a thousand times what its first packet cost the one who sent
 * it, so handshakes are begun at a rate; those who must wait are taken in turn by address, so that one address that floods makes
 * its own queue longer and nobody else's. Handshakes that are begun and not ended are few: where one more would be too many, the
 * oldest of its address, or of the address that has most, is ended. Whoever means it well is done long before.
 */
import { type Clock } from '../base/clock';

export interface GateLimits {
  /** Handshakes begun in a second, over all addresses. */
  readonly perSecond: number;
  /** Of these, how many at one moment after a pause: each holds up everybody for a few milliseconds. */
  readonly burst: number;
  /** Handshakes begun and not yet ended: in all, and from one address. */
  readonly atOnce: number;
  readonly atOncePerAddress: number;
  /** Connections that wait to begin one: in all, and from one address. More are turned away. */
  readonly waiting: number;
  readonly waitingPerAddress: number;
}

export const gateLimits: GateLimits = {
  perSecond: 100,
  burst: 1,
  atOnce: 512,
  atOncePerAddress: 128,
  waiting: 4096,
  waitingPerAddress: 1024,
};

export interface Visitor {
  readonly address: string;
  /** Its turn: `leave` is to be called once the handshake has ended, well or not. */
  begin(leave: () => void): void;
  /** Its handshake takes too long while others come. Must lead to `leave`. */
  evict(): void;
}

export interface Gate {
  /** Begins now or later; false when too many wait already. */
  enter(visitor: Visitor): boolean;
  /** Leaves the queue, when its connection has ended before its turn. */
  cancel(visitor: Visitor): void;
  readonly underWay: number;
  readonly waiting: number;
}

/** @param wall real time: a warped lab clock lets nobody in sooner */
export function gate(wall: Clock, limits: GateLimits): Gate {
  /** By address, in the order in which they are next; each with those of it that wait, first come first. */
  const queues = new Map<string, Set<Visitor>>();
  /** By address, oldest first. */
  const running = new Map<string, Set<Visitor>>();
  let underWay = 0;
  let waiting = 0;
  let tokens = limits.burst;
  let filledMs = wall.monotonicMs();
  let planned = false;

  const fill = () => {
    const nowMs = wall.monotonicMs();
    tokens = Math.min(limits.burst, tokens + ((nowMs - filledMs) * limits.perSecond) / 1000);
    filledMs = nowMs;
  };
  const add = (sets: Map<string, Set<Visitor>>, visitor: Visitor) => {
    const mine = sets.get(visitor.address) ?? new Set();
    sets.set(visitor.address, mine.add(visitor));
  };
  const take = (sets: Map<string, Set<Visitor>>, visitor: Visitor): boolean => {
    const mine = sets.get(visitor.address);
    if (!mine?.delete(visitor)) return false;
    if (mine.size === 0) sets.delete(visitor.address);
    return true;
  };

  const makeRoom = (address: string) => {
    const mine = running.get(address);
    if ((mine?.size ?? 0) >= limits.atOncePerAddress) evictOldest(mine);
    if (underWay < limits.atOnce) return;
    let most: Set<Visitor> | undefined;
    for (const each of running.values()) if (each.size > (most?.size ?? 0)) most = each;
    evictOldest(most);
  };
  const evictOldest = (of: Set<Visitor> | undefined) => {
    const [oldest] = of ?? [];
    if (!oldest) return;
    leave(oldest);
    oldest.evict();
  };
  const leave = (visitor: Visitor) => {
    if (take(running, visitor)) underWay -= 1;
  };
  const start = (visitor: Visitor) => {
    makeRoom(visitor.address);
    tokens -= 1;
    underWay += 1;
    add(running, visitor);
    visitor.begin(() => leave(visitor));
  };

  const serve = () => {
    fill();
    while (tokens >= 1 && waiting > 0) {
      const [[address, queue] = ['', undefined]] = queues;
      const [first] = queue ?? [];
      if (!queue || !first) break;
      take(queues, first);
      waiting -= 1;
      if (queue.size > 0) {
        queues.delete(address); // to the end of the line, where more of it wait
        queues.set(address, queue);
      }
      start(first);
    }
    plan();
  };
  const plan = () => {
    if (planned || waiting === 0) return;
    planned = true;
    wall.at(wall.nowMs() / 1000 + 1 / limits.perSecond, () => {
      planned = false;
      serve();
    });
  };

  return {
    enter: visitor => {
      fill();
      if (waiting === 0 && tokens >= 1) {
        start(visitor);
        return true;
      }
      if (waiting >= limits.waiting || (queues.get(visitor.address)?.size ?? 0) >= limits.waitingPerAddress)
        return false;
      add(queues, visitor);
      waiting += 1;
      plan();
      return true;
    },
    cancel: visitor => {
      if (take(queues, visitor)) waiting -= 1;
    },
    get underWay() {
      return underWay;
    },
    get waiting() {
      return waiting;
    },
  };
}
