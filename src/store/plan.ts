/**
 * What every adapter does with a plan before it looks at its data: copies it, so that the caller may go on changing his
 * objects, and refuses what cannot be stored. A refusal is a fault of ours, not of a peer: Problem BUG.
 */
import { Problem } from '../base/problem';
import { type Href } from '../model/href';
import {
  type IndexKey,
  type NewAudit,
  type NewDoc,
  type NewReadingSet,
  type NewSeries,
  type Note,
  type Plan,
  type ReadingRow,
  type Thinning,
  type Version,
} from './api';
import { jsonText } from './json';

export interface PreparedDoc extends Omit<NewDoc, 'body' | 'keys'> {
  /** JSON text of the body. */
  readonly text: string;
  /** Each (index, key) once. */
  readonly keys: readonly Required<IndexKey>[];
}

export interface PreparedNote extends Omit<Note, 'body'> {
  readonly text: string;
}

export interface PreparedAudit extends Omit<NewAudit, 'detail'> {
  readonly text: string;
}

/** A plan copied and checked. Each document is put once at most. */
export interface Prepared {
  readonly expect: readonly (readonly [Href, Version])[];
  readonly put: ReadonlyMap<Href, PreparedDoc>;
  readonly drop: readonly Href[];
  readonly dropTree: readonly Href[];
  readonly series: readonly NewSeries[];
  readonly readings: readonly ReadingRow[];
  readonly sets: readonly NewReadingSet[];
  readonly thin: readonly Thinning[];
  readonly forgetCoarse: readonly Omit<Thinning, 'stepS'>[];
  readonly enqueue: readonly PreparedNote[];
  readonly settle: readonly string[];
  readonly audit: readonly PreparedAudit[];
}

/** Versions by href, empty. Without a prototype it is a dictionary from the start; else V8 would make a shape for each new href. */
export const noVersions = (): Record<Href, Version> => Object.create(null) as Record<Href, Version>;

/** @throws Problem BUG when the plan holds something no store can keep. */
export function prepare(plan: Plan): Prepared {
  const put = new Map<Href, PreparedDoc>();
  for (const doc of plan.put ?? []) {
    if (put.has(doc.href)) throw unfit(doc.href, 'put twice in one plan');
    put.set(doc.href, prepareDoc(doc));
  }
  return {
    expect: Object.entries(plan.expect ?? {}),
    put,
    drop: [...(plan.drop ?? [])],
    dropTree: [...(plan.dropTree ?? [])],
    series: (plan.series ?? []).map(prepareSeries),
    readings: (plan.readings ?? []).map(prepareReading),
    sets: prepareSets(plan.sets ?? []),
    thin: (plan.thin ?? []).map(each => prepareThinning(each)),
    forgetCoarse: (plan.forgetCoarse ?? []).map(each => ({ ...each })),
    enqueue: (plan.enqueue ?? []).map(prepareNote),
    settle: [...(plan.settle ?? [])],
    audit: (plan.audit ?? []).map(prepareAudit),
  };
}

/** How a conflict names a key. */
export const keyName = ({ index, key }: Pick<IndexKey, 'index' | 'key'>) => `${index}:${key}`;

/** Notes what a change of a document lets readers see (api.ts, `touched`); `keys` are those it held and those it holds. */
export function touchDoc(
  touched: Set<string>,
  { href, list }: Pick<NewDoc, 'href' | 'list'>,
  keys: readonly Pick<IndexKey, 'index' | 'key'>[],
): void {
  touched.add(`doc:${href}`);
  if (list !== '') touched.add(`list:${list}`);
  for (const { index, key } of keys) touched.add(`key:${index}:${key}`);
}

/** The same for what a plan appends. */
export function touchRows(
  touched: Set<string>,
  { series, readings, sets, thin }: Pick<Prepared, 'series' | 'readings' | 'sets' | 'thin'>,
): void {
  for (const { site } of series) touched.add(`site:${site}`);
  for (const rows of [readings, sets, thin]) for (const { meter } of rows) touched.add(`meter:${meter}`);
}

/** Bounds of the hrefs below `href`, as a half-open range in byte order: `0` is the character after `/`. */
export const below = (href: Href): { from: Href; to: Href } => ({ from: `${href}/`, to: `${href}0` });

/** @throws Problem BUG when a page is asked for in anything but whole numbers from 0 up; `limit` may be Infinity. */
export function checkPage({ start, limit }: { start: number; limit: number }): void {
  if (!whole(start) || start < 0) throw unfit('page.start', 'whole number from 0 wanted', start);
  if ((!whole(limit) && limit !== Infinity) || limit < 0)
    throw unfit('page.limit', 'whole number from 0 wanted', limit);
}

function prepareDoc({ href, list, kind, changed, sortKey, body, keys = [] }: NewDoc): PreparedDoc {
  if (!ascii(href) || href === '') throw unfit(href, 'a href is ASCII and not empty', href);
  // Order is by byte: in ASCII, and only there, JavaScript and SQL agree on it.
  if (!ascii(sortKey)) throw unfit(href, 'a sort key is ASCII', sortKey);
  if (!whole(changed)) throw unfit(`${href} changed`, 'whole seconds wanted', changed);
  const claims = new Map<string, Required<IndexKey>>();
  for (const { index, key, unique = false } of keys) {
    const name = keyName({ index, key });
    claims.set(name, { index, key, unique: unique || (claims.get(name)?.unique ?? false) });
  }
  return { href, list, kind, changed, sortKey, text: jsonText(body, `${href} body`), keys: [...claims.values()] };
}

function prepareSeries(s: NewSeries): NewSeries {
  const at = `series of site ${s.site}`;
  const steps = s.importW.length;
  if (steps === 0) throw unfit(at, 'at least one step wanted');
  for (const name of ['exportW', 'own', 'bound'] as const)
    if (s[name].length !== steps) throw unfit(`${at} ${name}`, `${steps} steps wanted`, s[name].length);
  for (const name of ['publishedAt', 'start', 'stepS'] as const)
    if (!whole(s[name])) throw unfit(`${at} ${name}`, 'whole seconds wanted', s[name]);
  if (s.stepS <= 0) throw unfit(`${at} stepS`, 'above 0 wanted', s.stepS);
  for (const name of ['importW', 'exportW'] as const)
    if (s[name].some(w => w < 0)) throw unfit(`${at} ${name}`, 'no limit is below 0');
  if (s.own.some(flag => flag > 2)) throw unfit(`${at} own`, '0, 1 or 2 wanted');
  if (s.bound.some(reason => reason >= s.reasons.length)) throw unfit(`${at} bound`, 'no such reason');
  if (s.basis === '') throw unfit(`${at} basis`, 'a text wanted, or none');
  return copySeries(s);
}

/** A copy that shares no array with the original. */
export function copySeries<S extends NewSeries>(s: S): S {
  return {
    ...s,
    importW: s.importW.slice(),
    exportW: s.exportW.slice(),
    own: s.own.slice(),
    bound: s.bound.slice(),
    reasons: [...s.reasons],
  };
}

function prepareSets(sets: readonly NewReadingSet[]): NewReadingSet[] {
  const seen = new Set<string>();
  return sets.map(given => {
    const { meter, set, start, durationS, description, version } = given;
    const at = `reading set ${set} of ${meter}`;
    if (!/^[\x21-\x7e]{1,32}$/.test(set)) throw unfit(at, '1 to 32 characters of ASCII wanted', set);
    if (seen.size === seen.add(`${meter}\n${set}`).size) throw unfit(at, 'put twice in one plan');
    for (const name of ['start', 'durationS', 'version'] as const)
      if (given[name] !== undefined && !whole(given[name])) throw unfit(`${at} ${name}`, 'a whole number wanted');
    return {
      ...{ meter, set, start, durationS },
      ...(description !== undefined && { description }),
      ...(version !== undefined && { version }),
    };
  });
}

const readingNumbers = ['durationS', 'consumptionBlock', 'touTier'] as const;

/** Fields that are there but undefined are left out: a copy says what the row says. */
function prepareReading(row: ReadingRow): ReadingRow {
  const at = `reading of ${row.meter}`;
  if (!whole(row.start)) throw unfit(`${at} start`, 'whole seconds wanted', row.start);
  for (const name of readingNumbers)
    if (row[name] !== undefined && !whole(row[name])) throw unfit(`${at} ${name}`, 'a whole number wanted', row[name]);
  if (row.value !== undefined && !Number.isFinite(row.value))
    throw unfit(`${at} value`, 'a finite number wanted', row.value);
  if (!ascii(row.place)) throw unfit(`${at} place`, 'ASCII wanted', row.place);
  const copy: Record<string, unknown> = { ...row };
  for (const name in copy) if (copy[name] === undefined) delete copy[name];
  return copy as unknown as ReadingRow;
}

function prepareThinning({ meter, before, stepS, most }: Thinning): Thinning {
  if (!whole(stepS) || stepS <= 0) throw unfit(`thinning of ${meter} stepS`, 'whole seconds above 0 wanted', stepS);
  return { meter, before, stepS, most };
}

function prepareNote({ id, subscription, due, attempts, body }: Note): PreparedNote {
  if (!Number.isFinite(due)) throw unfit(`note ${id} due`, 'seconds wanted', due);
  if (!whole(attempts)) throw unfit(`note ${id} attempts`, 'whole number wanted', attempts);
  return { id, subscription, due, attempts, text: jsonText(body, `note ${id} body`) };
}

function prepareAudit({ at, who, from, what, subject, outcome, detail }: NewAudit): PreparedAudit {
  if (!whole(at)) throw unfit(`audit ${what} at`, 'whole seconds wanted', at);
  return { at, who, from, what, subject, outcome, text: jsonText(detail, `audit ${what} detail`) };
}

/** As long in UTF-8 as in UTF-16. */
const ascii = (text: string) => Buffer.byteLength(text) === text.length;
const whole = (n: number) => Number.isSafeInteger(n);
const unfit = (at: string, note: string, got?: unknown) => new Problem('BUG', { at, note, got });
