-- Why a cluster hangs together, where everything lies on the map, what people corrected, and themes that live on.

-- JSON: what the articles of a cluster share, and where it is weakest (curate/reasons.py).
ALTER TABLE clusters ADD COLUMN reasons VARCHAR;
-- Where an article lies on the map of its week, between 0 and 1.
ALTER TABLE cluster_articles ADD COLUMN x DOUBLE;
ALTER TABLE cluster_articles ADD COLUMN y DOUBLE;
-- What people said against the machine: these two belong together, or do not. Append-only; undoing fills the last two.
CREATE TABLE corrections (
  correction_id VARCHAR PRIMARY KEY,
  act_id VARCHAR NOT NULL,            -- one act of a person may part or join several pairs
  kind VARCHAR NOT NULL,              -- together, apart
  article_id VARCHAR NOT NULL,        -- the lower id of the two
  other_id VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  why VARCHAR NOT NULL,
  made_at TIMESTAMP NOT NULL,
  undone_at TIMESTAMP,
  undone_by VARCHAR
);
-- When a person gave a theme its name (name and named_by stand there from the first day).
ALTER TABLE themes ADD COLUMN named_at TIMESTAMP;
-- What happened between themes in a week: this one split from that, this one took that one in. Append-only.
CREATE TABLE theme_changes (
  change_id VARCHAR PRIMARY KEY,      -- (run, kind, both themes)
  week VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,              -- split_from, merged_into
  theme_id VARCHAR NOT NULL,          -- the one it happened to: what split off, what was taken in
  other_id VARCHAR NOT NULL,          -- what it split from, what took it in
  score DOUBLE NOT NULL,
  run_id VARCHAR NOT NULL
);
-- How a theme stood in a week, with the numbers behind the word (curate/statuses.py).
CREATE TABLE theme_weeks (
  theme_week_id VARCHAR PRIMARY KEY,  -- (run, theme)
  theme_id VARCHAR NOT NULL,
  week VARCHAR NOT NULL,
  status VARCHAR NOT NULL,            -- too_early, emerging, growing, steady, fading, dormant, returned
  frozen VARCHAR,                     -- why the status of the week before was kept; NULL when it was not
  sources INTEGER NOT NULL,           -- distinct sources that told of it this week
  of_sources INTEGER NOT NULL,        -- distinct sources of the week
  expected DOUBLE,                    -- sources expected after the eight weeks before
  z DOUBLE,
  run_id VARCHAR NOT NULL
);
-- Articles that came after their week was clustered, and the theme they seem to belong to: for a person to accept.
CREATE TABLE theme_suggestions (
  suggestion_id VARCHAR PRIMARY KEY,  -- (article, theme)
  article_id VARCHAR NOT NULL,
  theme_id VARCHAR NOT NULL,
  week VARCHAR NOT NULL,              -- of the run that found it
  score DOUBLE NOT NULL,
  run_id VARCHAR NOT NULL,
  decided VARCHAR,                    -- accepted, refused; NULL while it waits
  decided_by VARCHAR,
  decided_at TIMESTAMP
);
-- The clustering that counts for a week: that of its round, else the latest that was finished.
CREATE VIEW counting_runs AS
SELECT week, run_id FROM (
  SELECT week, cluster_run_id AS run_id, 0 AS turn, opened_at AS moment, 0 AS place FROM rounds
  UNION ALL
  SELECT json_extract_string(parameters, '$.week'), run_id, 1, started_at, rowid FROM runs
  WHERE kind = 'cluster' AND finished_at IS NOT NULL
) QUALIFY row_number() OVER (PARTITION BY week ORDER BY turn, moment DESC, place DESC) = 1;
-- The clusters that count, each with its theme; a theme exists as long as it has one, or a person named it.
CREATE VIEW standing_clusters AS
SELECT c.cluster_id, c.run_id, c.week, c.place, c.label, l.theme_id, l.kind, l.score
FROM counting_runs r JOIN clusters c ON c.run_id = r.run_id JOIN theme_links l ON l.cluster_id = c.cluster_id;
