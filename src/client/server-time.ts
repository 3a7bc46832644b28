import { type Clock, type Seconds } from '../base/clock';

/**
 * The server's clock as seen from here. Events are followed in its time; what waits, waits in ours. Starts as our own clock.
 */
export class ServerTime {
  private offsetMs = 0;

  constructor(private readonly clock: Clock) {}

  /** Whole seconds of the server's clock. */
  now(): Seconds {
    return this.at(this.clock.nowMs() / 1000);
  }

  /** What the server's clock shows, in whole seconds, when ours shows `local`. */
  at(local: Seconds): Seconds {
    return Math.floor((Math.round(local * 1000) + this.offsetMs) / 1000);
  }

  /** When, on our clock, the server's shows `server`. */
  local(server: Seconds): Seconds {
    return (server * 1000 - this.offsetMs) / 1000;
  }

  /** How far the server is ahead of us, s. */
  get offsetS(): number {
    return this.offsetMs / 1000;
  }

  /**
   * Learns from a Time whose request left at `sentMs` and whose answer came at `gotMs` on our clock. The server read its clock
   * somewhere between, and told whole seconds: an offset that explains this stays, so that the way there and back never looks
   * like a wrong clock. Returns whether the offset changed.
   */
  learn(currentTime: Seconds, sentMs: number, gotMs: number): boolean {
    const low = currentTime * 1000 - gotMs;
    const high = currentTime * 1000 + 1000 - sentMs;
    if (this.offsetMs >= low && this.offsetMs <= high) return false;
    this.offsetMs = Math.round((low + high - 1000) / 2);
    return true;
  }
}
