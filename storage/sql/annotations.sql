-- name: next_version
SELECT coalesce(max(version), 0) + 1 FROM annotations WHERE cluster_id = $cluster_id AND person_id = $person_id;

-- Words are only taken while the round is open and the cluster is in it.
-- name: is_open
SELECT r.closed_at IS NULL FROM rounds r JOIN clusters c ON c.week = r.week
WHERE c.cluster_id = $cluster_id AND r.week = $week AND c.run_id = r.cluster_run_id;

-- name: add
INSERT INTO annotations (annotation_id, cluster_id, week, person_id, version, language, written_at)
VALUES ($annotation_id, $cluster_id, $week, $person_id, $version, $language, $now);

-- name: add_words
INSERT INTO annotation_words (annotation_id, verdict, so_what, title, ripeness, byline, relation, relation_to, relation_why,
  question, experiment)
VALUES ($annotation_id, $verdict, $so_what, $title, $ripeness, $byline, $relation, $relation_to, $relation_why,
  $question, $experiment);

-- Who left and took their name off is a voice without name, whatever they chose then.
-- name: of_cluster
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, CASE WHEN p.name = '' THEN 'anonymous' ELSE w.byline END, w.relation, w.relation_to, w.relation_why, w.question, w.experiment
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
WHERE a.cluster_id = $cluster_id ORDER BY a.written_at, a.version, a.annotation_id;

-- name: of_week
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, CASE WHEN p.name = '' THEN 'anonymous' ELSE w.byline END, w.relation, w.relation_to, w.relation_why, w.question, w.experiment
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
WHERE a.week = $week ORDER BY a.written_at, a.version, a.annotation_id;

-- name: export
SELECT a.week, a.cluster_id, t.theme_id, p.name, a.version, w.verdict, w.so_what, w.title, w.ripeness, w.relation,
  w.relation_to, a.language, a.written_at, a.annotation_id, w.question, w.experiment
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
LEFT JOIN theme_links t USING (cluster_id)
WHERE $week IS NULL OR a.week = $week
ORDER BY a.week, a.cluster_id, a.written_at, a.annotation_id;
