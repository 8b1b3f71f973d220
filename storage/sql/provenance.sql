-- Where the sentences of an issue come from. Nothing here leads to a person: they are counted, never named.

-- Versions of words, and how many of the same thread there are by now.
-- name: versions
WITH counted AS (
  SELECT annotation_id, count(*) OVER (PARTITION BY cluster_id, person_id) AS versions FROM annotations
)
SELECT s.annotation_id, s.cluster_id, s.version, c.versions, s.language, s.written_at, s.name <> ''
FROM spoken s JOIN counted c USING (annotation_id)
WHERE s.annotation_id IN (SELECT unnest(from_json($annotation_ids, '["VARCHAR"]')));

-- name: clusters
SELECT c.cluster_id, c.week, c.label,
  c.cluster_id IN (SELECT unnest([cluster_id, other_id]) FROM arrangements WHERE undone_at IS NULL),
  r.kind, r.started_at, r.code_version, coalesce(r.model, ''), coalesce(r.model_revision, ''), r.parameters
FROM clusters c LEFT JOIN runs r USING (run_id)
WHERE c.cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')));

-- The articles of clusters, best first, with what brought them or a copy of them. One that was taken back has only its id.
-- name: articles
WITH wanted AS (
  SELECT cluster_id, article_id, rank FROM placed_articles WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')))
), last_text AS (
  SELECT t.article_id, arg_max(t.title, t.rowid) AS title FROM article_texts t
  WHERE t.article_id IN (SELECT article_id FROM wanted) GROUP BY t.article_id
), brought AS (
  SELECT coalesce(a.copy_of, a.article_id) AS article_id, s.title, min(f.surfaced_at) AS moment,
    min(CASE WHEN a.copy_of IS NULL THEN 0 ELSE 1 END) AS turn, f.person_id, coalesce(f.person_id, s.person_id) IS NOT NULL AS by_person
  FROM articles a JOIN surfacings f USING (article_id) JOIN sources s USING (source_id)
  WHERE coalesce(a.copy_of, a.article_id) IN (SELECT article_id FROM wanted) GROUP BY ALL
), bringers AS (
  SELECT article_id, list(title ORDER BY turn, moment, title) FILTER (NOT by_person) AS sources, count(DISTINCT person_id) AS people
  FROM brought GROUP BY article_id
), answers AS (
  SELECT fetch_id, any_value(fetched_at) AS fetched_at, any_value(status) AS status, any_value(error_kind) AS error_kind
  FROM fetches WHERE fetch_id IN (SELECT fetch_id FROM articles WHERE article_id IN (SELECT article_id FROM wanted)) GROUP BY fetch_id
)
SELECT w.cluster_id, w.article_id, a.url, coalesce(t.title, ''), a.language, a.published_at, coalesce(b.sources, []),
  coalesce(b.people, 0), a.text_from, g.fetched_at, g.status, coalesce(g.error_kind, '')
FROM wanted w LEFT JOIN articles a USING (article_id) LEFT JOIN last_text t USING (article_id)
LEFT JOIN bringers b USING (article_id) LEFT JOIN answers g ON g.fetch_id = a.fetch_id
ORDER BY w.cluster_id, w.rank;

-- name: content_hash
SELECT content_hash FROM issues WHERE number = $number;
