-- Everything that is held about one person, a statement for each section of the export. Hashes are left out: they tell
-- nothing to a person. Of others stands here only that it was another.

-- name: person
SELECT person_id, email, name, role, language, byline, state, added_at, paused_until, left_at FROM people
WHERE person_id = $person_id;

-- name: sign_in_links
SELECT created_at, expires_at, used_at FROM sign_ins WHERE person_id = $person_id ORDER BY created_at;

-- name: sessions
SELECT created_at, expires_at, ended_at FROM sessions WHERE person_id = $person_id ORDER BY created_at;

-- name: invitations
SELECT week, invited_at, reminded_at FROM invitations WHERE person_id = $person_id ORDER BY week;

-- name: assignments
SELECT week, cluster_id, place, reason, assigned_at, released_at, why, person_id = $person_id AS asked_of_you,
  coalesce(handed_by = $person_id, false) AS handed_on_by_you
FROM assignments WHERE person_id = $person_id OR handed_by = $person_id ORDER BY assigned_at, assignment_id;

-- Every version with its words.
-- name: annotations
SELECT a.annotation_id, a.week, a.cluster_id, a.version, a.language, a.written_at, w.* EXCLUDE (annotation_id)
FROM annotations a LEFT JOIN annotation_words w USING (annotation_id) WHERE a.person_id = $person_id
ORDER BY a.written_at, a.annotation_id;

-- Where others said that this person may be asked.
-- name: named_to_be_asked
SELECT a.week, a.cluster_id, a.written_at FROM annotations a JOIN annotation_words w USING (annotation_id)
WHERE json_contains(w.ask_who, to_json($person_id)) ORDER BY a.written_at, a.annotation_id;

-- name: drafts
SELECT cluster_id, content, saved_at FROM drafts WHERE person_id = $person_id ORDER BY saved_at;

-- name: arrangements
SELECT week, kind, cluster_id, other_id, articles, why, made_at, undone_at, person_id = $person_id AS made_by_you,
  coalesce(undone_by = $person_id, false) AS undone_by_you
FROM arrangements WHERE person_id = $person_id OR undone_by = $person_id ORDER BY made_at, arrangement_id;

-- name: corrections
SELECT kind, article_id, other_id, why, made_at, undone_at, person_id = $person_id AS made_by_you,
  coalesce(undone_by = $person_id, false) AS undone_by_you
FROM corrections WHERE person_id = $person_id OR undone_by = $person_id ORDER BY made_at, correction_id;

-- name: echoes_put_off
SELECT week, annotation_id, put_off_at FROM echoes WHERE person_id = $person_id ORDER BY put_off_at;

-- Everything they did to a round, also what was taken back since.
-- name: round_acts
SELECT week, kind, why, done_at FROM round_acts WHERE done_by = $person_id ORDER BY done_at;

-- Rounds whose issue they were asked to review.
-- name: reviews
SELECT week, told_at FROM reviews WHERE person_id = $person_id ORDER BY told_at;

-- Rounds that they closed, approved or skipped.
-- name: rounds_decided
SELECT week, CASE WHEN closed_by = $person_id THEN closed_at END AS closed_at,
  CASE WHEN approved_by = $person_id THEN approved_at END AS approved_at,
  CASE WHEN skipped_by = $person_id THEN skipped_at END AS skipped_at,
  CASE WHEN skipped_by = $person_id THEN skipped_why END AS skipped_why
FROM rounds WHERE $person_id IN (closed_by, approved_by, skipped_by) ORDER BY week;

-- name: plans
SELECT p.week, p.version, p.made_at, c.content FROM plans p LEFT JOIN plan_contents c USING (plan_id)
WHERE p.person_id = $person_id ORDER BY p.made_at, p.plan_id;

-- name: issue_notes
SELECT number, text, language, noted_at FROM issue_notes WHERE noted_by = $person_id ORDER BY number, place;

-- name: themes_named
SELECT theme_id, name, named_at FROM themes WHERE named_by = $person_id ORDER BY named_at, theme_id;

-- name: theme_suggestions_decided
SELECT article_id, theme_id, week, decided, decided_at FROM theme_suggestions WHERE decided_by = $person_id
ORDER BY decided_at, suggestion_id;

-- name: interests
SELECT i.theme_id, coalesce(t.name, t.label) AS theme, i.since FROM interests i LEFT JOIN themes t USING (theme_id)
WHERE i.person_id = $person_id ORDER BY i.since, i.theme_id;

-- name: askables
SELECT a.theme_id, coalesce(t.name, t.label) AS theme, a.about, a.since FROM askables a LEFT JOIN themes t USING (theme_id)
WHERE a.person_id = $person_id ORDER BY a.since, a.theme_id;

-- name: welcomes
SELECT CASE WHEN invited_by = $person_id THEN email END AS email, role, language, created_at, expires_at, used_at,
  withdrawn_at, invited_by = $person_id AS sent_by_you
FROM welcomes WHERE invited_by = $person_id OR email = (SELECT email FROM people WHERE person_id = $person_id)
ORDER BY created_at, token_hash;

-- name: consents
SELECT kind, text_version, given_at, withdrawn_at, evidence FROM consents WHERE person_id = $person_id
ORDER BY given_at, consent_id;

-- name: linkedin_archives
SELECT imported_at, made_at, complete, counts FROM archives WHERE person_id = $person_id ORDER BY imported_at, archive_id;

-- Of a row that was left out only this is known.
-- name: linkedin_rows_left_out
SELECT deselected_at FROM deselections WHERE person_id = $person_id ORDER BY deselected_at, row_hash;

-- name: sources
SELECT url, kind, title, language, state, added_at FROM sources WHERE person_id = $person_id ORDER BY added_at, source_id;

-- Links they brought and rows of their exports, in every version of the words.
-- name: entries
SELECT e.via, e.activity, e.url, e.published_at, e.first_seen_at, e.changed_at, e.withdrawn_at, e.article_id, t.seen_at,
  t.title, t.author, t.language, t.text, t.raw_title, t.raw_text
FROM entries e JOIN sources s USING (source_id) LEFT JOIN entry_texts t USING (entry_id)
WHERE s.person_id = $person_id ORDER BY e.first_seen_at, e.entry_id, t.seen_at;

-- name: articles_brought
SELECT f.article_id, a.url, f.via, f.surfaced_at, f.evidence FROM surfacings f LEFT JOIN articles a USING (article_id)
WHERE f.person_id = $person_id ORDER BY f.surfaced_at, f.surfacing_id;

-- Whoever reads the digest at the same address.
-- name: subscription
SELECT email, language, every, every_since, follows, state, consent, consent_version, consented_at, added_at, left_at
FROM subscribers WHERE email = (SELECT email FROM people WHERE person_id = $person_id);

-- name: subscription_asked
SELECT email, language, every, follows, consent_version, created_at, expires_at FROM subscriptions
WHERE email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY created_at;

-- The same for a reader, who need not be one of the people.
-- name: of_reader
SELECT email, language, every, every_since, follows, state, consent, consent_version, consented_at, added_at, left_at
FROM subscribers WHERE subscriber_id = $subscriber_id;

-- name: asked_by_reader
SELECT q.email, q.language, q.every, q.follows, q.consent_version, q.created_at, q.expires_at
FROM subscriptions q JOIN subscribers s USING (email) WHERE s.subscriber_id = $subscriber_id ORDER BY q.created_at;

-- name: sent_to_reader
SELECT number, covers, state, attempts, due_at, claimed_at, sent_at, error FROM deliveries
WHERE subscriber_id = $subscriber_id ORDER BY number, covers;

-- name: issues_sent
SELECT d.number, d.covers, d.state, d.attempts, d.sent_at, d.error, d.fault FROM deliveries d JOIN subscribers s USING (subscriber_id)
WHERE s.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY d.number;

-- What they decided about answers of readers.
-- name: answers_decided
SELECT answer_id, decided, note, decided_at FROM answer_acts WHERE decided_by = $person_id ORDER BY decided_at, act_id;

-- What whoever reads the digest at the same address answered, in every version.
-- name: answers
SELECT a.number, a.about, a.kind, a.choice, a.version, a.language, a.given_at, a.withdrawn_at, w.asked, w.text, w.url, w.happened,
  w.next, w.name
FROM answers a JOIN subscribers s USING (subscriber_id) LEFT JOIN answer_words w USING (answer_id)
WHERE s.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY a.given_at, a.answer_id;

-- name: may_be_asked_as_reader
SELECT r.theme_id, r.name, r.about, r.since FROM reader_askables r JOIN subscribers s USING (subscriber_id)
WHERE s.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY r.since, r.theme_id;

-- Questions of theirs that wait to be passed on.
-- name: questions_passed_on
SELECT r.number, r.asked_at, w.name, w.email, w.text FROM relay_words w LEFT JOIN relays r USING (relay_id)
WHERE w.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY r.asked_at, w.relay_id;

-- name: answers_of_reader
SELECT a.number, a.about, a.kind, a.choice, a.theme_id, a.via, a.version, a.language, a.given_at, a.withdrawn_at, a.may_show,
  a.wants_thanks, w.asked, w.text, w.url, w.happened, w.next, w.name, l.decided, l.note, n.number AS shown_in
FROM answers a LEFT JOIN answer_words w USING (answer_id) LEFT JOIN last_answer_acts l USING (answer_id)
LEFT JOIN shown_answers n USING (answer_id)
WHERE a.subscriber_id = $subscriber_id ORDER BY a.given_at, a.answer_id;

-- name: reader_may_be_asked
SELECT theme_id, name, about, since FROM reader_askables WHERE subscriber_id = $subscriber_id ORDER BY since, theme_id;

-- name: passed_on_by_reader
SELECT r.number, r.asked_at, w.name, w.email, w.text FROM relay_words w LEFT JOIN relays r USING (relay_id)
WHERE w.email = (SELECT email FROM subscribers WHERE subscriber_id = $subscriber_id) ORDER BY r.asked_at, w.relay_id;

-- What mail servers and mailbox programs sent back about mail to them.
-- name: mail_returned
SELECT r.kind, r.status, r.said, r.taken_at FROM returns r JOIN subscribers s USING (subscriber_id)
WHERE s.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY r.taken_at, r.return_id;

-- When they got no mail because it did not arrive.
-- name: suspensions
SELECT p.kind, p.why, p.since, p.lifted_at FROM suspensions p JOIN subscribers s USING (subscriber_id)
WHERE s.email = (SELECT email FROM people WHERE person_id = $person_id) ORDER BY p.since, p.suspension_id;

-- name: returned_to_reader
SELECT kind, status, said, taken_at FROM returns WHERE subscriber_id = $subscriber_id ORDER BY taken_at, return_id;

-- name: suspensions_of_reader
SELECT kind, why, since, lifted_at FROM suspensions WHERE subscriber_id = $subscriber_id ORDER BY since, suspension_id;
