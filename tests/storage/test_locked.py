"""Every public function on a file that another process holds: it waits and then works, or says within its bound who."""

import fcntl
import inspect
import os
import pkgutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import storage
from curate.annotations import Annotation
from curate.answered import Told
from curate.answers import Words
from curate.arrangements import Arrangement
from curate.assignments import Assignment
from curate.cards import Card
from curate.corrections import Act
from curate.errors import DatabaseBusyError
from curate.issues import Frame
from curate.links import Link
from curate.months import Month
from curate.plans import Plan
from curate.readers import Wishes
from curate.retention import Rule
from curate.returns import Verdict
from curate.sources import Next, Poll
from curate.statuses import Standing
from curate.themes import Match
from curate.weeks import Week
from storage import (
    activities,
    annotations,
    answers,
    archives,
    arrangements,
    articles,
    askables,
    assignments,
    backups,
    clusters,
    consents,
    corrections,
    coverage,
    deliveries,
    drafts,
    echoes,
    embeddings,
    entries,
    fetches,
    gauges,
    interests,
    issue_notes,
    issues,
    letters,
    links,
    months,
    overviews,
    own_data,
    people,
    plans,
    provenance,
    relays,
    removals,
    rests,
    retention,
    returns,
    rounds,
    runs,
    sending_pauses,
    sign_ins,
    sources,
    subscribers,
    subscriptions,
    surroundings,
    suspensions,
    themes,
    welcomes,
)
from storage.annotations import Author
from storage.answers import About, Answer
from storage.archives import Archive
from storage.arrangements import Done
from storage.askables import Offer
from storage.assignments import Asked
from storage.database import Database, Session
from storage.deliveries import Outcome
from storage.entries import Attachment
from storage.fetches import Fetch
from storage.relays import Relay
from storage.returns import Returned
from storage.subscribers import Consent
from storage.subscriptions import Subscription
from storage.themes import Proposed
from tests.storage import builders
from tests.storage.builders import (
    ANNA,
    BEN,
    KRANT,
    MIA,
    NOW,
    PATIENCE_S,
    WEEK,
    Other,
    asking,
    clustering,
    entry,
    group,
    kept,
    later,
    other,
    run,
    words,
)

LEZER = subscribers.subscriber("lezer@example.org", "nl")
NOVEMBER = Month(2026, 11)
ASKED_FOR = Subscription("t", LEZER.email, Wishes("nl"), "2026-11", NOW, NOW)
ADDRESS = "https://krant.example/a"
LINK = Link("https://krant.example/nieuw", "Dit gaat over onze wijk.")
ACT = Act("act", "together", frozenset({("a", "b")}))
VECTOR = np.full(4, 0.5, dtype=np.float32)
SPAN = (later(days=-30), later(days=30))


def _cluster(db: Session) -> str:
    return clusters.of_run(db, asking().cluster_run_id)[0]


def _card(db: Session) -> Card:
    card = clusters.card(db, _cluster(db))
    assert card
    return card


def _dropped(db: Session) -> Arrangement:
    card = _card(db)
    return Arrangement("act", "drop", card.cluster_id, "", (card.articles[0].article_id,), "hoort niet", ())


def _fill_month(db: Session) -> int:
    issues.freeze(db, builders.issue(db, number=99, week="2026-W46"), NOW)
    return months.fill(db, NOVEMBER, domain="post.example", run=run("month"))


def _said(db: Session) -> Annotation:
    return Annotation("a", _cluster(db), WEEK, ANNA.id, ANNA.name, 1, words(), "nl", NOW)


SAID = Answer(
    "a",
    "thread",
    0,
    About(1, "question", "answer", "t", "Wie?", "nl"),
    Words(text="Wij."),
    "s",
    "link",
    True,
    "nl",
    NOW,
)
ASKED = Asked("c", "handed_over", "", "iets voor jou")
DONE = Done("act", "drop", "c", "", ("a",), (), "hoort niet", ANNA.name, NOW, None, None)


def _frozen(db: Session) -> int:
    if issues.of_week(db, WEEK) is None:
        issues.freeze(db, builders.issue(db), NOW)
    return 1


def _round(db: Session, week: str) -> str:
    rounds.open_with(db, asking(week=week), "run")
    return week


READS: dict[str, Callable[[Session], Any]] = {
    "answers.is_kept": lambda db: answers.is_kept(db, "thread"),
    "answers.of_thread": lambda db: answers.of_thread(db, "thread"),
    "answers.by_id": lambda db: answers.by_id(db, "a"),
    "answers.of_reader": lambda db: answers.of_reader(db, "s", 1),
    "answers.waiting": answers.waiting,
    "answers.counted_waiting": answers.counted_waiting,
    "answers.decided": lambda db: answers.decided(db, 9),
    "answers.acts": lambda db: answers.acts(db, ["a"]),
    "answers.ready": answers.ready,
    "answers.is_shown": lambda db: answers.is_shown(db, "a"),
    "letters.to_thank": lambda db: letters.to_thank(db, NOW),
    "letters.delivered": lambda db: letters.delivered(db, ["<a@b>"]),
    "relays.lately": lambda db: relays.lately(db, "a", NOW),
    "relays.waiting": relays.waiting,
    "askables.contacts": askables.contacts,
    "askables.contact": lambda db: askables.contact(db, "a"),
    "askables.well_asked": lambda db: askables.well_asked(db, 2),
    "annotations.of_cluster": lambda db: annotations.of_cluster(db, "c"),
    "annotations.of_week": lambda db: annotations.of_week(db, WEEK),
    "annotations.export": lambda db: list(annotations.export(db, None)),
    "annotations.of_week_after": lambda db: annotations.of_week_after(db, WEEK, -1, {}),
    "annotations.before": lambda db: annotations.before(db, ["theme"], WEEK),
    "annotations.of_person": lambda db: annotations.of_person(db, ANNA.id),
    "arrangements.of_week": lambda db: arrangements.of_week(db, WEEK),
    "arrangements.follows": lambda db: arrangements.follows(db, WEEK),
    "assignments.of_person": lambda db: assignments.of_person(db, WEEK, ANNA.id),
    "assignments.loads": lambda db: assignments.loads(db, WEEK),
    "assignments.unasked": lambda db: assignments.unasked(db, WEEK, WEEK, asking().cluster_run_id),
    "drafts.of_cluster": lambda db: drafts.of_cluster(db, "c", ANNA.id),
    "drafts.of_person": lambda db: drafts.of_person(db, ANNA.id),
    "echoes.is_put_off": lambda db: echoes.is_put_off(db, WEEK, ANNA.id),
    "activities.counts": lambda db: activities.counts(db, KRANT.id),
    "activities.deselected": lambda db: activities.deselected(db, ANNA.id),
    "activities.missing": lambda db: activities.missing(db, KRANT.id, "share", []),
    "activities.of_kind": lambda db: activities.of_kind(db, KRANT.id, "share"),
    "activities.of_source": lambda db: activities.of_source(db, KRANT.id),
    "archives.count": lambda db: archives.count(db, ANNA.id),
    "archives.newest_complete": lambda db: archives.newest_complete(db, ANNA.id),
    "archives.is_known": lambda db: archives.is_known(db, ANNA.id, "sha", ["shares"]),
    "issue_notes.of_issue": lambda db: issue_notes.of_issue(db, 1),
    "issue_notes.every": issue_notes.every,
    "issue_notes.since": lambda db: issue_notes.since(db, NOW, before=WEEK),
    "issues.hashes": issues.hashes,
    "issues.contents": lambda db: issues.contents(db, ["hash"]),
    "issues.nameless": issues.nameless,
    "provenance.of_issue": lambda db: provenance.of_issue(db, 1),
    "surroundings.of_week": lambda db: surroundings.of_week(db, WEEK, ["c"]),
    "articles.by_addresses": lambda db: articles.by_addresses(db, [ADDRESS]),
    "articles.bearing": lambda db: articles.bearing(db, ["hash"]),
    "articles.whole": lambda db: articles.whole(db, ["a"]),
    "articles.addresses": lambda db: articles.addresses(db, "a"),
    "articles.sketches": lambda db: articles.sketches(db, *SPAN),
    "articles.span_of_runs": lambda db: articles.span_of_runs(db, ["run"]),
    "articles.published_between": articles.published_between,
    "articles.languages": lambda db: articles.languages(db, *SPAN),
    "articles.of_time": lambda db: articles.of_time(db, *SPAN),
    "articles.by_ids": lambda db: articles.by_ids(db, ["a"]),
    "articles.counted": lambda db: articles.counted(db, WEEK),
    "articles.copies_of": lambda db: articles.copies_of(db, ["a"]),
    "articles.titles": lambda db: articles.titles(db, ["a"]),
    "articles.named": lambda db: articles.named(db, "a"),
    "articles.totals": articles.totals,
    "articles.export": lambda db: list(articles.export(db, Week.parse(WEEK))),
    "articles.export_with_copies": lambda db: list(articles.export_with_copies(db, None)),
    "clusters.current_run": lambda db: clusters.current_run(db, WEEK),
    "clusters.of_run": lambda db: clusters.of_run(db, asking().cluster_run_id),
    "clusters.cards_of_round": lambda db: clusters.cards_of_round(db, WEEK),
    "clusters.card": lambda db: clusters.card(db, _cluster(db)),
    "clusters.week_of": lambda db: clusters.week_of(db, _cluster(db)),
    "clusters.named": lambda db: clusters.named(db, _cluster(db)),
    "clusters.export": lambda db: list(clusters.export(db, None)),
    "consents.since": lambda db: consents.since(db, ANNA.id, "linkedin:"),
    "removals.unbrought": lambda db: removals.unbrought(db, ["a"]),
    "consents.given": lambda db: consents.given(db, ANNA.id),
    "corrections.in_force": lambda db: corrections.in_force(db, ["a", "b"]),
    "corrections.every": corrections.every,
    "coverage.heard": lambda db: coverage.heard(db, NOW),
    "coverage.brought": lambda db: coverage.brought(db, *SPAN),
    "coverage.themes": lambda db: coverage.themes(db, SPAN[0]),
    "coverage.picture": lambda db: coverage.picture(db, NOW),
    "deliveries.not_sent": lambda db: deliveries.not_sent(db, ["d"]),
    "deliveries.overdue": lambda db: deliveries.overdue(db, NOW),
    "deliveries.sent": deliveries.sent,
    "deliveries.waiting": lambda db: deliveries.waiting(db, None, NOW),
    "deliveries.unsent": lambda db: deliveries.unsent(db, 1),
    "deliveries.counts": deliveries.counts,
    "deliveries.addressee": lambda db: deliveries.addressee(db, "d"),
    "deliveries.fared": lambda db: deliveries.fared(db, ["d"]),
    "deliveries.still_claimed": lambda db: deliveries.still_claimed(db, ["d"]),
    "returns.counts": returns.counts,
    "returns.known": lambda db: returns.known(db, ["r"]),
    "returns.newest": lambda db: list(returns.newest(db, 5)),
    "sending_pauses.current": sending_pauses.current,
    "suspensions.current": suspensions.current,
    "deliveries.export": lambda db: list(deliveries.export(db, None)),
    "embeddings.known": lambda db: embeddings.known(db, ["t"], "m", "1"),
    "embeddings.width": lambda db: embeddings.width(db, "m", "1"),
    "embeddings.matrix": lambda db: embeddings.matrix(db, [], "m", "1"),
    "entries.known": lambda db: entries.known(db, KRANT.id),
    "entries.known_ids": lambda db: entries.known_ids(db, [entry("a").id]),
    "entries.waiting": lambda db: entries.waiting(db, NOW, 10),
    "entries.count_waiting": lambda db: entries.count_waiting(db, NOW),
    "entries.about": lambda db: entries.about(db, [ADDRESS]),
    "entries.export": lambda db: list(entries.export(db, None)),
    "issues.next_number": issues.next_number,
    "issues.published": issues.published,
    "issues.of_week": lambda db: issues.of_week(db, WEEK),
    "issues.by_number": lambda db: issues.by_number(db, 1),
    "issues.content_of": lambda db: issues.content_of(db, 1),
    "links.latest": lambda db: links.latest(db, ANNA.id, 10),
    "links.reasons": lambda db: links.reasons(db, ["a"]),
    "people.by_email": lambda db: people.by_email(db, ANNA.email),
    "people.by_id": lambda db: people.by_id(db, ANNA.id),
    "people.every": people.every,
    "people.annotating": people.annotating,
    "people.listed": people.listed,
    "people.is_last_operator": lambda db: people.is_last_operator(db, ANNA.id),
    "people.has_left": lambda db: people.has_left(db, ANNA.id),
    "people.paused": lambda db: people.paused(db, WEEK),
    "people.paused_until": lambda db: people.paused_until(db, ANNA.id),
    "own_data.of": lambda db: own_data.of(db, ANNA.id),
    "interests.of": lambda db: interests.of(db, ANNA.id),
    "interests.of_everyone": interests.of_everyone,
    "askables.every": askables.every,
    "askables.of": lambda db: askables.of(db, ANNA.id),
    "welcomes.find": lambda db: welcomes.find(db, "token", NOW),
    "welcomes.unused": lambda db: welcomes.unused(db, NOW),
    "rounds.of_week": lambda db: rounds.of_week(db, WEEK),
    "rounds.every": rounds.every,
    "rounds.uninvited": lambda db: rounds.uninvited(db, WEEK),
    "rounds.to_remind": lambda db: rounds.to_remind(db, WEEK),
    "rests.every": lambda db: rests.every(db, NOW),
    "gauges.every": lambda db: gauges.every(db, NOW),
    "gauges.schema": gauges.schema,
    "overviews.of_week": lambda db: overviews.of_week(db, WEEK),
    "runs.last_of_each_kind": runs.last_of_each_kind,
    "runs.unfinished": lambda db: runs.unfinished(db, ["ingest"], but="run"),
    "sign_ins.find": lambda db: sign_ins.find(db, "link", NOW),
    "sign_ins.person_of_session": lambda db: sign_ins.person_of_session(db, "session", NOW),
    "sign_ins.sessions": lambda db: sign_ins.sessions(db, ANNA.id, NOW),
    "rounds.watched": lambda db: rounds.watched(db, WEEK),
    "rounds.acts": lambda db: rounds.acts(db, WEEK),
    "rounds.has_editor": rounds.has_editor,
    "rounds.to_tell": lambda db: rounds.to_tell(db, WEEK),
    "plans.versions": lambda db: plans.versions(db, WEEK),
    "plans.of_week": lambda db: plans.of_week(db, WEEK),
    "plans.material": lambda db: plans.material(db, WEEK),
    "plans.draft": lambda db: plans.draft(db, Frame(1, WEEK, "Netwerk", NOW, "run")),
    "sources.every": sources.every,
    "sources.by_url": lambda db: sources.by_url(db, KRANT.url),
    "sources.due": lambda db: sources.due(db, NOW),
    "sources.all_feeds": lambda db: sources.all_feeds(db, NOW),
    "sources.export": lambda db: list(sources.export(db)),
    "months.filled": months.filled,
    "months.numbers": lambda db: months.numbers(db, NOVEMBER),
    "months.to_tell": lambda db: months.to_tell(db, NOVEMBER),
    "months.issues_of": lambda db: months.issues_of(db, NOVEMBER),
    "own_data.of_reader": lambda db: own_data.of_reader(db, LEZER.id),
    "subscriptions.find": lambda db: subscriptions.find(db, "token", NOW),
    "subscribers.states": lambda db: subscribers.states(db, [LEZER.email]),
    "subscribers.suppressed": lambda db: subscribers.suppressed(db, [LEZER.email]),
    "themes.chosen": lambda db: themes.chosen(db, ["t"]),
    "themes.spelled": themes.spelled,
    "themes.heirs": themes.heirs,
    "subscribers.by_id": lambda db: subscribers.by_id(db, LEZER.id),
    "subscribers.by_email": lambda db: subscribers.by_email(db, LEZER.email),
    "subscribers.every": subscribers.every,
    "subscribers.export": lambda db: list(subscribers.export(db)),
    "themes.every": themes.every,
    "themes.histories": lambda db: themes.histories(db, WEEK),
    "themes.lately": lambda db: themes.lately(db, WEEK, 30),
    "themes.known": lambda db: themes.known(db, *(Week.parse(WEEK),) * 3),
    "themes.exemplars": lambda db: themes.exemplars(db, [], Week.parse(WEEK), Week.parse(WEEK), 1),
    "themes.begun": lambda db: themes.begun(db, Week.parse(WEEK)),
    "themes.late": lambda db: themes.late(db, *SPAN),
    "themes.decided": themes.decided,
    "themes.parted": themes.parted,
    "themes.measured": lambda db: themes.measured(db, Week.parse(WEEK), asking().cluster_run_id, 8),
    "themes.silent": lambda db: themes.silent(db, Week.parse(WEEK)),
    "themes.pasts": lambda db: themes.pasts(db, [], Week.parse(WEEK)),
    "themes.of_run": lambda db: themes.of_run(db, asking().cluster_run_id),
    "themes.taken_in": lambda db: themes.taken_in(db, asking().cluster_run_id),
    "themes.named": lambda db: themes.named(db, f"theme of {_cluster(db)}"),
    "themes.suggestions": themes.suggestions,
    "themes.export": lambda db: list(themes.export(db, None)),
}
WRITES: dict[str, Callable[[Session], Any]] = {
    "answers.keep": lambda db: answers.keep(db, SAID),
    "answers.decide": lambda db: answers.decide(db, SAID, ("show", "opgenomen"), ANNA.id, NOW),
    "answers.mark_shown": lambda db: answers.mark_shown(db, Told((), ("a",)), 1),
    "answers.withdraw": lambda db: answers.withdraw(db, "s", "thread", NOW),
    "answers.forget": lambda db: answers.forget(db, "s"),
    "letters.posted": lambda db: letters.posted(db, "a", "thanks", NOW),
    "relays.keep": lambda db: relays.keep(db, Relay("r", 1, "Joke", "j@example.org", "Hoe?", "nl"), "a", NOW),
    "relays.sent": lambda db: relays.sent(db, "r", NOW),
    "relays.dropped": lambda db: relays.dropped(db, "r", NOW),
    "askables.keep_reader": lambda db: askables.keep_reader(db, Offer("s", "t", "Joke", "huur", "a"), NOW),
    "askables.withdraw_reader": lambda db: askables.withdraw_reader(db, "s", "t"),
    "annotations.save": lambda db: annotations.save(db, words(), Author(_cluster(db), WEEK, ANNA.id, "nl"), NOW),
    "annotations.reconsider": lambda db: annotations.reconsider(db, _said(db), words(), "nl", NOW),
    "arrangements.add": lambda db: arrangements.add(db, _dropped(db), _card(db), ANNA.id, NOW),
    "arrangements.undo": lambda db: arrangements.undo(db, DONE, ANNA.id, NOW),
    "assignments.add": lambda db: assignments.add(db, WEEK, [Assignment(ANNA.id, "c", 1, "load")], NOW),
    "assignments.drop_others": lambda db: assignments.drop_others(db, WEEK, "run"),
    "assignments.release": lambda db: assignments.release(db, WEEK, ANNA.id, "c", NOW),
    "assignments.hand_over": lambda db: assignments.hand_over(db, WEEK, ASKED, BEN.id, ANNA.id, NOW),
    "drafts.keep": lambda db: drafts.keep(db, "c", ANNA.id, {"so_what": "Half"}, NOW),
    "drafts.drop": lambda db: drafts.drop(db, "c", ANNA.id),
    "echoes.put_off": lambda db: echoes.put_off(db, WEEK, ANNA.id, "a", NOW),
    "archives.add": lambda db: archives.add(db, Archive(ANNA.id, "s", frozenset(), {}), run("linkedin")),
    "archives.forget": lambda db: archives.forget(db, ANNA.id),
    "activities.note": lambda db: activities.note(db, {"e": "share"}),
    "activities.mark": lambda db: activities.mark(db, ["e"], NOW),
    "activities.bring_back": lambda db: activities.bring_back(db, ["e"], NOW),
    "activities.deselect": lambda db: activities.deselect(db, ANNA.id, ["h"], NOW),
    "activities.select_again": lambda db: activities.select_again(db, ANNA.id, ["h"]),
    "activities.forget_deselected": lambda db: activities.forget_deselected(db, ANNA.id),
    "removals.surfacings": lambda db: removals.surfacings(db, ["e"], lambda text: text.id, NOW),
    "removals.articles": lambda db: removals.articles(db, ["gone"]),
    "removals.entries": lambda db: removals.entries(db, ["gone"]),
    "removals.source": lambda db: removals.source(db, "gone"),
    "consents.withdraw": lambda db: consents.withdraw(db, ANNA.id, "linkedin:", NOW),
    "articles.keep": lambda db: articles.keep(db, [kept("new")], NOW, "run"),
    "articles.surface": lambda db: articles.surface(db, [("a", entry("new"))], "run"),
    "articles.bring_forward": lambda db: articles.bring_forward(db, [("a", later(days=-2))]),
    "articles.fold": lambda db: articles.fold(db, {"d": "a"}),
    "clusters.add": lambda db: clusters.add(db, clustering(group("a", "d"), run_id="another")),
    "consents.give": lambda db: consents.give(db, ANNA.id, "linkedin:shares", "said so", NOW),
    "corrections.add": lambda db: corrections.add(db, ACT, ANNA.id, "why", NOW),
    "corrections.undo": lambda db: corrections.undo(db, ACT.id, ANNA.id, NOW),
    "deliveries.fill": lambda db: deliveries.fill(db, 1, [LEZER], domain="post.example", run=run("publish")),
    "deliveries.claim": lambda db: deliveries.claim(db, None, 10, NOW),
    "deliveries.note": lambda db: deliveries.note(db, [Outcome("d", "sent", 1, NOW)]),
    "deliveries.release": deliveries.release,
    "retention.apply": lambda db: retention.apply(db, Rule("drafts", 90, "drafts"), NOW, 10),
    "deliveries.returned": lambda db: deliveries.returned(db, "d", "soft", "full"),
    "deliveries.forgive": lambda db: deliveries.forgive(db, "s"),
    "returns.add": lambda db: returns.add(db, Returned("r", "soft", None, None, "", "full"), NOW),
    "sending_pauses.pause": lambda db: sending_pauses.pause(db, "", NOW),
    "sending_pauses.resume": lambda db: sending_pauses.resume(db, NOW),
    "subscribers.complain": lambda db: subscribers.complain(db, LEZER, NOW),
    "suspensions.judge": lambda db: suspensions.judge(db, ["d"], NOW),
    "suspensions.lift": lambda db: suspensions.lift(db, "s", NOW),
    "suspensions.suspend": lambda db: suspensions.suspend(db, "s", Verdict("gone", "no such user"), NOW),
    "deliveries.try_failed_again": lambda db: deliveries.try_failed_again(db, None, NOW),
    "embeddings.add": lambda db: embeddings.add(db, {"t": VECTOR}, model="m", revision="1", run_id="run"),
    "entries.add": lambda db: entries.add(db, [entry("new")], "run"),
    "entries.change": lambda db: entries.change(db, [entry("a", title="Nieuw")], NOW, "run"),
    "entries.rename": lambda db: entries.rename(db, [(entry("a").id, "new")]),
    "entries.attach": lambda db: entries.attach(db, [Attachment(entry("a").id, "a", 2)]),
    "fetches.add": lambda db: fetches.add(db, [Fetch("f", "run", None, ADDRESS, None, NOW, 200, 1)]),
    "issues.freeze": lambda db: issues.freeze(db, builders.issue(db), NOW),
    "issue_notes.add": lambda db: issue_notes.add(db, _frozen(db), "Het was 2024.", "nl", by=BEN.id, now=NOW),
    "links.keep": lambda db: links.keep(db, ANNA, LINK, run("link")),
    "people.add": lambda db: people.add(db, ANNA, NOW),
    "people.remove": lambda db: people.remove(db, BEN.id, NOW),
    "people.change": lambda db: people.change(db, ANNA),
    "people.set_role": lambda db: people.set_role(db, MIA.id, "member", NOW),
    "people.pause": lambda db: people.pause(db, MIA.id, WEEK),
    "people.take_name_off": lambda db: people.take_name_off(db, "nobody"),
    "interests.keep": lambda db: interests.keep(db, ANNA.id, ["t"], NOW),
    "interests.forget": lambda db: interests.forget(db, ANNA.id),
    "askables.keep": lambda db: askables.keep(db, ANNA.id, "t", "huren", NOW),
    "askables.withdraw": lambda db: askables.withdraw(db, ANNA.id, "t"),
    "askables.forget": lambda db: askables.forget(db, ANNA.id),
    "welcomes.offer": lambda db: welcomes.offer(db, builders.welcome(uuid.uuid4().hex)),
    "welcomes.use": lambda db: welcomes.use(db, "token", NOW),
    "welcomes.withdraw": lambda db: welcomes.withdraw(db, "w", NOW),
    "welcomes.withdraw_of": lambda db: welcomes.withdraw_of(db, ANNA.id, NOW),
    "rounds.open_with": lambda db: rounds.open_with(db, asking(), "run"),
    "rounds.invite": lambda db: rounds.invite(db, WEEK, ANNA.id, "run"),
    "rounds.mark_invited": lambda db: rounds.mark_invited(db, WEEK, ANNA.id, NOW),
    "rounds.mark_reminded": lambda db: rounds.mark_reminded(db, WEEK, ANNA.id, NOW),
    "rounds.close": lambda db: rounds.close(db, "2026-W46", "operator", NOW),
    "rounds.approve": lambda db: rounds.approve(db, _round(db, "2026-W44"), BEN.id, NOW),
    "rounds.skip": lambda db: rounds.skip(db, _round(db, "2026-W45"), BEN.id, NOW, "vakantie"),
    "rounds.reopen": lambda db: rounds.reopen(db, _round(db, "2026-W45"), BEN.id, NOW, later(days=1)),
    "rounds.mark_told": lambda db: rounds.mark_told(db, WEEK, BEN.id, NOW),
    "plans.save": lambda db: plans.save(db, WEEK, Plan(), BEN.id, NOW),
    "runs.start": lambda db: runs.start(db, run("embed")),
    "runs.note": lambda db: runs.note(db, "r", backend="b"),
    "runs.finish": lambda db: runs.finish(db, "r", "done", NOW),
    "sign_ins.offer": lambda db: sign_ins.offer(db, "link", ANNA.id, NOW, later(days=7)),
    "sign_ins.use": lambda db: sign_ins.use(db, "link", NOW),
    "sign_ins.start_session": lambda db: sign_ins.start_session(db, "session", ANNA.id, NOW, later(days=30)),
    "sign_ins.end_session": lambda db: sign_ins.end_session(db, "session", NOW),
    "sign_ins.end_session_of": lambda db: sign_ins.end_session_of(db, ANNA.id, "s", NOW),
    "sign_ins.end_other_sessions": lambda db: sign_ins.end_other_sessions(db, ANNA.id, "s", NOW),
    "sources.add": lambda db: sources.add(db, [KRANT], NOW),
    "rests.note": lambda db: rests.note(db, {"krant.example": NOW}, NOW),
    "sources.polled": lambda db: sources.polled(db, [(KRANT, Next(Poll(), NOW))], NOW, "run"),
    "sources.introduce": lambda db: sources.introduce(db, KRANT.id, "De Krant", "nl"),
    "sources.set_state": lambda db: sources.set_state(db, KRANT.id, "active"),
    "deliveries.fill_month": lambda db: deliveries.fill_month(db, 1, [LEZER], domain="d.example", run=run("month")),
    "months.fill": _fill_month,
    "subscriptions.ask": lambda db: subscriptions.ask(db, ASKED_FOR),
    "subscriptions.confirm": lambda db: subscriptions.confirm(db, "token", NOW),
    "subscribers.enrol": lambda db: subscribers.enrol(db, []),
    "subscribers.come": lambda db: subscribers.come(db, LEZER, Consent("own page", NOW)),
    "subscribers.restore": lambda db: subscribers.restore(db, LEZER, Consent("wrote to me", NOW)),
    "subscribers.change": lambda db: subscribers.change(db, LEZER.id, Wishes("nl"), NOW),
    "subscribers.add": lambda db: subscribers.add(db, LEZER, "form", NOW),
    "subscribers.unsubscribe": lambda db: subscribers.unsubscribe(db, "s", NOW),
    "subscribers.forget": lambda db: subscribers.forget(db, "nobody@example.org", NOW),
    "themes.decide": lambda db: themes.decide(db, "s", "refused", ANNA.id, NOW),
    "themes.name": lambda db: themes.name(db, "t", "Wonen", ANNA.id, NOW),
    "themes.stand": lambda db: themes.stand(db, WEEK, {"t": Standing("steady", 1, 2, 1.0, 0.0)}, run_id="run"),
    "themes.suggest": lambda db: themes.suggest(db, WEEK, [Proposed("a", "t", 0.3)], run_id="run"),
    "themes.link": lambda db: themes.link(db, WEEK, [Match("c", "t", "l", "new", 1.0)], run_id="run"),
}


@pytest.fixture(scope="module")
def week(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a week, for all of this file."""
    path = tmp_path_factory.mktemp("locked") / "duiding.duckdb"
    path.write_bytes(made.read_bytes())
    with Database(path).writing() as db:
        builders.week(db)
    return path


@pytest.fixture(scope="module")
def holder(week: Path) -> Iterator[Other]:
    """Another process that takes the lock when told so."""
    with other("hold_on_demand", week) as one:
        yield one


def _stands_in_line(path: Path) -> bool:
    """Whether somebody waits for the lock: then they stand in the turnstile."""
    handle = os.open(f"{path}.turn", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _done(database: Database, name: str) -> object:
    if name in READS:
        with database.reading() as db:
            return READS[name](db)
    with database.writing() as db:
        return WRITES[name](db)


def _refused_then_done(path: Path, holder: Other, work: Callable[[Database], object]) -> None:
    """While the other process holds the file, work is refused within its bound; work that waits is done afterwards."""
    with _held(holder) as give_back:
        began = time.monotonic()
        with pytest.raises(DatabaseBusyError, match=f"process {holder.pid}"):
            work(Database(path, wait_s=0.01))
        assert time.monotonic() - began < 5
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(work, Database(path, wait_s=PATIENCE_S))
            while not _stands_in_line(path):
                assert not waiting.done(), waiting.result()
            give_back()
            waiting.result(PATIENCE_S)


@contextmanager
def _held(holder: Other) -> Iterator[Callable[[], None]]:
    """Let the other process hold the file until it is told to give it back, at the latest at the end of the block."""
    holder.tell("take it")
    assert holder.line() == "held"
    tellings = iter(["give it back"])

    def give_back() -> None:
        for line in tellings:
            holder.tell(line)
            assert holder.line() == "free"

    try:
        yield give_back
    finally:
        give_back()


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_function_waits_for_a_held_file_or_says_who_holds_it(week: Path, holder: Other, name: str) -> None:
    _refused_then_done(week, holder, lambda database: _done(database, name))


def test_a_backup_waits_for_a_held_file_or_says_who_holds_it(week: Path, holder: Other, tmp_path: Path) -> None:
    _refused_then_done(week, holder, lambda database: backups.take(database, tmp_path / "copy"))


def test_a_restore_waits_for_a_held_file_or_says_who_holds_it(week: Path, holder: Other, tmp_path: Path) -> None:
    backups.take(Database(week), tmp_path / "copy")
    _refused_then_done(week, holder, lambda database: backups.restore(database, tmp_path / "copy", NOW))


def test_every_public_function_that_speaks_to_the_database_is_tried_here() -> None:
    spoken = {
        f"{module.name}.{name}"
        for module in pkgutil.iter_modules(storage.__path__)
        for name, function in inspect.getmembers(import_module(f"storage.{module.name}"), inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == f"storage.{module.name}"
        and next(iter(inspect.signature(function).parameters), "") == "db"
    }
    assert spoken == {*READS, *WRITES}
