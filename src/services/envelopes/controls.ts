/**
 * DERControls as a view over envelope rows. Each run of neighbouring steps that a row owns and that have equal limits is one
 * control, unless the row says that another begins; a later row that owns a step inside it supersedes it. Nothing of this is stored but the rows.
 *
 * Rows that have ended need not be loaded: a row that supersedes a control never ends before it (publication.ts), so leaving
 * ended rows out changes neither identity nor status of what can still be seen.
 */
import { type Seconds } from '../../base/clock';
import { type Pen } from '../../base/ids';
import { type NewSeries, type Series, type SeriesLog } from '../../store/api';
import { envelopeMrid, readEnvelopeMrid } from './mrid';

/** What set a limit, in an operator's words. */
export interface BoundBy {
  readonly import: string;
  readonly export: string;
}

/** One DERControl of a site's envelope program. It has the shape of EventFacts, so that timeline tells its status. */
export interface EnvelopeControl {
  readonly mrid: string;
  readonly site: string;
  /** Id of its row, and its first step within it. */
  readonly series: number;
  readonly step: number;
  readonly start: Seconds;
  readonly durationS: Seconds;
  /** Whole watts, 0 or above, at the point of connection. */
  readonly importW: number;
  readonly exportW: number;
  /** What bound the limits at its first step. */
  readonly bound: BoundBy;
  readonly engine: string;
  /** JSON of what its inputs rest on, where that is known. */
  readonly basis?: string;
  readonly createdAt: Seconds;
  /**
   * When a newer control takes over: the start of the first step inside this control that a later row owns, but never before
   * this control's own start, nor before that row was published. That is the effective start of the newer event within
   * this one, which protocol facts 4.1 want for status 4. Absent when none does before the end.
   */
  readonly supersededAt?: Seconds;
}

export const seriesEnd = (row: Pick<NewSeries, 'start' | 'stepS' | 'importW'>): Seconds =>
  row.start + row.stepS * row.importW.length;

/** All controls of one site's rows, whatever their state, in the order of rows and steps. */
export function controlsOf(rows: readonly Series[], { pen }: { pen: Pen }): EnvelopeControl[] {
  const sorted = [...rows].sort((a, b) => a.id - b.id);
  const owned = sorted.map(nextOwned);
  const controls: EnvelopeControl[] = [];
  for (const [at, row] of sorted.entries()) {
    const { own, importW, exportW } = row;
    for (let step = 0; step < importW.length; step++) {
      if (!own[step]) continue;
      const first = step;
      const same = (i: number) => own[i] === 1 && importW[i] === importW[first] && exportW[i] === exportW[first];
      while (step + 1 < importW.length && same(step + 1)) step++;
      controls.push(supersede(controlAt(row, first, step - first + 1, pen), at));
    }
  }
  return controls;

  function supersede(control: EnvelopeControl, at: number): EnvelopeControl {
    const end = control.start + control.durationS;
    let when = end;
    for (let later = at + 1; later < sorted.length && when > control.start; later++) {
      const row = sorted[later];
      const next = owned[later];
      if (!row || !next) continue;
      const from = Math.max(0, Math.floor((control.start - row.start) / row.stepS));
      const step = next[from];
      if (step === undefined || step < 0) continue;
      when = Math.min(when, Math.max(row.start + step * row.stepS, control.start, row.publishedAt));
    }
    return when < end ? { ...control, supersededAt: when } : control;
  }
}

/** The control an mRID names, as its row alone tells it; undefined when it names no control of that row. */
export function byMrid(
  mrid: string,
  get: (series: number) => Series | undefined,
  { pen }: { pen: Pen },
): EnvelopeControl | undefined {
  const at = readEnvelopeMrid(mrid);
  if (!at || at.pen !== pen) return undefined;
  const row = get(at.series);
  return row && controlsOf([row], { pen }).find(control => control.step === at.step);
}

/** The control an mRID names with its supersession, read from the store; works long after it left every list. */
export async function findControl(
  log: Pick<SeriesLog, 'get' | 'ofSite'>,
  mrid: string,
  { pen }: { pen: Pen },
): Promise<EnvelopeControl | undefined> {
  const at = readEnvelopeMrid(mrid);
  if (!at || at.pen !== pen) return undefined;
  const row = await log.get(at.series);
  const control = row && byMrid(mrid, () => row, { pen });
  if (!control) return undefined;
  const rows = await log.ofSite(control.site, control.start);
  return controlsOf(rows, { pen }).find(other => other.mrid === control.mrid) ?? control;
}

/** The time in which a control governs, [from, to); empty when a newer one replaced it before it began. */
export function inForce(control: EnvelopeControl): { from: Seconds; to: Seconds } {
  return {
    from: Math.max(control.start, control.createdAt),
    to: control.supersededAt ?? control.start + control.durationS,
  };
}

/** Controls that govern some time after `now`, in order of time. They never overlap in force. */
export function liveControls(controls: readonly EnvelopeControl[], now: Seconds): EnvelopeControl[] {
  return controls
    .filter(control => {
      const { from, to } = inForce(control);
      return to > now && to > from;
    })
    .sort((a, b) => inForce(a).from - inForce(b).from);
}

/** Packs what bound each step into a row's `bound` and `reasons`; beyond 255 different reasons the rest are "several". */
export function packBounds(bounds: readonly BoundBy[]): Pick<NewSeries, 'bound' | 'reasons'> {
  const bound = new Uint8Array(bounds.length);
  const index = new Map<string, number>();
  // Steps mostly share a few pairs: a pair met before is not put together again.
  const met = new Map<BoundBy, number>();
  for (const [step, by] of bounds.entries()) {
    let known = met.get(by);
    if (known === undefined) {
      let text = by.import + separator + by.export;
      if (!index.has(text) && index.size >= 255) text = `several${separator}several`;
      known = index.get(text) ?? index.size;
      index.set(text, known);
      met.set(by, known);
    }
    bound[step] = known;
  }
  return { bound, reasons: [...index.keys()] };
}

export function boundAt(row: Pick<NewSeries, 'bound' | 'reasons'>, step: number): BoundBy {
  const at = row.bound[step] ?? 0;
  const pairs = split.get(row.reasons) ?? [];
  if (pairs.length === 0) split.set(row.reasons, pairs);
  return (pairs[at] ??= pairOf(row.reasons[at] ?? ''));
}

/** Pairs of a row's reasons, each made once: a row has many steps and a few reasons. */
const split = new WeakMap<readonly string[], BoundBy[]>();

function pairOf(reason: string): BoundBy {
  const [imported = '', exported = ''] = reason.split(separator);
  return { import: imported, export: exported };
}

const separator = '\t';

function controlAt(row: Series, step: number, steps: number, pen: Pen): EnvelopeControl {
  return {
    mrid: envelopeMrid({ series: row.id, step }, pen),
    site: row.site,
    series: row.id,
    step,
    start: row.start + step * row.stepS,
    durationS: steps * row.stepS,
    importW: row.importW[step] ?? 0,
    exportW: row.exportW[step] ?? 0,
    bound: boundAt(row, step),
    engine: row.engine,
    ...(row.basis !== undefined && { basis: row.basis }),
    createdAt: row.publishedAt,
  };
}

/** For each step, the first owned step at or after it; −1 where there is none. */
function nextOwned({ own }: Series): Int32Array {
  const next = new Int32Array(own.length).fill(-1);
  for (let step = own.length - 1, known = -1; step >= 0; step--) {
    if (own[step]) known = step;
    next[step] = known;
  }
  return next;
}
