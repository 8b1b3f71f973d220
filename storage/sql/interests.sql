-- name: of_everyone
SELECT i.person_id, i.theme_id FROM interests i JOIN people p USING (person_id) WHERE p.state = 'active';

-- name: of
SELECT theme_id FROM interests WHERE person_id = $person_id;

-- Themes that were followed already keep since when.
-- name: add
INSERT INTO interests (interest_id, person_id, theme_id, since)
SELECT interest_id, person_id, theme_id, since FROM staged ON CONFLICT DO NOTHING;

-- name: drop_others
DELETE FROM interests
WHERE person_id = $person_id AND theme_id NOT IN (SELECT unnest(from_json($theme_ids, '["VARCHAR"]')));

-- name: forget
DELETE FROM interests WHERE person_id = $person_id;
