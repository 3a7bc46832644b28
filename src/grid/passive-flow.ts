/**
 * What flows through every rated asset besides the devices under envelopes: other customers by their load shapes, and losses.
 * The input for `Asset.passive` and `Asset.passiveByPhase` of engines/api.ts.
 *
 * An envelope fills an asset with power, but wires are limited by current and lose power on the way. So the estimates keep a reserve,
 * found by one power flow with the head filled to its rating by the devices:
 *
 *     import: the losses below the asset at that state, and, for a phase, the share of its rating that low voltage takes
 *     export: only the latter, at passive load; losses would help and are not counted on
 */
import { type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { assetsIn, busesOverDelta, type GridAsset, systemPhases } from './assets';
import { powerOf } from './draws';
import { type Load, type Network, type Phase } from './network';
import { powerFlow, type PowerFlow, ratedA } from './power-flow';

/** Structurally `PassiveFlow` of engines/api.ts. */
export interface FlowSeries {
  readonly highW: readonly number[];
  readonly lowW: readonly number[];
  readonly var: readonly number[];
}

export interface AssetFlow {
  readonly passive: FlowSeries;
  readonly passiveByPhase: readonly [FlowSeries, FlowSeries, FlowSeries];
}

export interface PassiveOptions {
  /** Customers that no envelope governs; all loads unless given. */
  readonly loads?: readonly Load[];
  /** First moment, in seconds after the start of the shapes (local midnight). */
  readonly startS: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
  /**
   * Who will use the headroom: places for the reserve; without them it covers the passive flow only. Of a device that has a
   * load of its own the vars count as passive, because an envelope limits watts.
   */
  readonly devices?: readonly DevicePlace[];
}

/** What the estimates keep in reserve, beyond what is drawn: W, one for each step. */
export interface Reserve {
  readonly highW: readonly number[];
  readonly lowW: readonly number[];
}

/** An asset's flow with its reserves and what its loads draw by themselves, for those who know better what is drawn. */
export interface AssetFlowParts {
  readonly flow: AssetFlow;
  readonly reserve: Reserve;
  readonly reserveByPhase: readonly [Reserve, Reserve, Reserve];
}

export type DevicePlace = Pick<Load, 'bus' | 'phases'> & Partial<Pick<Load, 'baseVar' | 'shape'>>;

/** Devices never fill the phases just as the estimate has them do: on Oak Street it is short by up to a twentieth of itself. */
const margin = 1.1;

type Quad = [number, number, number, number];
const quad = (): Quad => [0, 0, 0, 0];

/** By asset id. High and low are the extremes that the shapes take within a step; a step is sampled at the shapes' own steps. */
export function passiveFlow(network: Network, options: PassiveOptions): Map<string, AssetFlow> {
  return new Map([...passiveFlowParts(network, options)].map(([id, { flow }]) => [id, flow]));
}

/** As `passiveFlow`, with the reserves told apart: `highW` is what is drawn plus, `lowW` what is drawn less, the reserve. */
export function passiveFlowParts(network: Network, options: PassiveOptions): Map<string, AssetFlowParts> {
  const { devices = [], startS, stepS, steps } = options;
  const loads = [...(options.loads ?? network.loads), ...devices.map(asReactive)];
  const flow = powerFlow(network);
  const assets = assetsIn(flow);
  const power = powerOf(network);
  const below = pathAssets(flow, assets);
  const upstream = systemPhases(flow);
  const shapeSteps = network.shapes.filter(shape =>
    loads.some(load => load.shape?.toLowerCase() === shape.name.toLowerCase()),
  );
  const sampleS = Math.min(stepS, ...shapeSteps.map(shape => shape.stepS));
  const samples = Math.max(1, Math.ceil(stepS / sampleS));
  const pW = new Float64Array(flow.nodeCount);
  const qVar = new Float64Array(flow.nodeCount);
  const gather = assets.map(() => ({
    high: series(),
    low: series(),
    var: series(),
    lossW: series(),
    lossVar: series(),
    lowVoltageW: series(),
  }));
  let peakW = -Infinity;
  let peak: { pW: Float64Array; qVar: Float64Array } = { pW: pW.slice(), qVar: qVar.slice() };

  // What is the same in every step, looked up once: a horizon has a hundred steps, and a fleet ten thousand loads.
  const places = loads.map(load => {
    const phases = upstream(load.bus, load.phases);
    return { load, nodes: load.phases.map(phase => flow.node(load.bus, phase)), phases, above: below(load.bus) };
  });
  const over = busesOverDelta(flow.topology);
  const size = 4 * assets.length;
  const [high, low, reactive] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const [w, q] = [new Float64Array(size), new Float64Array(size)];

  for (let step = 0; step < steps; step++) {
    pW.fill(0);
    qVar.fill(0);
    high.fill(-Infinity);
    low.fill(Infinity);
    reactive.fill(0);
    for (let sample = 0; sample < samples; sample++) {
      const t = startS + step * stepS + (sample * stepS) / samples;
      w.fill(0);
      q.fill(0);
      for (const { above, load, nodes, phases } of places) {
        const drawn = power(load, t);
        const share = nodes.length;
        for (const node of nodes) {
          pW[node] = (pW[node] as number) + drawn.w / share / samples;
          qVar[node] = (qVar[node] as number) + drawn.var / share / samples;
        }
        for (const asset of above)
          for (const phase of phases) {
            addAt(w, asset, phase, drawn.w / phases.length);
            addAt(q, asset, phase, drawn.var / phases.length);
          }
      }
      for (let i = 0; i < size; i++) {
        const watts = w[i] as number;
        if (watts > (high[i] as number)) high[i] = watts;
        if (watts < (low[i] as number)) low[i] = watts;
        reactive[i] = Math.max(reactive[i] as number, Math.abs(q[i] as number));
      }
    }
    const total = pW.reduce((sum, w, n) => sum + w + Math.abs(qVar[n] as number), 0);
    if (total > peakW) [peakW, peak] = [total, { pW: pW.slice(), qVar: qVar.slice() }];
    flow.run(pW, qVar);
    const losses = lossesBelow(flow, assets, pW, qVar, { below, over });
    gather.forEach((into, a) => {
      for (let k = 0; k < 4; k++) {
        const loss = (losses.w[a] as Quad)[k] as number;
        into.high[k]?.push(high[4 * a + k] as number);
        into.lossW[k]?.push(Math.max(0, loss));
        const underW = lowVoltageW(flow, assets[a] as GridAsset, k);
        into.lowVoltageW[k]?.push(underW);
        into.low[k]?.push((low[4 * a + k] as number) - underW);
        into.var[k]?.push(reactive[4 * a + k] as number);
        into.lossVar[k]?.push(Math.max(0, (losses.var[a] as Quad)[k] as number));
      }
    });
  }
  const reserve = devices.length === 0 ? undefined : filled(flow, assets, peak, devices, { below, over });
  return new Map(
    assets.map((asset, a) => {
      const into = gather[a] as (typeof gather)[number];
      const kept = (
        loss: readonly number[] | undefined,
        full: readonly Quad[] | undefined,
        k: number,
        i: number,
      ): number => Math.max(loss?.[i] ?? 0, full?.[a]?.[k] ?? 0);
      const one = (k: number): FlowSeries => ({
        highW: (into.high[k] ?? []).map((w, i) => w + kept(into.lossW[k], reserve?.w, k, i)),
        lowW: into.low[k] ?? [],
        var: (into.var[k] ?? []).map((q, i) => q + kept(into.lossVar[k], reserve?.var, k, i)),
      });
      const reserveOf = (k: number): Reserve => ({
        highW: (into.high[k] ?? []).map((_, i) => kept(into.lossW[k], reserve?.w, k, i)),
        lowW: into.lowVoltageW[k] ?? [],
      });
      return [
        asset.id,
        {
          flow: { passive: one(3), passiveByPhase: [one(0), one(1), one(2)] },
          reserve: reserveOf(3),
          reserveByPhase: [reserveOf(0), reserveOf(1), reserveOf(2)],
        },
      ];
    }),
  );
}

const asReactive = ({ baseVar = 0, bus, phases, shape }: DevicePlace): Load => ({
  name: '',
  bus,
  phases,
  baseW: 0,
  baseVar,
  ...(shape === undefined ? {} : { shape }),
});

const series = (): [number[], number[], number[], number[]] => [[], [], [], []];

/** Entries 0 to 2 are phases, 3 is their sum. */
function add(into: Quad, phase: Phase, value: number): void {
  into[phase - 1] = (into[phase - 1] as number) + value;
  into[3] += value;
}

function addAt(into: Float64Array, asset: number, phase: Phase, value: number): void {
  const i = 4 * asset;
  into[i + phase - 1] = (into[i + phase - 1] as number) + value;
  into[i + 3] = (into[i + 3] as number) + value;
}

/** Indices of the assets between a bus and the source. */
function pathAssets(flow: PowerFlow, assets: readonly GridAsset[]): (bus: string) => readonly number[] {
  const index = new Map(assets.map((asset, i) => [asset.id, i]));
  const known = new Map<string, readonly number[]>();
  return bus => {
    const before = known.get(bus);
    if (before) return before;
    const path = flow.pathToSource(bus).flatMap(({ name }) => index.get(name) ?? []);
    known.set(bus, path);
    return path;
  };
}

/** What is worked out once for a network: assets above a bus, and buses with a delta winding below. */
interface Known {
  readonly below: (bus: string) => readonly number[];
  readonly over: ReadonlySet<number>;
}

/** Power through each asset in the present state less what is drawn below it. */
function lossesBelow(
  flow: PowerFlow,
  assets: readonly GridAsset[],
  pW: Float64Array,
  qVar: Float64Array,
  { below, over }: Known,
): { w: Quad[]; var: Quad[] } {
  const w = assets.map(quad);
  const reactive = assets.map(quad);
  const feeds = flow.topology.feed;
  flow.buses.forEach((bus, at) => {
    for (const leg of [1, 2, 3] as const) {
      const n = 3 * at + leg - 1;
      const phase = feeds[at] ?? leg;
      if (pW[n] === 0 && qVar[n] === 0) continue;
      for (const asset of below(bus)) {
        add(w[asset] as Quad, phase, -(pW[n] as number));
        add(reactive[asset] as Quad, phase, -(qVar[n] as number));
      }
    }
  });
  assets.forEach((asset, a) => {
    const bus = flow.topology.busIndex(asset.bus) as number;
    const feed = feeds[bus];
    for (const leg of feed === undefined ? asset.phases : ([1, 2] as const)) {
      const phase = feed ?? leg;
      const through = flow.powerInto(bus, leg);
      add(w[a] as Quad, phase, through.w);
      add(reactive[a] as Quad, phase, through.var);
    }
    // Phases above a delta winding are not those of the loads below: share the sum out.
    if (over.has(bus))
      for (const quads of [w, reactive]) for (let k = 0; k < 3; k++) (quads[a] as Quad)[k] = (quads[a] as Quad)[3] / 3;
  });
  return { w, var: reactive };
}

/** What voltage below nominal takes from a phase's rating in watts, because the wire is limited by current; nothing of the total. */
function lowVoltageW(flow: PowerFlow, asset: GridAsset, k: number): number {
  if (k === 3 || !asset.phases.includes((k + 1) as Phase)) return 0;
  const bus = flow.topology.busIndex(asset.bus) as number;
  const split = flow.topology.feed[bus] !== undefined;
  const pu = split ? Math.min(flow.pu(3 * bus), flow.pu(3 * bus + 1)) : flow.pu(3 * bus + k);
  return asset.phaseRatingVA * Math.max(0, 1 - pu);
}

/** The reserve: losses and low voltage with devices drawing until every phase of the head is full. */
function filled(
  flow: PowerFlow,
  assets: readonly GridAsset[],
  passive: { pW: Float64Array; qVar: Float64Array },
  devices: readonly DevicePlace[],
  known: Known,
): { w: Quad[]; var: Quad[] } | undefined {
  const { head, topology } = flow;
  const rated = head && ratedA(head, topology);
  if (!head || rated === undefined) return undefined;
  const upstream = systemPhases(flow);
  const nodeOf = ({ bus, phases }: DevicePlace, phase: Phase): number =>
    flow.node(bus, upstream(bus, phases) === phases ? phase : (phases[0] as Phase));
  const places = ([1, 2, 3] as const).map(phase =>
    devices.filter(device => upstream(device.bus, device.phases).includes(phase)).map(device => nodeOf(device, phase)),
  );
  const { qVar } = passive;
  flow.run(passive.pW, qVar);
  const pW = passive.pW.slice();
  const each = [0, 0, 0];
  for (let round = 0; round < 8; round++) {
    for (const phase of head.phases) {
      const roomW = (rated - flow.currentA(head.to, phase)) * (topology.nominalV[head.to] as number);
      each[phase - 1] = Math.max(0, (each[phase - 1] as number) + roomW / Math.max(1, places[phase - 1]?.length ?? 0));
    }
    pW.set(passive.pW);
    places.forEach((nodes, k) => {
      for (const node of nodes) pW[node] = (pW[node] as number) + (each[k] as number);
    });
    try {
      flow.run(pW, qVar);
    } catch (error) {
      // Wires too thin to fill the head: voltage bounds such a network, and no reserve of ours can.
      if (error instanceof Problem && error.code === 'NO_SOLUTION') return undefined;
      throw error;
    }
  }
  const after = lossesBelow(flow, assets, pW, qVar, known);
  return {
    w: after.w.map(
      (loss, a) => loss.map((w, k) => margin * (Math.max(0, w) + lowVoltageW(flow, assets[a] as GridAsset, k))) as Quad,
    ),
    var: after.var.map(loss => loss.map(q => margin * Math.max(0, q)) as Quad),
  };
}
