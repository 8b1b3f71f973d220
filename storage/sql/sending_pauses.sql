-- While one pause holds, another adds nothing.
-- name: pause
INSERT INTO sending_pauses (pause_id, paused_at, why)
SELECT $pause_id, $now, $why WHERE NOT EXISTS (SELECT 1 FROM sending_pauses WHERE resumed_at IS NULL)
ON CONFLICT DO NOTHING;

-- name: resume
UPDATE sending_pauses SET resumed_at = $now WHERE resumed_at IS NULL;

-- name: current
SELECT paused_at, why FROM sending_pauses WHERE resumed_at IS NULL ORDER BY paused_at LIMIT 1;
