/**
 * What may go out: the least of all that limits a site. A plain 2030.5 client follows one control at a time, and of several programs only the
 * first; so everything is composed here, before it is published (envelopes reference 6.4).
 *
 * Firm lies under all of it but for a part that may go below, which a reason must allow.
 */
export interface Part {
  readonly w: number;
  readonly by: string;
  readonly belowFirm: boolean;
}

export interface Composed {
  readonly w: number;
  /** Which part bound it; undefined where firm did, against parts that may not go below. */
  readonly part: Part | undefined;
}

export function composed(firmW: number, parts: readonly Part[]): Composed {
  let least: Composed = { w: Infinity, part: undefined };
  for (const part of parts) {
    const w = part.belowFirm ? part.w : Math.max(part.w, firmW);
    if (w < least.w) least = { w, part: w > part.w ? undefined : part };
  }
  return least.w === Infinity ? { w: firmW, part: undefined } : least;
}
