/**
 * What the network made of it: each minute a power flow of what the sites really drew, and one of what their unlimited twins
 * would have drawn, both with the customers that nobody controls.
 */
import { type Seconds } from '../base/clock';
import { drawsOf, powerOf } from '../grid/draws';
import { type Load, type Network } from '../grid/network';
import { powerFlow, type PowerFlow } from '../grid/power-flow';
import { Problem } from '../base/problem';
import { type FleetSite } from './fleet';
import { type NetworkTrace } from './report/record';

export interface NetworkTracerOptions {
  /** When value 0 of the shapes begins. */
  readonly midnight: Seconds;
  readonly start: Seconds;
  readonly passive: readonly Load[];
}

export class NetworkTracer {
  readonly trace: NetworkTrace;
  private readonly flow: PowerFlow;
  private readonly pW: Float64Array;
  private readonly qVar: Float64Array;
  private readonly siteNodes: readonly (readonly number[])[];
  private readonly power: ReturnType<typeof powerOf>;

  /**
   * `network` with the head rated as the run wants it (grid's withHeadRating).
   * @throws Problem BAD_NETWORK when it has no head with a rating, or a site sits at a bus that is not there.
   */
  constructor(
    network: Network,
    private readonly sites: readonly FleetSite[],
    private readonly options: NetworkTracerOptions,
  ) {
    this.flow = powerFlow(network);
    this.power = powerOf(network);
    const { head, topology } = this.flow;
    const volts = head && (topology.nominalV[head.to] ?? 0);
    const ratingVA = head?.transformer
      ? head.transformer.ratingKva * 1000
      : (head?.line?.ampacityA ?? 0) * (volts ?? 0) * (head?.phases.length ?? 0);
    if (head === undefined || !(ratingVA > 0))
      throw new Problem('BAD_NETWORK', { at: network.name, note: 'the head of the feeder has no rating' });
    this.pW = new Float64Array(this.flow.nodeCount);
    this.qVar = new Float64Array(this.flow.nodeCount);
    const nodes = ({ bus, phases }: Pick<Load, 'bus' | 'phases'>) => phases.map(phase => this.flow.node(bus, phase));
    this.siteNodes = sites.map(({ spec }) => nodes(spec));
    this.trace = {
      headName: head.name,
      headRatingVA: ratingVA,
      loadingWith: [],
      loadingWithout: [],
      minVoltagePuWith: [],
      maxVoltagePuWith: [],
      minVoltagePuWithout: [],
      maxVoltagePuWithout: [],
      brokenWith: [],
      brokenWithout: [],
      voltageBand: network.voltageBand,
    };
  }

  /** Takes the means of minute `minute` from the sites. @throws Problem NO_SOLUTION when the flow with envelopes does not converge. */
  minute(minute: number): void {
    const t = this.options.start + minute * 60 - this.options.midnight;
    const elements = this.fill(t, true);
    this.flow.run(this.pW, this.qVar, { elements });
    const { trace } = this;
    this.read(trace.loadingWith, trace.minVoltagePuWith, trace.maxVoltagePuWith, trace.brokenWith);
    this.fill(t, false);
    try {
      this.flow.run(this.pW, this.qVar, { elements });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'NO_SOLUTION') throw error;
      // Past voltage collapse: as bad as it gets, and no figures to be had. Say so by the last sensible ones.
      const loading = Math.max(2, trace.loadingWithout.at(-1) ?? 0);
      trace.loadingWithout.push(loading);
      trace.minVoltagePuWithout.push(0);
      trace.maxVoltagePuWithout.push(trace.maxVoltagePuWithout.at(-1) ?? 1);
      trace.brokenWithout?.push((trace.brokenWithout.at(-1) ?? 0) + 1);
      return;
    }
    this.read(trace.loadingWithout, trace.minVoltagePuWithout, trace.maxVoltagePuWithout, trace.brokenWithout);
  }

  /** Fills the arrays; answers what does not fit in them, such as loads between phases. */
  private fill(t: Seconds, limited: boolean): ReturnType<PowerFlow['load']> {
    const draws = this.options.passive.flatMap(load => {
      const { w, var: reactive } = this.meanOf(load, t);
      return drawsOf(load, w, reactive);
    });
    const elements = this.flow.load(draws, this.pW, this.qVar);
    this.sites.forEach((each, i) => {
      const netW = limited ? each.meanNetW : each.meanTwinNetW;
      const loadW = limited ? each.meanLoadW : each.meanTwinLoadW;
      this.add(this.siteNodes[i] ?? [], netW, loadW * each.spec.varPerW);
    });
    return elements;
  }

  /** Mean of a shape over the minute that begins at `t`. */
  private meanOf(load: Load, t: Seconds): { w: number; var: number } {
    const shape = load.shape?.toLowerCase();
    const stepS = this.flow.network.shapes.find(each => each.name.toLowerCase() === shape)?.stepS ?? 60;
    const count = Math.max(1, Math.round(60 / stepS));
    let [w, reactive] = [0, 0];
    for (let i = 0; i < count; i++) {
      const power = this.power(load, t + (i * 60) / count);
      w += power.w / count;
      reactive += power.var / count;
    }
    return { w, var: reactive };
  }

  private add(nodes: readonly number[], w: number, reactive: number): void {
    for (const node of nodes) {
      this.pW[node] = (this.pW[node] ?? 0) + w / nodes.length;
      this.qVar[node] = (this.qVar[node] ?? 0) + reactive / nodes.length;
    }
  }

  private read(loading: number[], min: number[], max: number[], broken: number[] | undefined): void {
    const { phaseShare, share } = this.flow.headLoading();
    const { maxPu, minPu } = this.flow.minMaxPu();
    loading.push(Math.max(share, phaseShare));
    min.push(minPu);
    max.push(maxPu);
    broken?.push(this.flow.violations().length);
  }
}
