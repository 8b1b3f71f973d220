-- Someone who left and comes back through an import stays away; only their own act brings them back.
-- name: add
INSERT INTO subscribers (subscriber_id, email, language, state, consent, added_at)
SELECT $subscriber_id, $email, $language, 'active', $consent, $now
WHERE NOT EXISTS (SELECT 1 FROM suppressions WHERE email_hash = $email_hash)
ON CONFLICT DO NOTHING;

-- name: by_id
SELECT subscriber_id, email, language, state FROM subscribers WHERE subscriber_id = $subscriber_id;

-- name: by_email
SELECT subscriber_id, email, language, state FROM subscribers WHERE email = $email;

-- name: every
SELECT subscriber_id, email, language, state FROM subscribers ORDER BY added_at, email;

-- name: export
SELECT email, language, state, consent, added_at, left_at FROM subscribers ORDER BY added_at, email;

-- name: unsubscribe
UPDATE subscribers SET state = 'unsubscribed', left_at = $now WHERE subscriber_id = $subscriber_id AND state IN ('active', 'suspended');

-- What was not sent to someone who left is not sent; a copy that is on its way becomes sent when the server takes it.
-- name: withdraw_deliveries
UPDATE deliveries SET state = 'withdrawn' WHERE subscriber_id = $subscriber_id AND state IN ('waiting', 'failed', 'sending');

-- name: suppress
INSERT INTO suppressions (email_hash, reason, since) VALUES ($email_hash, $reason, $now) ON CONFLICT DO NOTHING;

-- name: forget
DELETE FROM subscribers WHERE subscriber_id = $subscriber_id;

-- What a server said of a delivery often holds the address.
-- name: forget_errors
UPDATE deliveries SET error = NULL WHERE subscriber_id = $subscriber_id AND error IS NOT NULL;
