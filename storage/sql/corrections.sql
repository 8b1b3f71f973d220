-- name: add
INSERT INTO corrections (correction_id, act_id, kind, article_id, other_id, person_id, why, made_at)
SELECT correction_id, act_id, kind, article_id, other_id, person_id, why, made_at FROM staged ON CONFLICT DO NOTHING;

-- What is undone twice keeps who undid it first.
-- name: undo
UPDATE corrections SET undone_at = $now, undone_by = $person_id WHERE act_id = $act_id AND undone_at IS NULL;

-- Pairs that nobody undid, of articles in hand or their copies. A copy stands for what it copies; when two of a pair have
-- become copies of one article, they are one, and the pair says nothing any more.
-- name: in_force
WITH wanted AS (
  SELECT unnest(from_json($article_ids, '["VARCHAR"]')) AS article_id
), stands AS (
  SELECT a.article_id, coalesce(a.copy_of, a.article_id) AS original FROM articles a
  WHERE coalesce(a.copy_of, a.article_id) IN (SELECT article_id FROM wanted)
)
SELECT c.act_id, c.kind, least(s.original, o.original), greatest(s.original, o.original)
FROM corrections c JOIN stands s ON s.article_id = c.article_id JOIN stands o ON o.article_id = c.other_id
WHERE c.undone_at IS NULL AND s.original <> o.original
ORDER BY c.made_at, c.act_id, c.article_id, c.other_id;

-- Acts with all their pairs, the latest first; people are named, also after they left.
-- name: every
SELECT c.act_id, c.kind, c.article_id, c.other_id, coalesce(p.name, ''), c.why, c.made_at, c.undone_at, u.name
FROM corrections c LEFT JOIN people p ON p.person_id = c.person_id LEFT JOIN people u ON u.person_id = c.undone_by
ORDER BY c.made_at DESC, c.act_id, c.article_id, c.other_id;
