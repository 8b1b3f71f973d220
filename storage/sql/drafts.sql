-- One row per cluster and person: a newer one takes its place.
-- name: drop
DELETE FROM drafts WHERE cluster_id = $cluster_id AND person_id = $person_id;

-- name: add
INSERT INTO drafts (cluster_id, person_id, content, saved_at) VALUES ($cluster_id, $person_id, $content, $now);

-- name: of_cluster
SELECT content, saved_at FROM drafts WHERE cluster_id = $cluster_id AND person_id = $person_id
ORDER BY saved_at DESC LIMIT 1;

-- name: every
SELECT person_id, cluster_id FROM drafts;
