/**
 * First come, first served within what the site's envelope leaves: the earliest time at which all the power is free for as long
 * as it is wanted; where there is none, the span in which one constant power brings most energy, the earliest of equals.
 */
import { energyOf, type FlowAsk, type FlowGrant, type FlowPolicy, type FreeSpan } from './api';

export const capacity: FlowPolicy = {
  name: 'capacity',
  means: 'first come, first served within the operating envelope of the site',
  decide: (ask, free) => whole(ask, free) ?? most(ask, free),
};

/** The full power for the full time. */
function whole({ powerW, energyWh, durationS, to }: FlowAsk, free: readonly FreeSpan[]): FlowGrant | undefined {
  let start: number | undefined;
  for (const span of free) {
    if (span.powerW < powerW) start = undefined;
    else start ??= span.from;
    if (start !== undefined && start + durationS <= to && span.to - start >= durationS)
      return { start, durationS, powerW, energyWh };
  }
  return undefined;
}

/** One power that holds from the start of one span to the end of another. */
function most(ask: FlowAsk, free: readonly FreeSpan[]): FlowGrant {
  let best: FlowGrant = { start: ask.from, durationS: ask.to - ask.from, powerW: 0, energyWh: 0 };
  for (const [i, { from }] of free.entries()) {
    let powerW = ask.powerW;
    for (const span of free.slice(i)) {
      powerW = Math.min(powerW, span.powerW);
      if (powerW <= 0) break;
      const energyWh = energyOf(ask, powerW, span.to - from);
      if (energyWh > best.energyWh) best = { start: from, durationS: span.to - from, powerW, energyWh };
    }
  }
  return best;
}
