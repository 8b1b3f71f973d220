-- Every source with its last poll, what it brought, and the latest days on which it had something new. A date that lies
-- ahead is an error of the feed: then the moment counts at which we first saw the entry.
-- name: heard
WITH moments AS (
  SELECT source_id, CASE WHEN published_at <= $now THEN published_at ELSE first_seen_at END AS moment FROM entries
), newest AS (
  SELECT source_id, count(*) AS entries, max(moment) AS newest_at FROM moments GROUP BY source_id
), days AS (
  SELECT source_id, list(day ORDER BY day DESC)[:21] AS news_on
  FROM (SELECT DISTINCT source_id, moment::DATE AS day FROM moments) GROUP BY source_id
), brought AS (
  SELECT source_id, count(DISTINCT article_id) AS articles FROM surfacings GROUP BY source_id
)
SELECT s.source_id, s.url, s.kind, s.title, s.language, s.tags, s.state, s.added_at, p.polled_at, p.due_at, p.error_kind,
  p.error, p.since, coalesce(n.entries, 0), coalesce(b.articles, 0), n.newest_at, d.news_on
FROM sources s LEFT JOIN polls p USING (source_id) LEFT JOIN newest n USING (source_id) LEFT JOIN days d USING (source_id)
LEFT JOIN brought b USING (source_id) ORDER BY s.added_at, s.url;

-- name: brought
SELECT DISTINCT f.source_id, coalesce(a.copy_of, a.article_id)
FROM articles a JOIN surfacings f USING (article_id)
WHERE a.published_at >= $since AND a.published_at < $until;

-- The themes of recent rounds and the sources of their articles, most first; of people's the sum only. One row for each
-- source of a theme, and one without a source for a theme that only people fed.
-- name: themes
WITH members AS (
  SELECT t.theme_id, coalesce(t.name, t.label) AS name, t.name IS NOT NULL AS is_named, ca.article_id
  FROM rounds r JOIN clusters c ON c.run_id = r.cluster_run_id JOIN theme_links l USING (cluster_id)
  JOIN themes t USING (theme_id) JOIN placed_articles ca ON ca.cluster_id = c.cluster_id
  WHERE r.opened_at >= $since
), fed AS (
  SELECT m.theme_id, m.article_id, s.source_id, coalesce(nullif(s.title, ''), s.url) AS title, s.kind IN ('linkedin', 'link') AS is_persons
  FROM members m JOIN articles a ON coalesce(a.copy_of, a.article_id) = m.article_id
  JOIN surfacings f ON f.article_id = a.article_id JOIN sources s USING (source_id)
), sizes AS (
  SELECT theme_id, any_value(name) AS name, any_value(is_named) AS is_named, count(DISTINCT article_id) AS articles
  FROM members GROUP BY theme_id
), people AS (
  SELECT theme_id, count(DISTINCT article_id) AS articles FROM fed WHERE is_persons GROUP BY theme_id
), shares AS (
  SELECT theme_id, source_id, any_value(title) AS title, count(DISTINCT article_id) AS n
  FROM fed WHERE NOT is_persons GROUP BY theme_id, source_id
)
SELECT z.theme_id, z.name, z.is_named, z.articles, coalesce(p.articles, 0), h.title, h.n
FROM sizes z LEFT JOIN people p USING (theme_id) LEFT JOIN shares h USING (theme_id)
ORDER BY z.articles DESC, z.name, z.theme_id, h.n DESC, h.title;
