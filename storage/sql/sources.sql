-- Adding a source again changes nothing but the folders and the title that are given with it.
-- name: add
INSERT INTO sources (source_id, url, kind, title, language, tags, person_id, state, added_at)
SELECT source_id, url, kind, title, language, tags, person_id, 'active', added_at FROM staged
ON CONFLICT (source_id) DO UPDATE SET tags = CASE WHEN excluded.tags = '[]' THEN sources.tags ELSE excluded.tags END, title = CASE WHEN excluded.title = '' THEN sources.title ELSE excluded.title END;

-- name: every
SELECT source_id, url, kind, title, language, tags, person_id, state FROM sources ORDER BY added_at, url;

-- name: by_url
SELECT source_id, url, kind, title, language, tags, person_id, state FROM sources WHERE url = $url;

-- Feeds that may be asked now, the longest unasked first. A disabled one is asked again only when it is enabled; one that
-- fails is asked at its time and not before, since that may be what its server wished.
-- name: due
SELECT s.source_id, s.url, s.kind, s.title, s.language, s.tags, s.person_id, s.state,
  p.etag, p.last_modified, p.body_hash, p.moved_to, coalesce(p.failures, 0), p.error_kind, p.error, p.since, p.interval_s
FROM sources s LEFT JOIN polls p USING (source_id)
WHERE s.kind = 'feed' AND s.state = 'active'
  AND ($everything OR p.due_at IS NULL OR p.due_at <= CASE WHEN p.failures = 0 THEN $soon ELSE $now END)
ORDER BY p.polled_at NULLS FIRST, s.url;

-- name: polled
INSERT INTO polls (source_id, polled_at, due_at, etag, last_modified, body_hash, moved_to, failures, error_kind, error, since, interval_s)
SELECT source_id, polled_at, due_at, etag, last_modified, body_hash, moved_to, failures, error_kind, error, since, interval_s FROM staged
ON CONFLICT (source_id) DO UPDATE SET polled_at = excluded.polled_at, due_at = excluded.due_at, etag = excluded.etag,
  last_modified = excluded.last_modified, body_hash = excluded.body_hash, moved_to = excluded.moved_to,
  failures = excluded.failures, error_kind = excluded.error_kind, error = excluded.error, since = excluded.since,
  interval_s = excluded.interval_s;

-- The id stays what it was, and so does all that hangs on it.
-- name: move
UPDATE sources SET url = $to_url WHERE source_id = $source_id;

-- name: note_move
INSERT INTO moves (source_id, from_url, to_url, moved_at, run_id) VALUES ($source_id, $from_url, $to_url, $now, $run_id);

-- Why a source is asked no more.
-- name: explain
UPDATE polls SET error_kind = 'gone', error = $error, since = $now WHERE source_id = $source_id;

-- A feed says its own name and language; a name that a person gave stays.
-- name: introduce
UPDATE sources SET title = CASE WHEN title IN ('', url) THEN $title ELSE title END, language = coalesce($language, language)
WHERE source_id = $source_id;

-- name: set_state
UPDATE sources SET state = $state WHERE source_id = $source_id;

-- name: export
SELECT s.url, s.kind, s.title, s.state, p.error_kind, p.error, p.since, p.polled_at, p.due_at, s.language, s.tags,
  (SELECT count(*) FROM entries e WHERE e.source_id = s.source_id),
  (SELECT count(DISTINCT f.article_id) FROM surfacings f WHERE f.source_id = s.source_id)
FROM sources s LEFT JOIN polls p USING (source_id) ORDER BY s.added_at, s.url;
