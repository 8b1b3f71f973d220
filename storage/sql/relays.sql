-- name: add
INSERT INTO relays (relay_id, number, askable_id, asked_at) VALUES ($relay_id, $number, $askable_id, $now)
ON CONFLICT DO NOTHING;

-- name: add_words
INSERT INTO relay_words (relay_id, name, email, text, language) VALUES ($relay_id, $name, $email, $text, $language);

-- name: known
SELECT 1 FROM relays WHERE relay_id = $relay_id;

-- How many questions somebody was passed on since a moment.
-- name: lately
SELECT count(*) FROM relays WHERE askable_id = $askable_id AND asked_at > $since;

-- Oldest first, each with where it goes; without an address when they may not be asked any more.
-- name: waiting
SELECT r.relay_id, r.number, w.name, w.email, w.text, w.language, m.name, m.about, coalesce(m.email, ''), m.language,
  coalesce(m.person_id, ''), coalesce(m.subscriber_id, '')
FROM relays r JOIN relay_words w USING (relay_id) LEFT JOIN may_be_asked m USING (askable_id)
WHERE r.sent_at IS NULL AND r.dropped_at IS NULL ORDER BY r.asked_at, r.relay_id;

-- name: sent
UPDATE relays SET sent_at = $now WHERE relay_id = $relay_id;

-- name: dropped
UPDATE relays SET dropped_at = $now WHERE relay_id = $relay_id;

-- name: forget_words
DELETE FROM relay_words WHERE relay_id = $relay_id;
