-- What is known around the voices of a week, for its issue.

-- How many articles themes had in the weeks that were clustered, this one and those before it.
-- name: weeks
SELECT s.theme_id, s.week, count(DISTINCT ca.article_id)
FROM standing_clusters s JOIN placed_articles ca ON ca.cluster_id = s.cluster_id AND ca.run_id = s.run_id
WHERE s.week >= $since AND s.week <= $week AND s.theme_id IN (SELECT theme_id FROM standing_clusters WHERE week = $week)
GROUP BY ALL;

-- name: clustered_weeks
SELECT week FROM counting_runs WHERE week <= $week ORDER BY week DESC LIMIT $most;

-- How many people brought articles of a cluster, or copies of them: counted for readers, who never see their names.
-- name: brought
SELECT p.cluster_id, count(DISTINCT f.person_id)
FROM placed_articles p JOIN articles a ON coalesce(a.copy_of, a.article_id) = p.article_id JOIN surfacings f ON f.article_id = a.article_id
WHERE p.cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]'))) AND f.person_id IS NOT NULL
GROUP BY p.cluster_id;

-- The voices of earlier issues, in their order, with the name that each may have now.
-- name: shown
WITH issues_before AS (
  SELECT i.number, i.week, unnest(from_json(json_extract(c.content, '$.items'),
    '[{"theme_id":"VARCHAR","title":"VARCHAR","voices":[{"annotation_id":"VARCHAR"}]}]')) AS item
  FROM issues i JOIN issue_contents c USING (number) WHERE i.week >= $since AND i.week < $week
), voices AS (
  SELECT number, week AS stood_in, item.theme_id, item.title AS item_title, unnest(item.voices).annotation_id AS annotation_id,
    generate_subscripts(item.voices, 1) AS place
  FROM issues_before
)
SELECT v.number, v.stood_in, v.theme_id, v.item_title, s.* FROM voices v JOIN spoken s USING (annotation_id)
ORDER BY v.number DESC, s.written_at DESC, v.place;

-- The experiments of earlier issues.
-- name: tried
SELECT i.number, i.week, '', '', s.*
FROM issues i JOIN issue_contents c USING (number)
JOIN spoken s ON s.annotation_id = json_extract_string(c.content, '$.experiment.annotation_id')
WHERE i.week >= $since AND i.week < $week ORDER BY i.number DESC;

-- name: brought_back
SELECT json_extract_string(c.content, '$.said_before.annotation_id') AS annotation_id
FROM issues i JOIN issue_contents c USING (number) WHERE i.week < $week AND annotation_id IS NOT NULL;

-- When the issue before this one was frozen: what happened since is new to its readers.
-- name: last_frozen_at
SELECT max(frozen_at) FROM issues WHERE week < $week;

-- What authors said when they looked again at their words.
-- name: looked_back
SELECT * FROM spoken WHERE outcome <> '' AND written_at > $since ORDER BY written_at, annotation_id;
