import { basic001 } from './basic-001';
import { comm002, comm003 } from './comm';
import { core003 } from './core-003';
import { core012 } from './core-012';
import { type Procedure } from '../procedure';

/** Every procedure, in the order of the CSIP test procedures. */
export const procedures: readonly Procedure[] = [comm002, comm003, core003, core012, basic001];

/** Those whose id fits one of the patterns (`BASIC-0*`); all where there is none. */
export function select(patterns: readonly string[]): Procedure[] {
  if (patterns.length === 0) return [...procedures];
  const fits = (id: string) =>
    patterns.some(pattern => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i').test(id));
  return procedures.filter(({ id }) => fits(id));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
