-- The articles that some entries brought or name.
-- name: brought
SELECT article_id FROM surfacings WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')))
UNION
SELECT article_id FROM entries
WHERE article_id IS NOT NULL AND entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: surfacings
DELETE FROM surfacings WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: unbrought
SELECT article_id FROM articles
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
  AND article_id NOT IN (SELECT article_id FROM surfacings) ORDER BY article_id;

-- Every version of the words of some articles.
-- name: texts
SELECT article_id, title, text, '' AS source, '' AS language FROM article_texts
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- Of the copies of an article that goes, the one published first takes its place.
-- name: promote_copies
UPDATE articles SET copy_of = CASE WHEN articles.article_id = n.heir THEN NULL ELSE n.heir END
FROM (
  SELECT copy_of, arg_min(article_id, (published_at, article_id)) AS heir FROM articles
  WHERE copy_of IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
    AND article_id NOT IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
  GROUP BY copy_of
) n
WHERE articles.copy_of = n.copy_of AND articles.article_id NOT IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- What people said of an article that goes holds for the copy that takes its place.
-- name: inherit_corrections
UPDATE corrections SET article_id = least(n.one, n.other), other_id = greatest(n.one, n.other)
FROM (
  WITH heirs AS (
    SELECT copy_of AS article_id, arg_min(article_id, (published_at, article_id)) AS heir FROM articles
    WHERE copy_of IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
      AND article_id NOT IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
    GROUP BY copy_of
  )
  SELECT c.correction_id, coalesce(h.heir, c.article_id) AS one, coalesce(i.heir, c.other_id) AS other
  FROM corrections c LEFT JOIN heirs h ON h.article_id = c.article_id LEFT JOIN heirs i ON i.article_id = c.other_id
  WHERE h.heir IS NOT NULL OR i.heir IS NOT NULL
) n
WHERE corrections.correction_id = n.correction_id;

-- name: corrections
DELETE FROM corrections
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
  OR other_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- Clusters that hold some articles, in weeks whose issue is not published.
-- name: clusters_with
SELECT DISTINCT cluster_id FROM placed_articles
WHERE cluster_id IS NOT NULL AND week NOT IN (SELECT week FROM issues)
  AND article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- name: from_clusters
DELETE FROM cluster_articles
WHERE week NOT IN (SELECT week FROM issues) AND article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- That it seemed to belong to a theme goes with it, decided or not.
-- name: suggestions
DELETE FROM theme_suggestions WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- A cluster was called after its most central article: after the next one, when that goes; without a title if none is left.
-- name: retitle_clusters
UPDATE clusters SET title = n.title FROM (
  SELECT c.cluster_id, coalesce(arg_min(t.title, (ca.rank, t.place)), '') AS title
  FROM clusters c LEFT JOIN placed_articles ca ON ca.cluster_id = c.cluster_id LEFT JOIN (
    SELECT article_id, arg_max(title, rowid) AS title, max(rowid) AS place FROM article_texts GROUP BY article_id
  ) t ON t.article_id = ca.article_id
  WHERE c.cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]'))) GROUP BY c.cluster_id
) n
WHERE clusters.cluster_id = n.cluster_id AND clusters.title IN (SELECT unnest(from_json($titles, '["VARCHAR"]')));

-- Why they stood together was told of an article that goes, too.
-- name: forget_reasons
UPDATE clusters SET reasons = NULL WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')));

-- A cluster of nothing goes, unless somebody has spoken on it: what people said stays.
-- name: empty_clusters
SELECT cluster_id FROM clusters
WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')))
  AND cluster_id NOT IN (SELECT cluster_id FROM placed_articles WHERE cluster_id IS NOT NULL)
  AND cluster_id NOT IN (SELECT cluster_id FROM annotations);

-- name: clusters
DELETE FROM clusters WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')));

-- name: theme_links
DELETE FROM theme_links WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')));

-- A theme that no cluster ever belonged to, and that nobody named.
-- name: themes
DELETE FROM themes WHERE name IS NULL AND theme_id NOT IN (SELECT theme_id FROM theme_links);

-- name: fetches_of_articles
DELETE FROM fetches WHERE fetch_id IN (
  SELECT fetch_id FROM articles WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
);

-- name: articles
DELETE FROM articles WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- name: addresses
DELETE FROM article_urls WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- name: article_texts
DELETE FROM article_texts WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- name: sketches
DELETE FROM sketches WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- name: vectors
DELETE FROM vectors WHERE embedding_id IN (
  SELECT embedding_id FROM embeddings WHERE text_hash IN (SELECT unnest(from_json($text_hashes, '["VARCHAR"]')))
);

-- name: embeddings
DELETE FROM embeddings WHERE text_hash IN (SELECT unnest(from_json($text_hashes, '["VARCHAR"]')));

-- ------------------------------------------------------------- articles that others bring too, and stay
-- Articles whose words are those of some entries: their page could not be had, or has no title.
-- name: borrowing
SELECT DISTINCT a.article_id FROM article_texts a
WHERE a.article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]'))) AND (
  a.text IN (SELECT text FROM entry_texts WHERE text <> '' AND entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]'))))
  OR a.title IN (SELECT title FROM entry_texts WHERE title <> '' AND entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]'))))
);

-- What others say of them is put in words anew by the next ingest.
-- name: reread
UPDATE entries SET page_state = 'waiting', page_tries = 0, page_due_at = $now
WHERE canonical_url IS NOT NULL AND article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')));

-- The earliest date may have been that of the entries that went.
-- name: redate
UPDATE articles SET published_at = n.published_at FROM (
  SELECT article_id, coalesce(
    min(published_at) FILTER (WHERE published_at <= first_seen_at + INTERVAL 1 DAY), min(first_seen_at)
  ) AS published_at
  FROM entries
  WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
    AND entry_id NOT IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')))
  GROUP BY article_id
) n
WHERE articles.article_id = n.article_id AND articles.published_at < n.published_at AND articles.published_at IN (
  SELECT published_at FROM entries WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')))
);

-- Addresses under which only the entries that go knew them.
-- name: own_addresses
DELETE FROM article_urls
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
  AND canonical_url IN (SELECT canonical_url FROM entries WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]'))))
  AND canonical_url NOT IN (
    SELECT canonical_url FROM entries
    WHERE canonical_url IS NOT NULL AND entry_id NOT IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')))
  )
  AND canonical_url NOT IN (SELECT url FROM articles WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]'))));

-- ------------------------------------------------------------- the entries themselves
-- What was asked for some entries alone, and made no article that stays.
-- name: fetches_of_entries
DELETE FROM fetches
WHERE source_id IS NULL
  AND url IN (SELECT url FROM entries WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]'))))
  AND url NOT IN (
    SELECT url FROM entries WHERE url IS NOT NULL AND entry_id NOT IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')))
  )
  AND fetch_id NOT IN (SELECT fetch_id FROM articles WHERE fetch_id IS NOT NULL);

-- name: entry_texts
DELETE FROM entry_texts WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: entries
DELETE FROM entries WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));

-- name: source
DELETE FROM sources WHERE source_id = $source_id;
