-- What goes when its time is over (curate/retention.py), at most $most rows a statement, so that pages never wait long.
-- Each may be killed and run again: what is gone is not found any more.

-- The words of a LinkedIn row, unless an article has them because its page could not be had: withdrawing needs them then.
-- name: export_words
DELETE FROM entry_texts WHERE rowid IN (
  WITH old AS (
    SELECT t.rowid AS place, e.article_id, length(t.text) AS length, hash(t.text) AS text, hash(t.title) AS title
    FROM entry_texts t JOIN entries e USING (entry_id)
    WHERE e.activity IS NOT NULL AND e.first_seen_at < $before AND e.page_state <> 'waiting'
  ), resting AS (
    SELECT o.place FROM old o JOIN article_texts a USING (article_id)
    WHERE (o.length > 0 AND hash(a.text) = o.text) OR (a.title <> '' AND hash(a.title) = o.title)
  )
  SELECT place FROM old WHERE place NOT IN (SELECT place FROM resting) LIMIT $most
);

-- What somebody liked or saved goes whole.
-- name: export_rows
DELETE FROM entries WHERE rowid IN (
  SELECT e.rowid FROM entries e
  WHERE e.activity IS NOT NULL AND e.first_seen_at < $before AND e.page_state <> 'waiting' AND e.article_id IS NULL
    AND e.entry_id NOT IN (SELECT entry_id FROM entry_texts)
  LIMIT $most
);

-- That a member's export brought an article, counted from when we were given it: a share of years ago may be new to us.
-- Not where something published may rest on it: then the article stood in a cluster of a week that has its issue.
-- name: surfacings
DELETE FROM surfacings WHERE rowid IN (
  SELECT s.rowid FROM surfacings s JOIN entries e USING (entry_id)
  WHERE e.activity IS NOT NULL AND e.first_seen_at < $before AND s.article_id NOT IN (
    SELECT article_id FROM cluster_articles WHERE cluster_id IS NOT NULL AND week IN (SELECT week FROM issues)
  )
  LIMIT $most
);

-- The row behind it goes with it: it names the article and its bringer, too.
-- name: brought_rows
DELETE FROM entries WHERE rowid IN (
  SELECT e.rowid FROM entries e
  WHERE e.activity IS NOT NULL AND e.first_seen_at < $before AND e.page_state <> 'waiting'
    AND e.entry_id NOT IN (SELECT entry_id FROM surfacings) AND e.entry_id NOT IN (SELECT entry_id FROM entry_texts)
  LIMIT $most
);

-- name: unconfirmed
DELETE FROM subscriptions WHERE rowid IN (SELECT rowid FROM subscriptions WHERE expires_at <= $before LIMIT $most);

-- name: sign_ins
DELETE FROM sign_ins WHERE rowid IN (
  SELECT rowid FROM sign_ins WHERE least(expires_at, coalesce(used_at, expires_at)) < $before LIMIT $most
);

-- name: sessions
DELETE FROM sessions WHERE rowid IN (
  SELECT rowid FROM sessions WHERE least(expires_at, coalesce(ended_at, expires_at)) < $before LIMIT $most
);

-- Used, taken back or over: who came is one of the people, who did not come is nobody's business.
-- name: welcomes
DELETE FROM welcomes WHERE rowid IN (
  SELECT rowid FROM welcomes WHERE least(expires_at, coalesce(used_at, withdrawn_at, expires_at)) < $before LIMIT $most
);

-- name: drafts
DELETE FROM drafts WHERE rowid IN (SELECT rowid FROM drafts WHERE saved_at < $before LIMIT $most);

-- That it was taken in stays known, or a mailbox that is read anew would have it judged again.
-- name: returns
UPDATE returns SET said = '', subscriber_id = NULL, delivery_id = NULL WHERE rowid IN (
  SELECT rowid FROM returns WHERE taken_at < $before AND (said <> '' OR subscriber_id IS NOT NULL OR delivery_id IS NOT NULL)
  LIMIT $most
);

-- name: suspensions
DELETE FROM suspensions WHERE rowid IN (SELECT rowid FROM suspensions WHERE lifted_at < $before LIMIT $most);

-- What a server said of one mail; that the mail went, or did not, stays.
-- name: delivery_errors
UPDATE deliveries SET error = NULL WHERE rowid IN (
  SELECT rowid FROM deliveries
  WHERE error IS NOT NULL AND state NOT IN ('waiting', 'sending') AND coalesce(sent_at, due_at) < $before LIMIT $most
);

-- What an article was read from stays as long as the article.
-- name: fetches
DELETE FROM fetches WHERE rowid IN (
  SELECT rowid FROM fetches
  WHERE fetched_at < $before AND fetch_id NOT IN (SELECT fetch_id FROM articles WHERE fetch_id IS NOT NULL) LIMIT $most
);
