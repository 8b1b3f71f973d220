-- The first schema. What cannot be added later without losing history is here from day one (docs/architecture.md):
-- stable identities, provenance, append-only annotations, surfacings, consent, the outbox.
--
-- Rules: ids are made by the program; no sequences, no foreign keys; moments are UTC TIMESTAMP. PRIMARY KEY and UNIQUE
-- stand on narrow tables only, because a checkpoint rewrites an indexed table whole (seconds at 100,000 articles);
-- long texts and vectors stand in tables without any index, written in the transaction of their narrow row.

-- Every derived row names the run that made it.
CREATE TABLE runs (
  run_id VARCHAR PRIMARY KEY,
  kind VARCHAR NOT NULL,              -- ingest, linkedin, import, embed, cluster, round, invite, remind, publish, send
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  code_version VARCHAR NOT NULL,
  model VARCHAR,
  model_revision VARCHAR,
  parameters VARCHAR NOT NULL,        -- JSON
  flow_run_id VARCHAR,                -- Prefect's, when a flow did it
  outcome VARCHAR                     -- one sentence
);

-- ------------------------------------------------------------------ the way in
CREATE TABLE sources (
  source_id VARCHAR PRIMARY KEY,
  url VARCHAR NOT NULL UNIQUE,        -- feed address; linkedin:<person id>; link:<person id>
  kind VARCHAR NOT NULL,              -- feed, linkedin, link, import
  title VARCHAR NOT NULL,
  language VARCHAR,
  tags VARCHAR NOT NULL,              -- folders of the OPML, as JSON
  person_id VARCHAR,
  state VARCHAR NOT NULL,             -- active, disabled
  added_at TIMESTAMP NOT NULL
);
-- What polling a source has taught us; one row per source, written after every poll.
CREATE TABLE polls (
  source_id VARCHAR PRIMARY KEY,
  polled_at TIMESTAMP NOT NULL,
  due_at TIMESTAMP NOT NULL,
  etag VARCHAR,
  last_modified VARCHAR,
  body_hash VARCHAR,
  moved_to VARCHAR,                   -- where a permanent redirect pointed last time
  failures INTEGER NOT NULL,          -- in a row
  error_kind VARCHAR,
  error VARCHAR,
  since TIMESTAMP                     -- first of the failures in a row
);
-- Every answer we got, so that an article leads back to its fetch. Append-only, no index.
CREATE TABLE fetches (
  fetch_id VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  source_id VARCHAR,
  url VARCHAR NOT NULL,
  final_url VARCHAR,
  fetched_at TIMESTAMP NOT NULL,
  status INTEGER,
  bytes BIGINT NOT NULL,
  error_kind VARCHAR
);
-- What a source says. entry_id = (source, guid or link or title): the same thing said twice has one row.
CREATE TABLE entries (
  entry_id VARCHAR PRIMARY KEY,
  source_id VARCHAR NOT NULL,
  via VARCHAR NOT NULL,               -- feed, share, comment, article, link, import
  guid VARCHAR,
  url VARCHAR,                        -- as the source gives it
  canonical_url VARCHAR,
  article_id VARCHAR,                 -- NULL until its page was looked at, or when it has no address
  published_at TIMESTAMP,
  first_seen_at TIMESTAMP NOT NULL,
  changed_at TIMESTAMP,
  content_hash VARCHAR NOT NULL,
  page_state VARCHAR NOT NULL,        -- waiting, done, none (nothing to fetch)
  page_tries INTEGER NOT NULL,
  page_due_at TIMESTAMP,
  run_id VARCHAR NOT NULL
);
-- The words of an entry, every version that was seen; the last one counts. Append-only, no index.
CREATE TABLE entry_texts (
  entry_id VARCHAR NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  title VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  language VARCHAR,
  text VARCHAR NOT NULL,
  truncated BOOLEAN NOT NULL,
  raw_title VARCHAR,                  -- before mojibake was repaired; NULL when nothing was
  raw_text VARCHAR,
  repairs VARCHAR,                    -- JSON: [[damaged, repaired], …]
  run_id VARCHAR NOT NULL
);
-- One canonical address, its text, once.
CREATE TABLE articles (
  article_id VARCHAR PRIMARY KEY,
  url VARCHAR NOT NULL,
  published_at TIMESTAMP NOT NULL,    -- earliest moment any source gave; decides the week
  first_seen_at TIMESTAMP NOT NULL,
  language VARCHAR NOT NULL,
  text_from VARCHAR NOT NULL,         -- page, feed, import
  text_hash VARCHAR NOT NULL,
  copy_of VARCHAR,                    -- the article of which this is a near-identical copy
  external_id VARCHAR,                -- the id an import gave
  fetch_id VARCHAR,
  run_id VARCHAR NOT NULL
);
-- All canonical addresses that lead to an article (redirects), so that none is fetched twice.
CREATE TABLE article_urls (
  canonical_url VARCHAR PRIMARY KEY,
  article_id VARCHAR NOT NULL
);
-- The words of an article; versions are kept, the last one counts. Append-only, no index.
CREATE TABLE article_texts (
  article_id VARCHAR NOT NULL,
  stored_at TIMESTAMP NOT NULL,
  title VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  raw_text VARCHAR,
  repairs VARCHAR,
  run_id VARCHAR NOT NULL
);
-- What a text looks like to the search for near-copies: its smallest shingle hashes. Append-only, no index.
CREATE TABLE sketches (
  article_id VARCHAR NOT NULL,
  stored_at TIMESTAMP NOT NULL,
  text_hash VARCHAR NOT NULL,
  hashes BIGINT[] NOT NULL
);
-- This source or person brought this article, then. Many per article, never overwritten.
CREATE TABLE surfacings (
  surfacing_id VARCHAR PRIMARY KEY,
  article_id VARCHAR NOT NULL,
  via VARCHAR NOT NULL,               -- feed, share, comment, article, link, import
  source_id VARCHAR NOT NULL,
  person_id VARCHAR,
  entry_id VARCHAR NOT NULL,
  surfaced_at TIMESTAMP NOT NULL,
  evidence VARCHAR NOT NULL,          -- the address as it was given
  run_id VARCHAR NOT NULL
);
-- LinkedIn archives that were read: the hash makes a second import of the same file add nothing.
CREATE TABLE archives (
  archive_id VARCHAR PRIMARY KEY,     -- (person, sha256, what was allowed)
  person_id VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  imported_at TIMESTAMP NOT NULL,
  counts VARCHAR NOT NULL,            -- JSON
  run_id VARCHAR NOT NULL
);

-- ------------------------------------------------------------------ what machines propose
CREATE TABLE embeddings (
  embedding_id VARCHAR PRIMARY KEY,   -- (hash of the text that was encoded, model, revision)
  text_hash VARCHAR NOT NULL,
  model VARCHAR NOT NULL,
  revision VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL
);
CREATE TABLE vectors (                -- no index
  embedding_id VARCHAR NOT NULL,
  vector FLOAT[] NOT NULL
);
CREATE TABLE clusters (
  cluster_id VARCHAR PRIMARY KEY,     -- (run, members)
  run_id VARCHAR NOT NULL,
  week VARCHAR NOT NULL,
  place INTEGER NOT NULL,             -- order in the round, 1 first
  label VARCHAR NOT NULL,             -- machine-made
  keywords VARCHAR NOT NULL,          -- JSON
  title VARCHAR NOT NULL,             -- of its most central article
  x DOUBLE NOT NULL,
  y DOUBLE NOT NULL
);
CREATE TABLE cluster_articles (       -- no index: read whole per run
  cluster_id VARCHAR,                 -- NULL: in no cluster
  run_id VARCHAR NOT NULL,
  week VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  rank INTEGER,
  score DOUBLE
);
-- Lasting identity across weeks, apart from the weekly cluster.
CREATE TABLE themes (
  theme_id VARCHAR PRIMARY KEY,
  name VARCHAR,                       -- given by a person; freezes the label
  named_by VARCHAR,
  label VARCHAR NOT NULL,             -- machine-made, of its latest cluster
  first_week VARCHAR NOT NULL,
  last_week VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL
);
CREATE TABLE theme_links (
  link_id VARCHAR PRIMARY KEY,
  cluster_id VARCHAR NOT NULL,
  theme_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,              -- survive, new, split_from, merged_into, manual
  score DOUBLE NOT NULL,
  run_id VARCHAR NOT NULL
);

-- ------------------------------------------------------------------ people and what they say
CREATE TABLE people (
  person_id VARCHAR PRIMARY KEY,
  email VARCHAR NOT NULL UNIQUE,
  name VARCHAR NOT NULL,
  role VARCHAR NOT NULL,              -- member, catalyst, editor, operator
  language VARCHAR NOT NULL,
  state VARCHAR NOT NULL,             -- active, removed
  added_at TIMESTAMP NOT NULL
);
CREATE TABLE consents (
  consent_id VARCHAR PRIMARY KEY,
  person_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,              -- linkedin:shares, linkedin:comments, …
  text_version VARCHAR NOT NULL,
  given_at TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP,
  evidence VARCHAR NOT NULL
);
CREATE TABLE sign_ins (               -- links to sign in with: single use, only their hash
  token_hash VARCHAR PRIMARY KEY,
  person_id VARCHAR NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE TABLE sessions (               -- of the web pages, only their hash
  token_hash VARCHAR PRIMARY KEY,
  person_id VARCHAR NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE TABLE rounds (
  week VARCHAR PRIMARY KEY,
  cluster_run_id VARCHAR NOT NULL,
  opened_at TIMESTAMP NOT NULL,
  closes_at TIMESTAMP NOT NULL,
  closed_at TIMESTAMP,
  closed_by VARCHAR,                  -- editor's person id, operator, deadline
  run_id VARCHAR NOT NULL
);
CREATE TABLE invitations (
  invitation_id VARCHAR PRIMARY KEY,  -- (week, person)
  week VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  invited_at TIMESTAMP,               -- NULL: not handed over yet
  reminded_at TIMESTAMP,
  run_id VARCHAR NOT NULL
);
-- Append-only: a change is a next version.
CREATE TABLE annotations (
  annotation_id VARCHAR PRIMARY KEY,
  cluster_id VARCHAR NOT NULL,
  week VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  language VARCHAR NOT NULL,
  written_at TIMESTAMP NOT NULL
);
CREATE TABLE annotation_words (       -- no index; written with its narrow row
  annotation_id VARCHAR NOT NULL,
  verdict VARCHAR NOT NULL,
  so_what VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  ripeness VARCHAR NOT NULL,
  byline VARCHAR NOT NULL,
  relation VARCHAR,
  relation_to VARCHAR,
  relation_why VARCHAR NOT NULL,
  question VARCHAR NOT NULL,
  experiment VARCHAR NOT NULL
);

-- ------------------------------------------------------------------ what readers get
CREATE TABLE issues (
  number INTEGER PRIMARY KEY,
  week VARCHAR NOT NULL UNIQUE,
  frozen_at TIMESTAMP NOT NULL,
  content_hash VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL
);
CREATE TABLE issue_contents (         -- no index; the frozen bytes
  number INTEGER NOT NULL,
  content VARCHAR NOT NULL
);
CREATE TABLE subscribers (
  subscriber_id VARCHAR PRIMARY KEY,
  email VARCHAR NOT NULL UNIQUE,
  language VARCHAR NOT NULL,
  state VARCHAR NOT NULL,             -- active, unsubscribed
  consent VARCHAR NOT NULL,           -- where the consent comes from, in words
  added_at TIMESTAMP NOT NULL,
  left_at TIMESTAMP
);
CREATE TABLE suppressions (           -- who must never get mail again; only a hash of the address
  email_hash VARCHAR PRIMARY KEY,
  reason VARCHAR NOT NULL,
  since TIMESTAMP NOT NULL
);
CREATE TABLE deliveries (             -- the outbox: one row per issue and subscriber
  delivery_id VARCHAR PRIMARY KEY,
  number INTEGER NOT NULL,
  subscriber_id VARCHAR NOT NULL,
  state VARCHAR NOT NULL,             -- waiting, sending, sent, failed, withdrawn
  attempts INTEGER NOT NULL,
  message_id VARCHAR NOT NULL,
  due_at TIMESTAMP NOT NULL,
  claimed_at TIMESTAMP,
  sent_at TIMESTAMP,
  error VARCHAR,
  run_id VARCHAR NOT NULL
);
