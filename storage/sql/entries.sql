-- The entries of a source as the matcher needs them. The last version of the words is the one written last (rowid; the
-- table is append-only), whatever the clock said.
-- name: known
SELECT e.entry_id, e.guid, e.url, e.content_hash, t.title
FROM entries e JOIN (
  SELECT entry_id, arg_max(coalesce(raw_title, title), rowid) AS title FROM entry_texts
  WHERE entry_id IN (SELECT entry_id FROM entries WHERE source_id = $source_id) GROUP BY entry_id
) t USING (entry_id)
WHERE e.source_id = $source_id;

-- The caller leaves out those that are known, so that their words are not written again.
-- name: add
INSERT INTO entries (entry_id, source_id, via, guid, url, canonical_url, published_at, first_seen_at, content_hash, page_state,
  page_tries, page_due_at, run_id)
SELECT entry_id, source_id, via, guid, url, canonical_url, published_at, first_seen_at, content_hash, page_state, 0,
  first_seen_at, run_id FROM staged ON CONFLICT DO NOTHING;

-- name: add_texts
INSERT INTO entry_texts (entry_id, seen_at, title, author, language, text, truncated, raw_title, raw_text, repairs, run_id)
SELECT entry_id, seen_at, title, author, language, text, truncated, raw_title, raw_text, repairs, run_id FROM staged;

-- What changed under an identity that stays; its page is looked at again.
-- name: change
UPDATE entries SET guid = s.guid, url = s.url, canonical_url = s.canonical_url, content_hash = s.content_hash, changed_at = s.seen_at,
  page_state = s.page_state, page_tries = 0, page_due_at = s.seen_at
FROM staged s WHERE entries.entry_id = s.entry_id;

-- name: rename
UPDATE entries SET guid = s.guid FROM staged s WHERE entries.entry_id = s.entry_id;

-- Addresses whose page is to be looked at, those of the newest entries first.
-- name: waiting
SELECT canonical_url FROM entries
WHERE page_state = 'waiting' AND page_due_at <= $now
GROUP BY canonical_url ORDER BY max(first_seen_at) DESC, canonical_url LIMIT $most;

-- All that sources say about some addresses (also those whose page is done: a new source may name it better).
-- name: about
WITH wanted AS (
  SELECT e.entry_id, max(t.rowid) AS place FROM entries e JOIN entry_texts t USING (entry_id)
  WHERE e.canonical_url IN (SELECT unnest(from_json($canonical_urls, '["VARCHAR"]'))) GROUP BY e.entry_id
)
SELECT e.entry_id, e.source_id, e.via, e.guid, e.url, e.canonical_url, e.published_at, e.first_seen_at, t.title, t.author,
  coalesce(t.language, s.language), t.text, t.truncated, e.content_hash, s.url, s.person_id, e.article_id, e.page_state, e.page_tries
FROM wanted w JOIN entries e USING (entry_id) JOIN sources s USING (source_id) JOIN entry_texts t ON t.rowid = w.place
ORDER BY e.canonical_url, e.first_seen_at, e.entry_id;

-- name: attach
UPDATE entries SET article_id = s.article_id, page_state = s.page_state, page_tries = s.page_tries, page_due_at = s.page_due_at
FROM staged s WHERE entries.entry_id = s.entry_id;

-- name: count_waiting
SELECT count(DISTINCT canonical_url) FROM entries WHERE page_state = 'waiting' AND page_due_at <= $now;

-- name: export
SELECT s.title, s.url, e.guid, t.title, e.url, e.article_id, e.published_at, e.first_seen_at, e.activity, e.withdrawn_at
FROM entries e JOIN sources s USING (source_id) JOIN (
  SELECT entry_id, arg_max(title, rowid) AS title FROM entry_texts GROUP BY entry_id
) t USING (entry_id)
LEFT JOIN articles a USING (article_id)
WHERE ($since IS NULL OR coalesce(a.published_at, e.published_at, e.first_seen_at) >= $since)
  AND ($until IS NULL OR coalesce(a.published_at, e.published_at, e.first_seen_at) < $until)
ORDER BY e.first_seen_at, e.entry_id;

-- name: known_ids
SELECT entry_id FROM entries WHERE entry_id IN (SELECT unnest(from_json($entry_ids, '["VARCHAR"]')));
