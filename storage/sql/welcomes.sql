-- One address has one link that works: the newest.
-- name: withdraw_earlier
UPDATE welcomes SET withdrawn_at = $now WHERE email = $email AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: offer
INSERT INTO welcomes (token_hash, email, role, language, invited_by, created_at, expires_at)
VALUES ($token_hash, $email, $role, $language, $invited_by, $now, $expires_at);

-- name: find
SELECT w.token_hash, w.email, w.role, w.language, w.invited_by, coalesce(p.name, ''), w.created_at, w.expires_at
FROM welcomes w LEFT JOIN people p ON p.person_id = w.invited_by
WHERE w.token_hash = $token_hash AND w.used_at IS NULL AND w.withdrawn_at IS NULL AND w.expires_at > $now;

-- name: unused
SELECT w.token_hash, w.email, w.role, w.language, w.invited_by, coalesce(p.name, ''), w.created_at, w.expires_at
FROM welcomes w LEFT JOIN people p ON p.person_id = w.invited_by
WHERE w.used_at IS NULL AND w.withdrawn_at IS NULL AND w.expires_at > $now ORDER BY w.created_at, w.email;

-- name: mark_used
UPDATE welcomes SET used_at = $now WHERE token_hash = $token_hash;

-- name: withdraw
UPDATE welcomes SET withdrawn_at = $now WHERE token_hash = $token_hash AND used_at IS NULL AND withdrawn_at IS NULL;

-- Whoever may not invite any more, or not to that role, lets nobody in by the links they sent.
-- name: withdraw_of
UPDATE welcomes SET withdrawn_at = $now WHERE invited_by = $person_id AND used_at IS NULL AND withdrawn_at IS NULL;
