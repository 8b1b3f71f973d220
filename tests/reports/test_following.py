"""Readers who follow themes: those first and in full, of the rest the title; and the letter about a month."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from curate.issues import Issue
from curate.months import Month
from curate.people import LANGUAGES, Language
from reports import digests, mails, months
from reports.digests import EVERYTHING, IssueLinks
from reports.mails import Envelope, Sender
from reports.months import Monthly
from tests.reports import builders as b

OWN = "https://duiding.example.org/preferences/abc?lang=nl"
LINKS = IssueLinks(web=b.WEB, unsubscribe=b.LEAVE, preferences=OWN, subscribe="https://duiding.example.org/subscribe")
FACES = {"mail": digests.mail_html, "letter": digests.plain}
MONTH_FACES = {"mail": months.mail_html, "letter": months.plain}
faces = pytest.mark.parametrize("face", FACES.values(), ids=FACES)
month_faces = pytest.mark.parametrize("face", MONTH_FACES.values(), ids=MONTH_FACES)
languages = pytest.mark.parametrize("language", LANGUAGES)
FIRST, SECOND, THIRD = b.issue().items
FOLLOWS = frozenset({SECOND.theme_id})


def text_of(made: str) -> str:
    """What can be read, on one line."""
    return " ".join((html.fromstring(made).text_content() if made.startswith("<") else made).split())


def read(face: Any, follows: frozenset[str], issue: Issue | None = None, language: Language = "nl") -> str:
    return text_of(face(issue or b.issue(), language, LINKS, follows))


@faces
@languages
def test_what_is_followed_comes_first_and_in_full_the_rest_by_title_in_its_order(face: Any, language: Language) -> None:
    text = read(face, FOLLOWS, language=language)
    assert all(voice.so_what in text for voice in SECOND.voices)
    assert not any(voice.so_what in text for item in (FIRST, THIRD) for voice in item.voices)
    order = [text.index(one.title) for one in (SECOND, FIRST, THIRD)]
    assert order == sorted(order)
    assert b.issue().question.text in text  # type: ignore[union-attr]


@faces
def test_what_is_only_named_leads_to_its_place_on_the_page(face: Any) -> None:
    made = face(b.issue(), "nl", LINKS, FOLLOWS)
    assert f"{b.WEB}#item-1" in made
    assert f"{b.WEB}#item-3" in made
    assert f"{b.WEB}#item-2" not in made
    page = html.fromstring(digests.page(b.issue(), "nl", LINKS))
    assert FIRST.title in page.get_element_by_id("item-1").text_content()
    assert THIRD.title in page.get_element_by_id("item-3").text_content()


@pytest.mark.parametrize("face", [*FACES.values(), *MONTH_FACES.values()])
def test_a_title_of_the_machine_is_marked_as_such(face: Any) -> None:
    what = monthly(b.issue()) if face in MONTH_FACES.values() else b.issue()
    text = text_of(face(what, "nl", LINKS, FOLLOWS))
    assert "voorstel van de machine" in text[text.index(THIRD.title) :][: len(THIRD.title) + 60]
    assert "voorstel van de machine" not in text[text.index(FIRST.title) :][: len(FIRST.title) + 20]


@faces
def test_when_nothing_of_it_is_there_it_says_so_and_names_everything(face: Any) -> None:
    text = read(face, frozenset({"elsewhere"}))
    assert "Over de thema's die je volgt staat er deze week niets in." in text
    assert all(item.title in text for item in b.issue().items)


@faces
@given(follows=st.frozensets(st.sampled_from([FIRST.theme_id, SECOND.theme_id, THIRD.theme_id, "elsewhere"])))
def test_nothing_is_hidden_whatever_somebody_follows(face: Any, follows: frozenset[str]) -> None:
    text = read(face, follows)
    assert all(item.title in text for item in b.issue().items)
    full = {item.title for item in b.issue().items if all(voice.so_what in text for voice in item.voices)}
    assert full == {b.issue().items[n - 1].title for n in digests.in_full(b.issue(), follows)}


@faces
def test_who_follows_all_or_nothing_gets_the_same_letter(face: Any) -> None:
    every = frozenset(item.theme_id for item in b.issue().items)
    assert (
        face(b.issue(), "nl", LINKS, every) == face(b.issue(), "nl", LINKS, EVERYTHING) == face(b.issue(), "nl", LINKS)
    )
    assert digests.in_full(b.issue(), every) == digests.in_full(b.issue(), EVERYTHING)


def test_the_subject_names_what_this_reader_gets_first() -> None:
    assert SECOND.title in str(mail(FOLLOWS)["Subject"])
    assert FIRST.title in str(mail(EVERYTHING)["Subject"])
    assert FIRST.title in str(mail(frozenset({"elsewhere"}))["Subject"])


def test_each_mail_leads_to_the_readers_choices_and_the_page_to_subscribing() -> None:
    for face in FACES.values():
        assert OWN in face(b.issue(), "nl", LINKS).replace("&amp;", "&")
    assert "/subscribe" in digests.page(b.issue(), "nl", LINKS)
    assert "/subscribe" not in digests.mail_html(b.issue(), "nl", LINKS)


def envelope(language: Language = "nl") -> Envelope:
    sender = Sender("Netwerk", "brief@example.org", "duiding.example.org")
    return Envelope(sender, "mia@example.org", language, "<x@example.org>", datetime(2026, 12, 7, tzinfo=UTC))


def mail(follows: frozenset[str]) -> Any:
    return mails.issue_mail(b.issue(), envelope(), LINKS, follows)


# --- the letter about a month ----------------------------------------------------------------------------------------


def monthly(*issues: Issue) -> Monthly:
    both = (
        replace(b.issue(), number=12),
        replace(b.issue(items=(b.single(title="Later"),)), number=13, week="2026-W48"),
    )
    return Monthly(Month(2026, 11), issues or both, "https://duiding.example.org/issues")


@month_faces
def test_a_month_has_of_each_issue_the_week_and_of_each_item_how_it_begins(face: Any) -> None:
    made = face(monthly(), "nl", LINKS)
    text = text_of(made)
    assert "november 2026" in text
    for said in ("Nummer 12, week 47", "16–22 november 2026", "Nummer 13, week 48", "Later", FIRST.title):
        assert said in text
    assert "wie geen dossier heeft" in text, "the first sentences of the first voice"
    assert "Tenants do not need" not in text, "no other voice"
    for href in ("issues/12#item-1", "issues/12#item-3", "issues/13#item-1"):
        assert href in made
    assert b.LEAVE in made
    assert OWN in made.replace("&amp;", "&")


@month_faces
@languages
def test_a_month_puts_first_what_is_followed_and_names_the_rest(face: Any, language: Language) -> None:
    text = text_of(face(monthly(b.issue()), language, LINKS, FOLLOWS))
    order = [text.index(one.title) for one in (SECOND, FIRST, THIRD)]
    assert order == sorted(order)
    assert "We treat libraries" in text
    assert "wie geen dossier heeft" not in text


@month_faces
def test_a_hostile_title_acts_nowhere_in_a_month(face: Any) -> None:
    # A letter in plain text may hold markup: nothing there acts on it.
    hostile = b.item(title=b.HOSTILE, voices=(b.voice(so_what=b.HOSTILE, byline=b.HOSTILE),))
    made = face(monthly(b.issue(items=(hostile,), network=b.HOSTILE)), "nl", LINKS)
    if face is months.mail_html:
        assert html.fromstring(made).xpath("//script") == []
    assert "\u202e" not in made


def test_the_mail_about_a_month_has_the_headers_of_a_list() -> None:
    message = mails.month_mail(monthly(), envelope("en"), LINKS)
    assert str(message["Subject"]) == "Netwerk Stad & Zorg, November 2026"
    assert str(message["List-Unsubscribe"]) == f"<{b.LEAVE}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "bulk"
    assert message["Content-Language"] == "en"
    assert len(message.as_bytes()) < 100_000
