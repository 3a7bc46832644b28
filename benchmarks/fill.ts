/** A database of very many sites, quickly. */
import { type Clock } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { siteDocs } from '../src/functions/provision';
import { type Site } from '../src/functions/site';
import { type NewSeries } from '../src/store/api';
import { openDatabase } from '../src/store/sqlite/database';
import { SqliteSeries } from '../src/store/sqlite/series';
import { storeOn } from '../src/store/sqlite/store';
import { benchSite } from './site';

/** A site whose device will connect. */
export interface Asking {
  readonly edev: number;
  readonly lfdi: string;
  readonly sfdi: number;
}

export interface Filling {
  /** Sites 1 to this. */
  readonly sites: number;
  readonly asking: readonly Asking[];
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

const inOneTransaction = 1000;
const steps = 24;

/** What is quicker done at the end, once for all rows: the order of lists, their counts. */
const afterwards = `
CREATE INDEX docs_in_list ON docs (list, sort_key, href) WHERE list <> '';
CREATE UNIQUE INDEX keys_held_once ON keys (name, key) WHERE is_unique = 1;
INSERT INTO list_blocks
  SELECT list, iif(i = 0, '', sort_key), iif(i = 0, '', href), min(512, total - i) FROM (
    SELECT list, sort_key, href, row_number() OVER w - 1 AS i, count(*) OVER (PARTITION BY list) AS total
    FROM docs WHERE list <> '' WINDOW w AS (PARTITION BY list ORDER BY sort_key, href))
  WHERE i % 512 = 0;
`;

/**
 * Registers sites and publishes an envelope of 24 different steps for each: the rows that the store writes for the plan that
 * registration makes, but written straight into an empty database, for a million plans would take three times as long. Only
 * the sites that are asked for have their DER resources. At the end the store itself is asked whether all is sound, unless
 * there are too many to wait for that.
 */
export async function fillSites(file: string, { sites, asking, clock, say }: Filling): Promise<void> {
  const began = clock.monotonicMs();
  const db = openDatabase({ file, mode: 'open', busyMs: 1000, log: silentLog });
  for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', 'cache_size = -262144']) db.pragma(pragma);
  db.exec('DROP INDEX docs_in_list; DROP INDEX keys_held_once');
  const doc = db.prepare(
    'INSERT INTO docs (href, list, kind, version, changed, sort_key, body) VALUES (?, ?, ?, 1, ?, ?, ?)',
  );
  const key = db.prepare('INSERT INTO keys VALUES (?, ?, ?, ?)');
  const series = new SqliteSeries(db);
  const now = clock.now();
  const asked = new Map(asking.map(each => [each.edev, each]));
  const register = (edev: number) => {
    for (const { href, list, kind, changed, sortKey, body, keys = [] } of siteDocs(siteOf(edev, asked.get(edev)), {
      pen: 99999,
      now,
    })) {
      if (/^\/edev\/\d+\/der\//.test(href) && !asked.has(edev)) continue;
      const id = doc.run(href, list, kind, changed, sortKey, JSON.stringify(body)).lastInsertRowid;
      for (const { index, key: text, unique } of keys) key.run(index, text, id, unique ? 1 : 0);
    }
    series.add(envelopeOf(edev, now));
  };
  for (let first = 1; first <= sites; first += inOneTransaction)
    db.transaction(() => {
      for (let edev = first; edev < first + inOneTransaction && edev <= sites; edev++) register(edev);
      if (first > 1 && (first - 1) % 100_000 === 0) say(`${first - 1} of ${sites} sites`);
    })();
  db.exec(afterwards);
  const store = storeOn(db, { clock });
  const faults = sites > 10_000 ? [] : await store.verify();
  await store.close();
  if (faults.length > 0) throw new Error(`not filled: ${faults.join('; ')}`);
  say(`${sites} sites in ${((clock.monotonicMs() - began) / 1000).toFixed(1)} s`);
}

const siteOf = (edev: number, asking: Asking | undefined): Site => ({ ...benchSite(edev, asking), edev: String(edev) });

/** Hourly limits, no two neighbours alike, so that each is a control of its own. */
function envelopeOf(edev: number, now: number): NewSeries {
  return {
    site: String(edev),
    publishedAt: now,
    start: now,
    stepS: 3600,
    importW: Int32Array.from({ length: steps }, (_, i) => 4000 + i * 100 + (edev % 100)),
    exportW: Int32Array.from({ length: steps }, (_, i) => 3000 + i * 50),
    own: new Uint8Array(steps).fill(1),
    bound: new Uint8Array(steps),
    reasons: ['bench\tbench'],
    engine: 'bench',
    inputsHash: '',
  };
}
