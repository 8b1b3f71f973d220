-- Given twice is given once; the first moment stays.
-- name: give
INSERT INTO consents (consent_id, person_id, kind, text_version, given_at, evidence)
VALUES ($consent_id, $person_id, $kind, $text_version, $now, $evidence)
ON CONFLICT (consent_id) DO UPDATE SET withdrawn_at = NULL;

-- name: given
SELECT kind FROM consents WHERE person_id = $person_id AND withdrawn_at IS NULL ORDER BY kind;
