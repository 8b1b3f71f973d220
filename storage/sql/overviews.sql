-- How one week stands, as (name, label, value); counts only, for pages that more people can read than our own.
-- name: of_week
SELECT 'clusters' AS name, '' AS label, count(DISTINCT m.cluster_id) AS value
FROM rounds r JOIN cluster_articles m ON m.run_id = r.cluster_run_id WHERE r.week = $week
UNION ALL
SELECT 'articles', CASE WHEN m.cluster_id IS NULL THEN 'loose' ELSE 'clustered' END, count(*)
FROM rounds r JOIN cluster_articles m ON m.run_id = r.cluster_run_id WHERE r.week = $week GROUP BY 2
UNION ALL
SELECT 'languages', a.language, count(*)
FROM rounds r JOIN cluster_articles m ON m.run_id = r.cluster_run_id JOIN articles a USING (article_id)
WHERE r.week = $week GROUP BY a.language
UNION ALL
SELECT 'asked', '', count(*) FROM invitations WHERE week = $week AND invited_at IS NOT NULL
UNION ALL
SELECT 'reminded', '', count(*) FROM invitations WHERE week = $week AND reminded_at IS NOT NULL
UNION ALL
-- Who left or pauses is waited for no more.
SELECT 'waiting', '', count(*) FROM invitations i JOIN people p USING (person_id)
WHERE i.week = $week AND i.invited_at IS NOT NULL AND p.state = 'active'
  AND (p.paused_until IS NULL OR p.paused_until < i.week)
  AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.week = $week AND a.person_id = p.person_id)
UNION ALL
SELECT 'spoken', '', count(DISTINCT person_id) FROM annotations WHERE week = $week
UNION ALL
SELECT 'voices', '', count(*) FROM (SELECT DISTINCT cluster_id, person_id FROM annotations WHERE week = $week)
UNION ALL
SELECT 'issue', '', number FROM issues WHERE week = $week
UNION ALL
SELECT 'deliveries', d.state, count(*) FROM deliveries d JOIN issues i USING (number)
WHERE i.week = $week AND d.covers = 'issue' GROUP BY d.state
ORDER BY 1, 3 DESC, 2;
