"""The draft as its readers will see it, and the trial that an editor mails to themselves."""

from typing import Any

import pytest

from curate.errors import MailError
from curate.issues import Issue
from curate.people import Person
from reports.web.doors import PER_TRIAL
from tests.reports.web.builders import ANNA, EVA, HOSTILE, SO_WHAT, WEEK, World, mark, send, speak

PREVIEW = f"/rounds/{WEEK}/issue/preview"
TRIAL = f"/rounds/{WEEK}/issue/trial"


@pytest.fixture
def hostile(world: World) -> World:
    first = world.clusters()[0]
    speak(world, ANNA, first, so_what=f"{HOSTILE} {SO_WHAT}", title=HOSTILE[:80], question=HOSTILE)
    with world.db.writing() as db:
        db.execute("UPDATE article_texts SET title = $title", {"title": HOSTILE})
    return world


def test_page_mail_and_letter_are_those_of_the_draft_in_either_language(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    before = world.rows()
    with world.signed_in(EVA) as client:
        for language, said in (("nl", "Waarom je dit ziet"), ("en", "Why you see this")):
            html = client.get(f"{PREVIEW}?in={language}").text
            assert f'src="{PREVIEW}/page?in={language}"' in html
            assert f'src="{PREVIEW}/mail?in={language}"' in html
            assert said in html
            for part in ("page", "mail"):
                framed = client.get(f"{PREVIEW}/{part}?in={language}").text
                assert said in framed
                assert SO_WHAT in framed
        assert "Waarom je dit ziet" in client.get(f"{PREVIEW}?in=xx").text
    assert {name for name, count in world.rows().items() if count != before[name]} == {"sessions"}


def test_frames_may_stand_only_here_and_only_in_our_own_pages(world: World) -> None:
    with world.signed_in(EVA) as client:
        policy = {path: client.get(path).headers["content-security-policy"] for path in (PREVIEW, "/issues")}
        assert "frame-src 'self'" in policy[PREVIEW]
        assert "frame-ancestors 'none'" in policy[PREVIEW]
        assert "frame-src" not in policy["/issues"]
        for part in ("page", "mail"):
            framed = client.get(f"{PREVIEW}/{part}").headers["content-security-policy"]
            assert "frame-ancestors 'self'" in framed
            assert framed.endswith("; sandbox")
            assert "default-src 'none'" in framed
        assert "unsafe-inline" not in policy[PREVIEW] + client.get(f"{PREVIEW}/page").headers["content-security-policy"]
        assert client.get(PREVIEW).text.count("sandbox></iframe>") == 2


def test_hostile_words_are_inert_in_both_previews(hostile: World) -> None:
    with hostile.signed_in(EVA) as client:
        for path in (PREVIEW, f"{PREVIEW}/page", f"{PREVIEW}/mail"):
            html = client.get(path).text
            assert "&lt;script&gt;" in html
            assert "<script" not in html
            assert "<img src=x" not in html
            assert "</textarea>" not in html


def trying(world: World, **settings: Any) -> Any:
    return world.signed_in(EVA, **settings)


def test_a_trial_goes_to_the_editor_alone_in_the_language_shown(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    posted: list[tuple[Person, Issue]] = []
    with trying(world, post_trial=lambda who, issue: posted.append((who, issue))) as client:
        answer = send(client, TRIAL, {"in": "en", "email": "iemand@anders.example"}, page=PREVIEW)
        assert "De proef is onderweg naar eva@example.org." in answer.text
        assert f"{PREVIEW}/mail?in=en" in answer.text
    ((who, issue),) = posted
    assert (who.email, who.language) == (EVA.email, "en")
    assert issue.items[0].voices[0].so_what == SO_WHAT


def test_a_mail_server_that_refuses_is_told_and_nothing_else_changes(world: World) -> None:
    def refuses(*_: object) -> None:
        raise MailError("The mail server mail.example:25 cannot be reached.")

    with trying(world, post_trial=refuses) as client:
        answer = send(client, TRIAL, {"in": "nl"}, page=PREVIEW)
        assert answer.status_code == 502
        assert "De mailserver nam de proef" in answer.text
        assert "mail.example" not in answer.text


def test_trials_are_limited(world: World) -> None:
    posted: list[Person] = []
    with trying(world, post_trial=lambda who, _: posted.append(who)) as client:
        codes = [send(client, TRIAL, {"in": "nl"}, page=PREVIEW).status_code for _ in range(PER_TRIAL.amount + 1)]
    assert codes == [200] * PER_TRIAL.amount + [429]
    assert len(posted) == PER_TRIAL.amount


def test_where_no_mail_can_be_sent_there_is_no_button(world: World) -> None:
    with world.signed_in(EVA) as client:
        assert "Mail mij een proef" not in client.get(PREVIEW).text


def test_what_is_frozen_is_no_draft_any_more(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    posted: list[Person] = []
    with trying(world, post_trial=lambda who, _: posted.append(who)) as client:
        form = {"csrf": mark(client.get(PREVIEW).text), "in": "nl"}
        number = world.publish()
        assert client.get(PREVIEW).headers["location"] == f"/issues/{number}"
        assert client.post(TRIAL, data=form).headers["location"] == f"/issues/{number}"
    assert posted == []
