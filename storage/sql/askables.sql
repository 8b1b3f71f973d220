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
