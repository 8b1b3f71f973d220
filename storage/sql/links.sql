-- What a person brought, with the title of its page once that was read. A page that could
-- not be read has a fetch that failed.
-- name: latest
WITH mine AS (
  SELECT entry_id, url, article_id, first_seen_at, coalesce(changed_at, first_seen_at) AS moment, page_state FROM entries
  WHERE via = 'link' AND source_id IN (SELECT source_id FROM sources WHERE kind = 'link' AND person_id = $person_id)
), said AS (
  SELECT t.entry_id, t.title, t.text, t.language FROM entry_texts t JOIN (
    SELECT max(rowid) AS place FROM entry_texts WHERE entry_id IN (SELECT entry_id FROM mine) GROUP BY entry_id
  ) l ON t.rowid = l.place
), titled AS (
  SELECT article_id, arg_max(title, rowid) AS title FROM article_texts
  WHERE article_id IN (SELECT article_id FROM mine) GROUP BY article_id
), unread AS (
  SELECT r.article_id FROM articles r JOIN fetches f USING (fetch_id)
  WHERE r.article_id IN (SELECT article_id FROM mine) AND f.error_kind IS NOT NULL AND r.text_from <> 'page'
)
SELECT m.url, coalesce(nullif(a.title, ''), nullif(s.title, ''), m.url), s.text, s.language, m.moment,
  CASE WHEN m.page_state = 'waiting' THEN 'waiting' WHEN m.article_id IN (SELECT article_id FROM unread) THEN 'unread' ELSE 'read' END
FROM mine m JOIN said s USING (entry_id) LEFT JOIN titled a ON a.article_id = m.article_id
ORDER BY m.moment DESC, m.entry_id LIMIT $most;

-- Why people brought some articles, in their latest words.
-- name: reasons
WITH brought AS (
  SELECT coalesce(a.copy_of, a.article_id) AS article_id, f.entry_id, f.person_id, f.surfaced_at
  FROM surfacings f JOIN articles a USING (article_id)
  WHERE f.via = 'link' AND coalesce(a.copy_of, a.article_id) IN (SELECT unnest(from_json($article_ids, '["VARCHAR"]')))
), said AS (
  SELECT entry_id, arg_max(text, rowid) AS why FROM entry_texts WHERE entry_id IN (SELECT entry_id FROM brought) GROUP BY entry_id
)
SELECT b.article_id, p.name, s.why FROM brought b JOIN said s USING (entry_id) JOIN people p USING (person_id)
ORDER BY b.article_id, b.surfaced_at, p.name, b.entry_id;
