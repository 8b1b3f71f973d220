-- The machine's label follows the theme's latest week; a name given by a person is never touched.
-- name: keep
INSERT INTO themes (theme_id, label, first_week, last_week, run_id)
SELECT theme_id, label, week, week, run_id FROM staged
ON CONFLICT (theme_id) DO UPDATE SET
  label = CASE WHEN excluded.last_week >= themes.last_week THEN excluded.label ELSE themes.label END,
  first_week = least(themes.first_week, excluded.first_week), last_week = greatest(themes.last_week, excluded.last_week);

-- name: link
INSERT INTO theme_links (link_id, cluster_id, theme_id, kind, score, run_id)
SELECT link_id, cluster_id, theme_id, kind, score, run_id FROM staged ON CONFLICT DO NOTHING;

-- name: change
INSERT INTO theme_changes (change_id, week, kind, theme_id, other_id, score, run_id)
SELECT change_id, week, kind, theme_id, other_id, score, run_id FROM staged ON CONFLICT DO NOTHING;

-- Themes of the weeks before that still stand for themselves, and when they were seen last. One that went up in another
-- is left out from that week on.
-- name: known
SELECT s.theme_id, any_value(t.name) IS NOT NULL, max(s.week)
FROM standing_clusters s JOIN themes t USING (theme_id)
WHERE s.week < $week AND s.theme_id NOT IN (
  SELECT m.theme_id FROM theme_changes m JOIN counting_runs USING (run_id) WHERE m.kind = 'merged_into' AND m.week < $week
)
GROUP BY s.theme_id HAVING max(s.week) >= $since ORDER BY s.theme_id;

-- The articles that stand for each theme before a week: of its latest weeks, those that people put there first.
-- name: exemplars
WITH members AS (
  SELECT s.theme_id, ca.article_id, s.week, ca.rank
  FROM standing_clusters s JOIN placed_articles ca ON ca.cluster_id = s.cluster_id AND ca.run_id = s.run_id
  WHERE s.week >= $since AND s.week < $week
  UNION ALL
  SELECT theme_id, article_id, week, -1 FROM theme_suggestions WHERE decided = 'accepted' AND week >= $since AND week <= $week
), once AS (
  SELECT theme_id, article_id, max(week) AS week, min(rank) AS rank FROM members
  WHERE theme_id IN (SELECT unnest(from_json($theme_ids, '["VARCHAR"]'))) GROUP BY theme_id, article_id
)
SELECT theme_id, article_id FROM once
QUALIFY row_number() OVER (PARTITION BY theme_id ORDER BY week DESC, rank, article_id) <= $most ORDER BY theme_id, article_id;

-- Themes that began with this very week, with their articles: when it is clustered anew, they keep their identity. A name
-- that a person gave outlives the clustering it was given in.
-- name: begun
SELECT DISTINCT l.theme_id, ca.article_id
FROM clusters c JOIN theme_links l USING (cluster_id) JOIN themes t USING (theme_id)
JOIN cluster_articles ca ON ca.cluster_id = c.cluster_id
WHERE c.week = $week AND (t.name IS NOT NULL OR c.run_id IN (SELECT run_id FROM counting_runs))
  AND l.theme_id NOT IN (SELECT theme_id FROM standing_clusters WHERE week < $week);

-- Articles of the weeks before that no clustering that counts has seen, although their week was clustered.
-- name: late
SELECT a.article_id FROM articles a JOIN counting_runs r ON r.week = strftime(a.published_at, '%G-W%V')
WHERE a.copy_of IS NULL AND a.published_at >= $since AND a.published_at < $until AND a.article_id NOT IN (
  SELECT ca.article_id FROM cluster_articles ca JOIN counting_runs USING (run_id)
)
ORDER BY a.article_id;

-- What people decided about an article and a theme.
-- name: decided
SELECT article_id, theme_id, decided FROM theme_suggestions WHERE decided IS NOT NULL;

-- Articles that people parted; each may stand on either side.
-- name: parted
SELECT article_id, other_id FROM corrections WHERE kind = 'apart' AND undone_at IS NULL;

-- Found again, a suggestion that waits gets its new score; what was decided stays.
-- name: suggest
INSERT INTO theme_suggestions (suggestion_id, article_id, theme_id, week, score, run_id)
SELECT suggestion_id, article_id, theme_id, week, score, run_id FROM staged
ON CONFLICT (suggestion_id) DO UPDATE SET
  week = CASE WHEN theme_suggestions.decided IS NULL THEN excluded.week ELSE theme_suggestions.week END,
  score = CASE WHEN theme_suggestions.decided IS NULL THEN excluded.score ELSE theme_suggestions.score END,
  run_id = CASE WHEN theme_suggestions.decided IS NULL THEN excluded.run_id ELSE theme_suggestions.run_id END;

-- name: decide
UPDATE theme_suggestions SET decided = $decided, decided_by = $person_id, decided_at = $now
WHERE suggestion_id = $suggestion_id;

-- Suggestions that count: what was decided, and what waits for a theme that counts and on an article that no cluster has
-- taken meanwhile.
-- name: suggestions
SELECT s.suggestion_id, s.article_id, coalesce(x.title, ''), a.url, s.theme_id, coalesce(t.name, t.label), s.week, s.score,
  s.decided, p.name, s.decided_at
FROM theme_suggestions s JOIN articles a USING (article_id) JOIN themes t USING (theme_id)
LEFT JOIN people p ON p.person_id = s.decided_by
LEFT JOIN (
  SELECT article_id, arg_max(title, rowid) AS title FROM article_texts
  WHERE article_id IN (SELECT article_id FROM theme_suggestions) GROUP BY article_id
) x USING (article_id)
WHERE s.decided IS NOT NULL OR (
  (t.name IS NOT NULL OR s.theme_id IN (SELECT theme_id FROM standing_clusters))
  AND s.article_id NOT IN (
    SELECT ca.article_id FROM placed_articles ca JOIN counting_runs USING (run_id) WHERE ca.cluster_id IS NOT NULL
  )
)
ORDER BY s.decided IS NOT NULL, s.score DESC, s.suggestion_id;

-- name: name
UPDATE themes SET name = $name, named_by = $person_id, named_at = $now WHERE theme_id = $theme_id;

-- ------------------------------------------------------------------ statuses
-- The weeks measured before this one, and how many articles each had; the latest first.
-- name: measured
SELECT r.week, r.run_id, count(DISTINCT ca.article_id)
FROM counting_runs r LEFT JOIN cluster_articles ca USING (run_id)
WHERE r.week < $week GROUP BY ALL ORDER BY r.week DESC;

-- Which sources spoke in some clusterings, on the whole (no theme) and of each theme; what a copy's sources said counts.
-- name: spoken
WITH said AS (
  SELECT DISTINCT ca.run_id, l.theme_id, ca.article_id
  FROM placed_articles ca LEFT JOIN theme_links l ON l.cluster_id = ca.cluster_id
  WHERE ca.run_id IN (SELECT unnest(from_json($run_ids, '["VARCHAR"]')))
), versions AS (
  SELECT article_id, article_id AS original FROM articles
  UNION ALL
  SELECT article_id, copy_of FROM articles WHERE copy_of IS NOT NULL
)
SELECT DISTINCT s.run_id, s.theme_id, f.source_id
FROM said s JOIN versions v ON v.original = s.article_id JOIN surfacings f ON f.article_id = v.article_id;

-- Sources that could not be heard in a week: failing since before its first day was over, disabled, or failing on three
-- days or more without one good answer and without an article.
-- name: silent
SELECT s.source_id FROM sources s JOIN polls p USING (source_id)
WHERE p.error_kind IS NOT NULL AND p.since < $since + INTERVAL 1 DAY
UNION
SELECT source_id FROM sources WHERE state = 'disabled'
UNION
SELECT source_id FROM fetches
WHERE source_id IS NOT NULL AND fetched_at >= $since AND fetched_at < $until AND source_id NOT IN (
  SELECT f.source_id FROM surfacings f JOIN articles a USING (article_id)
  WHERE a.published_at >= $since AND a.published_at < $until
)
GROUP BY source_id HAVING bool_and(error_kind IS NOT NULL) AND count(DISTINCT fetched_at::DATE) >= 3;

-- The status that each theme had last before a week, and in which weeks it was seen.
-- name: pasts
SELECT theme_id, week, status FROM theme_weeks JOIN counting_runs USING (run_id, week)
WHERE week < $week QUALIFY row_number() OVER (PARTITION BY theme_id ORDER BY week DESC) = 1;

-- name: first_weeks
SELECT theme_id, min(week) FROM standing_clusters WHERE week < $week GROUP BY theme_id;

-- name: stand
INSERT INTO theme_weeks (theme_week_id, theme_id, week, status, frozen, sources, of_sources, expected, z, run_id)
SELECT theme_week_id, theme_id, week, status, frozen, sources, of_sources, expected, z, run_id FROM staged
ON CONFLICT DO NOTHING;

-- ------------------------------------------------------------------ for people
-- Every theme that counts, with its last status, the ones seen last first. A theme that went up in another says in which.
-- name: every
WITH seen AS (
  SELECT s.theme_id, min(s.week) AS first_week, max(s.week) AS last_week, count(DISTINCT s.week) AS weeks,
    arg_max(s.label, (s.week, -s.place)) AS label
  FROM standing_clusters s GROUP BY s.theme_id
), members AS (
  SELECT s.theme_id, ca.article_id
  FROM standing_clusters s JOIN placed_articles ca ON ca.cluster_id = s.cluster_id AND ca.run_id = s.run_id
  UNION
  SELECT theme_id, article_id FROM theme_suggestions WHERE decided = 'accepted'
), sizes AS (
  SELECT theme_id, count(*) AS articles FROM members GROUP BY theme_id
), standing AS (
  SELECT w.* FROM theme_weeks w JOIN counting_runs USING (run_id, week)
  QUALIFY row_number() OVER (PARTITION BY w.theme_id ORDER BY w.week DESC) = 1
), gone AS (
  SELECT m.theme_id, m.other_id FROM theme_changes m JOIN counting_runs USING (run_id) WHERE m.kind = 'merged_into'
  QUALIFY row_number() OVER (PARTITION BY m.theme_id ORDER BY m.week DESC) = 1
)
SELECT t.theme_id, coalesce(t.name, s.label, t.label), coalesce(s.label, t.label), t.name IS NOT NULL,
  coalesce(s.first_week, t.first_week), coalesce(s.last_week, t.last_week), coalesce(s.weeks, 0), coalesce(z.articles, 0),
  g.other_id, w.week, w.status, w.sources, w.of_sources, w.expected, w.z, w.frozen
FROM themes t LEFT JOIN seen s USING (theme_id) LEFT JOIN sizes z USING (theme_id) LEFT JOIN standing w USING (theme_id)
LEFT JOIN gone g USING (theme_id)
WHERE s.theme_id IS NOT NULL OR t.name IS NOT NULL
ORDER BY coalesce(s.last_week, t.last_week) DESC, coalesce(z.articles, 0) DESC, t.theme_id;

-- Ids of the themes that a person can mean: those whose id begins so.
-- name: chosen
SELECT theme_id, coalesce(name, label), name IS NOT NULL FROM themes
WHERE theme_id IN (SELECT unnest(from_json($theme_ids, '["VARCHAR"]'))) ORDER BY name IS NULL, coalesce(name, label), theme_id;

-- Names that people gave and the machine's labels.
-- name: spelled
SELECT theme_id, coalesce(name, label) FROM themes;

-- name: heirs
SELECT m.theme_id, m.other_id FROM theme_changes m JOIN counting_runs USING (run_id) WHERE m.kind = 'merged_into'
QUALIFY row_number() OVER (PARTITION BY m.theme_id ORDER BY m.week DESC) = 1;

-- name: named
SELECT theme_id FROM themes WHERE starts_with(theme_id, $beginning)
  AND (name IS NOT NULL OR theme_id IN (SELECT theme_id FROM standing_clusters)) ORDER BY theme_id;

-- The articles of themes by the week they are counted in, the best first; those without a cluster a person put there.
-- name: articles
SELECT s.theme_id, s.week, s.cluster_id, s.label, s.kind, s.score, s.place, ca.article_id, ca.rank
FROM standing_clusters s LEFT JOIN placed_articles ca ON ca.cluster_id = s.cluster_id AND ca.run_id = s.run_id
WHERE ($theme_id IS NULL OR s.theme_id = $theme_id) AND ($week IS NULL OR s.week = $week)
UNION ALL
SELECT g.theme_id, strftime(a.published_at, '%G-W%V'), NULL, NULL, NULL, NULL, NULL, g.article_id, NULL
FROM theme_suggestions g JOIN articles a USING (article_id)
WHERE g.decided = 'accepted' AND ($theme_id IS NULL OR g.theme_id = $theme_id)
  AND ($week IS NULL OR strftime(a.published_at, '%G-W%V') = $week)
ORDER BY 1, 2, 7 NULLS LAST, 9 NULLS LAST, 8;

-- name: standings
SELECT theme_id, week, status, sources, of_sources, expected, z, frozen FROM theme_weeks JOIN counting_runs USING (run_id, week)
WHERE ($theme_id IS NULL OR theme_id = $theme_id) AND ($week IS NULL OR week = $week) ORDER BY theme_id, week;

-- name: changes
SELECT m.theme_id, m.other_id, m.week, m.kind, m.score FROM theme_changes m JOIN counting_runs USING (run_id)
WHERE ($theme_id IS NULL OR m.theme_id = $theme_id OR m.other_id = $theme_id) AND ($week IS NULL OR m.week = $week)
ORDER BY m.week, m.kind, m.theme_id, m.other_id;

-- name: volume
SELECT count(DISTINCT article_id) FROM cluster_articles WHERE run_id = $run_id;

-- The themes of a clustering, whether it counts or not.
-- name: of_run
SELECT DISTINCT l.theme_id FROM clusters c JOIN theme_links l USING (cluster_id) WHERE c.run_id = $run_id ORDER BY l.theme_id;

-- name: taken_in
SELECT theme_id FROM theme_changes WHERE kind = 'merged_into' AND run_id = $run_id;

-- What a board says of the themes of a week: their name if they have one, how they stand, and since when they are seen.
-- name: histories
WITH seen AS (
  SELECT theme_id, count(DISTINCT week) AS weeks, min(week) AS first_week FROM standing_clusters
  WHERE week <= $week AND theme_id IN (SELECT theme_id FROM standing_clusters WHERE week = $week) GROUP BY theme_id
), stood AS (
  SELECT theme_id, status, sources, of_sources FROM theme_weeks JOIN counting_runs USING (run_id, week) WHERE week = $week
)
SELECT s.theme_id, coalesce(t.name, ''), coalesce(w.status, ''), coalesce(w.sources, 0), coalesce(w.of_sources, 0),
  s.weeks, s.first_week
FROM seen s JOIN themes t USING (theme_id) LEFT JOIN stood w USING (theme_id);

-- Themes to choose from, those that people named first and then those seen last.
-- name: lately
SELECT t.theme_id, coalesce(t.name, any_value(t.label)), t.name IS NOT NULL
FROM standing_clusters s JOIN themes t USING (theme_id)
WHERE s.week >= $since GROUP BY t.theme_id, t.name
ORDER BY t.name IS NULL, max(s.week) DESC, count(*) DESC, t.theme_id LIMIT $most;
