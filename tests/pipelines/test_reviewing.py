"""The editor's turn: what the sweep closes, tells, publishes and leaves alone; and what the operator can say."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from curate.annotations import Words
from curate.errors import ClosedError, MailError
from curate.people import Person, person
from curate.plans import Plan
from curate.weeks import Week
from pipelines import carriers
from pipelines.home import Home
from pipelines.parcels import Parcel
from pipelines.steps import publishing, reviewing, rounds, sending
from reports.words import words
from storage import annotations, clusters, issues, people, plans, subscribers
from storage import rounds as stored_rounds
from storage.annotations import Author
from tests.pipelines.at_home import WEEK, HashEncoder, Story, fingerprint, moved, one, outbox, rows, write
from tests.pipelines.conftest import Duiding

W47 = Week.parse(WEEK)
SO_WHAT = "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is."
ANNA = person("anna@example.org", "Anna de Vries", "catalyst", "nl")
EVA = person("eva@example.org", "Eva Smit", "editor", "en")
ROOS = person("roos@example.org", "Roos Vermeer", "editor", "nl")


def speak(home: Home, cluster: int = 0, who: Person = ANNA) -> None:
    with home.database.reading() as db:
        cluster_id = clusters.cards_of_round(db, WEEK)[cluster].cluster_id
    said = Words("keep", SO_WHAT, "", "working_view")
    write(home, lambda db: annotations.save(db, said, Author(cluster_id, WEEK, who.id, "nl"), home.clock()))


@pytest.fixture(scope="module")
def edited_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two editors, an open round and one reader; made once, for copying."""
    home = moved(filled, tmp_path_factory.mktemp("edited") / "home", Story())
    for who in (ANNA, EVA, ROOS):
        write(home, lambda db, who=who: people.add(db, who, home.clock()))
    rounds.run_week(home, W47, model=HashEncoder())
    write(home, lambda db: subscribers.add(db, subscribers.subscriber("mia@example.org", "nl"), "test", home.clock()))
    return home


@pytest.fixture
def edited(edited_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(edited_once, tmp_path / "home", story)


def sweep(home: Home) -> int | None:
    """What the flow ``publish`` does; returns the number of the issue that it froze, if it did."""
    reviewing.close_overdue(home)
    done = [publishing.publish_due(home, Week.parse(week)) for week in publishing.due(home)]
    sending.send(home)
    reviewing.tell_editors(home)
    return done[0].issue.number if done and done[0] else None


def letters(home: Home) -> list[EmailMessage]:
    """The mails that tell an editor that an issue is ready."""
    return [mail for mail in outbox(home) if str(mail["Feedback-ID"]) == "review:duiding"]


def past_the_deadline(home: Home, story: Story) -> None:
    story.now += timedelta(days=home.settings.rounds.days)


def approve(home: Home) -> None:
    write(home, lambda db: stored_rounds.approve(db, WEEK, EVA.id, home.clock()))


# --- what the sweep publishes ----------------------------------------------------------------------------------------


def test_what_an_editor_approved_goes_out_at_once(edited: Home) -> None:
    speak(edited)
    speak(edited, 1)
    assert sweep(edited) is None
    approve(edited)
    assert sweep(edited) == 1
    assert rows(edited, "SELECT closed_by, approved_by FROM rounds") == [(EVA.id, EVA.id)]
    assert reviewing.stage(edited, W47) == "sent"
    assert letters(edited) == [], "nothing waited for review"


def test_a_full_issue_waits_for_the_hours_of_review_and_then_goes_out_by_itself(edited: Home, story: Story) -> None:
    speak(edited)
    speak(edited, 1)
    past_the_deadline(edited, story)
    assert sweep(edited) is None
    assert rows(edited, "SELECT closed_by FROM rounds") == [("deadline",)]
    assert reviewing.stage(edited, W47) == "review"
    with pytest.raises(ClosedError):
        speak(edited, 2)
    story.later(hours=24, seconds=-1)
    assert sweep(edited) is None
    story.later(seconds=1)
    assert sweep(edited) == 1
    assert rows(edited, "SELECT approved_by FROM rounds") == [("deadline",)]
    with edited.database.reading() as db:
        assert [(act.kind, act.by) for act in stored_rounds.acts(db, WEEK)] == [
            ("closed", "deadline"),
            ("approved", "deadline"),
        ]


def test_a_thin_issue_waits_for_an_editor_however_long(edited: Home, story: Story) -> None:
    speak(edited)
    past_the_deadline(edited, story)
    sweep(edited)
    story.later(days=20)
    assert sweep(edited) is None
    assert reviewing.stage(edited, W47) == "thin"
    assert reviewing.under_way(edited) == {WEEK: "thin"}
    approve(edited)
    assert sweep(edited) == 1
    with edited.database.reading() as db:
        issue = issues.by_number(db, 1)
    assert issue
    assert issue.thin
    assert "Dit is een kort nummer" in (edited.path / "issues" / f"{WEEK}.html").read_text(encoding="utf-8")


def test_where_the_last_editor_left_the_deadline_decides(edited: Home, story: Story) -> None:
    speak(edited)
    for who in (EVA, ROOS):
        write(edited, lambda db, who=who: people.remove(db, who.id, edited.clock()))
    past_the_deadline(edited, story)
    assert sweep(edited) == 1


def test_an_editor_who_opens_the_round_again_while_the_sweep_runs_is_heard(edited: Home) -> None:
    speak(edited)
    speak(edited, 1)
    approve(edited)
    assert publishing.due(edited) == (WEEK,)
    reviewing.reopen(edited, W47)
    assert publishing.publish_due(edited, W47) is None
    assert rows(edited, "SELECT closed_at FROM rounds") == [(None,)]
    assert one(edited, "SELECT count(*) FROM issues") == 0


def test_who_leaves_everything_out_publishes_nothing(edited: Home) -> None:
    speak(edited)
    with edited.database.reading() as db:
        only = clusters.cards_of_round(db, WEEK)[0].cluster_id
    write(edited, lambda db: plans.save(db, WEEK, Plan(left_out=(only,)), EVA.id, edited.clock()))
    with pytest.raises(ClosedError):
        publishing.publish(edited, W47)
    assert one(edited, "SELECT count(*) FROM issues") == 0


def test_without_a_voice_nothing_goes_out(edited: Home, story: Story) -> None:
    past_the_deadline(edited, story)
    sweep(edited)
    story.later(days=3)
    approve(edited)
    assert sweep(edited) is None
    assert one(edited, "SELECT count(*) FROM issues") == 0


def test_a_skipped_week_never_goes_out_and_says_so(edited: Home, story: Story, duiding: Duiding) -> None:
    speak(edited)
    speak(edited, 1)
    said = duiding("week", "skip", "--week", WEEK, "--why", "We zijn er even niet.", "--json")
    assert (said.code, said.json["state"]) == (0, "skipped")
    story.later(days=9)
    assert sweep(edited) is None
    refused = duiding("publish", "--week", WEEK)
    assert refused.code == 1
    assert "We zijn er even niet." in refused.err
    assert duiding("week", "reopen", "--week", WEEK).code == 0
    assert rows(edited, "SELECT closed_at, skipped_at FROM rounds") == [(None, None)]


def test_what_a_plan_decides_is_what_is_frozen_and_the_rest_waits_for_the_next_week(edited: Home) -> None:
    speak(edited)
    speak(edited, 1)
    with edited.database.reading() as db:
        first, second = (card.cluster_id for card in clusters.cards_of_round(db, WEEK)[:2])
    write(edited, lambda db: plans.save(db, WEEK, Plan(held_over=(first,)), EVA.id, edited.clock()))
    approve(edited)
    sweep(edited)
    with edited.database.reading() as db:
        issue, waiting = issues.by_number(db, 1), plans.material(db, "2026-W48").earlier.held
    assert issue
    assert [item.cluster_id for item in issue.items] == [second]
    assert [(one.week, one.card.cluster_id) for one in waiting] == [(WEEK, first)]


def test_a_sweep_that_is_killed_between_two_steps_is_taken_up_again(
    edited: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(edited)
    speak(edited, 1)
    past_the_deadline(edited, story)
    story.later(hours=25)
    reviewing.close_overdue(edited)  # killed here: closed, nobody told
    story.later(hours=25)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sending, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(edited)
    frozen = one(edited, "SELECT content_hash FROM issues")
    assert reviewing.stage(edited, W47) == "frozen"
    assert sweep(edited) is None
    assert reviewing.stage(edited, W47) == "sent"
    before = fingerprint(edited)
    assert sweep(edited) is None
    assert fingerprint(edited) == before
    assert one(edited, "SELECT content_hash FROM issues") == frozen


# --- what editors are told -------------------------------------------------------------------------------------------


def test_each_editor_gets_one_mail_with_a_way_to_the_desk(edited: Home, story: Story) -> None:
    speak(edited)
    speak(edited, 1)
    past_the_deadline(edited, story)
    sweep(edited)
    story.later(minutes=10)
    sweep(edited)
    told = {str(mail["To"]): mail for mail in letters(edited)}
    assert sorted(told) == [EVA.email, ROOS.email]
    assert str(told[ROOS.email]["Subject"]).endswith("het nummer van week 47 ligt klaar")
    assert str(told[EVA.email]["Subject"]).endswith("the issue of week 47 is ready for review")
    body = told[ROOS.email].get_body(("plain",))
    assert body
    text = " ".join(body.get_content().split())
    assert "met 2 onderwerpen" in text
    with edited.database.reading() as db:
        closed_at = publishing.round_of(db, Week.parse(WEEK)).closed_at
    assert closed_at
    goes_out = words("nl").moment(closed_at + timedelta(hours=24), edited.settings.zone)
    assert f"Doe je niets, dan gaat het op {goes_out} vanzelf naar de lezers." in text
    assert f"next=/rounds/{WEEK}/issue" in text.replace("%2F", "/")


@pytest.mark.parametrize(("voices", "said"), [(0, "geen stem"), (1, "jij kiest of het een kort nummer wordt")])
def test_the_mail_says_that_an_issue_is_thin_or_empty(edited: Home, story: Story, voices: int, said: str) -> None:
    for number in range(voices):
        speak(edited, number)
    past_the_deadline(edited, story)
    sweep(edited)
    (mail,) = (mail for mail in letters(edited) if str(mail["To"]) == ROOS.email)
    body = mail.get_body(("plain",))
    assert body
    assert said in " ".join(body.get_content().split())


def test_a_mail_that_fails_is_tried_again_and_the_others_get_theirs(
    edited: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    past_the_deadline(edited, story)
    reviewing.close_overdue(edited)
    whole = carriers.Outbox.hand_over

    async def refuses_eva(self: Any, parcel: Parcel) -> None:
        if parcel.to == EVA.email:
            raise MailError("The mail server broke off.")
        await whole(self, parcel)

    with monkeypatch.context() as patched:
        patched.setattr(carriers.Outbox, "hand_over", refuses_eva)
        with pytest.raises(MailError, match="1 of 2"):
            reviewing.tell_editors(edited)
    assert [str(mail["To"]) for mail in letters(edited)] == [ROOS.email]
    assert reviewing.tell_editors(edited) == 1
    assert not reviewing.anyone_to_tell(edited)


def test_nobody_is_told_about_what_is_skipped_approved_or_long_ago(edited: Home, story: Story) -> None:
    speak(edited)
    write(edited, lambda db: stored_rounds.close(db, WEEK, EVA.id, edited.clock()))
    assert reviewing.anyone_to_tell(edited)
    approve(edited)
    assert not reviewing.anyone_to_tell(edited)
    reviewing.reopen(edited, W47)
    assert not reviewing.anyone_to_tell(edited)
    reviewing.skip(edited, W47, "vakantie")
    assert not reviewing.anyone_to_tell(edited)
    reviewing.reopen(edited, W47)
    write(edited, lambda db: stored_rounds.close(db, WEEK, EVA.id, edited.clock()))
    story.later(days=8)
    assert not reviewing.anyone_to_tell(edited)


# --- the command line, and the trial ---------------------------------------------------------------------------------


def test_a_dry_run_and_the_status_say_how_far_the_week_is(edited: Home, story: Story, duiding: Duiding) -> None:
    speak(edited)
    assert duiding("publish", "--week", WEEK, "--dry-run", "--json").json["state"] == "open"
    past_the_deadline(edited, story)
    reviewing.close_overdue(edited)
    said = duiding("publish", "--week", WEEK, "--dry-run")
    assert said.out.startswith(f"State of {WEEK}: thin.")
    assert duiding("status", "--json").json["states"] == {WEEK: "thin"}
    assert f"Under way: {WEEK} thin." in duiding("status").out
    published = duiding("publish", "--week", WEEK, "--json")
    assert (published.code, published.json["items"]) == (0, 1)
    assert duiding("status", "--json").json["states"] == {}


def test_skipping_asks_for_a_reason(edited: Home, duiding: Duiding) -> None:
    assert duiding("week", "skip", "--week", WEEK).code == 2
    assert duiding("week", "skip", "--week", WEEK, "--why", "  ").code == 2
    assert duiding("week", "skip", "--week", "2026-W01", "--why", "x").code == 2


def test_a_trial_is_the_mail_that_readers_will_get_and_goes_to_one_person(edited: Home, story: Story) -> None:
    speak(edited)
    draft = publishing.draft(edited, W47)
    before = fingerprint(edited)
    sending.try_out(edited, EVA, draft)
    story.later(minutes=1)
    sending.try_out(edited, EVA, draft)
    assert fingerprint(edited) == before
    trials = [mail for mail in outbox(edited) if "issue:duiding" in str(mail["Feedback-ID"])]
    assert [str(mail["To"]) for mail in trials] == [EVA.email] * 2
    assert {str(mail["Subject"])[:7] for mail in trials} == {"[test] "}
    approve(edited)
    sweep(edited)
    (real,) = (mail for mail in outbox(edited) if str(mail["To"]) == "mia@example.org")
    for mail in (trials[0], real):
        html = mail.get_body(("html",))
        assert html
        assert SO_WHAT in html.get_content()
