-- name: next_version
SELECT coalesce(max(version), 0) + 1 FROM plans WHERE week = $week;

-- Rows are only ever added: going back to an earlier version is a new one.
-- name: add
INSERT INTO plans (plan_id, week, version, person_id, made_at) VALUES ($plan_id, $week, $version, $person_id, $now);

-- name: add_content
INSERT INTO plan_contents (plan_id, content) VALUES ($plan_id, $content);

-- name: versions
SELECT p.version, p.person_id, coalesce(w.name, ''), p.made_at, c.content
FROM plans p JOIN plan_contents c USING (plan_id) LEFT JOIN people w USING (person_id)
WHERE p.week = $week ORDER BY p.version;

-- The last word of each earlier week, oldest week first.
-- name: last_before
SELECT c.content FROM plans p JOIN plan_contents c USING (plan_id)
WHERE p.week < $week AND p.version = (SELECT max(q.version) FROM plans q WHERE q.week = p.week) ORDER BY p.week;

-- What stands in the issues of other weeks.
-- name: published_elsewhere
SELECT DISTINCT unnest(json_extract_string(c.content, '$.items[*].cluster_id'))
FROM issues i JOIN issue_contents c USING (number) WHERE i.week <> $week;
