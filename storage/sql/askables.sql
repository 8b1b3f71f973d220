-- Only who is here and has a name to be asked by.
-- name: every
SELECT a.person_id, p.name, a.theme_id, a.about, a.since FROM askables a JOIN people p USING (person_id)
WHERE p.state = 'active' AND p.name <> '' ORDER BY p.name, a.person_id, a.theme_id;

-- Other words for the same are the new words; since when stays.
-- name: keep
INSERT INTO askables (askable_id, person_id, theme_id, about, since)
VALUES ($askable_id, $person_id, $theme_id, $about, $now)
ON CONFLICT (askable_id) DO UPDATE SET about = excluded.about;

-- name: withdraw
DELETE FROM askables WHERE person_id = $person_id AND theme_id = $theme_id;

-- name: forget
DELETE FROM askables WHERE person_id = $person_id;

-- People and readers alike.
-- name: contacts
SELECT askable_id, name, theme_id, about, since FROM may_be_asked ORDER BY name, askable_id;

-- name: contact
SELECT askable_id, name, theme_id, about, since FROM may_be_asked WHERE askable_id = $askable_id;

-- name: well_asked
SELECT theme_id FROM may_be_asked WHERE theme_id <> '' GROUP BY theme_id HAVING count(*) >= $least;

-- name: keep_reader
INSERT INTO reader_askables (askable_id, subscriber_id, theme_id, name, about, answer_id, since)
VALUES ($askable_id, $subscriber_id, $theme_id, $name, $about, $answer_id, $now)
ON CONFLICT (askable_id) DO UPDATE SET name = excluded.name, about = excluded.about, answer_id = excluded.answer_id;

-- name: withdraw_reader
DELETE FROM reader_askables WHERE subscriber_id = $subscriber_id AND theme_id = $theme_id;
