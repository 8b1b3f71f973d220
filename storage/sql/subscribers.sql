-- Many at once. Who is known stays as they are, also who left: only their own act brings them back. The caller left out
-- those whose hash stands among the suppressions. An id is made from the address, so that one of the two is enough to
-- know somebody by; naming none makes DuckDB several times slower with every batch.
-- name: enrol
INSERT INTO subscribers (subscriber_id, email, language, state, every, follows, consent, consent_version, consented_at,
  added_at, left_at)
SELECT subscriber_id, email, language, state, every, follows, consent, consent_version, consented_at::TIMESTAMP,
  added_at, left_at::TIMESTAMP
FROM staged ON CONFLICT (subscriber_id) DO NOTHING;

-- name: states
SELECT email, state FROM subscribers WHERE email IN (SELECT unnest(from_json($emails, '["VARCHAR"]')));

-- name: suppressed
SELECT email_hash, reason FROM suppressions WHERE email_hash IN (SELECT unnest(from_json($hashes, '["VARCHAR"]')));

-- Their own confirmed act, or the operator's word.
-- name: lift
DELETE FROM suppressions WHERE email_hash = $email_hash;

-- name: come_back
UPDATE subscribers SET state = 'active', left_at = NULL, consent = $consent, consent_version = $consent_version,
  consented_at = $consented_at
WHERE subscriber_id = $subscriber_id;

-- name: change
UPDATE subscribers SET language = $language, follows = $follows, every = $every,
  every_since = CASE WHEN every = $every THEN every_since ELSE $now END
WHERE subscriber_id = $subscriber_id;

-- name: by_id
SELECT subscriber_id, email, language, state, every, follows FROM subscribers WHERE subscriber_id = $subscriber_id;

-- name: by_email
SELECT subscriber_id, email, language, state, every, follows FROM subscribers WHERE email = $email;

-- name: every
SELECT subscriber_id, email, language, state, every, follows FROM subscribers ORDER BY added_at, email;

-- name: export
SELECT email, language, every, follows, state, consent, consent_version, consented_at, added_at, left_at
FROM subscribers ORDER BY added_at, email;

-- Who is suspended may say that they do not want it either: then only their own act brings them back.
-- name: unsubscribe
UPDATE subscribers SET state = 'unsubscribed', left_at = $now WHERE subscriber_id = $subscriber_id
  AND state IN ('active', 'suspended');

-- What was not sent to someone who left is not sent; a copy that is on its way becomes sent when the server takes it.
-- name: withdraw_deliveries
UPDATE deliveries SET state = 'withdrawn' WHERE subscriber_id = $subscriber_id AND state IN ('waiting', 'failed', 'sending');

-- name: suppress
INSERT INTO suppressions (email_hash, reason, since) VALUES ($email_hash, $reason, $now) ON CONFLICT DO NOTHING;

-- What was sent goes on counting. A server's answer may hold the address, and a subscriber's id can be made from it.
-- name: forget_deliveries
UPDATE deliveries SET subscriber_id = '', message_id = '', error = NULL WHERE subscriber_id = $subscriber_id;

-- name: forget
DELETE FROM subscribers WHERE subscriber_id = $subscriber_id;

