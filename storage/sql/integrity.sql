-- What tells whether a database is whole.

-- name: tables
SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name;

-- The frozen bytes of an issue never change.
-- name: changed_issues
SELECT number FROM issues i LEFT JOIN issue_contents c USING (number)
WHERE c.content IS NULL OR sha256(c.content) <> i.content_hash ORDER BY number;

-- Narrow rows and their words are written in one transaction: one without the other was damaged, or changed by hand.
-- name: halves
SELECT 'annotations', count(*) FROM annotations WHERE annotation_id NOT IN (SELECT annotation_id FROM annotation_words)
UNION ALL SELECT 'plans', count(*) FROM plans WHERE plan_id NOT IN (SELECT plan_id FROM plan_contents)
UNION ALL SELECT 'answers', count(*) FROM answers
WHERE withdrawn_at IS NULL AND answer_id NOT IN (SELECT answer_id FROM answer_words)
UNION ALL SELECT 'articles', count(*) FROM articles WHERE article_id NOT IN (SELECT article_id FROM article_texts);

-- name: size
SELECT block_size * total_blocks, block_size * free_blocks FROM pragma_database_size() LIMIT 1;

-- The latest moment that anything was noted; a clock before it has jumped back.
-- name: newest
SELECT max(moment) FROM (
  SELECT max(started_at) AS moment FROM runs UNION ALL SELECT max(fetched_at) FROM fetches
  UNION ALL SELECT max(written_at) FROM annotations UNION ALL SELECT max(polled_at) FROM polls
);
