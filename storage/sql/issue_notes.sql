-- name: next_place
SELECT coalesce(max(place), 0) + 1 FROM issue_notes WHERE number = $number;

-- Rows are only ever added.
-- name: add
INSERT INTO issue_notes (number, place, text, language, noted_at, noted_by)
VALUES ($number, $place, $text, $language, $now, $noted_by);

-- Who left and took their name off is not named; the operator has none either.
-- name: every
SELECT n.number, i.week, n.place, n.text, n.language, n.noted_at, coalesce(p.name, '')
FROM issue_notes n JOIN issues i USING (number) LEFT JOIN people p ON p.person_id = n.noted_by
WHERE ($number IS NULL OR n.number = $number) AND ($since IS NULL OR n.noted_at > $since) AND ($before IS NULL OR i.week < $before)
ORDER BY n.number, n.place;
