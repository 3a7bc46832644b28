/** 'HDRM' in the header of every file of ours, so that no other program's database is taken for one. */
export const applicationId = 0x4844_524d;

/**
 * The schema, in steps. Step n brings a file from `user_version` n to n + 1. A step that was released is never edited: a
 * change is a new step. Text in TypeScript, so that the build has nothing to copy.
 */
export const migrations: readonly string[] = [
  `
-- Resources and our own records (docs/adr/0004). sort_key and href give the order of a list.
CREATE TABLE docs (
  id INTEGER PRIMARY KEY,
  href TEXT NOT NULL UNIQUE,
  list TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX docs_in_list ON docs (list, sort_key, href) WHERE list <> '';

-- How many entries of a list stand from (from_key, from_href) up to the next block: counts a list and finds a deep page.
CREATE TABLE list_blocks (
  list TEXT NOT NULL,
  from_key TEXT NOT NULL,
  from_href TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (list, from_key, from_href)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  doc INTEGER NOT NULL REFERENCES docs ON DELETE CASCADE,
  is_unique INTEGER NOT NULL,
  PRIMARY KEY (name, key, doc)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_of_doc ON keys (doc);
CREATE UNIQUE INDEX keys_held_once ON keys (name, key) WHERE is_unique = 1;

-- One publication of envelopes for one site. Ids are never given twice: mRIDs of controls are made of them.
CREATE TABLE series (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  start INTEGER NOT NULL,
  step_s INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  import_w BLOB NOT NULL,
  export_w BLOB NOT NULL,
  own BLOB NOT NULL,
  bound BLOB NOT NULL,
  reasons TEXT NOT NULL,
  engine TEXT NOT NULL,
  inputs_hash TEXT NOT NULL
) STRICT;
CREATE INDEX series_of_site ON series (site);
CREATE INDEX series_by_end ON series (site, ends);

CREATE TABLE meters (
  id INTEGER PRIMARY KEY,
  href TEXT NOT NULL UNIQUE,
  n INTEGER NOT NULL
) STRICT;
CREATE TABLE reading_sets (
  id INTEGER PRIMARY KEY,
  meter INTEGER NOT NULL REFERENCES meters,
  mrid TEXT NOT NULL,
  n INTEGER NOT NULL,
  UNIQUE (meter, mrid)
) STRICT;
CREATE TABLE readings (
  meter INTEGER NOT NULL REFERENCES meters,
  start INTEGER NOT NULL,
  in_set INTEGER NOT NULL REFERENCES reading_sets,
  local_id TEXT NOT NULL,
  duration_s INTEGER NOT NULL,
  value REAL NOT NULL,
  quality_flags TEXT NOT NULL,
  PRIMARY KEY (meter, start, in_set, local_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_of_set ON readings (in_set, start, local_id);

-- seq is the order of entry: a note that is put again goes to the end.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  subscription TEXT NOT NULL,
  due REAL NOT NULL,
  attempts INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due);
`,
  `
-- How many readings of a meter (in_set 0) or of one set stand from (from_start, from_set, from_local) up to the next block. What
-- stands before the first of these is what meters.n or reading_sets.n counts beyond them.
CREATE TABLE reading_blocks (
  meter INTEGER NOT NULL REFERENCES meters,
  in_set INTEGER NOT NULL,
  from_start INTEGER NOT NULL,
  from_set INTEGER NOT NULL,
  from_local TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (meter, in_set, from_start, from_set, from_local)
) STRICT, WITHOUT ROWID;
INSERT INTO reading_blocks
  SELECT meter, 0, start, in_set, local_id, min(512, total - i) FROM (
    SELECT *, count(*) OVER (PARTITION BY meter) AS total,
      row_number() OVER (PARTITION BY meter ORDER BY start, in_set, local_id) - 1 AS i FROM readings)
  WHERE i > 0 AND i % 512 = 0;
INSERT INTO reading_blocks
  SELECT meter, in_set, start, in_set, local_id, min(512, total - i) FROM (
    SELECT *, count(*) OVER (PARTITION BY in_set) AS total,
      row_number() OVER (PARTITION BY in_set ORDER BY start, local_id) - 1 AS i FROM readings)
  WHERE i > 0 AND i % 512 = 0;
`,
  `
-- Sites are found by their name.
INSERT OR IGNORE INTO keys SELECT 'name', json_extract(body, '$.name'), id, 0 FROM docs WHERE list = '~site';
`,
  `
-- The audit trail: ids grow without end, and rows stay as they were written, whoever holds the file open.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  came_from TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_subject ON audit (subject, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_not_dropped BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
`,
  `
-- A row keeps what its Reading said and says nothing it did not: what was missing is NULL. 'place' tells rows of one set and
-- start apart; last_… of the set of single Readings is the one that came last.
CREATE TABLE whole_readings (
  meter INTEGER NOT NULL REFERENCES meters,
  start INTEGER NOT NULL,
  in_set INTEGER NOT NULL REFERENCES reading_sets,
  place TEXT NOT NULL,
  duration_s INTEGER,
  value REAL,
  local_id TEXT,
  consumption_block INTEGER,
  tou_tier INTEGER,
  quality_flags TEXT,
  PRIMARY KEY (meter, start, in_set, place)
) STRICT, WITHOUT ROWID;
INSERT INTO whole_readings
  SELECT meter, start, in_set, local_id, duration_s, value, local_id, NULL, NULL, nullif(quality_flags, '') FROM readings
  ORDER BY meter, start, in_set, local_id;
DROP TABLE readings;
ALTER TABLE whole_readings RENAME TO readings;
CREATE INDEX readings_of_set ON readings (in_set, start, place);
ALTER TABLE reading_blocks RENAME COLUMN from_local TO from_place;
ALTER TABLE reading_sets ADD COLUMN last_start INTEGER;
ALTER TABLE reading_sets ADD COLUMN last_place TEXT;

-- What readings become when they are old: one row for each step_s seconds of a meter.
CREATE TABLE coarse_readings (
  meter INTEGER NOT NULL REFERENCES meters,
  start INTEGER NOT NULL,
  step_s INTEGER NOT NULL,
  n INTEGER NOT NULL,
  sum REAL NOT NULL,
  least REAL NOT NULL,
  most REAL NOT NULL,
  last REAL NOT NULL,
  last_start INTEGER NOT NULL,
  PRIMARY KEY (meter, start, step_s)
) STRICT, WITHOUT ROWID;
`,
  `
-- What an envelope's inputs rest on, such as the forecasts used; NULL where nothing is known of it.
ALTER TABLE series ADD COLUMN basis TEXT;
`,
  `
-- Reading sets are rows beside their readings and no documents: as documents they cost three pages of indexes each. One with a
-- start was put; one without only gives its readings a name. 'sets' counts those that were put.
ALTER TABLE reading_sets ADD COLUMN start INTEGER;
ALTER TABLE reading_sets ADD COLUMN duration_s INTEGER;
ALTER TABLE reading_sets ADD COLUMN description TEXT;
ALTER TABLE reading_sets ADD COLUMN version INTEGER;
ALTER TABLE meters ADD COLUMN sets INTEGER NOT NULL DEFAULT 0;
INSERT OR IGNORE INTO meters (href, n) SELECT DISTINCT substr(list, 1, length(list) - 3), 0 FROM docs WHERE kind = 'metering.readingSet';
INSERT INTO reading_sets (meter, mrid, n, start, duration_s, description, version)
  SELECT m.id, json_extract(d.body, '$.mRID'), 0, json_extract(d.body, '$.timePeriod.start'),
    json_extract(d.body, '$.timePeriod.duration'), json_extract(d.body, '$.description'), json_extract(d.body, '$.version')
  FROM docs d JOIN meters m ON m.href = substr(d.list, 1, length(d.list) - 3) WHERE d.kind = 'metering.readingSet' ORDER BY d.id
  ON CONFLICT (meter, mrid) DO UPDATE SET start = excluded.start, duration_s = excluded.duration_s,
    description = excluded.description, version = excluded.version;
UPDATE meters SET sets = (SELECT count(*) FROM reading_sets s WHERE s.meter = meters.id AND s.start IS NOT NULL);
DELETE FROM list_blocks WHERE list IN (SELECT list FROM docs WHERE kind = 'metering.readingSet');
DELETE FROM docs WHERE kind = 'metering.readingSet';
CREATE INDEX sets_in_order ON reading_sets (meter, start) WHERE start IS NOT NULL;
CREATE INDEX sets_never_filled ON reading_sets (meter, start) WHERE n = 0 AND start IS NOT NULL;
`,
];
