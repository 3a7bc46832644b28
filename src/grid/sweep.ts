/**
 * Three-phase backward/forward sweep (envelopes reference 3.5a) over typed arrays. Everything here is in volts, amperes, watts
 * and ohms; node n = 3 × bus + phase − 1. Loads are constant power.
 */
import { type LoadModel, type Network } from './network';
import { SweepTables, deltaWye, line, splitPhase } from './sweep-tables';
import { type Topology } from './topology';

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
  private readonly active: Int32Array;
  private readonly startRe: Float64Array;
  private readonly startIm: Float64Array;
  private readonly tables: SweepTables;
  private solved = false;

  constructor(network: Network, topology: Topology) {
    this.tables = new SweepTables(network, topology);
    const nodes = 3 * topology.buses.length;
    const floats = (): Float64Array => new Float64Array(nodes);
    [this.vRe, this.vIm, this.iRe, this.iIm] = [floats(), floats(), floats(), floats()];
    this.active = new Int32Array(nodes);
    const { eIm, eRe } = this.tables;
    this.forward(eRe, eIm, this.iRe, this.iIm, this.vRe, this.vIm);
    this.startRe = this.vRe.slice();
    this.startIm = this.vIm.slice();
  }

  /**
   * Solves for the power drawn at each node, watts and vars, import positive. Starts flat unless told otherwise, so that equal
   * draws give equal answers. Answers the number of iterations, or 0 when it does not converge: then voltages mean nothing.
   */
  run(pW: Float64Array, qVar: Float64Array, { elements, maxIterations, tolerancePu, warm }: RunOptions): number {
    const { active, vRe, vIm, iRe, iIm } = this;
    const { eIm, eRe } = this.tables;
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
      const change = this.forward(eRe, eIm, iRe, iIm, vRe, vIm);
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
    const { vIm, vRe } = this;
    const { shuntBus, shuntIm, shuntRe } = this.tables;
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
    const { count, feed, kind, parent, ratio } = this.tables;
    for (let bus = count - 1; bus > 0; bus--) {
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
    const { count, feed, kind, parent, perUnit, ratio, there, zIm, zRe } = this.tables;
    let worst = 0;
    for (let bus = 0; bus < count; bus++) {
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
}
