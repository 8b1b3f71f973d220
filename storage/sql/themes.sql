-- The machine's label follows its latest cluster; a name given by a person is never touched.
-- name: keep
INSERT INTO themes (theme_id, label, first_week, last_week, run_id)
SELECT theme_id, label, week, week, run_id FROM staged
ON CONFLICT (theme_id) DO UPDATE SET label = excluded.label, last_week = greatest(themes.last_week, excluded.last_week);

-- name: link
INSERT INTO theme_links (link_id, cluster_id, theme_id, kind, score, run_id)
SELECT link_id, cluster_id, theme_id, kind, score, run_id FROM staged ON CONFLICT DO NOTHING;

-- name: every
SELECT t.theme_id, coalesce(t.name, t.label), t.name IS NOT NULL, t.first_week, t.last_week, count(DISTINCT c.week)
FROM themes t LEFT JOIN theme_links l USING (theme_id) LEFT JOIN clusters c USING (cluster_id)
GROUP BY ALL ORDER BY t.last_week DESC, 2;
