/** Figures of envelopes that an operator reads. */
import { type Envelope, type GroupEnvelope } from '../engines/api';

/** Jain's index of what sites have on average, 1 where all have the same, and the least over the mean. */
export function fairness(envelopes: readonly Envelope[], way: 'importW' | 'exportW'): { jain: number; least: number } {
  const each = envelopes.map(envelope => mean(envelope[way]));
  const squares = total(each.map(w => w * w));
  if (squares === 0) return { jain: 1, least: 1 };
  return { jain: total(each) ** 2 / (each.length * squares), least: Math.min(...each) / mean(each) };
}

/** The limit of a group, on average over the steps, beside what the limits of its sites add up to. */
export function groupWords(group: GroupEnvelope, envelopes: readonly Envelope[]): string {
  const { aggregator, asset, devices } = group;
  const members = envelopes.filter(({ device }) => devices.includes(device));
  const kilo = (w: number): string => (w / 1000).toFixed(2);
  const of = (way: 'importW' | 'exportW'): string =>
    `${kilo(mean(group[way]))} of ${kilo(total(members.map(member => mean(member[way]))))} kW`;
  return (
    `${aggregator}, ${devices.length} sites under ${asset}: together import ${of('importW')} and export ${of('exportW')} ` +
    'that their own limits add up to'
  );
}

export const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : total(values) / values.length);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
