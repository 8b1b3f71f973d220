-- name: add
INSERT INTO fetches (fetch_id, run_id, source_id, url, final_url, fetched_at, status, bytes, error_kind)
SELECT fetch_id, run_id, source_id, url, final_url, fetched_at, status, bytes, error_kind FROM staged;
