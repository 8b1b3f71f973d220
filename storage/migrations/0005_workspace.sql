-- The catalysts' workspace: the whole form, drafts, who is asked what, curating by hand, the editor's desk, own affairs.

-- The folded part of the form (docs/domain.md). Lists are JSON.
ALTER TABLE annotation_words ADD COLUMN moves VARCHAR DEFAULT '[]';          -- filter, validate, synthesize, …
ALTER TABLE annotation_words ADD COLUMN checked VARCHAR DEFAULT '';          -- not_checked, read_source, …
ALTER TABLE annotation_words ADD COLUMN distance VARCHAR DEFAULT '';         -- first_hand, about_first_hand, …
ALTER TABLE annotation_words ADD COLUMN key_articles VARCHAR DEFAULT '[]';   -- article ids, three at most
ALTER TABLE annotation_words ADD COLUMN missing VARCHAR DEFAULT '';          -- which voice is missing or contradicts
ALTER TABLE annotation_words ADD COLUMN missing_url VARCHAR DEFAULT '';
ALTER TABLE annotation_words ADD COLUMN review_on DATE;                      -- when the experiment is looked at again
ALTER TABLE annotation_words ADD COLUMN ask_who VARCHAR DEFAULT '[]';        -- ids of people who said they may be asked
ALTER TABLE annotation_words ADD COLUMN ask_else VARCHAR DEFAULT '';         -- for the operator only, never published
ALTER TABLE annotation_words ADD COLUMN links_to VARCHAR DEFAULT '[]';       -- theme ids
ALTER TABLE annotation_words ADD COLUMN style VARCHAR DEFAULT '';            -- aggregation, distillation, …
-- "Does this still hold?": what became of the version before, and one sentence on it. Empty for all other versions.
ALTER TABLE annotation_words ADD COLUMN outcome VARCHAR DEFAULT '';          -- still_holds, sharpened, changed_my_mind, disproved
ALTER TABLE annotation_words ADD COLUMN outcome_why VARCHAR DEFAULT '';

-- Every version of what was said, with who said it. Who left and took their name off is a voice without name, whatever they
-- chose then.
CREATE VIEW spoken AS
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, CASE WHEN p.name = '' THEN 'anonymous' ELSE w.byline END AS byline,
  w.relation, w.relation_to, w.relation_why, w.question, w.experiment, w.moves, w.checked, w.distance, w.key_articles,
  w.missing, w.missing_url, w.review_on, w.ask_who, w.ask_else, w.links_to, w.style, w.outcome, w.outcome_why
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id);

-- What somebody is typing, so that a closed browser loses nothing; gone once it is saved as a version. No index: one row
-- per cluster and person, which is replaced.
CREATE TABLE drafts (
  cluster_id VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  content VARCHAR NOT NULL,           -- JSON: the fields of the form as they were typed
  saved_at TIMESTAMP NOT NULL
);
-- Whom the round asks about what: five clusters at most, one of them from outside what the person follows.
CREATE TABLE assignments (
  assignment_id VARCHAR PRIMARY KEY,  -- (week, person, cluster)
  week VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  cluster_id VARCHAR NOT NULL,
  place INTEGER NOT NULL,             -- in the order in which they are shown, 1 first
  reason VARCHAR NOT NULL,            -- interest, load, outside, handed_over
  assigned_at TIMESTAMP NOT NULL,
  handed_by VARCHAR,                  -- who passed it on to this person
  why VARCHAR,                        -- and what they said with it
  released_at TIMESTAMP               -- passed on or set free: it is not asked of this person any more
);
-- What people did to the clusters of a round by hand, on top of the machine's. Append-only; undoing fills the last two.
CREATE TABLE arrangements (
  arrangement_id VARCHAR PRIMARY KEY,
  week VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,            -- the clustering whose clusters it speaks of
  kind VARCHAR NOT NULL,              -- move, drop, split, merge
  cluster_id VARCHAR NOT NULL,        -- the one it happens to
  other_id VARCHAR NOT NULL,          -- the one moved or merged into, or the one split off; '' for drop
  articles VARCHAR NOT NULL,          -- JSON: ids of the articles whose place it says
  acts VARCHAR NOT NULL,              -- JSON: ids of the corrections that carry it to later clusterings
  person_id VARCHAR NOT NULL,
  why VARCHAR NOT NULL,
  made_at TIMESTAMP NOT NULL,
  undone_at TIMESTAMP,
  undone_by VARCHAR
);
-- The last word of people on where an article of a clustering stands; a cluster of NULL: in none.
CREATE VIEW placements AS
SELECT run_id, article_id, CASE WHEN kind = 'drop' THEN NULL ELSE other_id END AS cluster_id FROM (
  SELECT run_id, kind, other_id, made_at, arrangement_id, unnest(from_json(articles, '["VARCHAR"]')) AS article_id
  FROM arrangements WHERE undone_at IS NULL
) QUALIFY row_number() OVER (PARTITION BY run_id, article_id ORDER BY made_at DESC, arrangement_id DESC) = 1;
-- The articles of clusters as people left them: those who were put somewhere by hand come last there.
CREATE VIEW placed_articles AS
SELECT CASE WHEN p.article_id IS NULL THEN ca.cluster_id ELSE p.cluster_id END AS cluster_id, ca.run_id, ca.week, ca.article_id,
  CASE WHEN p.article_id IS NULL OR p.cluster_id = ca.cluster_id THEN ca.rank ELSE 10000 + coalesce(ca.rank, 0) END AS rank,
  ca.score, ca.x, ca.y
FROM cluster_articles ca LEFT JOIN placements p ON p.run_id = ca.run_id AND p.article_id = ca.article_id;
-- "Does this still hold?", put off: it is not asked again this week.
CREATE TABLE echoes (
  echo_id VARCHAR PRIMARY KEY,        -- (week, person)
  week VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  annotation_id VARCHAR NOT NULL,
  put_off_at TIMESTAMP NOT NULL
);

-- The editor's desk. An issue is open, then in review, then frozen and sent; or its week is skipped.
ALTER TABLE rounds ADD COLUMN approved_at TIMESTAMP;
ALTER TABLE rounds ADD COLUMN approved_by VARCHAR;  -- an editor's person id, operator, or deadline
ALTER TABLE rounds ADD COLUMN skipped_at TIMESTAMP;
ALTER TABLE rounds ADD COLUMN skipped_by VARCHAR;
ALTER TABLE rounds ADD COLUMN skipped_why VARCHAR;
-- What the editor decided about an issue, every version; the last one counts. Append-only.
CREATE TABLE plans (
  plan_id VARCHAR PRIMARY KEY,        -- (week, version)
  week VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  person_id VARCHAR NOT NULL,
  made_at TIMESTAMP NOT NULL
);
CREATE TABLE plan_contents (          -- no index; written with its narrow row
  plan_id VARCHAR NOT NULL,
  content VARCHAR NOT NULL            -- JSON (curate/plans.py): order, what is held over or left out, voices shown
);

-- People's own affairs.
ALTER TABLE people ADD COLUMN byline VARCHAR DEFAULT 'name';  -- offered on the form: name, role, anonymous
ALTER TABLE people ADD COLUMN paused_until VARCHAR;           -- the last ISO week in which nothing is asked of them
ALTER TABLE people ADD COLUMN left_at TIMESTAMP;
-- Links by which somebody joins the network: single use, only their hash.
CREATE TABLE welcomes (
  token_hash VARCHAR PRIMARY KEY,
  email VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  language VARCHAR NOT NULL,
  invited_by VARCHAR NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP,
  withdrawn_at TIMESTAMP
);
-- Themes that a person follows: they are asked about those first.
CREATE TABLE interests (
  interest_id VARCHAR PRIMARY KEY,    -- (person, theme)
  person_id VARCHAR NOT NULL,
  theme_id VARCHAR NOT NULL,
  since TIMESTAMP NOT NULL
);
-- Who may be asked, about what: their own choice, revocable.
CREATE TABLE askables (
  askable_id VARCHAR PRIMARY KEY,     -- (person, theme)
  person_id VARCHAR NOT NULL,
  theme_id VARCHAR NOT NULL,          -- '' for anything
  about VARCHAR NOT NULL,             -- what for, in their words
  since TIMESTAMP NOT NULL
);
