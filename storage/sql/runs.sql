-- name: start
INSERT INTO runs (run_id, kind, started_at, code_version, model, model_revision, parameters, flow_run_id)
VALUES ($run_id, $kind, $now, $code_version, $model, $model_revision, $parameters, $flow_run_id);

-- name: finish
UPDATE runs SET finished_at = $now, outcome = $outcome WHERE run_id = $run_id;

-- name: last_of_each_kind
SELECT kind, max(started_at), arg_max(finished_at, started_at), arg_max(outcome, started_at)
FROM runs GROUP BY kind ORDER BY kind;
