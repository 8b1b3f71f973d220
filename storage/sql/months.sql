-- name: filled
SELECT month FROM months;

-- name: add
INSERT INTO months (month, number, filled_at, run_id) VALUES ($month, $number, $now, $run_id);

-- Who gets a letter about a month: who reads by the month and misses an issue of it, and who read by the month while one
-- of its issues came and changed since. An issue that was sent, or is about to be, is not missed.
-- name: to_tell
SELECT s.subscriber_id, s.email, s.language, s.state, s.every, s.follows
FROM subscribers s CROSS JOIN issues i
LEFT JOIN deliveries d ON d.number = i.number AND d.subscriber_id = s.subscriber_id AND d.covers = 'issue'
  AND d.state IN ('waiting', 'sending', 'sent')
WHERE s.state = 'active' AND i.week IN (SELECT unnest(from_json($weeks, '["VARCHAR"]'))) AND d.delivery_id IS NULL
  AND (s.every = 'month' OR (s.added_at <= i.frozen_at AND i.frozen_at < s.every_since))
GROUP BY ALL ORDER BY s.email;

-- name: numbers
SELECT number FROM issues WHERE week IN (SELECT unnest(from_json($weeks, '["VARCHAR"]'))) ORDER BY week;
