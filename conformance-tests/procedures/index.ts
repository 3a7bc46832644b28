import { type Procedure } from '../procedure';
import { aggEvents } from './agg-events';
import { aus } from './aus';
import { ausLonger } from './aus-longer';
import { ausSubscriptions } from './aus-subscriptions';
import { basic001 } from './basic-001';
import { basicControls } from './basic-controls';
import { basicEvents } from './basic-events';
import { basic027, basic029 } from './basic-reports';
import { comm002, comm003 } from './comm';
import { comm004s } from './comm-004';
import { core003 } from './core-003';
import { basic028, core005, core009, core014, inBand } from './core-devices';
import { core012, core013, core021, core022, core023, event001, event002, event003 } from './core-events';
import { core001, core002 } from './core-http';
import { core004 } from './core-lists';
import { err001, err002 } from './err';
import { basic002, core010, core011 } from './fsa';
import { maint001, maint002, maint003, maint004, maint005 } from './maint';
import { access001 } from './responses';
import { agg001, core018, core019, maint006 } from './subscriptions';
import { basic003, util001, util002, util003, util004 } from './util';

const all: readonly Procedure[] = [
  ...[comm002, comm003, ...comm004s],
  ...[core001, core002, core003, core004, core005, core009, inBand, core010, core011, core012, core013, core014],
  ...[core018, core019, core021, core022, core023],
  ...[basic001, basic002, basic003, ...basicControls, ...basicEvents, basic027, basic028, basic029],
  ...[agg001, ...aggEvents],
  ...[err001, err002, maint001, maint002, maint003, maint004, maint005, maint006],
  ...[util001, util002, util003, util004],
  ...[event001, event002, event003, access001, ...aus, ...ausSubscriptions, ...ausLonger],
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
