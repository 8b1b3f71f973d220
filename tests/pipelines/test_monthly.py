"""The letter about a month: when it is written, to whom, once, and what it holds."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from curate.issues import Issue
from curate.months import Month
from curate.readers import Wishes
from pipelines.home import Home
from pipelines.steps import monthly, publishing, sending
from storage import deliveries, issues, months, subscribers
from tests.pipelines.at_home import Story, fingerprint, moved, outbox, rows, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.test_publishing import W47, asked_once, speak, words
from tests.reports import builders as samples
from tests.storage import builders

__all__ = ["asked_once"]

NOVEMBER = Month(2026, 11)
OVER = NOVEMBER.ends_at
SAMPLE = samples.issue()


def reader(home: Home, name: str, every: str = "month", *follows: str) -> None:
    one_ = subscribers.wishing(f"{name}@example.org", Wishes("nl", every, follows))  # type: ignore[arg-type]
    write(home, lambda db: subscribers.add(db, one_, "test", home.clock()))


@pytest.fixture
def spoken(asked_once: Home, tmp_path: Path, story: Story) -> Home:
    """A home in which week 47 waits in review, and week 48 is frozen."""
    home = moved(asked_once, tmp_path / "home", story)
    speak(home, words())
    freeze_as(home, "2026-W48", SAMPLE)
    return home


@pytest.fixture
def told(asked_once: Home, tmp_path: Path, story: Story) -> Home:
    """A home in which the issue of week 47 is frozen; mia and noor read each issue, max by the month."""
    home = moved(asked_once, tmp_path / "home", story)
    reader(home, "max")
    speak(home, words())
    publishing.publish(home, W47)
    sending.send(home)
    for file in home.outbox.iterdir():
        file.unlink()
    return home


def another(home: Home, week: str) -> None:
    """Freeze an issue of another week with what the first one holds."""
    with home.database.reading() as db:
        first = issues.by_number(db, 1)
    assert first
    freeze_as(home, week, first)


def freeze_as(home: Home, week: str, issue: Issue) -> None:
    with home.database.writing() as db:
        issues.freeze(db, replace(issue, number=issues.next_number(db), week=week), home.clock())


def test_who_reads_by_the_month_gets_nothing_until_the_month_is_over(told: Home, story: Story) -> None:
    assert sorted(
        row[0] for row in rows(told, "SELECT s.email FROM deliveries JOIN subscribers s USING (subscriber_id)")
    ) == [
        "mia@example.org",
        "noor@example.org",
    ]
    story.now = OVER - timedelta(seconds=1)
    assert monthly.due(told) == ()
    story.now = OVER
    assert monthly.due(told) == (), "the round of week 48 may still open"
    another(told, "2026-W48")
    assert monthly.due(told) == (NOVEMBER,)


def test_the_letter_has_the_issues_of_the_month_and_is_sent_once(told: Home, story: Story) -> None:
    another(told, "2026-W48")
    another(told, "2026-W49")
    story.now = OVER + timedelta(days=1)
    assert monthly.fill_due(told) == 1
    assert monthly.fill_due(told) == 0
    assert sending.send(told).sent == 1
    (mail,) = outbox(told)
    assert str(mail["To"]) == "max@example.org"
    assert str(mail["Subject"]) == "Netwerk, november 2026"
    body = mail.get_body(("plain",))
    assert body
    text = body.get_content()
    assert "/issues/1#item-1" in text
    assert "/issues/2#item-1" in text
    assert "/issues/3" not in text, "week 49 is of December"
    assert "Nummer 1, week 47" in text
    assert "/preferences/" in text
    assert str(mail["List-Unsubscribe"]).strip("<>") in text
    assert sending.send(told).sent == 0
    story.later(days=3)
    assert monthly.fill_due(told) == 0


def test_a_week_in_review_holds_the_letter_up_until_it_is_skipped(spoken: Home, story: Story) -> None:
    story.now = OVER + timedelta(days=20)
    assert monthly.due(spoken) == ()
    assert monthly.fill_due(spoken) == 0
    write(spoken, lambda db: db.execute("UPDATE rounds SET skipped_at = closes_at"))
    assert monthly.due(spoken) == (NOVEMBER,)


def test_it_is_looked_at_once_more_before_a_letter_is_written(
    spoken: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(spoken, "max")
    story.now = OVER + timedelta(days=20)
    monkeypatch.setattr(monthly, "due", lambda _: (NOVEMBER,))  # as it was before a round was opened again
    assert monthly.fill_due(spoken) == 0
    assert rows(spoken, "SELECT * FROM months") == []


def test_a_week_in_which_nobody_spoke_holds_nothing_up_once_it_is_over(
    asked_once: Home, tmp_path: Path, story: Story
) -> None:
    home = moved(asked_once, tmp_path / "home", story)
    freeze_as(home, "2026-W48", SAMPLE)
    story.now = OVER
    write(home, lambda db: db.execute("UPDATE rounds SET closes_at = '2026-12-02'"))
    assert monthly.due(home) == (), "somebody may still speak"
    story.later(days=3)
    assert monthly.due(home) == (NOVEMBER,)


def test_killed_between_and_repeated_it_leaves_the_same_rows(
    told: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(told, "2026-W48")
    reader(told, "lena")
    story.now = OVER + timedelta(days=1)
    before = fingerprint(told)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "fill_month", killed)
        with pytest.raises(KeyboardInterrupt):
            monthly.fill_due(told)
    assert fingerprint(told) == before, "the month is not marked without its letters"
    assert monthly.fill_due(told) == 2
    after = fingerprint(told)
    for _ in range(2):
        assert monthly.fill_due(told) == 0
        with told.database.writing() as db:  # as a second sweep would that had looked before
            assert months.fill(db, NOVEMBER, domain="x.example", run=builders.run("month")) == 0
    assert fingerprint(told) == after


def test_a_letter_puts_first_what_its_reader_follows(told: Home, story: Story) -> None:
    reader(told, "lena", "month", "elsewhere")
    another(told, "2026-W48")
    story.now = OVER
    monthly.fill_due(told)
    sending.send(told)
    mails = {str(mail["To"]): mail.get_body(("plain",)).get_content() for mail in outbox(told)}  # type: ignore[union-attr]
    assert "Wie huurt moet straks" in mails["max@example.org"]
    assert "Wie huurt moet straks" not in mails["lena@example.org"]
    assert "/issues/1#item-1" in mails["lena@example.org"]


def test_a_month_of_long_ago_is_not_told_any_more(told: Home, story: Story) -> None:
    another(told, "2026-W48")
    story.now = OVER + timedelta(days=46)
    assert monthly.due(told) == ()


def test_the_command_that_sends_tells_the_month_too(
    told: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(told, "2026-W48")
    assert duiding("send", "--json").json["sent"] == 0
    monkeypatch.setenv("DUIDING_NOW", (OVER + timedelta(days=1)).isoformat())
    assert duiding("send", "--json").json["sent"] == 1
    assert duiding("send", "--json").json["sent"] == 0


def test_who_follows_a_theme_gets_it_first_in_the_issue(asked_once: Home, tmp_path: Path, story: Story) -> None:
    home = moved(asked_once, tmp_path / "home", story)
    speak(home, words(), 0)
    speak(home, words(), 1)
    draft = publishing.draft(home, W47)
    second = draft.items[1]
    reader(home, "lena", "issue", second.theme_id)
    publishing.publish(home, W47)
    for file in home.outbox.iterdir():
        file.unlink()
    sending.send(home)
    texts = {str(mail["To"]): mail.get_body(("plain",)).get_content() for mail in outbox(home)}  # type: ignore[union-attr]
    assert "Verder in dit nummer" in texts["lena@example.org"]
    assert "Verder in dit nummer" not in texts["mia@example.org"]
    assert "/issues/1#item-1" in texts["lena@example.org"]
