/**
 * What the sweep needs to know of a feeder, as typed arrays: for each bus the branch that feeds it, its series impedance and its turns; shunts;
 * and the source. Volts, amperes, watts and ohms; node n = 3 × bus + phase − 1.
 */
import { type Network, type Transformer } from './network';
import { type Topology } from './topology';

export const line = 0;
export const deltaWye = 1;
export const wyeWye = 2;
export const splitPhase = 3;

type Shunt = (bus: number, row: number, column: number, re: number, im: number) => void;

export class SweepTables {
  readonly count: number;
  readonly parent: Int32Array;
  /** What feeds each bus: `line` and so on. */
  readonly kind: Uint8Array;
  /** Series impedance of the branch that feeds a bus, nine numbers a bus; at bus 0 of the source. */
  readonly zRe: Float64Array;
  readonly zIm: Float64Array;
  /** Primary over secondary volts of each phase: line-to-line over line-to-neutral for delta-wye, else to neutral both. */
  readonly ratio: Float64Array;
  /** Index 0 … 2 of the phase that feeds a split-phase transformer. */
  readonly feed: Uint8Array;
  /** The source, to neutral. */
  readonly eRe: Float64Array;
  readonly eIm: Float64Array;
  readonly shuntBus: Int32Array;
  /** Nine numbers for each of `shuntBus`, siemens. */
  readonly shuntRe: Float64Array;
  readonly shuntIm: Float64Array;
  /** 1 where a node exists; keeps voltages of absent phases at zero. */
  readonly there: Uint8Array;
  readonly perUnit: Float64Array;

  constructor(network: Network, topology: Topology) {
    const { branches, buses, nominalV, parent, phaseMask } = topology;
    const nodes = 3 * buses.length;
    this.count = buses.length;
    this.parent = parent;
    this.kind = new Uint8Array(buses.length);
    this.zRe = new Float64Array(9 * buses.length);
    this.zIm = new Float64Array(9 * buses.length);
    this.ratio = new Float64Array(nodes).fill(1);
    this.feed = new Uint8Array(buses.length);
    this.there = Uint8Array.from({ length: nodes }, (_, n) => ((phaseMask[(n / 3) | 0] as number) >> (n % 3)) & 1);
    this.perUnit = Float64Array.from({ length: nodes }, (_, n) => 1 / (nominalV[(n / 3) | 0] as number));

    const shunts = new Map<number, { re: Float64Array; im: Float64Array }>();
    const shunt: Shunt = (bus, row, column, re, im) => {
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
  }

  private placeTransformer(transformer: Transformer, bus: number, shunt: Shunt): void {
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
    shunt: Shunt,
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
