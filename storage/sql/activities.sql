-- name: note
UPDATE entries SET activity = s.activity FROM staged s WHERE entries.entry_id = s.entry_id;

-- Rows of one kind that a person's exports held before and that are not among these.
-- name: missing
SELECT entry_id FROM entries
WHERE source_id = $source_id AND activity = $activity AND withdrawn_at IS NULL
  AND entry_id NOT IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- They stay, marked, with their words; they name no article and wait for no page any more.
-- name: mark
UPDATE entries SET withdrawn_at = $now, article_id = NULL, page_state = 'none', page_due_at = NULL
WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: marked
SELECT entry_id FROM entries
WHERE withdrawn_at IS NOT NULL AND entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: bring_back
UPDATE entries SET withdrawn_at = NULL, page_tries = 0, page_due_at = $now,
  page_state = CASE WHEN canonical_url IS NULL THEN 'none' ELSE 'waiting' END
WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: of_source
SELECT entry_id FROM entries WHERE source_id = $source_id ORDER BY entry_id;

-- name: of_kind
SELECT entry_id FROM entries WHERE source_id = $source_id AND activity = $activity ORDER BY entry_id;

-- name: counts
SELECT activity, count(*) FROM entries
WHERE source_id = $source_id AND activity IS NOT NULL AND withdrawn_at IS NULL GROUP BY activity ORDER BY activity;

-- name: deselected
SELECT row_hash FROM deselections WHERE person_id = $person_id;

-- name: forget_deselected
DELETE FROM deselections WHERE person_id = $person_id AND row_hash IN (SELECT unnest(from_json($row_hashes, '["VARCHAR"]')));

-- name: deselect
INSERT INTO deselections (row_hash, person_id, deselected_at)
SELECT row_hash, person_id, deselected_at FROM staged ON CONFLICT DO NOTHING;

-- name: forget_all_deselected
DELETE FROM deselections WHERE person_id = $person_id;
