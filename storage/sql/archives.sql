-- name: known
SELECT archive_id FROM archives WHERE archive_id = $archive_id;

-- name: add
INSERT INTO archives (archive_id, person_id, sha256, imported_at, counts, run_id)
VALUES ($archive_id, $person_id, $sha256, $now, $counts, $run_id) ON CONFLICT DO NOTHING;
