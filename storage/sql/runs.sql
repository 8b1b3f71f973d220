-- name: start
INSERT INTO runs (run_id, kind, started_at, code_version, model, model_revision, parameters, flow_run_id)
VALUES ($run_id, $kind, $now, $code_version, $model, $model_revision, $parameters, $flow_run_id);

-- name: finish
UPDATE runs SET finished_at = $now, outcome = $outcome WHERE run_id = $run_id;

-- name: note
UPDATE runs SET parameters = json_merge_patch(parameters, $parameters)::VARCHAR WHERE run_id = $run_id;

-- name: unfinished
SELECT run_id FROM runs WHERE finished_at IS NULL AND run_id <> $but AND kind IN (SELECT unnest(from_json($kinds, '["VARCHAR"]'))) ORDER BY started_at;

-- name: last_of_each_kind
SELECT kind, started_at, finished_at, outcome FROM runs
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY started_at DESC, run_id) = 1 ORDER BY kind;
