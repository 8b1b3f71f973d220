-- name: offer
INSERT INTO sign_ins (token_hash, person_id, created_at, expires_at)
VALUES ($token_hash, $person_id, $now, $expires_at) ON CONFLICT DO NOTHING;

-- name: find
SELECT p.person_id, p.email, p.name, p.role, p.language, p.byline
FROM sign_ins s JOIN people p USING (person_id)
WHERE s.token_hash = $token_hash AND s.used_at IS NULL AND s.expires_at > $now AND p.state = 'active';

-- name: mark_used
UPDATE sign_ins SET used_at = $now WHERE token_hash = $token_hash;

-- name: start_session
INSERT INTO sessions (token_hash, person_id, created_at, expires_at) VALUES ($token_hash, $person_id, $now, $expires_at);

-- All that run: who asks for one page asks for many, and a thousand rows cost no more than one.
-- name: running
SELECT s.token_hash, s.expires_at, p.person_id, p.email, p.name, p.role, p.language, p.byline
FROM sessions s JOIN people p USING (person_id)
WHERE s.ended_at IS NULL AND s.expires_at > $now AND p.state = 'active';

-- name: end_session
UPDATE sessions SET ended_at = $now WHERE token_hash = $token_hash AND ended_at IS NULL;

-- name: sessions
SELECT token_hash, created_at, expires_at FROM sessions
WHERE person_id = $person_id AND ended_at IS NULL AND expires_at > $now ORDER BY created_at DESC, token_hash;
