-- What nobody confirmed in time is not kept: it is the address of somebody who perhaps never asked.
-- name: drop_old
DELETE FROM subscriptions WHERE expires_at <= $now;

-- name: ask
INSERT INTO subscriptions (token_hash, email, language, every, follows, consent_version, created_at, expires_at)
VALUES ($token_hash, $email, $language, $every, $follows, $consent_version, $now, $expires_at);

-- name: find
SELECT token_hash, email, language, every, follows, consent_version, created_at, expires_at FROM subscriptions
WHERE token_hash = $token_hash AND expires_at > $now;

-- Once confirmed, the other links that the same address asked for work no more either.
-- name: forget
DELETE FROM subscriptions WHERE email = $email;
