-- The same report comes more than once: a mailbox is read again after a crash.
-- name: known
SELECT return_id FROM returns WHERE return_id IN (SELECT unnest(from_json($return_ids, '["VARCHAR"]')));

-- name: add
INSERT INTO returns (return_id, kind, delivery_id, subscriber_id, status, said, taken_at)
VALUES ($return_id, $kind, $delivery_id, $subscriber_id, $status, $said, $now) ON CONFLICT DO NOTHING;

-- name: counts
SELECT kind, count(*) FROM returns GROUP BY kind ORDER BY kind;

-- name: newest
SELECT r.taken_at, r.kind, s.email, d.number, r.status, r.said
FROM returns r LEFT JOIN subscribers s USING (subscriber_id) LEFT JOIN deliveries d USING (delivery_id)
ORDER BY r.taken_at DESC, r.return_id LIMIT $most;

-- That it was taken in stays known, not whose it was: what servers say often holds the address.
-- name: forget
UPDATE returns SET said = '', subscriber_id = NULL WHERE subscriber_id = $subscriber_id;
