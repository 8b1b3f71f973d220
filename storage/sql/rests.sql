-- name: every
SELECT host, until_at FROM rests WHERE until_at > $now;

-- name: note
INSERT INTO rests (host, until_at, noted_at) SELECT host, until_at, noted_at FROM staged
ON CONFLICT (host) DO UPDATE SET until_at = greatest(rests.until_at, excluded.until_at), noted_at = excluded.noted_at;
