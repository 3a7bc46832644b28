/**
 * Sums of boxes: a group of sites that together may draw no more, and feed in no more, than a limit. Points of boxes are moved to where the sums
 * hold; rest is always among these, so there is always such a point.
 */

/** The sum over these sites lies between −exportW and importW, W. */
export interface Sum {
  readonly sites: readonly string[];
  readonly importW: number;
  readonly exportW: number;
}

interface Limited {
  readonly site: string;
  readonly importW: number;
  readonly exportW: number;
}

export class Sums {
  private readonly members: readonly { readonly at: readonly number[]; readonly sum: Sum }[];

  constructor(
    private readonly boxes: readonly Limited[],
    sums: readonly Sum[],
  ) {
    const places = new Map(boxes.map(({ site }, k) => [site, k]));
    this.members = sums.map(sum => ({ sum, at: sum.sites.flatMap(site => places.get(site) ?? []) }));
  }

  /** Whether there is anything to keep to. */
  get any(): boolean {
    return this.members.length > 0;
  }

  /**
   * Moves members until the sums hold, first those whose watts are worth least. For a linear worth and members that sit at their best limit, what
   * comes out is the best point within boxes and sums: each watt of the sum counts the same, whoever gives it up.
   */
  trade(power: number[], worth: readonly number[]): void {
    for (const { at, sum } of this.members) {
      const order = [...at].sort((a, b) => (worth[a] as number) - (worth[b] as number));
      let over = totalOf(power, at) - sum.importW;
      for (const k of order) {
        if (over <= 0) break;
        const by = Math.min(over, (power[k] as number) + (this.boxes[k]?.exportW ?? 0));
        power[k] = (power[k] as number) - by;
        over -= by;
      }
      let under = -sum.exportW - totalOf(power, at);
      for (const k of order.reverse()) {
        if (under <= 0) break;
        const by = Math.min(under, (this.boxes[k]?.importW ?? 0) - (power[k] as number));
        power[k] = (power[k] as number) + by;
        under -= by;
      }
    }
  }

  /** Takes the same share off all members of a sum that draw too much together, or feed in too much. */
  shrink(power: number[]): void {
    for (const { at, sum } of this.members) {
      const drawn = at.reduce((total, k) => total + Math.max(0, power[k] as number), 0);
      const fed = at.reduce((total, k) => total - Math.min(0, power[k] as number), 0);
      const [draw, feed] = [
        drawn - fed > sum.importW ? (sum.importW + fed) / drawn : 1,
        fed - drawn > sum.exportW ? (sum.exportW + drawn) / fed : 1,
      ];
      for (const k of at) power[k] = (power[k] as number) * ((power[k] as number) > 0 ? draw : feed);
    }
  }
}

const totalOf = (power: readonly number[], at: readonly number[]): number =>
  at.reduce((total, k) => total + (power[k] as number), 0);
