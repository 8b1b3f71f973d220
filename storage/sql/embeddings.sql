-- name: known
SELECT text_hash FROM embeddings WHERE model = $model AND revision = $revision AND text_hash IN (SELECT unnest(from_json($text_hashes, '["VARCHAR"]')));

-- name: width
SELECT len(vector) FROM vectors WHERE embedding_id = (SELECT min(embedding_id) FROM embeddings WHERE model = $model AND revision = $revision);

-- name: add
INSERT INTO embeddings (embedding_id, text_hash, model, revision, run_id)
SELECT embedding_id, text_hash, model, revision, run_id FROM staged ON CONFLICT DO NOTHING;

-- The caller leaves out texts that have a row already, under the same exclusive lock: one text keeps one vector.
-- name: add_vectors
INSERT INTO vectors (embedding_id, vector) SELECT embedding_id, vector FROM staged;

-- name: vectors
SELECT w.text_hash, v.vector FROM (
  SELECT e.text_hash, v.rowid AS place FROM embeddings e JOIN vectors v USING (embedding_id)
  WHERE e.model = $model AND e.revision = $revision AND e.text_hash IN (SELECT unnest(from_json($text_hashes, '["VARCHAR"]')))
) w JOIN vectors v ON v.rowid = w.place;
