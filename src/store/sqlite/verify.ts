import { type Database } from 'better-sqlite3';
import { faultsOf } from './database';
import { sqliteCode } from './faults';

const blocksOfReadings = (from: string, place: string) => `
    WITH bounds AS (SELECT *, lead(from_start, 1, 9007199254740991) OVER w AS to_start,
        lead(from_set, 1, 0) OVER w AS to_set, lead(${from}, 1, '') OVER w AS to_local
      FROM reading_blocks WINDOW w AS (PARTITION BY meter, in_set ORDER BY from_start, from_set, ${from}))
    SELECT meter, in_set, from_start FROM bounds b WHERE n <> (SELECT count(*) FROM readings r
      WHERE r.meter = b.meter AND (b.in_set = 0 OR r.in_set = b.in_set)
      AND (r.start, r.in_set, r.${place}) >= (b.from_start, b.from_set, b.${from})
      AND (r.start, r.in_set, r.${place}) < (b.to_start, b.to_set, b.to_local))`;

// Both ends of a block are bounds of an index: an OR in either would walk to the end of the list for every block.
/** Each finds rows that contradict what the adapter promises; its name says what is wrong. */
const questions: Record<string, string> = {
  'a list is counted wrong': `
    SELECT list FROM (SELECT list, n FROM list_blocks UNION ALL SELECT list, -1 FROM docs WHERE list <> '')
    GROUP BY list HAVING sum(n) <> 0`,
  'a block of a list is counted wrong': `
    WITH bounds AS (SELECT list, from_key, from_href, n,
        lead(from_key, 1, char(128)) OVER w AS to_key, lead(from_href, 1, '') OVER w AS to_href
      FROM list_blocks WINDOW w AS (PARTITION BY list ORDER BY from_key, from_href))
    SELECT list, from_key FROM bounds b WHERE n <> (SELECT count(*) FROM docs d WHERE d.list = b.list AND d.list <> ''
      AND (d.sort_key, d.href) >= (b.from_key, b.from_href)
      AND (d.sort_key, d.href) < (b.to_key, b.to_href))`,
  'a unique key has two holders': `
    SELECT name, key FROM keys GROUP BY name, key HAVING max(is_unique) = 1 AND count(*) > 1`,
  'a set of readings is counted wrong': `
    SELECT id FROM reading_sets s WHERE n <> (SELECT count(*) FROM readings r WHERE r.in_set = s.id)`,
  'a meter is counted wrong': `
    SELECT href FROM meters m WHERE n <> (SELECT count(*) FROM readings r WHERE r.meter = m.id)`,
  'sets of a meter are counted wrong': `
    SELECT href FROM meters m WHERE sets <> (SELECT count(*) FROM reading_sets s WHERE s.meter = m.id AND s.start IS NOT NULL)`,
  'a block of readings is counted wrong': blocksOfReadings('from_place', 'place'),
  'a block of readings is counted wrong, older schema': blocksOfReadings('from_local', 'local_id'),
  'a series has arrays of unequal length': `
    SELECT id FROM series WHERE length(import_w) <> length(export_w) OR length(own) <> length(bound)
      OR length(import_w) <> 4 * length(own) OR ends <> start + step_s * length(own)`,
};

/** Questions about what only newer schemas have, with the first that has it. */
const since: Readonly<Record<string, number>> = {
  'sets of a meter are counted wrong': 7,
  'a block of readings is counted wrong': 5,
  'a block of readings is counted wrong, older schema': 2,
};
/** The last schema that has it, where a newer one has something else in its place. */
const until: Readonly<Record<string, number>> = { 'a block of readings is counted wrong, older schema': 4 };

/** What is wrong with the database, one line each; empty when nothing is. Reads everything: seconds for a large file. */
export function verify(db: Database): string[] {
  const schema = Number(db.pragma('user_version', { simple: true }));
  const faults: string[] = [];
  /** A file may be so damaged that a question cannot be answered. */
  const ask = (what: string, answer: () => string[]) => {
    try {
      faults.push(...answer());
    } catch (thrown) {
      if (sqliteCode(thrown) === '') throw thrown;
      faults.push(`${what}: ${(thrown as Error).message}`);
    }
  };
  ask('pages', () => faultsOf(db, 'integrity_check'));
  ask('references', () =>
    db.prepare('PRAGMA foreign_key_check').all().length > 0 ? ['a row refers to one that is not there'] : [],
  );
  for (const [fault, sql] of Object.entries(questions)) {
    if (schema < (since[fault] ?? 1) || schema > (until[fault] ?? Infinity)) continue;
    ask(`whether ${fault}`, () => {
      const rows = db.prepare(sql).all();
      return rows.length > 0 ? [`${fault}: ${JSON.stringify(rows.slice(0, 3))}`] : [];
    });
  }
  return faults;
}
