-- What /metrics tells, as (name, label, value). One statement: planning costs DuckDB more than counting. Moments are seconds
-- since 1970, waiting times seconds; nothing here is about one person.
-- name: every
SELECT 'feeds' AS name, CASE WHEN s.state = 'active' AND p.error_kind IS NOT NULL THEN 'failing' ELSE s.state END AS label,
  count(*)::DOUBLE AS value
FROM sources s LEFT JOIN polls p USING (source_id) WHERE s.kind = 'feed' GROUP BY label
UNION ALL
SELECT 'articles', CASE WHEN copy_of IS NULL THEN 'original' ELSE 'copy' END, count(*) FROM articles GROUP BY 2
UNION ALL
SELECT 'entries_waiting', '', count(*) FROM entries WHERE page_state = 'waiting'
UNION ALL
SELECT 'asked', r.week, count(*) FROM rounds r JOIN invitations i USING (week)
WHERE r.closed_at IS NULL AND i.invited_at IS NOT NULL GROUP BY r.week
UNION ALL
SELECT 'spoken', r.week, count(DISTINCT a.person_id) FROM rounds r LEFT JOIN annotations a USING (week)
WHERE r.closed_at IS NULL GROUP BY r.week
UNION ALL
SELECT 'deliveries', state, count(*) FROM deliveries GROUP BY state
UNION ALL
-- Since the outbox was filled: when it is due moves with every attempt.
SELECT 'oldest_unsent', '', coalesce(epoch($now::TIMESTAMP) - epoch(min(r.started_at)), 0)
FROM deliveries d JOIN subscribers s USING (subscriber_id) JOIN runs r ON r.run_id = d.run_id
WHERE s.state = 'active' AND d.state IN ('waiting', 'sending')
UNION ALL
SELECT 'suspended', '', count(*) FROM subscribers WHERE state = 'suspended'
UNION ALL
SELECT 'paused', '', count(*) FROM sending_pauses WHERE resumed_at IS NULL
UNION ALL
SELECT 'completed', kind, epoch(max(finished_at)) FROM runs WHERE finished_at IS NOT NULL GROUP BY kind
UNION ALL
SELECT 'schema', '', max(version) FROM schema_versions
ORDER BY 1, 2;

-- name: schema
SELECT max(version) FROM schema_versions;
