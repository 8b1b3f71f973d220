-- Whom to thank: those who asked for it, some time after the last decision, so that it can still be changed.
-- name: to_thank
SELECT s.*, l.decided, l.note, coalesce(p.name, ''), l.decided_at, l.place, n.number, r.email, r.language
FROM standing_answers s JOIN last_answer_acts l USING (answer_id) JOIN subscribers r USING (subscriber_id)
LEFT JOIN people p ON p.person_id = l.decided_by LEFT JOIN shown_answers n USING (answer_id)
WHERE r.state = 'active' AND s.is_sure AND l.decided_at <= $before AND (
  (s.wants_thanks AND l.decided <> 'ask' AND NOT EXISTS (
    SELECT 1 FROM answer_letters x WHERE x.answer_id = s.answer_id AND x.kind = 'thanks'
  ))
  OR (l.decided = 'ask' AND NOT EXISTS (
    SELECT 1 FROM answer_letters x WHERE x.answer_id = s.answer_id AND x.kind = 'may_we'
  ))
)
ORDER BY l.decided_at, s.answer_id;

-- name: posted
INSERT INTO answer_letters (letter_id, answer_id, kind, sent_at) VALUES ($letter_id, $answer_id, $kind, $now)
ON CONFLICT DO NOTHING;

-- The issue and reader of a message that we sent.
-- name: delivered
SELECT d.number, d.subscriber_id, coalesce(s.email, '') FROM deliveries d LEFT JOIN subscribers s USING (subscriber_id)
WHERE d.message_id IN (SELECT unnest(from_json($message_ids, '["VARCHAR"]'))) ORDER BY d.number DESC LIMIT 1;
