import { activePower } from '../base/units';
import { dialects, type DialectId } from '../model/dialect';
import { type DERControlBase } from '../model/der';

export interface Limits {
  readonly importW?: number;
  readonly exportW?: number;
}

/**
 * The modes that tell limits in watts to a client of this dialect: those of CSIP-AUS, or those of the 2023 edition (schema 2.2).
 * Undefined where shares of setMaxW are all it knows.
 */
function wattModes(
  dialect: DialectId,
): { import: 'opModImpLimW' | 'opModMaxLimWAbsorb'; export: 'opModExpLimW' | 'opModMaxLimWInject' } | undefined {
  const { layers } = dialects[dialect];
  if (layers['csipaus-1.2'] !== undefined) return { import: 'opModImpLimW', export: 'opModExpLimW' };
  if (layers['2023'] !== undefined) return { import: 'opModMaxLimWAbsorb', export: 'opModMaxLimWInject' };
  return undefined;
}

/** Whether limits can be told in watts; the others know shares of setMaxW only. */
export const speaksWatts = (dialect: DialectId): boolean => wattModes(dialect) !== undefined;

const hundredPercent = 10_000; // PerCent counts hundredths

/**
 * An envelope in the words its client knows. CSIP-AUS has import and export limits at the connection point, the 2023 edition
 * the most that may be absorbed and injected at the reference point; a plain 2018 client knows only opModMaxLimW, the share of
 * setMaxW it may inject, so its import side cannot be told (docs/choices.md).
 * Every value is rounded down: a limit on the wire is never wider than the one computed.
 *
 * @param setMaxW what the client's percentages refer to, W
 */
export function limitsBase({ importW, exportW }: Limits, dialect: DialectId, setMaxW: number): DERControlBase {
  const modes = wattModes(dialect);
  if (modes)
    return {
      ...(importW !== undefined && { [modes.import]: activePower(importW) }),
      ...(exportW !== undefined && { [modes.export]: activePower(exportW) }),
    };
  if (exportW === undefined) return {};
  const share = setMaxW > 0 ? Math.floor((exportW / setMaxW) * hundredPercent) : 0;
  return { opModMaxLimW: Math.max(0, Math.min(hundredPercent, share)) };
}
