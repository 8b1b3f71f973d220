-- A person added again (or after leaving) keeps their id; name, role and language follow the last word. The byline they
-- chose stays.
-- name: add
INSERT INTO people (person_id, email, name, role, language, byline, state, added_at)
VALUES ($person_id, $email, $name, $role, $language, $byline, 'active', $now)
ON CONFLICT (person_id) DO UPDATE SET name = excluded.name, role = excluded.role, language = excluded.language,
  state = 'active', left_at = NULL;

-- Who left and took their name off has no address any more; it comes back with them. Not in the statement above: an
-- indexed column cannot be changed there.
-- name: readdress
UPDATE people SET email = $email WHERE person_id = $person_id AND email <> $email;

-- name: by_email
SELECT person_id, email, name, role, language, byline FROM people WHERE email = $email AND state = 'active';

-- name: by_id
SELECT person_id, email, name, role, language, byline FROM people WHERE person_id = $person_id AND state = 'active';

-- name: every
SELECT person_id, email, name, role, language, byline FROM people WHERE state = 'active' ORDER BY added_at, email;

-- Their words stay: what was said in the name of the network is not unsaid by leaving.
-- name: remove
UPDATE people SET state = 'removed' WHERE person_id = $person_id;

-- name: end_sessions
UPDATE sessions SET ended_at = $now WHERE person_id = $person_id AND ended_at IS NULL;

-- name: drop_sign_ins
UPDATE sign_ins SET used_at = $now WHERE person_id = $person_id AND used_at IS NULL;
