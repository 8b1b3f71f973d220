-- What members give from their LinkedIn exports, and take back.

-- What a row of an export was (share, article, comment, saved, repost, reaction, vote); NULL for all other entries.
ALTER TABLE entries ADD COLUMN activity VARCHAR;
-- Since when a newer complete export of its owner lacks it: they deleted it at LinkedIn, so it brings nothing any more.
ALTER TABLE entries ADD COLUMN withdrawn_at TIMESTAMP;
-- When an archive was packed, and whether it was the large one: only a newer one of those tells what is gone.
ALTER TABLE archives ADD COLUMN made_at TIMESTAMP;
ALTER TABLE archives ADD COLUMN complete BOOLEAN DEFAULT false;
-- Rows that their owner does not want kept: a hash of the person and the row's key, nothing of the row.
CREATE TABLE deselections (
  row_hash VARCHAR PRIMARY KEY,
  person_id VARCHAR NOT NULL,
  deselected_at TIMESTAMP NOT NULL
);
