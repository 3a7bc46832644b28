/**
 * What a new envelope changes. Decided once, at publication, and stored with the row, so that a control keeps its mRID while
 * older rows are forgotten:
 *
 * - a control whose remaining steps have the same limits in the new envelope is carried: it stays untouched and the new row
 *   does not own its steps (a client hears nothing of a run that changed nothing);
 * - any other control is superseded whole, and all its remaining steps belong to the new row; superseding only a part would
 *   let it come back afterwards, which 2030.5 forbids (protocol facts 4.2 rule 3);
 * - steps no control covers belong to the new row.
 *
 * An envelope shorter than a control it supersedes is prolonged with the limits that were in force until that control's end,
 * so there is no gap, and a row never ends before what it supersedes. Where steps of different lengths meet and do not line up, a step belongs
 * whole to one side, and a prolonged step takes the narrower of the limits it spans.
 */
import { type Seconds } from '../../base/clock';
import { type BoundBy, type EnvelopeControl, inForce } from './controls';

/** Limits of one site: whole watts, one entry per step. */
export interface NewEnvelope {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly importW: ArrayLike<number>;
  readonly exportW: ArrayLike<number>;
  readonly bound: ArrayLike<BoundBy>;
}

/** How long a control may be: whole steps. It then begins and ends at multiples of that, so that one run's controls are the next run's. */
export interface Pieces {
  readonly pieceS?: Seconds;
}

/** A row's worth: at least the steps of the envelope, more where it was prolonged. */
export interface Publication {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly importW: Int32Array;
  readonly exportW: Int32Array;
  readonly own: Uint8Array;
  readonly bound: readonly BoundBy[];
  /** Controls it makes: runs of owned steps with equal limits. */
  readonly controls: number;
}

/**
 * Decides which steps of `next` a row published at `now` owns. `live` are the site's controls in force or to come, in order of
 * time (`liveControls`). Undefined when nothing is owned: then there is nothing to publish.
 */
export function ownSteps(
  live: readonly EnvelopeControl[],
  next: NewEnvelope,
  now: Seconds,
  { pieceS }: Pieces = {},
): Publication | undefined {
  const { start, stepS } = next;
  const given = next.importW.length;
  const from = Math.max(start, now); // what has passed cannot be changed
  const spans = live.map(control => spanOf(control, from)).filter(span => span.to > span.from);
  const ends = spans.map(span => stepAfter(span.end));
  const steps = Math.max(given, ...ends);

  const importW = new Int32Array(steps);
  const exportW = new Int32Array(steps);
  const bound: BoundBy[] = [];
  for (let i = 0; i < given; i++) {
    importW[i] = next.importW[i] ?? 0;
    exportW[i] = next.exportW[i] ?? 0;
    bound[i] = next.bound[i] ?? nothing;
  }
  prolong();

  for (const span of spans) span.carried = saysTheSame(span);
  const own = new Uint8Array(steps);
  while (claim()); // each round supersedes at least one more control

  if (!own.includes(1)) return undefined;
  if (pieceS !== undefined)
    for (let i = 0; i < steps; i++) if (own[i] && (start + i * stepS) % pieceS === 0) own[i] = 2;
  const keep = Math.max(given, ...spans.map((span, i) => (span.carried ? 0 : (ends[i] ?? 0))));
  const row = { importW: importW.slice(0, keep), exportW: exportW.slice(0, keep), own: own.slice(0, keep) };
  return { start, stepS, ...row, bound: bound.slice(0, keep), controls: countRuns(row) };

  function stepAfter(end: Seconds): number {
    return Math.ceil((end - start) / stepS);
  }
  /** Steps that a span of time touches, cut to the row. */
  function touched(span: Span): [number, number] {
    return [Math.max(0, Math.floor((span.from - start) / stepS)), Math.min(steps, stepAfter(span.to))];
  }
  function prolong(): void {
    const seen = new Uint8Array(steps);
    for (const span of spans) {
      const [first, last] = touched(span);
      for (let i = Math.max(first, given); i < last; i++) {
        const { control } = span;
        importW[i] = seen[i] ? Math.min(importW[i] ?? 0, control.importW) : control.importW;
        exportW[i] = seen[i] ? Math.min(exportW[i] ?? 0, control.exportW) : control.exportW;
        bound[i] = control.bound;
        seen[i] = 1;
      }
    }
    for (let i = given; i < steps; i++) bound[i] ??= nothing;
  }
  function saysTheSame({ control, ...span }: Span): boolean {
    if (pieceS !== undefined && control.durationS > pieceS) return false;
    const [first, last] = touched({ control, ...span });
    for (let i = first; i < Math.min(last, given); i++)
      if (importW[i] !== control.importW || exportW[i] !== control.exportW) return false;
    return true;
  }
  /** One round: marks what the row must own, then gives up carried controls that such a step touches. */
  function claim(): boolean {
    const carriedS = new Float64Array(steps); // seconds of each step under carried controls
    const lost = new Uint8Array(steps); // steps that a superseded control touches
    for (const span of spans) {
      const [first, last] = touched(span);
      for (let i = first; i < last; i++) {
        if (!span.carried) lost[i] = 1;
        else carriedS[i] = (carriedS[i] ?? 0) + overlapS(span, i);
      }
    }
    for (let i = 0; i < steps; i++) {
      const leftS = start + (i + 1) * stepS - Math.max(start + i * stepS, from);
      own[i] = leftS > 0 && (i < given ? (carriedS[i] ?? 0) < leftS : lost[i] === 1) ? 1 : 0;
    }
    let changed = false;
    for (const span of spans) {
      if (!span.carried) continue;
      const [first, last] = touched(span);
      if (!own.subarray(first, last).includes(1)) continue;
      span.carried = false;
      changed = true;
    }
    return changed;
  }
  function overlapS(span: Span, step: number): number {
    const opens = Math.max(start + step * stepS, from);
    return Math.max(0, Math.min(span.to, start + (step + 1) * stepS) - Math.max(span.from, opens));
  }
}

interface Span {
  control: EnvelopeControl;
  /** What is left of its time in force. */
  from: Seconds;
  to: Seconds;
  /** Its end as scheduled. */
  end: Seconds;
  carried: boolean;
}

const nothing: BoundBy = { import: '', export: '' };

function spanOf(control: EnvelopeControl, from: Seconds): Span {
  const force = inForce(control);
  return {
    control,
    from: Math.max(force.from, from),
    to: force.to,
    end: control.start + control.durationS,
    carried: false,
  };
}

export function countRuns({ own, importW, exportW }: Pick<Publication, 'own' | 'importW' | 'exportW'>): number {
  let runs = 0;
  for (let i = 0; i < own.length; i++) {
    const continues = own[i] === 1 && own[i - 1] && importW[i] === importW[i - 1] && exportW[i] === exportW[i - 1];
    if (own[i] && !continues) runs++;
  }
  return runs;
}
