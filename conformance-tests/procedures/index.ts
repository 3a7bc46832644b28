import { type Procedure } from '../procedure';
import { aggEvents } from './agg-events';
import { basic001 } from './basic-001';
import { basicControls } from './basic-controls';
import { basicEvents } from './basic-events';
import { comm002, comm003 } from './comm';
import { core003 } from './core-003';
import { core012, core013, core021, core022, core023, event001, event002, event003 } from './core-events';

const all: readonly Procedure[] = [
  comm002,
  comm003,
  core003,
  core012,
  core013,
  core021,
  core022,
  core023,
  event001,
  event002,
  event003,
  basic001,
  ...basicControls,
  ...basicEvents,
  ...aggEvents,
];

/** Every procedure, in the order of their ids. */
export const procedures = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Those whose id fits one of the patterns (`BASIC-0*`); all where there is none. */
export function select(patterns: readonly string[]): Procedure[] {
  if (patterns.length === 0) return [...procedures];
  const fits = (id: string) =>
    patterns.some(pattern => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i').test(id));
  return procedures.filter(({ id }) => fits(id));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
