-- name: by_addresses
SELECT canonical_url, article_id FROM article_urls WHERE canonical_url IN (SELECT unnest(from_json($canonical_urls, '["VARCHAR"]')));

-- name: add
INSERT INTO articles (article_id, url, published_at, first_seen_at, language, text_from, teaser, text_hash, external_id, fetch_id,
  run_id)
SELECT article_id, url, published_at, first_seen_at, language, text_from, teaser, text_hash, external_id, fetch_id, run_id FROM staged
ON CONFLICT (article_id) DO UPDATE SET published_at = least(articles.published_at, excluded.published_at),
  language = excluded.language, text_from = excluded.text_from, teaser = excluded.teaser, text_hash = excluded.text_hash,
  fetch_id = coalesce(excluded.fetch_id, articles.fetch_id), run_id = excluded.run_id;

-- The first article that an address led to keeps it.
-- name: add_addresses
INSERT INTO article_urls (canonical_url, article_id) SELECT canonical_url, article_id FROM staged ON CONFLICT DO NOTHING;

-- A text is kept again only when something in it changed. Which version is the last is told by the order of writing
-- (rowid; the table is append-only), not by stored_at: a replayed week has an earlier clock. It is found by the narrow
-- columns first, so that only wanted texts are read.
-- name: add_texts
INSERT INTO article_texts (article_id, stored_at, title, author, text, raw_text, repairs, run_id)
SELECT s.article_id, s.stored_at, s.title, s.author, s.text, s.raw_text, s.repairs, s.run_id
FROM staged s LEFT JOIN (
  SELECT t.article_id, t.title, t.author, t.text FROM article_texts t JOIN (
    SELECT max(rowid) AS place FROM article_texts WHERE article_id IN (SELECT article_id FROM staged) GROUP BY article_id
  ) l ON t.rowid = l.place
) t USING (article_id)
WHERE t.article_id IS NULL OR t.title <> s.title OR t.author <> s.author OR t.text <> s.text;

-- name: add_sketches
INSERT INTO sketches (article_id, stored_at, text_hash, hashes)
SELECT s.article_id, s.stored_at, s.text_hash, s.hashes
FROM staged s LEFT JOIN (
  SELECT k.article_id, k.text_hash, k.hashes FROM sketches k JOIN (
    SELECT max(rowid) AS place FROM sketches WHERE article_id IN (SELECT article_id FROM staged) GROUP BY article_id
  ) l ON k.rowid = l.place
) k USING (article_id)
WHERE k.article_id IS NULL OR k.text_hash <> s.text_hash OR k.hashes <> s.hashes::BIGINT[];

-- Whether a source of an article's own site brought it is told by the host, which is the third part of an address.
-- name: sketches
WITH near AS (
  SELECT article_id, url, published_at, first_seen_at, coalesce(teaser, false) AS teaser, copy_of FROM articles
  WHERE published_at >= $since AND published_at < $until
), last_sketch AS (
  SELECT article_id, max(k.rowid) AS place FROM near JOIN sketches k USING (article_id) GROUP BY article_id
), headline AS (
  SELECT article_id, arg_max(t.title, t.rowid) AS title FROM near JOIN article_texts t USING (article_id) GROUP BY article_id
), brought AS (
  SELECT n.article_id, bool_or(split_part(s.url, '/', 3) = split_part(n.url, '/', 3)) AS own
  FROM near n JOIN surfacings f USING (article_id) JOIN sources s USING (source_id) GROUP BY n.article_id
)
SELECT n.article_id, n.url, h.title, n.published_at, n.first_seen_at, coalesce(b.own, false), n.teaser,
  k.text_hash, k.hashes, n.copy_of
FROM near n JOIN last_sketch l USING (article_id) JOIN sketches k ON k.rowid = l.place JOIN headline h USING (article_id)
LEFT JOIN brought b USING (article_id) ORDER BY n.article_id;

-- Articles whose text is, or once was, the very same as one in hand: what a site shows for many addresses is a wall, also
-- after the articles behind it got the words of their feeds back.
-- name: bearing
WITH bearers AS (
  SELECT DISTINCT article_id, text_hash FROM sketches
  WHERE text_hash IN (SELECT unnest(from_json($text_hashes, '["VARCHAR"]')))
), last_text AS (
  SELECT article_id, max(t.rowid) AS place FROM bearers JOIN article_texts t USING (article_id) GROUP BY article_id
)
SELECT a.article_id, a.url, t.title, t.text, b.text_hash, a.text_hash = b.text_hash
FROM bearers b JOIN last_text l USING (article_id) JOIN articles a USING (article_id) JOIN article_texts t ON t.rowid = l.place
ORDER BY a.article_id;

-- name: whole
SELECT article_id FROM articles
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]'))) AND NOT coalesce(teaser, false);

-- name: addresses
SELECT canonical_url FROM article_urls WHERE article_id = $article_id ORDER BY canonical_url;

-- When the articles that some runs wrote were published.
-- name: span_of_runs
SELECT min(published_at), max(published_at) FROM articles WHERE run_id IN (SELECT unnest(from_json($run_ids, '["VARCHAR"]')));

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
WITH wanted AS (
  SELECT a.article_id, a.language, max(t.rowid) AS place FROM articles a JOIN article_texts t USING (article_id)
  WHERE a.copy_of IS NULL AND a.published_at >= $since AND a.published_at < $until GROUP BY ALL
), bringers AS (
  SELECT f.article_id, arg_min(s.title, (f.surfaced_at, s.url)) AS source
  FROM surfacings f JOIN sources s USING (source_id) JOIN wanted w USING (article_id) GROUP BY f.article_id
)
SELECT w.article_id, t.title, t.text, coalesce(b.source, ''), w.language
FROM wanted w JOIN article_texts t ON t.rowid = w.place LEFT JOIN bringers b ON b.article_id = w.article_id
ORDER BY w.article_id;

-- name: published_between
SELECT min(published_at), max(published_at) FROM articles WHERE copy_of IS NULL;

-- name: languages
SELECT language, count(*) FROM articles
WHERE copy_of IS NULL AND published_at >= $since AND published_at < $until GROUP BY ALL ORDER BY 2 DESC, 1;

-- name: by_ids
WITH wanted AS (
  SELECT article_id, max(rowid) AS place FROM article_texts
  WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]'))) GROUP BY article_id
)
SELECT a.article_id, t.title, t.text, '' AS source, a.language
FROM wanted w JOIN articles a USING (article_id) JOIN article_texts t ON t.rowid = w.place ORDER BY a.article_id;

-- name: counted
SELECT count(*) FROM articles WHERE copy_of IS NULL AND published_at >= $since AND published_at < $until;

-- The near-identical articles of some, each with the source that brought it first; a person's name is never one.
-- name: copies_of
SELECT a.copy_of, a.url, coalesce(t.title, ''), coalesce(arg_min(s.title, f.surfaced_at) FILTER (f.person_id IS NULL), ''), a.language
FROM articles a LEFT JOIN surfacings f USING (article_id) LEFT JOIN sources s USING (source_id)
LEFT JOIN (
  SELECT article_id, arg_max(title, rowid) AS title FROM article_texts WHERE article_id IN (
    SELECT article_id FROM articles WHERE copy_of IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
  ) GROUP BY article_id
) t USING (article_id)
WHERE a.copy_of IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
GROUP BY a.copy_of, a.url, t.title, a.language ORDER BY a.copy_of, 4, a.url;

-- name: titles
SELECT article_id, arg_max(title, rowid) FROM article_texts
WHERE article_id IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]'))) GROUP BY article_id;

-- What a person can copy of an article: its id, the beginning of its id, or an address that leads to it.
-- name: named
SELECT a.article_id, a.copy_of, a.published_at FROM articles a
WHERE starts_with(a.article_id, $beginning) OR a.article_id = $at_address
  OR a.article_id IN (SELECT article_id FROM article_urls WHERE canonical_url = $canonical_url)
ORDER BY a.article_id <> $beginning, a.article_id LIMIT 2;

-- name: totals
SELECT count(*), count(copy_of) FROM articles;

-- name: export
WITH wanted AS (
  SELECT a.article_id, max(t.rowid) AS place FROM articles a JOIN article_texts t USING (article_id)
  WHERE ($copies OR a.copy_of IS NULL) AND ($since IS NULL OR a.published_at >= $since) AND ($until IS NULL OR a.published_at < $until)
  GROUP BY a.article_id
), brought AS (
  SELECT f.article_id, list(DISTINCT s.url ORDER BY s.url) AS sources
  FROM surfacings f JOIN sources s USING (source_id) JOIN wanted w USING (article_id) GROUP BY f.article_id
)
SELECT a.article_id, a.url, t.title, t.author, a.language, a.published_at, coalesce(b.sources, []), t.text,
  a.text_from, coalesce(a.teaser, false), a.copy_of, a.external_id
FROM wanted w JOIN articles a USING (article_id) JOIN article_texts t ON t.rowid = w.place
LEFT JOIN brought b ON b.article_id = w.article_id
ORDER BY a.published_at, a.article_id;
