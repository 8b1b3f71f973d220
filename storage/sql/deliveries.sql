-- The outbox of an issue: one row for each who subscribes at the moment of freezing, written in its transaction.
-- name: add
INSERT INTO deliveries (delivery_id, number, subscriber_id, covers, state, attempts, message_id, due_at, run_id)
SELECT delivery_id, number, subscriber_id, covers, 'waiting', 0, message_id, due_at, run_id FROM staged ON CONFLICT DO NOTHING;

-- Next to send. The caller is the only sender (it holds the sending lock). Readers who get the same face come together,
-- so that a face is rendered once and then forgotten.
-- name: next
SELECT d.delivery_id, d.number, d.subscriber_id, s.email, s.language, d.message_id, d.attempts + 1, d.fault, s.follows, d.covers
FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND ($number IS NULL OR d.number = $number) AND d.state = 'waiting' AND d.due_at <= $now
ORDER BY d.number, s.language, d.due_at, d.delivery_id LIMIT $most;

-- What a sender who died had claimed waits as well.
-- name: waiting
SELECT count(*) FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND ($number IS NULL OR d.number = $number)
  AND ((d.state = 'waiting' AND d.due_at <= $now) OR d.state = 'sending');

-- Of an issue, whenever they are due; letters about its month come long after and are not its own.
-- name: unsent
SELECT count(*) FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND d.number = $number AND d.covers = 'issue' AND d.state IN ('waiting', 'sending');

-- name: claim
UPDATE deliveries SET state = 'sending', claimed_at = $now
WHERE delivery_id IN (SELECT unnest(from_json($delivery_ids, '["VARCHAR"]')));

-- Of these claimed ones, those that are still to be sent: their reader may have left since.
-- name: still_claimed
SELECT delivery_id FROM deliveries
WHERE state = 'sending' AND delivery_id IN (SELECT unnest(from_json($delivery_ids, '["VARCHAR"]')));

-- name: overdue
SELECT count(*), min(d.due_at) FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.state = 'active' AND d.state IN ('waiting', 'sending') AND d.due_at <= $now;

-- name: not_sent
SELECT delivery_id FROM deliveries
WHERE state NOT IN ('sent', 'returned') AND delivery_id IN (SELECT unnest(from_json($delivery_ids, '["VARCHAR"]')));

-- name: sent
SELECT delivery_id, sent_at FROM deliveries WHERE state IN ('sent', 'returned');

-- What was claimed and not handed over waits again: its sender stopped, or died. It cost no attempt.
-- name: release
UPDATE deliveries SET state = 'waiting' WHERE state = 'sending';

-- What became of claimed ones. Someone may have left while their copy was on its way: what was withdrawn is not put
-- back, but what the server took was sent. The same notes may come twice, after a crash: the second time they change
-- nothing, and they never undo what was learned since (returned).
-- name: note
UPDATE deliveries SET state = s.state, attempts = s.attempts, error = s.error, fault = s.fault,
  sent_at = CASE WHEN s.state = 'sent' THEN s.moment ELSE sent_at END,
  due_at = CASE WHEN s.state = 'waiting' THEN s.moment ELSE due_at END
FROM staged s
WHERE deliveries.delivery_id = s.delivery_id
  AND (deliveries.state = 'sending' OR (s.state = 'sent' AND deliveries.state <> 'returned'));

-- Only what may arrive: who left, or whose address is gone, is not tried again.
-- name: try_failed_again
UPDATE deliveries SET state = 'waiting', due_at = $now, fault = NULL
WHERE state = 'failed' AND ($number IS NULL OR number = $number)
  AND subscriber_id IN (SELECT subscriber_id FROM subscribers WHERE state = 'active');

-- name: counts
SELECT state, count(*) FROM deliveries WHERE $number IS NULL OR number = $number GROUP BY state ORDER BY state;

-- name: export
SELECT d.number, i.week, s.email, d.state, d.attempts, d.message_id, d.sent_at, d.error, d.fault
FROM deliveries d JOIN issues i USING (number) LEFT JOIN subscribers s USING (subscriber_id)
WHERE ($week IS NULL OR i.week = $week) AND ($state IS NULL OR d.state = $state)
ORDER BY d.number, s.email, d.delivery_id;

-- Of one delivery, to hold against what came back: it is theirs whose address it is.
-- name: addressee
SELECT d.delivery_id, d.subscriber_id, coalesce(s.email, ''), d.state
FROM deliveries d LEFT JOIN subscribers s USING (subscriber_id) WHERE d.delivery_id = $delivery_id;

-- A server took it and sent it back later.
-- name: returned
UPDATE deliveries SET state = 'returned', fault = $fault, error = $error
WHERE delivery_id = $delivery_id AND state IN ('sent', 'returned');

-- How the last mails to the readers of these deliveries fared, newest first: NULL is one of which nothing bad is known.
-- name: fared
WITH concerned AS (
  SELECT DISTINCT subscriber_id FROM deliveries
  WHERE delivery_id IN (SELECT unnest(from_json($delivery_ids, '["VARCHAR"]')))
), placed AS (
  SELECT subscriber_id, fault, error, row_number() OVER (PARTITION BY subscriber_id ORDER BY number DESC) AS place
  FROM deliveries JOIN concerned USING (subscriber_id) WHERE state IN ('sent', 'failed', 'returned')
)
SELECT subscriber_id, fault, coalesce(error, '') FROM placed WHERE place <= $most ORDER BY subscriber_id, place;

-- name: forgive
UPDATE deliveries SET fault = NULL WHERE subscriber_id = $subscriber_id AND fault IS NOT NULL;
