/**
 * Who answers a FlowReservationRequest (2030.5 clause 10.9), and how much. A policy is a pure function: what is asked and what
 * is free in, an answer out. One file each; `index.ts` names them, the configuration chooses.
 */
import { type Seconds } from '../../base/clock';

/** A request for flow, its sign taken apart: `import` charges, `export` discharges. */
export interface FlowAsk {
  readonly direction: 'import' | 'export';
  /** W and Wh, 0 or above. */
  readonly powerW: number;
  readonly energyWh: number;
  /** Seconds it wants to flow within the window; not longer than the window. */
  readonly durationS: Seconds;
  /** When it may flow: never before now. */
  readonly from: Seconds;
  readonly to: Seconds;
}

/** What the site may still take or give in [from, to): its limit less what was granted before, W, 0 or above. */
export interface FreeSpan {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly powerW: number;
}

/** An answer; with no power it is a refusal that can be read. */
export interface FlowGrant {
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly powerW: number;
  readonly energyWh: number;
}

export interface FlowPolicy {
  readonly name: string;
  /** What the configuration's documentation says of it. */
  readonly means: string;
  /** `free` covers the window of `ask` in order and without a gap. `wait`: somebody else will answer. */
  readonly decide: (ask: FlowAsk, free: readonly FreeSpan[]) => FlowGrant | 'wait';
}

export const secondsPerHour = 3600;

/** What flows at a power for so long, Wh, and never more than was asked for. */
export const energyOf = ({ energyWh }: Pick<FlowAsk, 'energyWh'>, powerW: number, durationS: Seconds): number =>
  Math.min(energyWh, Math.floor((powerW * durationS) / secondsPerHour));
