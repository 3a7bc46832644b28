/**
 * What the runner does with the verdict of a verification: a step whose limits can break something is not published, firm takes its
 * place for every site of the feeder that fails, and the reason is told. How envelopes are verified is the caller's business (`server/verification.ts`).
 */
import { type Notice, type Snapshot } from '../engines/api';
import { type SafeGroup } from './group-net';
import { type NetResult, type SafeEnvelope, firmEnvelopes } from './safety-net';

/** Steps that fail, and why, in an operator's words; and how many there was no time to look at. */
export interface Verdict {
  readonly unsafe: ReadonlyMap<number, string>;
  /** Of those steps, the sites that have to be on firm where it is not all of them: those of the feeder that fails. */
  readonly only?: ReadonlyMap<number, ReadonlySet<string>>;
  readonly notLookedAt: number;
}

/** What is promised is that all is well wherever sites sit inside their limits, as long as groups keep to their sums. */
export type Verify = (
  snapshot: Snapshot,
  envelopes: readonly SafeEnvelope[],
  groups?: readonly SafeGroup[],
) => Promise<Verdict>;

/** The envelopes with firm in every step that failed. Envelopes that are firm already are left alone, and so count for nothing. */
export function withVerdict(
  snapshot: Snapshot,
  net: NetResult,
  { notLookedAt, only, unsafe }: Verdict,
): NetResult & { readonly notices: readonly Notice[] } {
  const notices: Notice[] = [];
  if (notLookedAt > 0)
    notices.push({
      code: 'remark',
      text: `${notLookedAt} of ${snapshot.steps} steps were not verified: the time for it was up`,
    });
  if (unsafe.size === 0) return { ...net, notices };
  const firm = new Map(firmEnvelopes(snapshot).map(envelope => [envelope.device, envelope]));
  let count = 0;
  const envelopes = net.envelopes.map((envelope): SafeEnvelope => {
    const floor = firm.get(envelope.device);
    if (!floor) return envelope;
    const [importW, exportW, bound] = [envelope.importW.slice(), envelope.exportW.slice(), envelope.bound.slice()];
    for (const [step, why] of unsafe) {
      if (only?.get(step)?.has(envelope.device) === false) continue;
      const [i, e] = [floor.importW[step] ?? 0, floor.exportW[step] ?? 0];
      if (importW[step] === i && exportW[step] === e) continue;
      count += Number(importW[step] !== i) + Number(exportW[step] !== e);
      [importW[step], exportW[step]] = [i, e];
      bound[step] = { import: `firm, verification: ${why}`, export: `firm, verification: ${why}` };
    }
    return { ...envelope, importW, exportW, bound };
  });
  if (count === 0) return { ...net, notices };
  const [[first, why]] = [...unsafe] as [[number, string]];
  const sites = new Set([...unsafe.keys()].flatMap(step => [...(only?.get(step) ?? firm.keys())]));
  const some = sites.size < firm.size ? ` at ${sites.size} of ${firm.size} sites` : '';
  const text = `limits failed the verification by power flow: firm used in ${unsafe.size} of ${snapshot.steps} steps${some} (first step ${first}, ${why})`;
  return { ...net, envelopes, events: [...net.events, { rule: 'unsafe', count, text }], notices };
}
