-- name: put_off
INSERT INTO echoes (echo_id, week, person_id, annotation_id, put_off_at)
VALUES ($echo_id, $week, $person_id, $annotation_id, $now) ON CONFLICT DO NOTHING;

-- name: is_put_off
SELECT 1 FROM echoes WHERE echo_id = $echo_id;
