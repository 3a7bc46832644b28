/** What a run showed, in plain words for a terminal. */
import { count, duration, energy, loading, many } from './figures';
import { harmless } from './paint';
import { type RunRecord, type Summary } from './record';
import { checks, type Check } from './verdict';

export interface Outcome {
  readonly record: RunRecord;
  readonly summary: Summary;
  /** Real time it took, s. */
  readonly seconds: number;
  /** Path to be told, if a report was written. */
  readonly reportFile?: string;
}

/** @param said the checks to tell; all of them unless given */
export function summaryText(
  { record, summary, seconds, reportFile }: Outcome,
  said: readonly Check[] = checks(summary),
): string[] {
  const { loadingWith, loadingWithout } = record.network;
  const answers = Object.entries(summary.responses).filter(([, n]) => n > 0);
  const answered = answers.map(([kind, n]) => `${count(n)} ${kind}`).join(', ') || 'nothing';
  return [
    `${harmless(record.networkName)}: ${duration(summary.hours * 3600)} in ${duration(seconds)}.`,
    ...said.map(({ passed, text }) => `  ${passed ? '✓' : '✗'} ${text}.`),
    `The feeder head peaked at ${peak(loadingWith)} of its rating, without envelopes at ${peak(loadingWithout)}.`,
    `${many(summary.controlsPublished, 'control')} went out; sites answered: ${answered}.`,
    heldBack(summary.shedKWhBySite),
    ...(reportFile === undefined ? [] : [`Report: ${reportFile}`]),
  ];
}

const peak = (values: readonly number[]): string => loading(values.reduce((most, value) => Math.max(most, value), 0));

function heldBack(bySite: Summary['shedKWhBySite']): string {
  const [most, ...others] = Object.entries(bySite).sort(([, a], [, b]) => b - a);
  if (most === undefined || most[1] === 0) return 'No energy was held back.';
  const all = others.reduce((sum, [, kWh]) => sum + kWh, most[1]);
  return `Held back: ${energy(all)}, most of it at ${harmless(most[0])} (${energy(most[1])}).`;
}
