-- name: next_number
SELECT coalesce(max(number), 0) + 1 FROM issues;

-- Frozen once: the week is unique, and nothing ever updates this row.
-- name: add
INSERT INTO issues (number, week, frozen_at, content_hash, run_id) VALUES ($number, $week, $now, $content_hash, $run_id);

-- name: add_content
INSERT INTO issue_contents (number, content) VALUES ($number, $content);

-- name: published
SELECT number, week, frozen_at FROM issues ORDER BY number DESC;

-- name: of_week
SELECT number, week, frozen_at FROM issues WHERE week = $week;

-- name: content
SELECT content FROM issue_contents WHERE number = $number;

-- name: hashes
SELECT number, frozen_at, content_hash FROM issues ORDER BY number DESC;

-- name: contents
SELECT i.content_hash, c.content FROM issues i JOIN issue_contents c USING (number)
WHERE i.content_hash IN (SELECT unnest(from_json($content_hashes, '["VARCHAR"]')));

-- Who took their name off is not to be found by it, although frozen issues still hold it.
-- name: nameless
SELECT annotation_id FROM annotations JOIN people USING (person_id) WHERE name = '';
