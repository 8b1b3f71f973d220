-- name: add
INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y, reasons)
SELECT cluster_id, run_id, week, place, label, keywords, title, x, y, reasons FROM staged ON CONFLICT DO NOTHING;

-- A clustering is kept whole, once: a run that is written again adds nothing.
-- name: add_articles
INSERT INTO cluster_articles (cluster_id, run_id, week, article_id, rank, score, x, y)
SELECT cluster_id, run_id, week, article_id, rank, score, x, y FROM staged
WHERE run_id NOT IN (SELECT run_id FROM cluster_articles);

-- name: week_of
SELECT week FROM clusters WHERE cluster_id = $cluster_id;

-- name: named
SELECT cluster_id FROM clusters WHERE starts_with(cluster_id, $beginning)
ORDER BY cluster_id <> $beginning, cluster_id LIMIT 2;

-- name: current_run
SELECT run_id FROM counting_runs WHERE week = $week;

-- Those that people changed by hand are marked: what the machine said of them holds no more.
-- name: of_run
SELECT c.cluster_id, coalesce(t.theme_id, ''), c.label, c.keywords, c.title, c.x, c.y, c.reasons,
  c.cluster_id IN (SELECT unnest([cluster_id, other_id]) FROM arrangements WHERE run_id = c.run_id AND undone_at IS NULL)
FROM clusters c LEFT JOIN theme_links t USING (cluster_id)
WHERE c.run_id = $run_id AND c.cluster_id IN (SELECT cluster_id FROM placed_articles WHERE run_id = $run_id)
ORDER BY c.place, c.title, c.cluster_id;

-- name: by_id
SELECT c.cluster_id, coalesce(t.theme_id, ''), c.label, c.keywords, c.title, c.x, c.y, c.reasons,
  c.cluster_id IN (SELECT unnest([cluster_id, other_id]) FROM arrangements WHERE undone_at IS NULL)
FROM clusters c LEFT JOIN theme_links t USING (cluster_id)
WHERE c.cluster_id = $cluster_id;

-- name: place_of
SELECT week, run_id FROM clusters WHERE cluster_id = $cluster_id;

-- The articles of some clusters, best first, each with its copies counted and who brought it or a copy of it.
-- name: articles_of
WITH wanted AS (
  SELECT cluster_id, article_id, rank, x, y FROM placed_articles WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')))
), texts AS (
  SELECT t.article_id, t.title, left(t.text, 400) AS excerpt FROM article_texts t JOIN (
    SELECT max(rowid) AS place FROM article_texts WHERE article_id IN (SELECT article_id FROM wanted) GROUP BY article_id
  ) l ON t.rowid = l.place
), copies AS (
  SELECT copy_of AS article_id, count(*) AS n FROM articles
  WHERE copy_of IN (SELECT article_id FROM wanted) GROUP BY copy_of
), bringers AS (
  SELECT coalesce(a.copy_of, a.article_id) AS article_id, coalesce(p.name, s.title) AS name, min(f.surfaced_at) AS moment,
    f.person_id IS NOT NULL AS is_person, min(CASE WHEN a.copy_of IS NULL THEN 0 ELSE 1 END) AS turn
  FROM surfacings f JOIN articles a USING (article_id) JOIN sources s USING (source_id)
  LEFT JOIN people p ON p.person_id = f.person_id
  WHERE a.article_id IN (SELECT article_id FROM wanted) OR a.copy_of IN (SELECT article_id FROM wanted)
  GROUP BY ALL
), brought AS (
  -- Who brought it is for catalysts; the source stands in public, so a person's name is never one (NULL: say the site).
  -- Who left and took their name off is not named.
  SELECT article_id, list(name ORDER BY moment, turn, name) FILTER (NOT is_person OR name <> '') AS names,
    arg_min(name, (turn, moment, name)) FILTER (NOT is_person) AS source
  FROM bringers GROUP BY article_id
)
SELECT w.cluster_id, a.article_id, a.url, t.title, coalesce(b.source, ''), a.language, coalesce(c.n, 0), t.excerpt,
  a.published_at, coalesce(b.names, []), w.x, w.y
FROM wanted w JOIN articles a USING (article_id) JOIN texts t USING (article_id)
LEFT JOIN copies c USING (article_id) LEFT JOIN brought b USING (article_id)
ORDER BY w.cluster_id, w.rank;

-- name: export
SELECT ca.week, ca.cluster_id, t.theme_id, c.label, c.keywords, a.article_id, a.url, a.copy_of, ca.rank, ca.score, a.external_id,
  c.reasons
FROM placed_articles ca JOIN articles a USING (article_id)
LEFT JOIN clusters c ON c.cluster_id = ca.cluster_id LEFT JOIN theme_links t ON t.cluster_id = ca.cluster_id
WHERE ca.run_id = $run_id ORDER BY c.place NULLS LAST, ca.rank NULLS LAST, a.article_id;

-- Copies stand in the cluster of the article they copy.
-- name: export_copies
SELECT a.copy_of, a.article_id, a.url, a.external_id FROM articles a
WHERE a.copy_of IN (SELECT article_id FROM cluster_articles WHERE run_id = $run_id) ORDER BY a.article_id;

-- name: clustered_weeks
SELECT DISTINCT json_extract_string(parameters, '$.week') FROM runs
WHERE kind = 'cluster' AND finished_at IS NOT NULL ORDER BY 1;
