import { type IndexKey, type NewAudit, type NewDoc, type NewSeries, type Note, type ReadingRow } from '../api';

/** A document with the fields a test does not care about filled in. */
export function doc(href: string, fields: Partial<NewDoc> = {}): NewDoc {
  return { href, list: '', kind: 'test', changed: 1000, sortKey: '', body: { href }, ...fields };
}

/** An entry of `list`, with `sortKey` also the last part of its href. */
export const entry = (list: string, sortKey: string, fields: Partial<NewDoc> = {}): NewDoc =>
  doc(`${list}/${sortKey}`, { list, sortKey, ...fields });

export const key = (index: IndexKey['index'], text: string, unique = false): IndexKey => ({ index, key: text, unique });

export function series(site: string, fields: Partial<NewSeries> = {}): NewSeries {
  return {
    site,
    publishedAt: 900,
    start: 1000,
    stepS: 300,
    importW: Int32Array.of(5000, 4000, 2_147_483_647),
    exportW: Int32Array.of(0, 1, 70_000),
    own: Uint8Array.of(1, 0, 1),
    bound: Uint8Array.of(0, 1, 0),
    reasons: ['firm', 'transformer'],
    engine: 'test',
    inputsHash: 'abc',
    ...fields,
  };
}

export function reading(meter: string, start: number, fields: Partial<ReadingRow> = {}): ReadingRow {
  return { meter, set: '', start, durationS: 300, value: start / 4, place: '', qualityFlags: '0001', ...fields };
}

export const note = (id: string, due: number, fields: Partial<Note> = {}): Note => ({
  id,
  subscription: '/edev/1/sub/1',
  due,
  attempts: 0,
  body: { id },
  ...fields,
});

export const audit = (what: string, fields: Partial<NewAudit> = {}): NewAudit => ({
  at: 1000,
  who: 'key ops',
  from: '127.0.0.1',
  what,
  subject: '1',
  outcome: 'done',
  detail: {},
  ...fields,
});
