-- name: add
INSERT INTO answers (answer_id, thread_id, version, number, about, kind, choice, theme_id, subscriber_id, via, is_sure,
  may_show, wants_thanks, language, given_at)
VALUES ($answer_id, $thread_id, $version, $number, $about, $kind, $choice, $theme_id, $subscriber_id, $via, $is_sure,
  $may_show, $wants_thanks, $language, $now);

-- name: add_words
INSERT INTO answer_words (answer_id, asked, asked_language, text, url, happened, next, name)
VALUES ($answer_id, $asked, $asked_language, $text, $url, $happened, $next, $name);

-- Versions go on counting after an answer was taken back.
-- name: versions
SELECT coalesce(max(version), 0) FROM answers WHERE thread_id = $thread_id;

-- name: of_thread
SELECT * FROM standing_answers WHERE thread_id = $thread_id;

-- name: by_id
SELECT * FROM standing_answers WHERE answer_id = $answer_id;

-- What a reader said of one issue, as it stands. Offers to be asked stand until they are taken back, wherever one is.
-- name: of_reader
SELECT * FROM standing_answers WHERE subscriber_id = $subscriber_id AND (number = $number OR kind = 'offer') ORDER BY given_at, answer_id;

-- What no catalyst has looked at, the newest issue first, and what belongs together side by side.
-- name: waiting
SELECT s.* FROM standing_answers s WHERE s.answer_id NOT IN (SELECT answer_id FROM answer_acts)
ORDER BY s.number DESC, s.about, s.given_at, s.answer_id;

-- How many of them there are for a person to read: signals without words about one thing are one.
-- name: counted_waiting
SELECT count(DISTINCT CASE WHEN kind = 'signal' AND text = '' THEN concat(number, ' ', about) ELSE answer_id END)
FROM standing_answers WHERE answer_id NOT IN (SELECT answer_id FROM answer_acts);

-- What was decided last, with who did and whether an issue shows it already.
-- name: decided
SELECT s.*, l.decided, l.note, coalesce(p.name, ''), l.decided_at, l.place, n.number
FROM standing_answers s JOIN last_answer_acts l USING (answer_id) LEFT JOIN people p ON p.person_id = l.decided_by
LEFT JOIN shown_answers n USING (answer_id)
ORDER BY l.decided_at DESC, s.answer_id LIMIT $most;

-- Everything that was decided about some answers, in order.
-- name: acts
SELECT a.answer_id, a.decided, a.note, coalesce(p.name, ''), a.decided_at, a.place
FROM answer_acts a LEFT JOIN people p ON p.person_id = a.decided_by
WHERE a.answer_id IN (SELECT unnest(from_json($answer_ids, '["VARCHAR"]'))) ORDER BY a.answer_id, a.place;

-- name: act
INSERT INTO answer_acts (act_id, answer_id, place, decided, note, decided_by, decided_at)
VALUES ($act_id, $answer_id, $place, $decided, $note, $person_id, $now);

-- What the next issue tells, oldest first. A signal counts whether or not its sentence may be shown. Who decided is named
-- as they usually are, and not at all once they took their name off.
-- name: ready
SELECT s.number, s.about, s.asked, s.asked_language, s.answer_id, s.kind, s.choice, CASE WHEN s.may_show THEN s.text ELSE '' END,
  s.url, s.happened, s.next, s.name, s.language, l.note, CASE WHEN p.byline = 'name' THEN p.name ELSE '' END
FROM standing_answers s JOIN last_answer_acts l USING (answer_id) LEFT JOIN people p ON p.person_id = l.decided_by
WHERE l.decided = 'show' AND (s.may_show OR s.kind = 'signal') AND s.answer_id NOT IN (SELECT answer_id FROM shown_answers)
ORDER BY s.number, s.about <> 'question', s.about, s.given_at, s.answer_id;

-- name: is_shown
SELECT 1 FROM shown_answers WHERE answer_id = $answer_id;

-- name: mark_shown
INSERT INTO shown_answers (answer_id, number)
SELECT unnest(from_json($answer_ids, '["VARCHAR"]')), $number ON CONFLICT DO NOTHING;

-- All versions of a thread; it may be answered again, as a next version.
-- name: withdraw
UPDATE answers SET withdrawn_at = $now WHERE thread_id = $thread_id AND withdrawn_at IS NULL;

-- name: withdraw_words
DELETE FROM answer_words WHERE answer_id IN (SELECT answer_id FROM answers WHERE thread_id = $thread_id);

-- name: withdraw_askable
DELETE FROM reader_askables WHERE answer_id IN (SELECT answer_id FROM answers WHERE thread_id = $thread_id);

-- name: forget_words
DELETE FROM answer_words WHERE answer_id IN (SELECT answer_id FROM answers WHERE subscriber_id = $subscriber_id);

-- name: forget_letters
DELETE FROM answer_letters WHERE answer_id IN (SELECT answer_id FROM answers WHERE subscriber_id = $subscriber_id);

-- Questions of theirs that were not passed on yet.
-- name: forget_relays
DELETE FROM relay_words WHERE email = (SELECT email FROM subscribers WHERE subscriber_id = $subscriber_id);

-- name: forget_askables
DELETE FROM reader_askables WHERE subscriber_id = $subscriber_id;

-- name: forget
DELETE FROM answers WHERE subscriber_id = $subscriber_id;
