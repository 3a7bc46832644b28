/**
 * A curtailment order: limits that lie over what is published, for a time and a reason (envelopes reference 2.1 OpFlex, 3.7). What each site
 * may still do was worked out when the order was made (`allocate.ts`); how much of it holds at a moment follows from facts and clock.
 */
import { type Seconds } from '../../base/clock';
import { type ReasonCode } from '../reasons';

export type Direction = 'import' | 'export';

export interface Target {
  /** A bus only of orders that mend its voltage. */
  readonly kind: 'site' | 'group' | 'asset' | 'bus';
  /** Id of the site or group, name of the asset or bus. */
  readonly id: string;
}

/**
 * What is asked, W. `each`: no site above it. `together`: the sum of the sites not above it. `reduce`: by so much below what they draw or
 * feed in now.
 */
export interface Ask {
  readonly kind: 'each' | 'together' | 'reduce';
  readonly importW?: number;
  readonly exportW?: number;
}

export interface SiteLimits {
  readonly importW?: number;
  readonly exportW?: number;
}

export interface Order {
  /** `R14-2`; orders that constraint management makes are called after what they relieve. */
  readonly id: string;
  readonly origin: 'operator' | 'constraint' | 'switching';
  readonly target: Target;
  readonly ask: Ask;
  readonly reason: ReasonCode;
  /** Whether it may take sites below firm; its reason must allow it too. */
  readonly belowFirm: boolean;
  readonly note?: string;
  readonly start: Seconds;
  /** Missing: until it is released. */
  readonly end?: Seconds;
  /** Seconds over which limits come back after it, in three stages; 0 for at once. */
  readonly releaseS: Seconds;
  readonly createdAt: Seconds;
  readonly createdBy: string;
  /** By id of the site. */
  readonly limits: Readonly<Record<string, SiteLimits>>;
  /** When somebody, or the constraint watch, let go of it. */
  readonly releasedAt?: Seconds;
  /** Taken back whole, without stages. */
  readonly cancelledAt?: Seconds;
}

export const stages = 3;

/** When its release begins; Infinity while nobody knows. */
export const releaseBegins = ({ end = Infinity, releasedAt = Infinity }: Pick<Order, 'end' | 'releasedAt'>): Seconds =>
  Math.min(end, releasedAt);

/** When nothing of it is left. */
export function overAt(order: Pick<Order, 'end' | 'releasedAt' | 'cancelledAt' | 'releaseS'>): Seconds {
  return Math.min(order.cancelledAt ?? Infinity, releaseBegins(order) + order.releaseS);
}

/** Share of the way back to what was published that is given at `now`: 0 while it holds whole, 1 when it is over. */
export function shareReleased(order: Order, now: Seconds): number {
  if (now >= overAt(order)) return 1;
  const since = now - releaseBegins(order);
  return since < 0 ? 0 : Math.min(1, Math.floor((since * stages) / order.releaseS) / stages);
}

export type OrderState = 'scheduled' | 'active' | 'releasing' | 'over' | 'cancelled';

export function stateOf(order: Order, now: Seconds): OrderState {
  if (order.cancelledAt !== undefined && order.cancelledAt <= now) return 'cancelled';
  if (now >= overAt(order)) return 'over';
  if (now >= releaseBegins(order)) return 'releasing';
  return now < order.start ? 'scheduled' : 'active';
}

/** The next moment after `now` at which sites are to be told something else because of it. */
export function nextStage(order: Order, now: Seconds): Seconds | undefined {
  const begins = releaseBegins(order);
  if (begins === Infinity || now >= overAt(order)) return undefined;
  const moments = Array.from({ length: stages + 1 }, (_, k) => Math.ceil(begins + (order.releaseS * k) / stages));
  return moments.find(moment => moment > now);
}

/**
 * The most a site may do in [from, to) by this order, W, where without it it might do `otherwiseW`; undefined where it says nothing. Told at
 * `now`: while an order is released, what comes after its last stage is free already.
 */
export function orderedW(
  order: Order,
  site: string,
  direction: Direction,
  { from, now, otherwiseW, to }: { from: Seconds; to: Seconds; now: Seconds; otherwiseW: number },
): number | undefined {
  const limitW = order.limits[site]?.[direction === 'import' ? 'importW' : 'exportW'];
  if (limitW === undefined || to <= order.start || from >= overAt(order)) return undefined;
  const share = shareReleased(order, now);
  if (share >= 1) return undefined;
  return share === 0 || otherwiseW <= limitW ? limitW : Math.floor(limitW + (otherwiseW - limitW) * share);
}

/** In an operator's words, as what binds a limit: `order R14-2 (maintenance)`. */
export const orderName = ({ id, origin, reason }: Pick<Order, 'id' | 'origin' | 'reason'>): string =>
  origin === 'switching' ? `switching ${id} (${reason})` : `order ${id} (${reason})`;
