-- What must be known before words are added: who their author is, which version it is, and whether the round of the
-- cluster takes words (NULL: the cluster is in no round).
-- name: about
SELECT p.name, (SELECT coalesce(max(version), 0) + 1 FROM annotations WHERE cluster_id = $cluster_id AND person_id = $person_id),
  (SELECT r.closed_at IS NULL FROM rounds r JOIN clusters c ON c.week = r.week
   WHERE c.cluster_id = $cluster_id AND r.week = $week AND c.run_id = r.cluster_run_id)
FROM people p WHERE p.person_id = $person_id AND p.state = 'active';

-- name: add
INSERT INTO annotations (annotation_id, cluster_id, week, person_id, version, language, written_at)
VALUES ($annotation_id, $cluster_id, $week, $person_id, $version, $language, $now);

-- name: add_words
INSERT INTO annotation_words (annotation_id,
  verdict, so_what, title, ripeness, byline, relation, relation_to, relation_why, question, experiment, moves,
  checked, distance, key_articles, missing, missing_url, review_on, ask_who, ask_else, links_to, style, outcome,
  outcome_why)
VALUES ($annotation_id,
  $verdict, $so_what, $title, $ripeness, $byline, $relation, $relation_to, $relation_why, $question, $experiment,
  $moves, $checked, $distance, $key_articles, $missing, $missing_url, $review_on, $ask_who, $ask_else, $links_to,
  $style, $outcome, $outcome_why);

-- name: of_cluster
SELECT * FROM spoken WHERE cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')))
ORDER BY written_at, version, annotation_id;

-- name: of_week
SELECT * FROM spoken WHERE week = $week ORDER BY written_at, version, annotation_id;

-- Rows are only added: who keeps a week's words in memory asks for those after the last they have.
-- name: of_week_after
SELECT s.* FROM spoken s JOIN annotations a USING (annotation_id)
WHERE a.week = $week AND a.rowid > $last ORDER BY s.written_at, s.version, s.annotation_id;

-- What was said last about themes in the weeks before, one voice each: the newest version that has a sentence.
-- name: before
SELECT l.theme_id, s.* FROM theme_links l JOIN spoken s USING (cluster_id)
WHERE l.theme_id IN (SELECT unnest(from_json($theme_ids, '["VARCHAR"]'))) AND s.week < $week AND s.so_what <> ''
QUALIFY row_number() OVER (PARTITION BY l.theme_id ORDER BY s.week DESC, s.written_at DESC, s.annotation_id) = 1;

-- Every version of what a person ever said.
-- name: of_person
SELECT * FROM spoken WHERE person_id = $person_id ORDER BY written_at, version, annotation_id;

-- name: export
SELECT s.week, s.cluster_id, t.theme_id, s.name, s.version, s.verdict, s.so_what, s.title, s.ripeness, s.relation,
  s.relation_to, s.language, s.written_at, s.annotation_id, s.question, s.experiment, s.moves, s.checked, s.distance,
  s.key_articles, s.missing, s.missing_url, s.review_on, s.links_to, s.style, s.outcome, s.outcome_why, s.byline
FROM spoken s LEFT JOIN theme_links t USING (cluster_id)
WHERE $week IS NULL OR s.week = $week
ORDER BY s.week, s.cluster_id, s.written_at, s.annotation_id;
