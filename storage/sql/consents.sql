-- Given twice is given once, and the first moment stays; given after a withdrawal is a new row, so that both are told.
-- name: give
INSERT INTO consents (consent_id, person_id, kind, text_version, given_at, evidence)
SELECT $consent_id, $person_id, $kind, $text_version, $now, $evidence WHERE NOT EXISTS (
  SELECT 1 FROM consents
  WHERE person_id = $person_id AND kind = $kind AND text_version = $text_version AND withdrawn_at IS NULL
) ON CONFLICT DO NOTHING;

-- Only what was agreed to in the words of today.
-- name: given
SELECT kind FROM consents
WHERE person_id = $person_id AND text_version = $text_version AND withdrawn_at IS NULL ORDER BY kind;

-- name: since
SELECT min(given_at) FROM consents
WHERE person_id = $person_id AND text_version = $text_version AND withdrawn_at IS NULL AND starts_with(kind, $prefix);

-- The row stays: it says from when to when something was allowed.
-- name: withdraw
UPDATE consents SET withdrawn_at = $now
WHERE person_id = $person_id AND withdrawn_at IS NULL AND starts_with(kind, $prefix)
  AND kind NOT IN (SELECT unnest(from_json($but, '["VARCHAR"]')));
