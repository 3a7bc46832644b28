/**
 * What is drawn besides the devices is known by forecast only, so a box has to hold with more of it and with less (envelopes reference 3.4: a second
 * box). What hurts most goes with the devices: where those of a phase import, the others there draw their high quantile; where they export, their low
 * one; and a phase at rest the opposite of what the devices do in all, as load there lifts the phases beside it. In between they draw what is expected.
 */
import { type PowerFlow } from '../grid/power-flow';
import { type PassiveDraw } from './api';

export class Spread {
  /** By node: W up to the high and down to the low quantile, of the step that was begun. */
  private readonly up: Float64Array;
  private readonly down: Float64Array;
  private readonly phaseOf: Uint8Array;
  private any = false;

  constructor(
    private readonly flow: PowerFlow,
    private readonly passive: readonly PassiveDraw[],
  ) {
    this.up = new Float64Array(flow.nodeCount);
    this.down = new Float64Array(flow.nodeCount);
    // Below a split-phase transformer both legs draw on the phase that feeds it.
    this.phaseOf = Uint8Array.from({ length: flow.nodeCount }, (_, n) => {
      return (flow.topology.feed[Math.floor(n / 3)] ?? (n % 3) + 1) - 1;
    });
  }

  begin(step: number): void {
    this.up.fill(0);
    this.down.fill(0);
    this.any = false;
    for (const { bus, highW, lowW, phases, w } of this.passive) {
      const [low, middle, high] = [lowW?.[step], w[step], highW?.[step]];
      if (low === undefined || middle === undefined || high === undefined) continue;
      for (const phase of phases) {
        const n = this.flow.node(bus, phase);
        this.up[n] = (this.up[n] as number) + (high - middle) / phases.length;
        this.down[n] = (this.down[n] as number) + (middle - low) / phases.length;
      }
      this.any = true;
    }
  }

  /** Adds it to what is drawn at each node while devices with these nodes draw `power`. */
  add(p: Float64Array, nodes: readonly (readonly number[])[], power: ArrayLike<number>): void {
    if (!this.any) return;
    const sum: [number, number, number] = [0, 0, 0];
    nodes.forEach((own, k) => {
      for (const node of own) {
        const phase = this.phaseOf[node] as number;
        sum[phase] = (sum[phase] as number) + (power[k] as number) / own.length;
      }
    });
    const all = sum[0] + sum[1] + sum[2];
    const way = sum.map(w => (w === 0 ? -Math.sign(all) : Math.sign(w)));
    for (let n = 0; n < p.length; n++) {
      const to = way[this.phaseOf[n] as number] as number;
      if (to > 0) p[n] = (p[n] as number) + (this.up[n] as number);
      else if (to < 0) p[n] = (p[n] as number) - (this.down[n] as number);
    }
  }
}
