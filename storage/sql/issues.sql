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
