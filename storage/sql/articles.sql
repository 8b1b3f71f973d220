-- name: by_addresses
SELECT canonical_url, article_id FROM article_urls WHERE canonical_url IN (SELECT unnest($canonical_urls));

-- name: add
INSERT INTO articles (article_id, url, published_at, first_seen_at, language, text_from, text_hash, external_id, fetch_id, run_id)
SELECT article_id, url, published_at, first_seen_at, language, text_from, text_hash, external_id, fetch_id, run_id FROM staged
ON CONFLICT (article_id) DO UPDATE SET published_at = least(articles.published_at, excluded.published_at),
  language = excluded.language, text_from = excluded.text_from, text_hash = excluded.text_hash,
  fetch_id = coalesce(excluded.fetch_id, articles.fetch_id), run_id = excluded.run_id;

-- The first article that an address led to keeps it.
-- name: add_addresses
INSERT INTO article_urls (canonical_url, article_id) SELECT canonical_url, article_id FROM staged ON CONFLICT DO NOTHING;

-- A text is kept again only when something in it changed.
-- name: add_texts
INSERT INTO article_texts (article_id, stored_at, title, author, text, raw_text, repairs, run_id)
SELECT s.article_id, s.stored_at, s.title, s.author, s.text, s.raw_text, s.repairs, s.run_id
FROM staged s LEFT JOIN (
  SELECT article_id, arg_max({'title': title, 'author': author, 'text': text}, stored_at) AS last FROM article_texts
  WHERE article_id IN (SELECT article_id FROM staged) GROUP BY article_id
) t USING (article_id)
WHERE t.last IS NULL OR t.last.title <> s.title OR t.last.author <> s.author OR t.last.text <> s.text;

-- name: add_sketches
INSERT INTO sketches (article_id, stored_at, text_hash, hashes) SELECT article_id, stored_at, text_hash, hashes FROM staged;

-- name: sketches
SELECT a.article_id, a.published_at, x.last.text_hash, x.last.hashes, a.copy_of
FROM articles a JOIN (
  SELECT article_id, arg_max({'text_hash': text_hash, 'hashes': hashes}, stored_at) AS last FROM sketches GROUP BY article_id
) x USING (article_id)
WHERE a.published_at >= $since AND a.published_at < $until ORDER BY a.article_id;

-- When the articles that a run wrote were published.
-- name: span_of_run
SELECT min(published_at), max(published_at) FROM articles WHERE run_id = $run_id;

-- name: fold
UPDATE articles SET copy_of = s.copy_of FROM staged s WHERE articles.article_id = s.article_id;

-- name: surface
INSERT INTO surfacings (surfacing_id, article_id, via, source_id, person_id, entry_id, surfaced_at, evidence, run_id)
SELECT surfacing_id, article_id, via, source_id, person_id, entry_id, surfaced_at, evidence, run_id FROM staged
ON CONFLICT DO NOTHING;

-- name: bring_forward
UPDATE articles SET published_at = s.published_at FROM staged s
WHERE articles.article_id = s.article_id AND articles.published_at > s.published_at;

-- The week's articles, copies folded, with what the clustering needs.
-- name: of_time
SELECT a.article_id, t.last.title, t.last.text, coalesce(b.source, ''), a.language
FROM articles a JOIN (
  SELECT article_id, arg_max({'title': title, 'text': text}, stored_at) AS last FROM article_texts
  WHERE article_id IN (SELECT article_id FROM articles WHERE published_at >= $since AND published_at < $until) GROUP BY article_id
) t USING (article_id)
LEFT JOIN (
  SELECT f.article_id, arg_min(s.title, (f.surfaced_at, s.url)) AS source FROM surfacings f JOIN sources s USING (source_id)
  GROUP BY f.article_id
) b USING (article_id)
WHERE a.copy_of IS NULL AND a.published_at >= $since AND a.published_at < $until ORDER BY a.article_id;

-- name: by_ids
SELECT a.article_id, t.last.title, t.last.text, '' AS source, a.language
FROM articles a JOIN (
  SELECT article_id, arg_max({'title': title, 'text': text}, stored_at) AS last FROM article_texts
  WHERE article_id IN (SELECT unnest($article_ids)) GROUP BY article_id
) t USING (article_id) ORDER BY a.article_id;

-- name: counted
SELECT count(*) FROM articles WHERE copy_of IS NULL AND published_at >= $since AND published_at < $until;

-- name: titles
SELECT article_id, arg_max(title, stored_at) FROM article_texts WHERE article_id IN (SELECT unnest($article_ids)) GROUP BY article_id;

-- name: totals
SELECT count(*), count(copy_of) FROM articles;

-- name: export
SELECT a.article_id, a.url, t.last.title, t.last.author, a.language, a.published_at, coalesce(b.sources, []), t.last.text,
  a.text_from, a.copy_of, a.external_id
FROM articles a JOIN (
  SELECT article_id, arg_max({'title': title, 'author': author, 'text': text}, stored_at) AS last FROM article_texts GROUP BY article_id
) t USING (article_id)
LEFT JOIN (
  SELECT f.article_id, list(DISTINCT s.url ORDER BY s.url) AS sources FROM surfacings f JOIN sources s USING (source_id) GROUP BY f.article_id
) b USING (article_id)
WHERE ($copies OR a.copy_of IS NULL) AND ($since IS NULL OR a.published_at >= $since) AND ($until IS NULL OR a.published_at < $until)
ORDER BY a.published_at, a.article_id;
