import { type ClientScenario } from '../client-scenario';
import { aggregation } from './aggregation';
import { communication } from './communication';
import { core } from './core';
import { der } from './der';
import { stories } from './stories';
import { trouble } from './trouble';

/** Every scenario, in the order of their ids. */
export const scenarios: readonly ClientScenario[] = [
  ...[...communication, ...core, ...stories, ...der, ...aggregation, ...trouble],
].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Those whose id fits one of the patterns (`BASIC-0*`); all where there is none, or it is `all`. */
export function selectScenarios(patterns: readonly string[]): ClientScenario[] {
  if (patterns.length === 0 || patterns.includes('all')) return [...scenarios];
  const fits = (id: string) =>
    patterns.some(pattern => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i').test(id));
  return scenarios.filter(({ id }) => fits(id));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
