/**
 * What a site is told next: pure, from its rows, what an engine or an import gives, its contract and the orders that concern it.
 *
 * Three things in turn: what is agreed (the new limits, but no lower than what was published unless a reason allows it), what may go out (that
 * composed with orders), and which controls change.
 */
import { type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { wireWatts } from '../base/units';
import { type NewSeries, type Series } from '../store/api';
import { composed } from './compose';
import {
  type BoundBy,
  type EnvelopeControl,
  controlsOf,
  inForce,
  liveControls,
  packBounds,
} from './envelopes/controls';
import { type NewEnvelope, type Publication, countRuns, ownSteps } from './envelopes/publication';
import { type Agreed, type AgreedLimits, agreedOf, overlay } from './envelopes/record';
import { type Direction, type Order, orderName, orderedW, overAt } from './orders/order';
import { type StepTerms } from './products/version';
import { type ReasonCode, reasons } from './reasons';

export type Origin = Pick<NewSeries, 'engine' | 'inputsHash' | 'basis'>;

/** How new limits may differ from those that were published for the same time. */
export interface Turn {
  /**
   * Why they may be lower in a step that begins then, bound by that constraint; undefined: they may not, and what was published stays.
   */
  readonly lowerFor: (from: Seconds, by: string) => ReasonCode | undefined;
  /** Whether they may be higher. */
  readonly raises: boolean;
  /** Nothing changes before that moment, but for reasons that cannot wait. */
  readonly from?: Seconds;
  /** Whether the limits may be taken as they are: no rule of the turn and no contract can change them. */
  readonly free?: boolean;
}

export interface SiteAsk {
  readonly site: string;
  readonly now: Seconds;
  readonly pen: Pen;
  /** Rows of the site that end after now. */
  readonly rows: readonly Series[];
  /** What an engine or an import gives; without it what was agreed is composed again. */
  readonly product?: { readonly envelope: NewEnvelope; readonly origin: Origin; readonly turn: Turn };
  /** Firm and most of a stretch of time. */
  readonly termsAt: (from: Seconds, to: Seconds) => StepTerms;
  readonly orders: readonly Order[];
  /** Least seconds of notice by contract. */
  readonly noticeS?: Seconds;
  /** Longest control, where the site's contract wants short ones. */
  readonly pieceS?: Seconds;
  /** For a site that has nothing published: how long steps are, and how far ahead orders are told. */
  readonly stepS: Seconds;
  readonly horizonS: Seconds;
}

/** A lowering of what clients held, by one reason. */
export interface Reduction {
  readonly reason: ReasonCode;
  /** Order, where one caused it. */
  readonly order?: string;
  readonly from: Seconds;
  /** Seconds between being published and taking hold. */
  readonly noticeS: Seconds;
  readonly worstW: number;
  readonly wh: number;
}

export interface SitePlan {
  readonly rows: readonly NewSeries[];
  readonly controls: number;
  readonly reductions: readonly Reduction[];
  /** Steps in which lower limits were refused for want of a reason. */
  readonly refused: number;
}

interface Step {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly before: Agreed | undefined;
  readonly terms: StepTerms;
  importW: number;
  exportW: number;
  bound: BoundBy;
  reason: ReasonCode | undefined;
}

const nothing: SitePlan = { rows: [], controls: 0, reductions: [], refused: 0 };
const directions = ['import', 'export'] as const;
const field = { import: 'importW', export: 'exportW' } as const;

export function planSite(ask: SiteAsk): SitePlan {
  const { now, rows } = ask;
  const live = liveControls(controlsOf(rows, { pen: ask.pen }), now);
  const { orders, product } = ask;
  if (product?.turn.free === true && orders.length === 0 && !ownSteps(live, product.envelope, now)) return nothing;
  const agreed = agreedOf(rows);
  const grid = gridOf(ask, agreed);
  if (!grid) return nothing;
  const { refused, steps } = agreedSteps(ask, agreed, grid);
  const told = steps.map(step => toldOf(ask, step));
  const envelope: NewEnvelope = {
    start: grid.start,
    stepS: grid.stepS,
    importW: told.map(({ importW }) => importW),
    exportW: told.map(({ exportW }) => exportW),
    bound: told.map(({ bound }) => bound),
  };
  const pieces = ask.pieceS === undefined ? {} : { pieceS: ask.pieceS };
  const publication = steps.length > 0 ? ownSteps(live, envelope, now, pieces) : undefined;
  const hidden = told.some(({ order }) => order !== undefined);
  const changed = steps.some(step => !sameLimits(step, step.before));
  if (!publication)
    return {
      // What is agreed has changed under an order that hides it: noted, and nothing is told.
      rows: hidden && changed && product ? [recordRow(ask, grid, steps, product.origin)] : [],
      controls: 0,
      reductions: [],
      refused,
    };
  const made = rowsOf(ask, publication, { steps, told, agreed, changed });
  return {
    rows: made,
    controls: made.reduce((n, row) => n + countRuns(row), 0),
    reductions: reductionsOf(ask, publication, { live, steps, told }),
    refused,
  };
}

interface Grid {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
}

/** Steps to be told of: those given, or those agreed and not over yet; where nothing is agreed, as far as orders go below firm. */
function gridOf(ask: SiteAsk, agreed: AgreedLimits): Grid | undefined {
  const { horizonS, now, orders, product } = ask;
  if (product) {
    const { start, stepS, importW } = product.envelope;
    return { start, stepS, steps: importW.length };
  }
  const stepS = agreed.newest?.stepS ?? ask.stepS;
  const anchor = agreed.newest?.start ?? 0;
  const start = anchor + Math.floor((now - anchor) / stepS) * stepS;
  const lowering = orders.filter(order => order.belowFirm && order.limits[ask.site] && overAt(order) > now);
  const end = Math.max(agreed.end, ...lowering.map(order => Math.min(overAt(order), now + horizonS)));
  const steps = Math.ceil((end - start) / stepS);
  return steps > 0 ? { start, stepS, steps } : undefined;
}

/** What is agreed in each step: new limits under the rules of their turn, or what was agreed before, or firm. */
function agreedSteps(ask: SiteAsk, agreed: AgreedLimits, grid: Grid): { steps: Step[]; refused: number } {
  const { now, product, noticeS = 0 } = ask;
  let refused = 0;
  const steps: Step[] = [];
  for (let i = 0; i < grid.steps; i++) {
    const [from, to] = [grid.start + i * grid.stepS, grid.start + (i + 1) * grid.stepS];
    const terms = ask.termsAt(from, to);
    const before = agreed.during(Math.max(from, now), to);
    const step: Step = {
      from,
      to,
      before,
      terms,
      importW: 0,
      exportW: 0,
      bound: { import: '', export: '' },
      reason: undefined,
    };
    for (const direction of directions) {
      const name = field[direction];
      const [firmW, mostW] =
        direction === 'import' ? [terms.firmImportW, terms.maxImportW] : [terms.firmExportW, terms.maxExportW];
      const [floorW, capW] = [wireWatts(Math.min(firmW, mostW)), wireWatts(mostW)];
      const within = (w: number) => Math.max(floorW, Math.min(w, capW));
      // What was put on firm because nobody vouched for anything else is nothing agreed.
      const keptW = before && !lapsed.test(before.bound[direction]) ? before[name] : undefined;
      let [w, by, reason]: [number, string, ReasonCode | undefined] =
        keptW === undefined ? [floorW, 'firm', undefined] : [within(keptW), before?.bound[direction] ?? '', undefined];
      if (product) {
        const given = within(product.envelope[name][i] ?? 0);
        const why = product.envelope.bound[i]?.[direction] ?? '';
        const { from: turnFrom = -Infinity, lowerFor, raises } = product.turn;
        if (keptW === undefined) [w, by] = [given, why];
        else if (given > w) {
          if (raises && from >= turnFrom) [w, by] = [given, why];
        } else if (given < w) {
          const code = lowerFor(from, why);
          const soon = from < Math.max(turnFrom, now + noticeS);
          if (code === undefined || (soon && !reasons[code].atOnce)) refused++;
          else [w, by, reason] = [given, why, code];
        } else if (from >= turnFrom) by = why;
      }
      const { capped, label } = terms;
      if (label !== undefined && w === capW && capped?.[direction] === true) by = label;
      else if (label !== undefined && by === 'firm') by = `firm, ${label}`;
      step[name] = w;
      step.bound = { ...step.bound, [direction]: by };
      if (keptW !== undefined && w < keptW) step.reason ??= reason ?? 'contract';
    }
    steps.push(step);
  }
  return { steps, refused };
}

const lapsed = /^(withdrawn: |firm, (engine|verification))/;

interface Told extends Agreed {
  /** The order that binds it, where one does. */
  readonly order: Order | undefined;
}

/** A step composed with the orders on the site. */
function toldOf({ now, orders, site }: SiteAsk, { bound, exportW, from, importW, terms, to }: Step): Told {
  if (orders.length === 0) return { importW, exportW, bound, order: undefined };
  const one = (direction: Direction, agreedW: number, firmW: number) => {
    const by = new Map<string, Order>();
    const parts = [{ w: agreedW, by: '', belowFirm: true }];
    for (const order of orders) {
      const w = orderedW(order, site, direction, { from, to, now, otherwiseW: agreedW });
      if (w === undefined) continue;
      const { belowFirm } = reasons[order.reason];
      parts.push({ w, by: order.id, belowFirm: order.belowFirm && belowFirm });
      by.set(order.id, order);
    }
    const { part, w } = composed(Math.min(firmW, agreedW), parts);
    const order = w < agreedW ? (by.get(part?.by ?? '') ?? firstOf(by)) : undefined;
    return { w: wireWatts(w), order };
  };
  const i = one('import', importW, terms.firmImportW);
  const e = one('export', exportW, terms.firmExportW);
  return {
    importW: i.w,
    exportW: e.w,
    bound: { import: i.order ? orderName(i.order) : bound.import, export: e.order ? orderName(e.order) : bound.export },
    order: i.order ?? e.order,
  };
}

/** Where an order was stopped at firm it is still what lowered the limit. */
const firstOf = (orders: ReadonlyMap<string, Order>): Order | undefined => orders.values().next().value;

const sameLimits = (
  a: Pick<Agreed, 'importW' | 'exportW'>,
  b: Pick<Agreed, 'importW' | 'exportW'> | undefined,
): boolean => a.importW === b?.importW && a.exportW === b.exportW;

interface Decided {
  readonly steps: readonly Step[];
  readonly told: readonly Told[];
}

/** The row of what is agreed and the row over it: as long as each other, so that neither ends before what it supersedes. */
function rowsOf(
  { now, pieceS: _, product, site }: SiteAsk,
  publication: Publication,
  { agreed, changed, steps, told }: Decided & { agreed: AgreedLimits; changed: boolean },
): NewSeries[] {
  const { bound, exportW, importW, own, start, stepS } = publication;
  const count = importW.length;
  const [agreedOwn, over] = [new Uint8Array(count), new Uint8Array(count)];
  const [agreedImport, agreedExport] = [importW.slice(), exportW.slice()];
  const agreedBound = [...bound];
  for (let i = 0; i < count; i++) {
    // Beyond what was given, a row was prolonged with what was in force; what is agreed there is what was agreed before.
    const mine: Agreed | undefined = steps[i] ?? agreed.during(start + i * stepS, start + (i + 1) * stepS);
    if (mine) [agreedImport[i], agreedExport[i], agreedBound[i]] = [mine.importW, mine.exportW, mine.bound];
    const lies =
      mine !== undefined && !sameLimits(mine, told[i] ?? { importW: importW[i] ?? 0, exportW: exportW[i] ?? 0 });
    (lies ? over : agreedOwn)[i] = own[i] ?? 0;
  }
  const common = { site, publishedAt: now, start, stepS };
  const origin: Origin = product?.origin ?? originOf(agreed);
  const rows: NewSeries[] = [];
  if (agreedOwn.some(Boolean) || (changed && product))
    rows.push({
      ...common,
      importW: agreedImport,
      exportW: agreedExport,
      own: agreedOwn,
      ...packBounds(agreedBound),
      ...origin,
    });
  if (over.some(Boolean))
    rows.push({ ...common, importW, exportW, own: over, ...packBounds([...bound]), engine: overlay, inputsHash: '' });
  return rows;
}

const originOf = ({ newest }: AgreedLimits): Origin => ({
  engine: newest?.engine ?? 'firm',
  inputsHash: newest?.inputsHash ?? '',
  ...(newest?.basis !== undefined && { basis: newest.basis }),
});

function recordRow({ now, site }: SiteAsk, { start, stepS }: Grid, steps: readonly Step[], origin: Origin): NewSeries {
  return {
    site,
    publishedAt: now,
    start,
    stepS,
    importW: Int32Array.from(steps, ({ importW }) => importW),
    exportW: Int32Array.from(steps, ({ exportW }) => exportW),
    own: new Uint8Array(steps.length),
    ...packBounds(steps.map(({ bound }) => bound)),
    ...origin,
  };
}

/** What clients are told to do less of than they held, by reason. Where they held nothing, they held firm. */
function reductionsOf(
  { now }: SiteAsk,
  { own, start, stepS }: Publication,
  { live, steps, told }: Decided & { live: readonly EnvelopeControl[] },
): Reduction[] {
  const found = new Map<string, { -readonly [K in keyof Reduction]: Reduction[K] }>();
  let at = 0;
  for (let i = 0; i < steps.length; i++) {
    const [step, says] = [steps[i], told[i]];
    if (!own[i] || !step || !says) continue;
    const from = Math.max(start + i * stepS, now);
    const to = start + (i + 1) * stepS;
    while (at < live.length && inForce(live[at] as EnvelopeControl).to <= from) at++;
    const held = live[at];
    const governs = held !== undefined && inForce(held).from <= from;
    const [importW, exportW] = governs
      ? [held.importW, held.exportW]
      : [step.terms.firmImportW, step.terms.firmExportW];
    const lessW = Math.max(importW - says.importW, 0) + Math.max(exportW - says.exportW, 0);
    if (lessW < 1) continue;
    const { order } = says;
    const reason = order?.reason ?? step.reason ?? 'contract';
    const key = `${reason} ${order?.id ?? ''}`;
    const wh = (lessW * (to - from)) / 3600;
    const known = found.get(key);
    if (!known)
      found.set(key, { reason, ...(order && { order: order.id }), from, noticeS: from - now, worstW: lessW, wh });
    else [known.worstW, known.wh] = [Math.max(known.worstW, lessW), known.wh + wh];
  }
  return [...found.values()];
}
