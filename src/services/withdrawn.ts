/**
 * Envelopes an operator has withdrawn: whatever an engine or an import says, the site is on firm for as long as the withdrawal
 * stands, and what bound its limits is the reason code. Reductions of what was published need one (envelope facts 2.2, Rule 14).
 */
import { type Seconds } from '../base/clock';
import { type Snapshot } from '../engines/api';
import { type NetResult, type SafeEnvelope, firmEnvelopes } from './safety-net';

/** Why an envelope is withdrawn. A closed set: reductions are reported by reason. */
export const withdrawalReasons = [
  'emergency',
  'equipment-limit',
  'maintenance',
  'outage',
  'reconfiguration',
  'safety',
  'data-quality',
  'communication-lost',
  'non-compliance',
  'customer-request',
  'test',
] as const;
export type WithdrawalReason = (typeof withdrawalReasons)[number];

export interface Withdrawal {
  /** Id of the site. */
  readonly site: string;
  readonly reason: WithdrawalReason;
  readonly note?: string;
  readonly from: Seconds;
  /** Absent: until it is restored. */
  readonly until?: Seconds;
  /** When it was withdrawn. */
  readonly at: Seconds;
}

export const boundByWithdrawal = ({ reason }: Pick<Withdrawal, 'reason'>): string => `withdrawn: ${reason}`;

/** Firm, in every step that a withdrawal touches, for the sites it concerns. */
export function withWithdrawn(
  snapshot: Snapshot,
  net: NetResult,
  withdrawn: ReadonlyMap<string, Withdrawal>,
): NetResult {
  if (!net.envelopes.some(({ device }) => withdrawn.has(device))) return net;
  const firm = new Map(firmEnvelopes(snapshot).map(envelope => [envelope.device, envelope]));
  const rated = new Map(snapshot.devices.map(device => [device.id, device]));
  const { start, stepS } = snapshot;
  const envelopes = net.envelopes.map((envelope): SafeEnvelope => {
    const withdrawal = withdrawn.get(envelope.device);
    const floor = firm.get(envelope.device);
    const device = rated.get(envelope.device);
    if (!withdrawal || !floor || !device) return envelope;
    const { from, until = Infinity } = withdrawal;
    const [importW, exportW, bound] = [envelope.importW.slice(), envelope.exportW.slice(), envelope.bound.slice()];
    const by = boundByWithdrawal(withdrawal);
    for (let step = 0; step < importW.length; step++) {
      const opens = start + step * stepS;
      if (opens + stepS <= from || opens >= until) continue;
      // A direction that is not shared out has no firm limit: the site cannot hold one there.
      if (device.maxImportW > 0) importW[step] = floor.importW[step] ?? 0;
      if (device.maxExportW > 0) exportW[step] = floor.exportW[step] ?? 0;
      bound[step] = { import: by, export: by };
    }
    return { ...envelope, importW, exportW, bound };
  });
  return { ...net, envelopes };
}
