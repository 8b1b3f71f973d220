-- Who did what to a round, and which editors were told that its issue is ready for review.

-- Append-only: a round that is opened again loses its moment of closing, the log keeps it.
CREATE TABLE round_acts (
  act_id VARCHAR PRIMARY KEY,         -- (week, number)
  week VARCHAR NOT NULL,
  number INTEGER NOT NULL,            -- 1, 2, … within the week
  kind VARCHAR NOT NULL,              -- closed, approved, skipped, reopened
  done_by VARCHAR NOT NULL,           -- an editor's person id, operator, or deadline
  why VARCHAR NOT NULL DEFAULT '',
  done_at TIMESTAMP NOT NULL
);
CREATE TABLE reviews (
  review_id VARCHAR PRIMARY KEY,      -- (week, person)
  week VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  told_at TIMESTAMP NOT NULL
);
