-- A round that is open already stays as it is: catalysts may be at work in it.
-- name: open
INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id)
VALUES ($week, $cluster_run_id, $now, $closes_at, $run_id) ON CONFLICT DO NOTHING;

-- Only while nobody has spoken: words belong to the clusters they were written about.
-- name: move_to_clustering
UPDATE rounds SET cluster_run_id = $cluster_run_id
WHERE week = $week AND closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.week = $week);

-- name: of_week
SELECT week, cluster_run_id, opened_at, closes_at, closed_at, closed_by FROM rounds WHERE week = $week;

-- name: every
SELECT week, cluster_run_id, opened_at, closes_at, closed_at, closed_by FROM rounds ORDER BY week DESC;

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
