/** What the operator API needs for abnormal operation; `server` wires it. */
import { type Ask, type Order, type Target } from '../services/orders/order';
import { type ReasonCode } from '../services/reasons';

export interface NewOrder {
  readonly id?: string | undefined;
  readonly target: Target;
  readonly ask: Ask;
  readonly reason: ReasonCode;
  readonly belowFirm: boolean;
  readonly note?: string | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly releaseS: number;
}

export interface OrderMade {
  readonly order: Order;
  readonly controlsPublished: number;
  /** What could not be had without going below firm, or at all, W. */
  readonly shortW: { readonly import: number; readonly export: number };
  readonly unmeasured: number;
  /** Real seconds until everything was published. */
  readonly seconds: number;
}

export interface SwitchChange {
  readonly name: string;
  readonly to: 'open' | 'closed';
}

export interface SwitchingEvent {
  readonly id: string;
  readonly changes: readonly SwitchChange[];
  readonly at: number;
  readonly reason: ReasonCode;
  readonly note?: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** When telemetry or an operator said that the network is in that state. */
  readonly confirmedAt?: number;
  readonly cancelledAt?: number;
}

export interface SwitchingMade {
  readonly event: SwitchingEvent;
  /** Buses that it leaves without supply, and the loads there. */
  readonly islands: readonly { readonly buses: readonly string[]; readonly loads: readonly string[] }[];
  readonly controlsPublished: number;
  /** Real seconds of the quick answer. */
  readonly seconds: number;
}

export interface Measurement {
  readonly what: string;
  readonly verdict: 'reduce' | 'release' | 'wait' | 'ignore';
  readonly order?: string;
  readonly controlsPublished: number;
}

export interface AbnormalService {
  order(asked: NewOrder, by: string): Promise<OrderMade>;
  release(id: string): Promise<Order>;
  cancelOrder(id: string): Promise<Order>;
  /** Composes what is agreed with a site again, after its contract or its orders changed. */
  tell(sites: readonly string[]): Promise<number>;
  switch(asked: Omit<SwitchingEvent, 'id' | 'createdAt' | 'createdBy'>, by: string): Promise<SwitchingMade>;
  switchings(): Promise<readonly SwitchingEvent[]>;
  /** The network is as the event says. */
  confirm(id: string): Promise<SwitchingEvent>;
  cancelSwitching(id: string): Promise<SwitchingEvent>;
  /** What telemetry says of a switch: an event whose switches all stand as it wants is confirmed. */
  switchIs(name: string, to: SwitchChange['to']): Promise<readonly string[]>;
  /** Loading of an asset over all its phases. */
  loading(
    asset: string,
    measured: { readonly va: number; readonly direction: 'import' | 'export'; readonly at: number },
  ): Promise<Measurement>;
  voltage(
    bus: string,
    measured: { readonly v: number; readonly phase: 1 | 2 | 3; readonly at: number },
  ): Promise<Measurement>;
}
