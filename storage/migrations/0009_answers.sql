-- What readers say back, what catalysts do with it, readers who may be asked, and questions that are passed on.

-- One version of one answer. A newer one of the same reader to the same thing stands in its place; both are kept.
CREATE TABLE answers (
  answer_id VARCHAR PRIMARY KEY,      -- (thread, version)
  thread_id VARCHAR NOT NULL,         -- one reader, one issue, one thing, one kind of answer
  version INTEGER NOT NULL,           -- 1, 2, … within the thread
  number INTEGER NOT NULL,            -- of the issue that is answered; 0: a mail that does not say which
  about VARCHAR NOT NULL,             -- question, experiment, c-CLUSTER, a-ARTICLE (curate/answers.py); '' for a mail
  kind VARCHAR NOT NULL,              -- signal, answer, source, offer, report, meaning, reply
  choice VARCHAR NOT NULL,            -- of a signal: recognise, differ, useful; else ''
  theme_id VARCHAR NOT NULL,          -- '' when it is about none
  subscriber_id VARCHAR NOT NULL,     -- '' for who answered on the web, without a link of their own
  via VARCHAR NOT NULL,               -- link, web, reply
  is_sure BOOLEAN NOT NULL,           -- false for a mail that anybody may have sent under this address
  may_show BOOLEAN NOT NULL,
  wants_thanks BOOLEAN NOT NULL,
  language VARCHAR NOT NULL,
  given_at TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP              -- taken back: the words are gone
);
CREATE TABLE answer_words (           -- no index; written with its narrow row
  answer_id VARCHAR NOT NULL,
  asked VARCHAR NOT NULL,             -- the question or title as it stood in the issue
  asked_language VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  happened VARCHAR NOT NULL,
  next VARCHAR NOT NULL,
  name VARCHAR NOT NULL               -- what they want to be called; '': a reader
);
-- What catalysts decided about an answer, and one sentence on what was done with it. Append-only; the last one counts.
CREATE TABLE answer_acts (
  act_id VARCHAR PRIMARY KEY,         -- (answer, place)
  answer_id VARCHAR NOT NULL,
  place INTEGER NOT NULL,             -- 1, 2, … for this answer
  decided VARCHAR NOT NULL,           -- show, thank, aside, accept, ask
  note VARCHAR NOT NULL,
  decided_by VARCHAR NOT NULL,
  decided_at TIMESTAMP NOT NULL
);
-- Written in the transaction that freezes an issue: nothing is shown twice.
CREATE TABLE shown_answers (
  answer_id VARCHAR PRIMARY KEY,
  number INTEGER NOT NULL             -- of the issue that shows it
);
-- Letters about an answer that were handed over: each kind once.
CREATE TABLE answer_letters (
  letter_id VARCHAR PRIMARY KEY,      -- (answer, kind)
  answer_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,              -- thanks, may_we
  sent_at TIMESTAMP NOT NULL
);
-- The answers that stand: the last version of each thread that was not taken back.
CREATE VIEW standing_answers AS
SELECT a.answer_id, a.thread_id, a.version, a.number, a.about, a.kind, a.choice, a.theme_id, a.subscriber_id, a.via, a.is_sure,
  a.may_show, a.wants_thanks, a.language, a.given_at, w.asked, w.asked_language, w.text, w.url, w.happened, w.next, w.name
FROM answers a JOIN answer_words w USING (answer_id) WHERE a.withdrawn_at IS NULL
QUALIFY row_number() OVER (PARTITION BY a.thread_id ORDER BY a.version DESC) = 1;
-- The last word of catalysts on an answer, and how many there were.
CREATE VIEW last_answer_acts AS
SELECT answer_id, decided, note, decided_by, decided_at, place FROM answer_acts
QUALIFY row_number() OVER (PARTITION BY answer_id ORDER BY place DESC) = 1;

-- Readers who offered to be asked, and were accepted by a catalyst.
CREATE TABLE reader_askables (
  askable_id VARCHAR PRIMARY KEY,     -- (subscriber, theme)
  subscriber_id VARCHAR NOT NULL,
  theme_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  about VARCHAR NOT NULL,             -- what for, in their words
  answer_id VARCHAR NOT NULL,
  since TIMESTAMP NOT NULL
);
-- Everybody who may be asked, people of the network and readers, with where a question goes. Never show the address.
CREATE VIEW may_be_asked AS
SELECT a.askable_id, p.name, a.theme_id, a.about, a.since, p.email, p.language, a.person_id, '' AS subscriber_id
FROM askables a JOIN people p USING (person_id) WHERE p.state = 'active' AND p.name <> ''
UNION ALL
SELECT r.askable_id, r.name, r.theme_id, r.about, r.since, s.email, s.language, '' AS person_id, r.subscriber_id
FROM reader_askables r JOIN subscribers s USING (subscriber_id) WHERE s.state = 'active';
-- A question that one reader passes on to somebody who may be asked. Once it is mailed only this row stays.
CREATE TABLE relays (
  relay_id VARCHAR PRIMARY KEY,
  number INTEGER NOT NULL,            -- of the issue that says they may be asked
  askable_id VARCHAR NOT NULL,
  asked_at TIMESTAMP NOT NULL,
  sent_at TIMESTAMP,
  dropped_at TIMESTAMP                -- they may not be asked any more, or their address takes no mail
);
CREATE TABLE relay_words (            -- no index; gone once it is mailed or dropped
  relay_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  email VARCHAR NOT NULL,             -- of who asks, and wants the answer there
  text VARCHAR NOT NULL,
  language VARCHAR NOT NULL
);
