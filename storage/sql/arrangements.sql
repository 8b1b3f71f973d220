-- name: add
INSERT INTO arrangements (arrangement_id, week, run_id, kind, cluster_id, other_id, articles, acts, person_id, why, made_at)
VALUES ($arrangement_id, $week, $run_id, $kind, $cluster_id, $other_id, $articles, $acts, $person_id, $why, $now)
ON CONFLICT DO NOTHING;

-- What was split off stands beside what it came from, under the machine's label of the whole until somebody names it.
-- name: add_cluster
INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y)
SELECT $other_id, run_id, week, place, label, keywords, $title, least(x + 0.03, 1), least(y + 0.03, 1)
FROM clusters WHERE cluster_id = $cluster_id ON CONFLICT DO NOTHING;

-- name: add_theme
INSERT INTO themes (theme_id, label, first_week, last_week, run_id)
SELECT $theme_id, label, week, week, run_id FROM clusters WHERE cluster_id = $other_id ON CONFLICT DO NOTHING;

-- name: link_theme
INSERT INTO theme_links (link_id, cluster_id, theme_id, kind, score, run_id)
SELECT $link_id, cluster_id, $theme_id, 'manual', 1, run_id FROM clusters WHERE cluster_id = $other_id ON CONFLICT DO NOTHING;

-- name: undo
UPDATE arrangements SET undone_at = $now, undone_by = $person_id WHERE arrangement_id = $arrangement_id AND undone_at IS NULL;

-- Everything that was done to the clusters of a week, the latest first; people are named, also after they left.
-- name: of_week
SELECT a.arrangement_id, a.kind, a.cluster_id, a.other_id, a.articles, a.acts, a.why, p.name, a.made_at, a.undone_at, u.name
FROM arrangements a JOIN people p USING (person_id) LEFT JOIN people u ON u.person_id = a.undone_by
WHERE a.week = $week ORDER BY a.made_at DESC, a.arrangement_id DESC;

-- Where the words about a cluster went: to what it was merged into, or back to what it had been split from.
-- name: follows
SELECT cluster_id, other_id, made_at FROM arrangements
WHERE kind = 'merge' AND undone_at IS NULL AND ($week IS NULL OR week = $week)
  AND ($cluster_id IS NULL OR week = (SELECT week FROM clusters WHERE cluster_id = $cluster_id))
UNION ALL
SELECT other_id, cluster_id, TIMESTAMP '1970-01-01' FROM arrangements
WHERE kind = 'split' AND undone_at IS NOT NULL AND ($week IS NULL OR week = $week)
  AND ($cluster_id IS NULL OR week = (SELECT week FROM clusters WHERE cluster_id = $cluster_id))
ORDER BY 3, 1, 2;
