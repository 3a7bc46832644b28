/** Random histories of publications of one site, as the runner makes them, for property tests. */
import fc from 'fast-check';
import { type Seconds } from '../../base/clock';
import { type Series } from '../../store/api';
import { controlsOf, liveControls, packBounds } from '../envelopes/controls';
import { type Publication, ownSteps } from '../envelopes/publication';

export const pen = 4711;

export interface Draft {
  /** Seconds after the publication before. */
  readonly afterS: number;
  /** Start, relative to the moment of publication; negative when the first step is under way. */
  readonly leadS: number;
  readonly stepS: number;
  /** Levels of import and export, one for each step. */
  readonly levels: readonly (readonly [number, number])[];
}

export interface Published {
  readonly at: Seconds;
  readonly draft: Draft;
  readonly start: Seconds;
  readonly publication: Publication | undefined;
}

const level = fc.nat(2).map(n => n * 1000);
export const drafts: fc.Arbitrary<Draft[]> = fc.array(
  fc.record({
    afterS: fc.nat(40),
    leadS: fc.integer({ min: -12, max: 25 }),
    stepS: fc.constantFrom(5, 7, 10, 15),
    levels: fc.array(fc.tuple(level, level), { minLength: 1, maxLength: 9 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Grids that line up and starts that are whole steps: what a server with one interval setting does. */
export const alignedDrafts: fc.Arbitrary<Draft[]> = drafts.map(list =>
  list.map(d => ({ ...d, stepS: 10, afterS: Math.round(d.afterS / 10) * 10, leadS: Math.round(d.leadS / 10) * 10 })),
);

export function publishAll(list: readonly Draft[], t0: Seconds = 1000): { rows: Series[]; published: Published[] } {
  const rows: Series[] = [];
  const published: Published[] = [];
  let at = t0;
  for (const draft of list) {
    at += draft.afterS;
    const start = at + draft.leadS;
    const importW = draft.levels.map(l => l[0]);
    const exportW = draft.levels.map(l => l[1]);
    const bound = draft.levels.map(() => ({ import: 'transformer T1', export: `phase ${rows.length}` }));
    const live = liveControls(controlsOf(rows, { pen }), at);
    const publication = ownSteps(live, { start, stepS: draft.stepS, importW, exportW, bound }, at);
    published.push({ at, draft, start, publication });
    if (publication) rows.push(seriesOf(publication, rows.length + 1, at));
  }
  return { rows, published };
}

export function seriesOf(publication: Publication, id: number, publishedAt: Seconds, site = '7'): Series {
  const { start, stepS, importW, exportW, own, bound } = publication;
  const common = { id, site, publishedAt, start, stepS, importW, exportW, own };
  return { ...common, ...packBounds(bound), engine: 'test', inputsHash: '' };
}
