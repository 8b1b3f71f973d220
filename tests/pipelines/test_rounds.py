"""The round of a week: nobody is asked twice, nobody is forgotten, and what people said is never moved away."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate.annotations import Words
from curate.errors import ClosedError, MailError, NotFoundError
from curate.people import Person, Role, person
from curate.weeks import Week
from pipelines import posting, serving
from pipelines.home import Home
from pipelines.settings import Rounds
from pipelines.steps import clustering, encoding, imports, rounds
from storage import annotations, assignments, clusters, people
from storage import rounds as stored_rounds
from storage.annotations import Author
from tests.pipelines.at_home import (
    TOPICS,
    WEEK,
    HashEncoder,
    Story,
    fingerprint,
    jsonl,
    one,
    outbox,
    prose,
    rows,
    write,
)
from tests.pipelines.office import Office, by_smtp

W47 = Week.parse(WEEK)
WORDS = Words("keep", "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is.", "", "working_view")


def known(home: Home, name: str, role: Role = "catalyst") -> Person:
    someone = person(f"{name}@example.org", name.title(), role, "nl")
    write(home, lambda db: people.add(db, someone, home.clock()))
    return someone


def run_week(home: Home) -> rounds.Opened:
    return rounds.run_week(home, W47, model=HashEncoder())


def speak(home: Home, who: Person, cluster: int = 0, words: Words = WORDS) -> str:
    with home.database.reading() as db:
        cluster_id = clusters.cards_of_round(db, WEEK)[cluster].cluster_id
    author = Author(cluster_id, WEEK, who.id, "nl")
    return str(write(home, lambda db: annotations.save(db, words, author, home.clock())).id)


def recipients(home: Home) -> list[str]:
    return [str(mail["To"]) for mail in outbox(home)]


# --- clustering ------------------------------------------------------------------------------------------------------


def test_articles_are_grouped_by_matter_and_every_text_is_encoded_once(week: Home, story: Story) -> None:
    model = HashEncoder()
    first = clustering.cluster(week, clustering.span_of(W47), model=model)
    assert (first.articles, first.encoded, first.clusters, first.single) == (9, 9, 3, 0)
    with week.database.reading() as db:
        cards = clusters.cards_of_round(db, WEEK)
        records = list(clusters.export(db, WEEK))
    assert [card.size for card in cards] == [3, 3, 3]
    assert {record["id"].split("-")[0] + record["cluster"] for record in records} == {
        topic + card.cluster_id for topic, card in zip(_topics(records), cards, strict=True)
    }
    story.later(minutes=1)
    again = clustering.cluster(week, clustering.span_of(W47), model=model)
    assert (again.encoded, again.clusters) == (0, 3)
    assert len(model.encoded) == 9
    assert one(week, "SELECT DISTINCT model || model_revision FROM runs WHERE kind = 'cluster'") == "hashes1"


def _topics(records: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(record["id"].split("-")[0] for record in records))


def test_another_model_encodes_anew(week: Home) -> None:
    clustering.cluster(week, clustering.span_of(W47), model=HashEncoder())
    assert clustering.cluster(week, clustering.span_of(W47), model=HashEncoder(revision="2")).encoded == 9


def test_a_killed_encoding_keeps_the_pieces_that_were_ready(week: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(HashEncoder):
        def encode(self, texts: Any, done: Callable[[int], None] = lambda _: None) -> Any:
            if len(self.encoded) >= 4:
                raise KeyboardInterrupt
            return super().encode(texts, done)

    monkeypatch.setattr(encoding, "_PIECE", 2)
    with pytest.raises(KeyboardInterrupt):
        clustering.cluster(week, clustering.span_of(W47), model=Dying())
    assert clustering.cluster(week, clustering.span_of(W47), model=HashEncoder()).encoded == 5


def test_days_of_the_week_can_be_chosen(week: Home) -> None:
    span = clustering.Span(W47, W47.starts_at, W47.starts_at.replace(day=18))
    assert clustering.cluster(week, span, model=HashEncoder()).articles == 3


# --- asking ----------------------------------------------------------------------------------------------------------


def test_running_a_week_twice_asks_nobody_twice(week: Home) -> None:
    for name, role in (("anna", "catalyst"), ("eva", "editor"), ("olga", "operator"), ("mia", "member")):
        known(week, name, role)  # type: ignore[arg-type]  # mypy sees str, these are roles
    first = run_week(week)
    assert (first.clusters, first.invited) == (3, 2)
    assert recipients(week) == ["anna@example.org", "eva@example.org"]
    before = {file.name: file.read_bytes() for file in week.outbox.iterdir()}
    again = run_week(week)
    assert (again.clusters, again.invited) == (3, 0)
    assert {file.name: file.read_bytes() for file in week.outbox.iterdir()} == before
    assert one(week, "SELECT count(*) FROM rounds") == 1


def test_the_round_closes_after_the_days_of_the_settings(week: Home, story: Story) -> None:
    run_week(week)
    opened_at, closes_at = rows(week, "SELECT opened_at, closes_at FROM rounds")[0]
    assert opened_at == story.now
    assert (closes_at - opened_at).days == week.settings.rounds.days


def test_a_catalyst_who_comes_later_is_asked_by_the_next_run(week: Home) -> None:
    anna = known(week, "anna")
    run_week(week)
    known(week, "ben")
    assert run_week(week).invited == 1
    speak(week, anna)
    known(week, "cas")
    opened = run_week(week)
    assert opened.invited == 1
    assert "people have spoken" in opened.sentence
    assert recipients(week) == ["anna@example.org", "ben@example.org", "cas@example.org"]


def test_who_was_removed_is_not_asked(week: Home) -> None:
    anna = known(week, "anna")
    write(week, lambda db: people.remove(db, anna.id, week.clock()))
    assert run_week(week).invited == 0


def a_late_article(home: Home, folder: Path) -> None:
    text = f"{TOPICS['huur']} {prose('laat', 30)} {TOPICS['huur']}"
    late = {"url": "https://laat.example/1", "title": "huurprijs verhuurder", "text": text, "language": "nl"}
    imports.import_articles(home, jsonl(folder / "late.jsonl", [{**late, "published_at": "2026-11-20T08:00:00Z"}]))


def test_a_round_in_which_nobody_spoke_takes_in_articles_that_came_late(week: Home, tmp_path: Path) -> None:
    known(week, "anna")
    run_week(week)
    a_late_article(week, tmp_path)
    assert run_week(week).invited == 0
    with week.database.reading() as db:
        assert sum(card.size for card in clusters.cards_of_round(db, WEEK)) == 10


def test_a_round_in_which_somebody_spoke_stays_as_it_is(week: Home, tmp_path: Path) -> None:
    anna = known(week, "anna")
    run_week(week)
    speak(week, anna)
    a_late_article(week, tmp_path)
    before = one(week, "SELECT cluster_run_id FROM rounds")
    run_week(week)
    assert one(week, "SELECT cluster_run_id FROM rounds") == before


def test_words_written_on_a_page_of_an_earlier_clustering_are_not_lost(week: Home, story: Story) -> None:
    anna = known(week, "anna")
    run_week(week)
    with week.database.reading() as db:
        seen = clusters.cards_of_round(db, WEEK)[0].cluster_id
    story.later(minutes=5)
    run_week(week)
    try:
        write(week, lambda db: annotations.save(db, WORDS, Author(seen, WEEK, anna.id, "nl"), week.clock()))
    except NotFoundError:
        return  # told to open the board again; the page keeps the words
    with week.database.reading() as db:
        assert seen in {card.cluster_id for card in clusters.cards_of_round(db, WEEK)}


def test_a_closed_round_is_left_alone_and_says_so(week: Home) -> None:
    anna = known(week, "anna")
    run_week(week)
    speak(week, anna)
    write(week, lambda db: stored_rounds.close(db, WEEK, "operator", week.clock()))
    known(week, "ben")
    before = fingerprint(week)
    opened = run_week(week)
    assert opened.invited == 0
    assert "closed" in opened.sentence
    assert fingerprint(week) == before


# --- reminding -------------------------------------------------------------------------------------------------------


def test_who_has_not_spoken_is_reminded_once(week: Home) -> None:
    anna, _ = known(week, "anna"), known(week, "ben")
    run_week(week)
    speak(week, anna)
    assert rounds.remind(week, W47) == 1
    assert recipients(week) == ["anna@example.org", "ben@example.org", "ben@example.org"]
    assert rounds.remind(week, W47) == 0
    assert rounds.remind_open(week) == 0


def test_who_was_never_asked_is_not_reminded(week: Home) -> None:
    known(week, "anna")
    run_week(week)
    known(week, "ben")
    assert rounds.remind(week, W47) == 1


def test_nobody_is_reminded_of_a_closed_round_or_one_that_is_not_there(week: Home) -> None:
    with pytest.raises(NotFoundError, match="week run"):
        rounds.remind(week, W47)
    known(week, "anna")
    run_week(week)
    write(week, lambda db: stored_rounds.close(db, WEEK, "operator", week.clock()))
    assert rounds.remind(week, W47) == 0
    assert rounds.remind_open(week) == 0


def test_a_link_signs_in_one_person_once(week: Home) -> None:
    anna = known(week, "anna")
    assert rounds.link_for(week, "ANNA@example.org ") != rounds.link_for(week, "anna@example.org")
    assert rows(week, "SELECT person_id, used_at FROM sign_ins") == [(anna.id, None)] * 2
    kept = str(rows(week, "SELECT * FROM sign_ins"))
    assert rounds.link_for(week, "anna@example.org").rpartition("/")[2].split("?")[0] not in kept


# --- letters that cannot be delivered --------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", ["550 no such user", "451 try again later"])
def test_one_address_that_is_refused_never_keeps_the_others_from_being_asked(
    week: Home, office: Office, refusal: str
) -> None:
    home = by_smtp(week, office.port)
    for name in ("anna", "ben", "cas"):
        known(home, name)
    office.refused["anna@example.org"] = refusal
    with pytest.raises(MailError, match="Anna: ") as caught:
        run_week(home)
    assert refusal[:3] in str(caught.value)
    assert office.recipients == ["ben@example.org", "cas@example.org"]
    assert one(home, "SELECT count(*) FROM rounds") == 1
    office.refused.clear()
    assert run_week(home).invited == 1
    assert office.recipients == ["ben@example.org", "cas@example.org", "anna@example.org"]


def test_an_address_that_no_mail_can_bear_never_keeps_the_others_from_being_asked(week: Home) -> None:
    known(week, "anna")
    write(week, lambda db: people.add(db, person("zoë@example.org", "Zoë", "catalyst", "nl"), week.clock()))
    write(week, lambda db: people.add(db, person("aäron@example.org", "Aäron", "catalyst", "nl"), week.clock()))
    with pytest.raises(MailError, match="2 of 3"):
        run_week(week)
    assert recipients(week) == ["anna@example.org"]


def test_without_a_mail_server_nobody_is_marked_as_asked(week: Home) -> None:
    known(week, "anna")
    away = by_smtp(week, 9)
    with pytest.raises(MailError, match="cannot be reached"):
        run_week(away)
    assert run_week(week).invited == 1


def test_a_letter_is_known_by_one_name_however_often_it_is_sent(week: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    known(week, "anna")

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stored_rounds, "mark_invited", killed)
        with pytest.raises(KeyboardInterrupt):
            run_week(week)
    (first,) = outbox(week)
    assert run_week(week).invited == 1
    (second,) = outbox(week)
    assert first["Message-ID"] == second["Message-ID"]


def test_commands_that_mail_say_where_the_mail_goes(week: Home) -> None:
    assert str(week.outbox) in posting.where(week)
    assert "127.0.0.1:25" in posting.where(by_smtp(week, 25))


def test_words_for_a_closed_round_are_refused(week: Home) -> None:
    anna = known(week, "anna")
    run_week(week)
    write(week, lambda db: stored_rounds.close(db, WEEK, "operator", week.clock()))
    with pytest.raises(ClosedError):
        speak(week, anna)


def test_the_pages_ask_as_much_as_the_invitation_says(home: Home) -> None:
    modest = replace(home, settings=home.settings.model_copy(update={"rounds": Rounds(asked=2)}))
    assert serving.application(modest).state.site.config.asked == 2  # type: ignore[attr-defined]


def test_who_pauses_gets_no_mail_and_is_asked_again_afterwards(week: Home) -> None:
    known(week, "anna")
    ben = known(week, "ben")
    write(week, lambda db: people.pause(db, ben.id, WEEK))
    assert run_week(week).invited == 1
    assert recipients(week) == ["anna@example.org"]
    assert rounds.remind(week, W47) == 1
    write(week, lambda db: people.pause(db, ben.id, None))
    assert rounds.invite(week, W47) == 1
    assert recipients(week).count("ben@example.org") == 1


def test_an_invitation_leads_to_the_page_on_which_one_pauses(week: Home) -> None:
    known(week, "anna")
    run_week(week)
    (mail,) = outbox(week)
    body = mail.get_body(("plain",))
    assert body
    assert f"{week.settings.public_url}/my" in body.get_content().splitlines()


def asked(home: Home, who: Person) -> list[tuple[str, str]]:
    with home.database.reading() as db:
        return [(one.cluster_id, one.reason) for one in assignments.of_person(db, WEEK, who.id) or ()]


def test_opening_a_round_decides_what_is_asked_of_whom_once(week: Home) -> None:
    anna, ben, olga = known(week, "anna"), known(week, "ben", "editor"), known(week, "olga", "operator")
    run_week(week)
    before = asked(week, anna), asked(week, ben)
    assert all(1 <= len(one) <= week.settings.rounds.asked for one in before)
    assert asked(week, olga) == []
    speak(week, anna)
    late = known(week, "carla")
    run_week(week)
    assert (asked(week, anna), asked(week, ben)) == before
    assert asked(week, late)


def test_who_pauses_is_asked_nothing(week: Home) -> None:
    anna = known(week, "anna")
    write(week, lambda db: people.pause(db, anna.id, WEEK))
    run_week(week)
    assert asked(week, anna) == []


def test_a_round_that_moves_to_another_clustering_asks_about_that(week: Home, tmp_path: Path) -> None:
    anna = known(week, "anna")
    run_week(week)
    before = asked(week, anna)
    a_late_article(week, tmp_path)
    run_week(week)
    with week.database.reading() as db:
        shown = {card.cluster_id for card in clusters.cards_of_round(db, WEEK)}
    after = {cluster for cluster, _ in asked(week, anna)}
    assert after <= shown
    assert len(after) == len(before)
