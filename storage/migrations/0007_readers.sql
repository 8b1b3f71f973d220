-- Readers: how often they get the digest, which themes they follow, and what they agreed to when.

ALTER TABLE subscribers ADD COLUMN every VARCHAR DEFAULT 'issue';          -- issue, or month: one letter a month
ALTER TABLE subscribers ADD COLUMN every_since TIMESTAMP;                  -- when they last changed that; NULL: never
ALTER TABLE subscribers ADD COLUMN follows VARCHAR DEFAULT '[]';           -- JSON: theme ids, sorted; none: everything
ALTER TABLE subscribers ADD COLUMN consented_at TIMESTAMP;                 -- NULL: not known apart from added_at
ALTER TABLE subscribers ADD COLUMN consent_version VARCHAR DEFAULT '';     -- of our words that they agreed to; '': other words
-- What a letter holds: one issue, or the issues of the month of which this one is the last.
ALTER TABLE deliveries ADD COLUMN covers VARCHAR DEFAULT 'issue';          -- issue, month

-- Who asked for the digest and did not confirm yet. Single use, only the hash of the link; gone once used or over.
CREATE TABLE subscriptions (
  token_hash VARCHAR PRIMARY KEY,
  email VARCHAR NOT NULL,
  language VARCHAR NOT NULL,
  every VARCHAR NOT NULL,
  follows VARCHAR NOT NULL,           -- JSON: theme ids, sorted
  consent_version VARCHAR NOT NULL,   -- of the words that stood above the button
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
-- Months whose letters stand in the outbox: written with them, so that no sweep ever does it twice.
CREATE TABLE months (
  month VARCHAR PRIMARY KEY,          -- 2026-11
  number INTEGER NOT NULL,            -- its last issue
  filled_at TIMESTAMP NOT NULL,
  run_id VARCHAR NOT NULL
);
