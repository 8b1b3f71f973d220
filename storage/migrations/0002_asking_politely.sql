-- What a polite and patient reader of feeds has to remember.

-- How often a feed says or shows that it is worth asking; NULL while that is not known.
ALTER TABLE polls ADD COLUMN interval_s INTEGER;
-- Whether an article's words are only a teaser: its page could not be had, and its feed gave no more.
ALTER TABLE articles ADD COLUMN teaser BOOLEAN DEFAULT false;
-- Hosts that asked to be left alone for a while (429, 503 with Retry-After): no page of theirs before then.
CREATE TABLE rests (
  host VARCHAR PRIMARY KEY,
  until_at TIMESTAMP NOT NULL,
  noted_at TIMESTAMP NOT NULL
);
-- Where feeds were asked before they moved for good. Append-only, no index.
CREATE TABLE moves (
  source_id VARCHAR NOT NULL,
  from_url VARCHAR NOT NULL,
  to_url VARCHAR NOT NULL,
  moved_at TIMESTAMP NOT NULL,
  run_id VARCHAR NOT NULL
);
