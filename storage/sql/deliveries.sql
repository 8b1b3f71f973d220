-- The outbox of an issue: one row for each who subscribes at the moment of freezing, written in its transaction.
-- name: add
INSERT INTO deliveries (delivery_id, number, subscriber_id, covers, state, attempts, message_id, due_at, run_id)
SELECT delivery_id, number, subscriber_id, covers, 'waiting', 0, message_id, due_at, run_id FROM staged ON CONFLICT DO NOTHING;

-- Next to send. The caller is the only sender (it holds the sending lock), so a row that is still claimed belongs to one
-- that died: it is taken again first, at the price of one extra copy at most.
-- name: next
SELECT d.delivery_id, d.number, d.subscriber_id, s.email, s.language, d.message_id, d.attempts + 1, s.follows, d.covers
FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND ($number IS NULL OR d.number = $number)
  AND ((d.state = 'waiting' AND d.due_at <= $now) OR d.state = 'sending')
ORDER BY d.state, d.number, d.due_at, d.delivery_id LIMIT $most;

-- name: waiting
SELECT count(*) FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND ($number IS NULL OR d.number = $number)
  AND ((d.state = 'waiting' AND d.due_at <= $now) OR d.state = 'sending');

-- Of an issue, whenever they are due; letters about its month come long after and are not its own.
-- name: unsent
SELECT count(*) FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND d.number = $number AND d.covers = 'issue' AND d.state IN ('waiting', 'sending');

-- name: claim
UPDATE deliveries SET state = 'sending', claimed_at = $now, attempts = attempts + 1
WHERE delivery_id IN (SELECT unnest(from_json($delivery_ids, '["VARCHAR"]')));

-- name: sent
UPDATE deliveries SET state = 'sent', sent_at = $now, error = NULL WHERE delivery_id = $delivery_id;

-- Someone may have left while their copy was on its way: what was withdrawn is not put back.
-- name: put_off
UPDATE deliveries SET state = 'waiting', due_at = $due_at, error = $error
WHERE delivery_id = $delivery_id AND state = 'sending';

-- name: failed
UPDATE deliveries SET state = 'failed', error = $error WHERE delivery_id = $delivery_id AND state = 'sending';

-- name: try_failed_again
UPDATE deliveries SET state = 'waiting', due_at = $now WHERE state = 'failed' AND ($number IS NULL OR number = $number);

-- name: counts
SELECT state, count(*) FROM deliveries WHERE $number IS NULL OR number = $number GROUP BY state ORDER BY state;

-- name: export
SELECT d.number, i.week, s.email, d.state, d.attempts, d.message_id, d.sent_at, d.error
FROM deliveries d JOIN issues i USING (number) LEFT JOIN subscribers s USING (subscriber_id)
WHERE $week IS NULL OR i.week = $week ORDER BY d.number, s.email, d.delivery_id;
