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

-- All active people, with since when and how long they are not asked.
-- name: listed
SELECT person_id, email, name, role, language, byline, added_at, paused_until FROM people WHERE state = 'active'
ORDER BY added_at, email;

-- name: change
UPDATE people SET name = $name, language = $language, byline = $byline WHERE person_id = $person_id;

-- name: set_role
UPDATE people SET role = $role WHERE person_id = $person_id;

-- name: pause
UPDATE people SET paused_until = $until WHERE person_id = $person_id;

-- name: paused_until
SELECT paused_until FROM people WHERE person_id = $person_id;

-- Weeks are written so that a later one is the greater text.
-- name: paused
SELECT person_id FROM people WHERE paused_until >= $week;

-- Whether somebody with this address was here and left.
-- name: has_left
SELECT 1 FROM people WHERE person_id = $person_id AND state = 'removed';

-- Their words stay: what was said in the name of the network is not unsaid by leaving. Leaving twice keeps the first.
-- name: remove
UPDATE people SET state = 'removed', left_at = coalesce(left_at, $now), paused_until = NULL WHERE person_id = $person_id;

-- What they were typing and never saved was never said.
-- name: drop_drafts
DELETE FROM drafts WHERE person_id = $person_id;

-- What they were asked, others may be asked.
-- name: release
UPDATE assignments SET released_at = $now WHERE person_id = $person_id AND released_at IS NULL;

-- ------------------------------------------------------------------ taking a name off what somebody brought and wrote
-- Empty is "nameless" everywhere a name is shown.
-- name: take_name_off
UPDATE people SET name = '', email = 'left:' || person_id WHERE person_id = $person_id AND state = 'removed';

-- Their links and exports are sources that bear their name.
-- name: untitle_sources
UPDATE sources SET title = '' WHERE person_id = $person_id;

-- name: unname_entries
UPDATE entry_texts SET author = '' WHERE entry_id IN (
  SELECT entry_id FROM entries JOIN sources USING (source_id) WHERE sources.person_id = $person_id
) AND author = (SELECT name FROM people WHERE person_id = $person_id);

-- name: unname_articles
UPDATE article_texts SET author = '' WHERE article_id IN (SELECT article_id FROM surfacings WHERE person_id = $person_id)
  AND author = (SELECT name FROM people WHERE person_id = $person_id);

-- name: end_sessions
UPDATE sessions SET ended_at = $now WHERE person_id = $person_id AND ended_at IS NULL;

-- name: drop_sign_ins
UPDATE sign_ins SET used_at = $now WHERE person_id = $person_id AND used_at IS NULL;
