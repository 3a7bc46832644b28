/**
 * Three-phase backward/forward sweep (envelopes reference 3.5a) over typed arrays. Everything here is in volts, amperes, watts
 * and ohms; node n = 3 × bus + phase − 1. Loads are constant power.
 */
import { type LoadModel, type Network, type Transformer } from './network';
import { type Topology } from './topology';

const line = 0;
const deltaWye = 1;
const wyeWye = 2;
const splitPhase = 3;

/** A draw that is not plain constant power from a node to neutral. */
export interface Element {
  readonly node: number;
  /** The other end, or −1 for neutral. */
  readonly other: number;
  readonly w: number;
  readonly var: number;
  readonly model: LoadModel;
  /** Volts across it at which it draws w and var. */
  readonly ratedV: number;
}

/** Per watt drawn: change of each voltage's magnitude, and of the current into each node from upstream. */
export interface Response {
  readonly volts: Float64Array;
  readonly ampsRe: Float64Array;
  readonly ampsIm: Float64Array;
}

const zeros = new Float64Array(3);

export interface RunOptions {
  readonly tolerancePu: number;
  readonly maxIterations: number;
  readonly elements?: readonly Element[];
  /** Goes on from the present voltages instead of starting flat: quicker where draws are near the last ones. */
  readonly warm?: boolean;
}

export class Sweep {
  /** Voltages to neutral, and at each bus the current that flows into it from upstream (at the source: out of the source). */
  readonly vRe: Float64Array;
  readonly vIm: Float64Array;
  readonly iRe: Float64Array;
  readonly iIm: Float64Array;
  private readonly count: number;
  private readonly kind: Uint8Array;
  private readonly parent: Int32Array;
  /** Series impedance of the branch that feeds a bus, nine numbers a bus; at bus 0 of the source. */
  private readonly zRe: Float64Array;
  private readonly zIm: Float64Array;
  /** Primary over secondary volts of each phase: line-to-line over line-to-neutral for delta-wye, else to neutral both. */
  private readonly ratio: Float64Array;
  /** Index 0 … 2 of the phase that feeds a split-phase transformer. */
  private readonly feed: Uint8Array;
  private readonly eRe: Float64Array;
  private readonly eIm: Float64Array;
  private readonly shuntBus: Int32Array;
  private readonly shuntRe: Float64Array;
  private readonly shuntIm: Float64Array;
  /** 1 where a node exists; keeps voltages of absent phases at zero. */
  private readonly there: Uint8Array;
  private readonly perUnit: Float64Array;
  private readonly active: Int32Array;
  private readonly startRe: Float64Array;
  private readonly startIm: Float64Array;
  private solved = false;

  constructor(network: Network, topology: Topology) {
    const { branches, buses, nominalV, parent, phaseMask } = topology;
    const nodes = 3 * buses.length;
    const floats = (): Float64Array => new Float64Array(nodes);
    this.count = buses.length;
    this.parent = parent;
    [this.vRe, this.vIm, this.iRe, this.iIm] = [floats(), floats(), floats(), floats()];
    this.kind = new Uint8Array(buses.length);
    this.zRe = new Float64Array(9 * buses.length);
    this.zIm = new Float64Array(9 * buses.length);
    this.ratio = new Float64Array(nodes).fill(1);
    this.feed = new Uint8Array(buses.length);
    this.there = Uint8Array.from({ length: nodes }, (_, n) => ((phaseMask[(n / 3) | 0] as number) >> (n % 3)) & 1);
    this.perUnit = Float64Array.from({ length: nodes }, (_, n) => 1 / (nominalV[(n / 3) | 0] as number));
    this.active = new Int32Array(nodes);

    const shunts = new Map<number, { re: Float64Array; im: Float64Array }>();
    const shunt = (bus: number, row: number, column: number, re: number, im: number): void => {
      const y = shunts.get(bus) ?? { re: new Float64Array(9), im: new Float64Array(9) };
      shunts.set(bus, y);
      y.re[3 * row + column] = (y.re[3 * row + column] as number) + re;
      y.im[3 * row + column] = (y.im[3 * row + column] as number) + im;
    };
    for (const branch of branches) {
      if (branch.transformer) this.placeTransformer(branch.transformer, branch.to, shunt);
      else if (branch.line) {
        const { z, b } = branch.line;
        for (const p of branch.phases)
          for (const q of branch.phases) {
            this.zRe[9 * branch.to + 3 * (p - 1) + q - 1] = z.r[p - 1]?.[q - 1] ?? 0;
            this.zIm[9 * branch.to + 3 * (p - 1) + q - 1] = z.x[p - 1]?.[q - 1] ?? 0;
            const half = (b?.[p - 1]?.[q - 1] ?? 0) / 2;
            if (half !== 0) for (const bus of [branch.from, branch.to]) shunt(bus, p - 1, q - 1, 0, half);
          }
      }
    }
    for (const { bus, phases, ratedV, var: reactive } of network.capacitors ?? []) {
      const at = topology.busIndex(bus) as number;
      const volts = ratedV ?? nominalV[at] ?? NaN;
      const siemens = reactive / phases.length / volts ** 2;
      for (const phase of phases) shunt(at, phase - 1, phase - 1, 0, siemens);
    }
    this.shuntBus = Int32Array.from(shunts.keys());
    this.shuntRe = Float64Array.from([...shunts.values()].flatMap(y => [...y.re]));
    this.shuntIm = Float64Array.from([...shunts.values()].flatMap(y => [...y.im]));

    const phasors = sourceVolts(network);
    this.eRe = Float64Array.from(phasors, e => e.re);
    this.eIm = Float64Array.from(phasors, e => e.im);
    this.placeSource(network);
    this.forward(this.eRe, this.eIm, this.iRe, this.iIm, this.vRe, this.vIm);
    this.startRe = this.vRe.slice();
    this.startIm = this.vIm.slice();
  }

  /**
   * Solves for the power drawn at each node, watts and vars, import positive. Starts flat unless told otherwise, so that equal
   * draws give equal answers. Answers the number of iterations, or 0 when it does not converge: then voltages mean nothing.
   */
  run(pW: Float64Array, qVar: Float64Array, { elements, maxIterations, tolerancePu, warm }: RunOptions): number {
    const { active, vRe, vIm, iRe, iIm } = this;
    if (!warm || !this.solved) {
      vRe.set(this.startRe);
      vIm.set(this.startIm);
    }
    this.solved = false;
    let drawn = 0;
    for (let n = 0; n < vRe.length; n++) if (pW[n] !== 0 || qVar[n] !== 0) active[drawn++] = n;
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      iRe.fill(0);
      iIm.fill(0);
      for (let i = 0; i < drawn; i++) {
        const n = active[i] as number;
        const re = vRe[n] as number;
        const im = vIm[n] as number;
        const p = pW[n] as number;
        const q = qVar[n] as number;
        const square = re * re + im * im;
        iRe[n] = (p * re + q * im) / square;
        iIm[n] = (p * im - q * re) / square;
      }
      if (elements) for (const element of elements) this.addElement(element);
      this.addShunts(iRe, iIm);
      this.backward(iRe, iIm);
      const change = this.forward(this.eRe, this.eIm, iRe, iIm, vRe, vIm);
      if (change < tolerancePu) {
        this.solved = true;
        return iteration;
      }
      if (!(change < 10)) return 0;
    }
    return 0;
  }

  /**
   * How voltages and branch currents of the present state change when one node draws a watt more: one linear sweep with the source
   * held. About a flat state that is LinDist3Flow (envelopes reference 3.4).
   */
  respond(node: number): Response {
    const floats = (): Float64Array => new Float64Array(this.vRe.length);
    const [iRe, iIm, vRe, vIm] = [floats(), floats(), floats(), floats()];
    const [re, im] = [this.vRe[node] as number, this.vIm[node] as number];
    const square = re * re + im * im;
    [iRe[node], iIm[node]] = [re / square, im / square];
    this.backward(iRe, iIm);
    this.forward(zeros, zeros, iRe, iIm, vRe, vIm);
    const volts = floats();
    for (let n = 0; n < volts.length; n++) {
      const size = Math.hypot(this.vRe[n] as number, this.vIm[n] as number);
      if (size > 0)
        volts[n] = ((this.vRe[n] as number) * (vRe[n] as number) + (this.vIm[n] as number) * (vIm[n] as number)) / size;
    }
    return { volts, ampsRe: iRe, ampsIm: iIm };
  }

  /** What an element draws in the present state: watts and vars. */
  elementPower(element: Element): { w: number; var: number } {
    const { im, re, vIm, vRe } = this.elementCurrent(element);
    return { w: vRe * re + vIm * im, var: vIm * re - vRe * im };
  }

  private addElement(element: Element): void {
    const { node, other } = element;
    const { im, re } = this.elementCurrent(element);
    this.iRe[node] = (this.iRe[node] as number) + re;
    this.iIm[node] = (this.iIm[node] as number) + im;
    if (other < 0) return;
    this.iRe[other] = (this.iRe[other] as number) - re;
    this.iIm[other] = (this.iIm[other] as number) - im;
  }

  private elementCurrent({ model, node, other, ratedV, var: q, w }: Element) {
    const vRe = (this.vRe[node] as number) - (other < 0 ? 0 : (this.vRe[other] as number));
    const vIm = (this.vIm[node] as number) - (other < 0 ? 0 : (this.vIm[other] as number));
    const square = vRe * vRe + vIm * vIm;
    const by =
      model === 'impedance' ? 1 / ratedV ** 2 : 1 / (model === 'current' ? ratedV * Math.sqrt(square) : square);
    return { vRe, vIm, re: (w * vRe + q * vIm) * by, im: (w * vIm - q * vRe) * by };
  }

  /** What the shunts at a bus draw, per phase, with the present voltages: line charging and iron loss. For balances. */
  shuntPower(): { w: number; var: number } {
    let w = 0;
    let reactive = 0;
    const currents = { re: new Float64Array(this.vRe.length), im: new Float64Array(this.vRe.length) };
    this.addShunts(currents.re, currents.im);
    for (let n = 0; n < this.vRe.length; n++) {
      const [vr, vi] = [this.vRe[n] as number, this.vIm[n] as number];
      const [ir, ii] = [currents.re[n] as number, currents.im[n] as number];
      w += vr * ir + vi * ii;
      reactive += vi * ir - vr * ii;
    }
    return { w, var: reactive };
  }

  private addShunts(iRe: Float64Array, iIm: Float64Array): void {
    const { shuntBus, shuntIm, shuntRe, vIm, vRe } = this;
    for (let s = 0; s < shuntBus.length; s++) {
      const n = 3 * (shuntBus[s] as number);
      for (let row = 0; row < 3; row++) {
        let re = iRe[n + row] as number;
        let im = iIm[n + row] as number;
        for (let column = 0; column < 3; column++) {
          const g = shuntRe[9 * s + 3 * row + column] as number;
          const b = shuntIm[9 * s + 3 * row + column] as number;
          const vr = vRe[n + column] as number;
          const vi = vIm[n + column] as number;
          re += g * vr - b * vi;
          im += g * vi + b * vr;
        }
        iRe[n + row] = re;
        iIm[n + row] = im;
      }
    }
  }

  /** Adds every bus's current to its parent's, leaves first. */
  private backward(iRe: Float64Array, iIm: Float64Array): void {
    const { feed, kind, parent, ratio } = this;
    for (let bus = this.count - 1; bus > 0; bus--) {
      const n = 3 * bus;
      const up = 3 * (parent[bus] as number);
      if (kind[bus] === line) {
        iRe[up] = (iRe[up] as number) + (iRe[n] as number);
        iRe[up + 1] = (iRe[up + 1] as number) + (iRe[n + 1] as number);
        iRe[up + 2] = (iRe[up + 2] as number) + (iRe[n + 2] as number);
        iIm[up] = (iIm[up] as number) + (iIm[n] as number);
        iIm[up + 1] = (iIm[up + 1] as number) + (iIm[n + 1] as number);
        iIm[up + 2] = (iIm[up + 2] as number) + (iIm[n + 2] as number);
        continue;
      }
      // Secondary coil k of Dyn1 sits opposite the primary coil from line k to line k − 1: Ip[k] = (Is[k] − Is[k+1]) / N.
      const delta = kind[bus] === deltaWye;
      if (kind[bus] === splitPhase) {
        const to = up + (feed[bus] as number);
        const n0 = ratio[n] as number;
        iRe[to] = (iRe[to] as number) + ((iRe[n] as number) - (iRe[n + 1] as number)) / n0;
        iIm[to] = (iIm[to] as number) + ((iIm[n] as number) - (iIm[n + 1] as number)) / n0;
        continue;
      }
      for (let k = 0; k < 3; k++) {
        const next = n + ((k + 1) % 3);
        const n0 = ratio[n + k] as number;
        iRe[up + k] = (iRe[up + k] as number) + ((iRe[n + k] as number) - (delta ? (iRe[next] as number) : 0)) / n0;
        iIm[up + k] = (iIm[up + k] as number) + ((iIm[n + k] as number) - (delta ? (iIm[next] as number) : 0)) / n0;
      }
    }
  }

  /** Voltages from the source outwards; answers the largest change of any, per unit. */
  private forward(
    eRe: Float64Array,
    eIm: Float64Array,
    iRe: Float64Array,
    iIm: Float64Array,
    vRe: Float64Array,
    vIm: Float64Array,
  ): number {
    const { feed, kind, parent, perUnit, ratio, there, zIm, zRe } = this;
    let worst = 0;
    for (let bus = 0; bus < this.count; bus++) {
      const n = 3 * bus;
      const up = 3 * (parent[bus] as number);
      const a = iRe[n] as number;
      const b = iRe[n + 1] as number;
      const c = iRe[n + 2] as number;
      const d = iIm[n] as number;
      const e = iIm[n + 1] as number;
      const f = iIm[n + 2] as number;
      const as = kind[bus] as number;
      for (let k = 0; k < 3; k++) {
        if (there[n + k] === 0) continue;
        let re: number;
        let im: number;
        if (bus === 0) {
          re = eRe[k] as number;
          im = eIm[k] as number;
        } else if (as === line) {
          re = vRe[up + k] as number;
          im = vIm[up + k] as number;
        } else if (as === splitPhase) {
          const from = up + (feed[bus] as number);
          const n0 = (k === 0 ? 1 : -1) * (ratio[n] as number);
          re = (vRe[from] as number) / n0;
          im = (vIm[from] as number) / n0;
        } else {
          const before = up + ((k + 2) % 3);
          const n0 = ratio[n + k] as number;
          re = ((vRe[up + k] as number) - (as === deltaWye ? (vRe[before] as number) : 0)) / n0;
          im = ((vIm[up + k] as number) - (as === deltaWye ? (vIm[before] as number) : 0)) / n0;
        }
        const z = 9 * bus + 3 * k;
        const r0 = zRe[z] as number;
        const r1 = zRe[z + 1] as number;
        const r2 = zRe[z + 2] as number;
        const x0 = zIm[z] as number;
        const x1 = zIm[z + 1] as number;
        const x2 = zIm[z + 2] as number;
        re -= r0 * a - x0 * d + r1 * b - x1 * e + r2 * c - x2 * f;
        im -= r0 * d + x0 * a + r1 * e + x1 * b + r2 * f + x2 * c;
        const moved =
          (Math.abs(re - (vRe[n + k] as number)) + Math.abs(im - (vIm[n + k] as number))) * (perUnit[n] as number);
        // A NaN counts as an endless change and stays one.
        if (!(moved <= worst)) worst = moved >= 0 ? moved : Infinity;
        vRe[n + k] = re;
        vIm[n + k] = im;
      }
    }
    return worst;
  }

  private placeTransformer(
    transformer: Transformer,
    bus: number,
    shunt: (bus: number, row: number, column: number, re: number, im: number) => void,
  ): void {
    const {
      connection,
      magnetisingPercent = 0,
      noLoadPercent = 0,
      phases,
      primaryKv,
      ratingKva,
      secondaryKv,
      tap = 1,
      tapByPhase,
    } = transformer;
    const taps = tapByPhase ?? [tap, tap, tap];
    const turns =
      (primaryKv / secondaryKv) *
      (connection === 'wye-wye' ? 1 : connection === 'delta-wye' ? Math.sqrt(3) : 2 / Math.sqrt(3));
    if (connection === 'split-phase') {
      const feed = (phases?.[0] ?? 1) - 1;
      this.kind[bus] = splitPhase;
      this.feed[bus] = feed;
      this.ratio[3 * bus] = turns * (taps[feed] as number);
      this.placeHalves(transformer, bus, shunt);
      return;
    }
    this.kind[bus] = connection === 'delta-wye' ? deltaWye : wyeWye;
    for (let k = 0; k < 3; k++) this.ratio[3 * bus + k] = turns * (taps[k] as number);
    const windings = phases?.length ?? 3;
    // Percent on its rating: one phase has (kV/√3)² / (kVA / phases).
    const baseOhm = ((secondaryKv ** 2 / 3) * 1000) / (ratingKva / windings);
    for (const p of phases ?? [1, 2, 3]) {
      this.zRe[9 * bus + 4 * (p - 1)] = (transformer.rPercent / 100) * baseOhm;
      this.zIm[9 * bus + 4 * (p - 1)] = (transformer.xPercent / 100) * baseOhm;
      if (noLoadPercent !== 0 || magnetisingPercent !== 0)
        shunt(bus, p - 1, p - 1, noLoadPercent / 100 / baseOhm, -magnetisingPercent / 100 / baseOhm);
    }
  }

  /**
   * A centre-tapped winding with its primary's impedance carried over to one half: leg 1 is E − zp (I1 − I2) − zl I1, leg 2 is
   * −E + zp (I1 − I2) − zl I2, each to the centre tap.
   */
  private placeHalves(
    { halves, magnetisingPercent = 0, noLoadPercent = 0, rPercent, ratingKva, secondaryKv, xPercent }: Transformer,
    bus: number,
    shunt: (bus: number, row: number, column: number, re: number, im: number) => void,
  ): void {
    const { legR, legX, primaryR, primaryX } = halves ?? {
      primaryR: rPercent / 2,
      primaryX: 0.8 * xPercent,
      legR: rPercent,
      legX: 0.4 * xPercent,
    };
    const base = ((secondaryKv / 2) ** 2 * 1000) / ratingKva / 100;
    for (const [row, column, sign] of [
      [0, 0, 1],
      [0, 1, -1],
      [1, 0, -1],
      [1, 1, 1],
    ] as const) {
      this.zRe[9 * bus + 3 * row + column] = base * (sign * primaryR + (row === column ? legR : 0));
      this.zIm[9 * bus + 3 * row + column] = base * (sign * primaryX + (row === column ? legX : 0));
      // The core is magnetised by what both halves have in common; a quarter for each pair of them.
      if (noLoadPercent !== 0 || magnetisingPercent !== 0) {
        const siemens = sign / (base * 100) / 4;
        shunt(bus, row, column, (noLoadPercent / 100) * siemens, (-magnetisingPercent / 100) * siemens);
      }
    }
  }

  private placeSource({ source }: Network): void {
    const z1 = (source.baseKv * 1000) / (Math.sqrt(3) * source.isc3A);
    const r1 = z1 / Math.sqrt(1 + source.xOverR ** 2);
    const x1 = r1 * source.xOverR;
    const { rOhm: r0, xOhm: x0 } = source.zero ?? { rOhm: r1, xOhm: x1 };
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++) {
        this.zRe[3 * row + column] = row === column ? (2 * r1 + r0) / 3 : (r0 - r1) / 3;
        this.zIm[3 * row + column] = row === column ? (2 * x1 + x0) / 3 : (x0 - x1) / 3;
      }
  }
}

function sourceVolts({ source }: Network): { re: number; im: number }[] {
  const phasors = source.phasors ?? [0, -120, 120].map(turn => ({ pu: source.pu, angleDeg: source.angleDeg + turn }));
  return phasors.map(({ pu, angleDeg }) => {
    const volts = (pu * source.baseKv * 1000) / Math.sqrt(3);
    const angle = (angleDeg * Math.PI) / 180;
    return { re: volts * Math.cos(angle), im: volts * Math.sin(angle) };
  });
}
