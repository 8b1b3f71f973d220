-- Sending that is paused, what came back from mail that was sent, and who gets no more mail because of it.

-- What kind of failure a delivery met last: soft (may pass), gone (no such address), refused, unsure (it may have
-- arrived); NULL for none. State knows one word more: returned, for what a server took and sent back later.
ALTER TABLE deliveries ADD COLUMN fault VARCHAR;

-- Append-only; the last one that was not resumed holds.
CREATE TABLE sending_pauses (
  pause_id VARCHAR PRIMARY KEY,
  paused_at TIMESTAMP NOT NULL,
  why VARCHAR NOT NULL,
  resumed_at TIMESTAMP
);
-- Each report is kept once, without the mail it came in.
CREATE TABLE returns (
  return_id VARCHAR PRIMARY KEY,      -- the hash of its bytes
  kind VARCHAR NOT NULL,              -- gone, soft, complaint, left, reply, automatic, unknown
  delivery_id VARCHAR,                -- which mail of ours it is about, when that is proven
  subscriber_id VARCHAR,
  status VARCHAR NOT NULL,            -- like 5.1.1, or empty
  said VARCHAR NOT NULL,              -- the server's words, or why nothing was done
  taken_at TIMESTAMP NOT NULL
);
CREATE TABLE suspensions (
  suspension_id VARCHAR PRIMARY KEY,  -- (subscriber, since)
  subscriber_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,              -- gone, soft
  why VARCHAR NOT NULL,
  since TIMESTAMP NOT NULL,
  lifted_at TIMESTAMP
);
