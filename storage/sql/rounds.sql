-- A round that is open already stays as it is: catalysts may be at work in it.
-- name: open
INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id)
VALUES ($week, $cluster_run_id, $now, $closes_at, $run_id) ON CONFLICT DO NOTHING;

-- Only while nobody has spoken: words belong to the clusters they were written about.
-- name: move_to_clustering
UPDATE rounds SET cluster_run_id = $cluster_run_id
WHERE week = $week AND closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.week = $week);

-- name: of_week
SELECT week, cluster_run_id, opened_at, closes_at, closed_at, closed_by,
  approved_at, approved_by, skipped_at, skipped_by, skipped_why
FROM rounds WHERE week = $week;

-- name: every
SELECT week, cluster_run_id, opened_at, closes_at, closed_at, closed_by,
  approved_at, approved_by, skipped_at, skipped_by, skipped_why
FROM rounds ORDER BY week DESC;

-- Closing twice keeps the first.
-- name: close
UPDATE rounds SET closed_at = $now, closed_by = $by WHERE week = $week AND closed_at IS NULL;

-- name: invite
INSERT INTO invitations (invitation_id, week, person_id, run_id)
VALUES ($invitation_id, $week, $person_id, $run_id) ON CONFLICT DO NOTHING;

-- Who has paused is asked nothing in that week; who goes on again before it is over is.
-- name: uninvited
SELECT p.person_id, p.email, p.name, p.role, p.language, p.byline
FROM invitations i JOIN people p USING (person_id)
WHERE i.week = $week AND i.invited_at IS NULL AND p.state = 'active'
  AND (p.paused_until IS NULL OR p.paused_until < i.week) ORDER BY p.email;

-- name: mark_invited
UPDATE invitations SET invited_at = $now WHERE invitation_id = $invitation_id;

-- Who was invited, has not spoken and was not reminded yet: one reminder a week at most.
-- name: to_remind
SELECT p.person_id, p.email, p.name, p.role, p.language, p.byline
FROM invitations i JOIN people p USING (person_id)
WHERE i.week = $week AND i.invited_at IS NOT NULL AND i.reminded_at IS NULL AND p.state = 'active'
  AND (p.paused_until IS NULL OR p.paused_until < i.week)
  AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.week = $week AND a.person_id = p.person_id)
ORDER BY p.email;

-- name: mark_reminded
UPDATE invitations SET reminded_at = $now WHERE invitation_id = $invitation_id;

-- An editor's word: the issue may be frozen. The first one counts.
-- name: approve
UPDATE rounds SET approved_at = $now, approved_by = $by WHERE week = $week AND approved_at IS NULL;

-- name: skip
UPDATE rounds SET skipped_at = $now, skipped_by = $by, skipped_why = $why WHERE week = $week AND skipped_at IS NULL;

-- Only while nothing is frozen: an issue is for good.
-- name: reopen
UPDATE rounds SET closes_at = $closes_at, closed_at = NULL, closed_by = NULL, approved_at = NULL, approved_by = NULL,
  skipped_at = NULL, skipped_by = NULL, skipped_why = NULL
WHERE week = $week AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.week = $week);

-- name: add_act
INSERT INTO round_acts (act_id, week, number, kind, done_by, why, done_at)
VALUES ($act_id, $week, $number, $kind, $by, $why, $now);

-- name: next_act
SELECT coalesce(max(number), 0) + 1 FROM round_acts WHERE week = $week;

-- What people did stands under their name, also after they left.
-- name: acts
SELECT a.kind, a.done_by, coalesce(p.name, ''), a.why, a.done_at
FROM round_acts a LEFT JOIN people p ON p.person_id = a.done_by WHERE a.week = $week ORDER BY a.number;

-- name: editors
SELECT count(*) FROM people WHERE role = 'editor' AND state = 'active';

-- Each editor is told once a round that it waits for them.
-- name: to_tell
SELECT p.person_id, p.email, p.name, p.role, p.language FROM people p
WHERE p.role = 'editor' AND p.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.week = $week AND r.person_id = p.person_id)
ORDER BY p.email;

-- name: mark_told
INSERT INTO reviews (review_id, week, person_id, told_at)
VALUES ($review_id, $week, $person_id, $now) ON CONFLICT DO NOTHING;

-- What changes in a week when people speak, arrange clusters, or take or drop a name, after the columns of its round: one
-- small question for who keeps the rest in memory.
-- name: watched
SELECT r.week, r.cluster_run_id, r.opened_at, r.closes_at, r.closed_at, r.closed_by,
  r.approved_at, r.approved_by, r.skipped_at, r.skipped_by, r.skipped_why, said.n, said.last, done.n, done.undone, known.names
FROM rounds r,
  (SELECT count(*) AS n, coalesce(max(rowid), -1) AS last FROM annotations WHERE week = $week) said,
  (SELECT count(*) AS n, count(undone_at) AS undone FROM arrangements WHERE week = $week) done,
  (SELECT bit_xor(hash(person_id, name)) AS names FROM people) known
WHERE r.week = $week;
