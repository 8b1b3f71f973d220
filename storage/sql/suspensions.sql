-- name: suspend
UPDATE subscribers SET state = 'suspended' WHERE subscriber_id = $subscriber_id AND state = 'active';

-- name: add
INSERT INTO suspensions (suspension_id, subscriber_id, kind, why, since)
SELECT $suspension_id, $subscriber_id, $kind, $why, $now
WHERE EXISTS (SELECT 1 FROM subscribers WHERE subscriber_id = $subscriber_id AND state = 'active')
ON CONFLICT DO NOTHING;

-- What failed stays on the list of failures; what waits is not sent.
-- name: withdraw
UPDATE deliveries SET state = 'withdrawn' WHERE subscriber_id = $subscriber_id AND state IN ('waiting', 'sending');

-- name: lift
UPDATE subscribers SET state = 'active' WHERE subscriber_id = $subscriber_id AND state = 'suspended';

-- name: note_lifted
UPDATE suspensions SET lifted_at = $now WHERE subscriber_id = $subscriber_id AND lifted_at IS NULL;

-- name: current
SELECT s.email, p.kind, p.why, p.since FROM suspensions p JOIN subscribers s USING (subscriber_id)
WHERE p.lifted_at IS NULL AND s.state = 'suspended' ORDER BY p.since DESC, s.email;

-- name: forget
DELETE FROM suspensions WHERE subscriber_id = $subscriber_id;
