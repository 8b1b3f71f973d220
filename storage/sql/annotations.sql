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
INSERT INTO annotation_words (annotation_id,
  verdict, so_what, title, ripeness, byline, relation, relation_to, relation_why, question, experiment, moves,
  checked, distance, key_articles, missing, missing_url, review_on, ask_who, ask_else, links_to, style, outcome,
  outcome_why)
VALUES ($annotation_id,
  $verdict, $so_what, $title, $ripeness, $byline, $relation, $relation_to, $relation_why, $question, $experiment,
  $moves, $checked, $distance, $key_articles, $missing, $missing_url, $review_on, $ask_who, $ask_else, $links_to,
  $style, $outcome, $outcome_why);

-- name: of_cluster
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, w.byline, w.relation, w.relation_to, w.relation_why, w.question,
  w.experiment, w.moves, w.checked, w.distance, w.key_articles, w.missing, w.missing_url, w.review_on, w.ask_who,
  w.ask_else, w.links_to, w.style, w.outcome, w.outcome_why
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
WHERE a.cluster_id IN (SELECT unnest(from_json($cluster_ids, '["VARCHAR"]')))
ORDER BY a.written_at, a.version, a.annotation_id;

-- name: of_week
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, w.byline, w.relation, w.relation_to, w.relation_why, w.question,
  w.experiment, w.moves, w.checked, w.distance, w.key_articles, w.missing, w.missing_url, w.review_on, w.ask_who,
  w.ask_else, w.links_to, w.style, w.outcome, w.outcome_why
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
WHERE a.week = $week ORDER BY a.written_at, a.version, a.annotation_id;

-- How far a week's words are, for who keeps them in memory: nothing is ever taken out, but a name may be.
-- name: mark_of_week
SELECT count(*), max(a.written_at), hash(list(p.name ORDER BY p.name)) FROM annotations a JOIN people p USING (person_id)
WHERE a.week = $week;

-- What was said last about themes in the weeks before, one voice each: the newest version that has a sentence.
-- name: before
SELECT l.theme_id, a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, w.byline, w.relation, w.relation_to, w.relation_why, w.question,
  w.experiment, w.moves, w.checked, w.distance, w.key_articles, w.missing, w.missing_url, w.review_on, w.ask_who,
  w.ask_else, w.links_to, w.style, w.outcome, w.outcome_why
FROM theme_links l JOIN annotations a USING (cluster_id) JOIN annotation_words w USING (annotation_id)
JOIN people p USING (person_id)
WHERE l.theme_id IN (SELECT unnest(from_json($theme_ids, '["VARCHAR"]'))) AND a.week < $week AND w.so_what <> ''
QUALIFY row_number() OVER (PARTITION BY l.theme_id ORDER BY a.week DESC, a.written_at DESC, a.annotation_id) = 1;

-- What a person said in the weeks before, every version.
-- name: of_person
SELECT a.annotation_id, a.cluster_id, a.week, a.person_id, p.name, a.version, a.language, a.written_at,
  w.verdict, w.so_what, w.title, w.ripeness, w.byline, w.relation, w.relation_to, w.relation_why, w.question,
  w.experiment, w.moves, w.checked, w.distance, w.key_articles, w.missing, w.missing_url, w.review_on, w.ask_who,
  w.ask_else, w.links_to, w.style, w.outcome, w.outcome_why
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
WHERE a.person_id = $person_id ORDER BY a.written_at, a.version, a.annotation_id;

-- name: export
SELECT a.week, a.cluster_id, t.theme_id, p.name, a.version, w.verdict, w.so_what, w.title, w.ripeness, w.relation,
  w.relation_to, a.language, a.written_at, a.annotation_id, w.question, w.experiment, w.moves, w.checked, w.distance,
  w.key_articles, w.missing, w.missing_url, w.review_on, w.links_to, w.style, w.outcome, w.outcome_why, w.byline
FROM annotations a JOIN annotation_words w USING (annotation_id) JOIN people p USING (person_id)
LEFT JOIN theme_links t USING (cluster_id)
WHERE $week IS NULL OR a.week = $week
ORDER BY a.week, a.cluster_id, a.written_at, a.annotation_id;
