"""Publishing: an issue is built from what people said, frozen once, and waits for its readers in one transaction."""

import json
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from curate.annotations import Words
from curate.errors import ClosedError, NotFoundError, StorageError
from curate.people import Person, person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import publishing, rounds, sending
from storage import annotations, clusters, deliveries, issues, people, subscribers
from storage import rounds as stored_rounds
from storage.annotations import Author
from tests.pipelines.at_home import WEEK, HashEncoder, Story, fingerprint, moved, one, outbox, rows, write
from tests.pipelines.conftest import Duiding

W47 = Week.parse(WEEK)
SO_WHAT = "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is."
ANNA = person("anna@example.org", "Anna de Vries", "catalyst", "nl")


def words(verdict: str = "keep", so_what: str = SO_WHAT) -> Words:
    return Words(verdict, so_what, "", "working_view")  # type: ignore[arg-type]  # one of the verdicts


def speak(home: Home, said: Words, cluster: int = 0, who: Person = ANNA) -> None:
    with home.database.reading() as db:
        cluster_id = clusters.cards_of_round(db, WEEK)[cluster].cluster_id
    write(home, lambda db: annotations.save(db, said, Author(cluster_id, WEEK, who.id, "nl"), home.clock()))


def subscribe(home: Home, *names: str) -> None:
    with home.database.writing() as db:
        for name in names:
            subscribers.add(db, subscribers.subscriber(f"{name}@example.org", "nl"), "test", home.clock())


@pytest.fixture(scope="module")
def asked_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which the round of the week is open and two people read the digest; made once, for copying."""
    home = moved(filled, tmp_path_factory.mktemp("asked") / "home", Story())
    write(home, lambda db: people.add(db, ANNA, home.clock()))
    rounds.run_week(home, W47, model=HashEncoder())
    subscribe(home, "mia", "noor")
    return home


@pytest.fixture
def asked(asked_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(asked_once, tmp_path / "home", story)


def content(home: Home) -> str:
    with home.database.reading() as db:
        return issues.content_of(db, 1) or ""


def due(home: Home) -> tuple[str, ...]:
    return publishing.due(home)


def test_without_a_voice_nothing_is_published_and_the_round_stays_open(asked: Home) -> None:
    before = fingerprint(asked)
    for said in (None, words("not_relevant", ""), words("not_now", SO_WHAT)):
        if said:
            speak(asked, said)
            before = fingerprint(asked)
        with pytest.raises(ClosedError, match="duiding remind"):
            publishing.publish(asked, W47)
        assert fingerprint(asked) == before
    with pytest.raises(NotFoundError):
        publishing.publish(asked, W47.previous)


def test_publishing_closes_freezes_and_fills_the_outbox(asked: Home) -> None:
    speak(asked, words())
    done = publishing.publish(asked, W47)
    assert (done.issue.number, done.issue.week, len(done.issue.items), done.waiting) == (1, WEEK, 1, 2)
    assert rows(asked, "SELECT closed_at, closed_by FROM rounds") == [(asked.clock(), "operator")]
    assert SO_WHAT in done.page.read_text(encoding="utf-8")
    assert done.map.read_text(encoding="utf-8").startswith("<svg")
    assert json.loads(content(asked))["items"][0]["voices"][0]["so_what"] == SO_WHAT
    assert one(asked, "SELECT run_id FROM issues") == one(asked, "SELECT run_id FROM runs WHERE kind = 'publish'")
    assert rows(asked, "SELECT state, count(*), count(DISTINCT message_id) FROM deliveries GROUP BY ALL") == [
        ("waiting", 2, 2)
    ]


def test_publishing_twice_sends_nothing_twice_and_changes_no_byte(asked: Home, story: Story) -> None:
    speak(asked, words())
    first = publishing.publish(asked, W47)
    assert sending.send(asked).sent == 2
    frozen, page = content(asked), first.page.read_bytes()
    mails = {file.name: file.read_bytes() for file in asked.outbox.iterdir()}
    subscribe(asked, "laat")
    story.later(hours=3)
    again = publishing.publish(asked, W47)
    assert sending.send(asked).sent == 0
    assert (again.issue, again.waiting) == (first.issue, 0)
    assert content(asked) == frozen
    assert first.page.read_bytes() == page
    assert {file.name: file.read_bytes() for file in asked.outbox.iterdir()} == mails
    assert one(asked, "SELECT count(*) FROM issues") == 1


def test_what_is_said_after_the_freeze_changes_nothing(asked: Home) -> None:
    speak(asked, words())
    publishing.publish(asked, W47)
    frozen = content(asked)
    with pytest.raises(ClosedError):
        speak(asked, words(so_what="Nee, toch anders: dit gaat over heel iets anders dan gedacht."))
    publishing.publish(asked, W47)
    assert content(asked) == frozen


def test_a_freeze_that_is_killed_leaves_no_half_issue(asked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(asked, words())

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "fill", killed)
        with pytest.raises(KeyboardInterrupt):
            publishing.publish(asked, W47)
    assert one(asked, "SELECT count(*) FROM issues") == 0
    assert one(asked, "SELECT closed_at FROM rounds") is None
    assert publishing.publish(asked, W47).waiting == 2


def test_a_dry_run_shows_the_issue_and_changes_nothing(asked: Home, duiding: Duiding) -> None:
    speak(asked, words())
    before = fingerprint(asked)
    files = sorted(asked.path.rglob("*"))
    said = duiding("publish", "--week", WEEK, "--dry-run")
    assert said.code == 0
    assert SO_WHAT[:30] in said.out
    assert fingerprint(asked) == before
    assert sorted(asked.path.rglob("*")) == files
    assert duiding("publish", "--week", WEEK, "--dry-run", "--json").json["items"] == 1


def test_the_command_publishes_and_sends(asked: Home, duiding: Duiding) -> None:
    speak(asked, words())
    said = duiding("publish", "--week", WEEK, "--json")
    assert said.code == 0
    assert {key: said.json[key] for key in ("number", "items", "sent", "failed", "put_off")} == {
        "number": 1,
        "items": 1,
        "sent": 2,
        "failed": 0,
        "put_off": 0,
    }
    assert "outbox" in said.json["message"]
    assert len([mail for mail in outbox(asked) if str(mail["To"]) != ANNA.email]) == 2
    assert duiding("publish", "--week", WEEK, "--json").json["sent"] == 0


# --- what the sweep finds --------------------------------------------------------------------------------------------


def test_the_sweep_finds_what_an_editor_closed(asked: Home) -> None:
    speak(asked, words())
    assert due(asked) == ()
    write(asked, lambda db: stored_rounds.close(db, WEEK, "eva", asked.clock()))
    assert due(asked) == (WEEK,)
    publishing.publish(asked, W47, by="deadline")
    assert one(asked, "SELECT closed_by FROM rounds") == "eva", "who closed first has closed it"
    assert due(asked) == ()


def test_the_sweep_finds_what_is_past_its_deadline(asked: Home, story: Story) -> None:
    speak(asked, words())
    story.now += timedelta(days=asked.settings.rounds.days, seconds=-1)
    assert due(asked) == ()
    story.later(seconds=1)
    assert due(asked) == (WEEK,)
    publishing.publish(asked, W47, by="deadline")
    assert one(asked, "SELECT closed_by FROM rounds") == "deadline"


def test_the_sweep_leaves_a_round_without_a_voice_alone(asked: Home, story: Story) -> None:
    story.later(days=30)
    assert due(asked) == ()
    speak(asked, words())
    assert due(asked) == (WEEK,)


def test_an_issue_without_readers_is_frozen_all_the_same(week: Home) -> None:
    write(week, lambda db: people.add(db, ANNA, week.clock()))
    rounds.run_week(week, W47, model=HashEncoder())
    speak(week, words())
    assert publishing.publish(week, W47).waiting == 0
    assert sending.send(week).sentence.startswith("0 sent")


def test_who_left_gets_nothing(asked: Home) -> None:
    gone = subscribers.subscriber("mia@example.org", "nl")
    write(asked, lambda db: subscribers.unsubscribe(db, gone.id, asked.clock()))
    speak(asked, words())
    assert publishing.publish(asked, W47).waiting == 1


def test_a_page_that_a_crash_left_out_is_written_by_the_next_sweep_and_only_then(asked: Home) -> None:
    speak(asked, words())
    done = publishing.publish(asked, W47)
    whole = done.page.read_text(encoding="utf-8")
    assert not publishing.show_last(asked)
    done.page.unlink()
    assert publishing.show_last(asked)
    assert done.page.read_text(encoding="utf-8") == whole
    assert [file.name for file in sorted(done.page.parent.iterdir())] == [f"{WEEK}.html", f"{WEEK}.map.svg"]


def test_before_the_first_issue_there_is_no_page_to_make_up_for(asked: Home) -> None:
    assert not publishing.show_last(asked)


def test_a_page_that_cannot_be_written_says_so_and_leaves_no_half_one(asked: Home) -> None:
    speak(asked, words())
    (asked.path / "issues").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written.*The issue is frozen and nothing is lost"):
        publishing.publish(asked, W47)
    (asked.path / "issues").unlink()
    assert publishing.show_last(asked)


def test_what_an_editor_approves_during_a_sweep_is_published_by_it(week: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines import publish

    swept: list[str] = []
    monkeypatch.setattr(publish, "_swept", lambda _: swept.append("once more") or f"{len(swept)} sweeps")
    monkeypatch.setattr(publish.publishing, "due", lambda _: ["2026-W47"][len(swept) - 1 :])
    monkeypatch.setattr(publish.flowing, "home", lambda: week)
    monkeypatch.setattr(publish.flowing, "name_ahead", lambda _: None)
    monkeypatch.setattr(publish.showing, "kept_up", lambda _: nullcontext())
    assert publish.publish.fn() == "2 sweeps"


def test_what_went_wrong_first_is_told_even_when_the_week_cannot_be_shown(
    week: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import showing

    def unreachable(*_: object) -> None:
        raise ConnectionError("Prefect is away")

    monkeypatch.setattr(showing, "week", unreachable)
    with pytest.raises(StorageError, match="the disk is full"), showing.kept_up(week, "2026-W47"):
        raise StorageError("the disk is full")
    with pytest.raises(ConnectionError), showing.kept_up(week, "2026-W47"):
        pass
