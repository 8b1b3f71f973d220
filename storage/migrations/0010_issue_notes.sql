-- What was put right about an issue after it was frozen: its bytes never change, notes stand beside them. Append-only; what
-- turns out wrong in a note is said in another one. No index: notes are few, and read with their issue.
CREATE TABLE issue_notes (
  number INTEGER NOT NULL,
  place INTEGER NOT NULL,             -- 1, 2, … within the issue
  text VARCHAR NOT NULL,
  language VARCHAR NOT NULL,          -- nl, en
  noted_at TIMESTAMP NOT NULL,
  noted_by VARCHAR NOT NULL           -- an editor's person id, or operator
);
