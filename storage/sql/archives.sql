-- name: known
SELECT archive_id FROM archives WHERE archive_id = $archive_id;

-- name: add
INSERT INTO archives (archive_id, person_id, sha256, imported_at, counts, run_id, made_at, complete)
VALUES ($archive_id, $person_id, $sha256, $now, $counts, $run_id, $made_at, $complete) ON CONFLICT DO NOTHING;

-- When the newest complete archive of a person was packed.
-- name: newest_complete
SELECT max(made_at) FROM archives WHERE person_id = $person_id AND complete;

-- name: count
SELECT count(DISTINCT sha256) FROM archives WHERE person_id = $person_id;

-- name: forget
DELETE FROM archives WHERE person_id = $person_id;
