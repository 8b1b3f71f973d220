-- name: add
INSERT INTO assignments (assignment_id, week, person_id, cluster_id, place, reason, assigned_at)
SELECT assignment_id, week, person_id, cluster_id, place, reason, assigned_at FROM staged ON CONFLICT DO NOTHING;

-- When a round moves to another clustering, nobody has spoken yet: what was asked about the one before is void.
-- name: drop_others
DELETE FROM assignments WHERE week = $week AND cluster_id NOT IN (SELECT cluster_id FROM clusters WHERE run_id = $run_id);

-- Of everybody, in the order of their boards; with whether it is asked of them still.
-- name: of_week
SELECT a.person_id, a.released_at IS NULL, a.cluster_id, a.reason, coalesce(h.name, ''), coalesce(a.why, '')
FROM assignments a LEFT JOIN people h ON h.person_id = a.handed_by
WHERE a.week = $week ORDER BY a.place, a.assigned_at, a.cluster_id;

-- How many are asked about each cluster.
-- name: loads
SELECT cluster_id, count(*) FROM assignments WHERE week = $week AND released_at IS NULL GROUP BY cluster_id;

-- Who gives meaning and is asked nothing in this week yet, passed on or not.
-- name: unasked
SELECT p.person_id, p.language FROM people p
WHERE p.state = 'active' AND p.role IN ('catalyst', 'editor') AND (p.paused_until IS NULL OR p.paused_until < $week)
  AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.week = $week AND a.person_id = p.person_id)
ORDER BY p.person_id;

-- name: spoke_on
SELECT DISTINCT a.person_id, l.theme_id FROM annotations a JOIN theme_links l USING (cluster_id)
WHERE a.week >= $since AND a.week < $week;

-- name: brought
SELECT DISTINCT f.person_id, ca.cluster_id
FROM surfacings f JOIN articles a USING (article_id)
JOIN placed_articles ca ON ca.article_id = coalesce(a.copy_of, a.article_id)
WHERE f.person_id IS NOT NULL AND ca.run_id = $run_id AND ca.cluster_id IS NOT NULL;

-- name: release
UPDATE assignments SET released_at = $now
WHERE week = $week AND person_id = $person_id AND cluster_id = $cluster_id AND released_at IS NULL;

-- Passed on to somebody who had passed it on before, it is theirs again.
-- name: hand_over
INSERT INTO assignments (assignment_id, week, person_id, cluster_id, place, reason, assigned_at, handed_by, why)
VALUES ($assignment_id, $week, $to_id, $cluster_id, 0, 'handed_over', $now, $person_id, $why)
ON CONFLICT (assignment_id) DO UPDATE SET
  released_at = NULL, reason = 'handed_over', place = 0, handed_by = excluded.handed_by, why = excluded.why;
