import { activePower } from '../base/units';
import { dialects, type DialectId } from '../model/dialect';
import { type DERControlBase } from '../model/der';

export interface Limits {
  readonly importW?: number;
  readonly exportW?: number;
}

/** Whether limits can be told in watts; the others know shares of setMaxW only. */
export const speaksWatts = (dialect: DialectId): boolean => dialects[dialect].layers['csipaus-1.2'] !== undefined;

const hundredPercent = 10_000; // PerCent counts hundredths

/**
 * An envelope in the words its client knows. CSIP-AUS has import and export limits at the connection point; a plain 2018
 * client knows only opModMaxLimW, the share of setMaxW it may inject, so its import side cannot be told (docs/choices.md).
 * Every value is rounded down: a limit on the wire is never wider than the one computed.
 *
 * @param setMaxW what the client's percentages refer to, W
 */
export function limitsBase({ importW, exportW }: Limits, dialect: DialectId, setMaxW: number): DERControlBase {
  if (speaksWatts(dialect)) {
    return {
      ...(importW !== undefined && { opModImpLimW: activePower(importW) }),
      ...(exportW !== undefined && { opModExpLimW: activePower(exportW) }),
    };
  }
  if (exportW === undefined) return {};
  const share = setMaxW > 0 ? Math.floor((exportW / setMaxW) * hundredPercent) : 0;
  return { opModMaxLimW: Math.max(0, Math.min(hundredPercent, share)) };
}
