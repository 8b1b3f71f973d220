"""The other faces of an issue: the search, feeds, what was put right, and where it comes from."""

import json
import time
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from lxml import html

from curate import issues as built
from curate.people import Person
from storage import issue_notes, issues, people
from tests.reports import builders as b
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, SO_WHAT, WEEK, World, mark, speak


def published(world: World, **said: str) -> str:
    """An issue with Anna's voice; returns its frozen bytes."""
    speak(world, ANNA, world.clusters()[0], **said)
    world.publish()
    with world.db.reading() as db:
        return issues.content_of(db, 1) or ""


def freeze(world: World, number: int, **changes: Any) -> None:
    """One more issue, of an earlier week."""
    with world.db.writing() as db:
        week = f"{2015 + number // 52}-W{number % 52 + 1:02d}"
        issues.freeze(db, b.issue(**{"number": number, "week": week, **changes}), world.clock())


def note(world: World, text: str = "Het was 2024.", by: Person = EVA) -> None:
    with world.db.writing() as db:
        issue_notes.add(db, 1, text, "nl", by=by.id, now=world.clock())


def text_of(answer: Any) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())


# ------------------------------------------------------------ the search


def test_words_are_found_in_voices_titles_and_names_and_shown_with_marks(world: World) -> None:
    published(world)
    with world.visitor() as client:
        answer = client.get("/issues", params={"q": "HUÚRT bewijzen"})
        assert "<mark>huurt</mark> moet straks zelf <mark>bewijzen</mark>" in answer.text
        assert '<span lang="nl">' in answer.text
        assert "1 nummer met “HUÚRT bewijzen”" in text_of(answer)
        assert "<mark>Vries</mark>" in client.get("/issues?q=vries").text
        assert "set-cookie" not in answer.headers


def test_nothing_found_says_what_to_do_and_keeps_the_words(world: World) -> None:
    published(world)
    with world.visitor() as client:
        answer = client.get("/issues", params={"q": 'walvis "><script>alert(1)</script>'})
        assert "Zoek met minder of kortere woorden" in text_of(answer)
        assert "<script" not in answer.text
        assert html.fromstring(answer.text).xpath("//input[@name='q']/@value")[0].startswith("walvis")
        assert "minstens twee tekens" in text_of(client.get("/issues?q=%3F"))


def test_who_took_their_name_off_is_not_found_by_it(world: World) -> None:
    published(world)
    with world.visitor() as client:
        assert "1 nummer met" in text_of(client.get("/issues?q=Vries"))
        with world.db.writing() as db:
            people.remove(db, ANNA.id, world.clock())
            people.take_name_off(db, ANNA.id)
        assert "Geen nummer met" in text_of(client.get("/issues?q=Vries"))
        found = client.get("/issues?q=huurt")
        assert "1 nummer met" in text_of(found)
        assert "Vries" not in found.text


def test_a_note_is_found(world: World) -> None:
    published(world)
    note(world, "De wethouder heet Van Dam.")
    with world.visitor() as client:
        assert "<mark>wethouder</mark>" in client.get("/issues?q=wethouder").text


def test_the_list_and_what_was_found_go_by_year(world: World) -> None:
    for number in (1, 2, 60, 61, 62):
        freeze(world, number)
    with world.visitor() as client:
        assert text_of(client.get("/issues")).count("Nummer ") == 3
        assert "2015 (2)" in text_of(client.get("/issues"))
        assert text_of(client.get("/issues?year=2015")).count("Nummer ") == 2
        found = client.get("/issues?q=Berlin&year=2015")
        assert "5 nummers met" in text_of(found)
        assert found.text.count("<mark>Berlin</mark>") == 2
        assert 'href="/issues?q=Berlin&amp;year=2016"' in found.text
        assert text_of(client.get("/issues?year=1999")).count("Nummer ") == 3


def test_five_hundred_issues_are_searched_in_half_a_second(world: World) -> None:
    """Measured: 20 to 50 ms when they are at hand, 0.2 s the first time."""
    with world.db.writing() as db:
        for number in range(1, 501):
            week = f"{2015 + number // 52}-W{number % 52 + 1:02d}"
            issues.freeze(db, b.full_issue(number=number, week=week), world.clock())
    with world.visitor() as client:
        client.get("/issues?q=huurprijs+walvis")
        took = []
        for query in ("huurprijs", "maintainers weather", "walvis", "a e i o huur"):
            started = time.perf_counter()
            assert client.get("/issues", params={"q": query}).status_code == 200
            took.append(time.perf_counter() - started)
    assert sorted(took)[1] < 0.5


# ------------------------------------------------------------ feeds


@pytest.fixture
def two(world: World) -> World:
    published(world, so_what=f"{SO_WHAT} {HOSTILE}", title=HOSTILE[:80])
    world.clock.later(days=1)
    note(world, f"Het was 2024. {HOSTILE}")
    return world


def test_the_atom_feed_is_sound_and_holds_the_whole_issue(two: World) -> None:
    with two.visitor() as client:
        answer = client.get("/issues.atom?lang=nl")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.version == "atom10"
    (entry,) = read.entries
    assert entry.id == "tag:duiding.test,2026-11-23:issue:1"
    assert read.feed.id == "tag:duiding.test,2026-11-23:issues"
    assert entry.link == "http://duiding.test/issues/1"
    assert entry.updated > entry.published
    assert SO_WHAT in entry.content[0].value
    assert entry.content[0].language == "nl"
    assert "Het was 2024." in entry.content[0].value
    assert "script" not in entry.content[0].value.replace("&lt;script", "").replace("&lt;/script", "")


def test_names_of_entries_stay_when_notes_come_and_other_issues_appear(world: World) -> None:
    published(world)
    with world.visitor() as client:
        before = feedparser.parse(client.get("/issues.atom").content)
        note(world)
        freeze(world, 2)
        after = feedparser.parse(client.get("/issues.atom").content)
    assert before.entries[0].id in [one.id for one in after.entries]
    assert before.feed.id == after.feed.id
    assert len({one.id for one in after.entries}) == 2


def test_the_json_feed_holds_the_same(two: World) -> None:
    with two.visitor() as client:
        answer = client.get("/issues.feed.json")
        atom = feedparser.parse(client.get("/issues.atom").content)
    assert answer.headers["content-type"] == "application/feed+json"
    value = json.loads(answer.text)
    assert value["version"] == "https://jsonfeed.org/version/1.1"
    (one,) = value["items"]
    assert one["id"] == atom.entries[0].id
    assert SO_WHAT in one["content_html"]
    assert "<script" not in one["content_html"]


def test_the_list_of_issues_leads_to_all_faces(world: World) -> None:
    published(world)
    with world.visitor() as client:
        value = json.loads(client.get("/issues.json").text)
        (one,) = value["issues"]
        for name in ("url", "json", "notes", "provenance"):
            assert client.get(one[name].removeprefix("http://duiding.test")).status_code == 200
    assert (one["number"], one["week"], one["items"]) == (1, WEEK, 1)


@pytest.mark.parametrize("path", ["/issues.atom", "/issues.feed.json", "/issues.json"])
def test_a_feed_that_did_not_change_is_not_sent_again(world: World, path: str) -> None:
    published(world)
    with world.visitor() as client:
        first = client.get(path)
        assert "max-age" in first.headers["cache-control"]
        kept = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
        assert kept.headers["etag"] == first.headers["etag"]
        since = {"if-modified-since": first.headers["last-modified"]}
        assert client.get(path, headers=since).status_code == 304
        assert client.get(path, headers={"if-none-match": '"x"', **since}).status_code == 200
        for odd in ("yesterday", "", "Thu, 99 Nov 2026"):
            assert client.get(path, headers={"if-modified-since": odd}).status_code == 200
        world.clock.later(minutes=5)
        note(world)
        assert client.get(path, headers=since).status_code == 200
        assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_without_an_issue_feeds_are_empty_and_sound(world: World) -> None:
    with world.visitor() as client:
        assert not feedparser.parse(client.get("/issues.atom").content).bozo
        assert json.loads(client.get("/issues.json").text)["issues"] == []


def test_the_list_and_the_issue_lead_to_the_feeds(world: World) -> None:
    published(world)
    with world.visitor() as client:
        for path in ("/issues", "/issues/1"):
            page = html.fromstring(client.get(path).text)
            types = page.xpath("//head/link[@rel='alternate']/@type")
            assert types == ["application/atom+xml", "application/feed+json"]
            for href in page.xpath("//head/link[@rel='alternate']/@href"):
                assert client.get(href).status_code == 200


# ------------------------------------------------------------ what was put right


def test_an_editor_puts_something_right_and_no_byte_of_the_issue_changes(world: World) -> None:
    frozen = published(world)
    with world.signed_in(EVA) as editor, world.visitor() as reader:
        log = editor.get(f"/rounds/{WEEK}/issue/log")
        form = {"csrf": mark(log.text), "text": "Het  was\u202e 2024.", "language": "nl"}
        answer = editor.post(f"/rounds/{WEEK}/issue/notes", data=form)
        assert answer.headers["location"].endswith("told=noted")
        assert "Je notitie staat boven het nummer" in text_of(editor.get(answer.headers["location"]))
        page = reader.get("/issues/1").text
        main = page[page.index("<main>") :]
        assert main.index("Het was 2024.") < main.index(SO_WHAT)
        assert "Eva Smit, maandag 23 november 2026" in page
        assert reader.get("/issues/1.json").text == frozen
        (noted,) = json.loads(reader.get("/issues/1/notes.json").text)["notes"]
        assert (noted["text"], noted["by"], noted["language"]) == ("Het was 2024.", "Eva Smit", "nl")


def test_a_note_with_a_problem_is_given_back(world: World) -> None:
    published(world)
    with world.signed_in(EVA) as editor:
        token = mark(editor.get(f"/rounds/{WEEK}/issue/log").text)
        for text, language, told in (
            (" \u200b ", "nl", "Schrijf wat er rechtgezet moet worden."),
            ("woord " * 120, "nl", "langer dan 600 tekens"),
            ("Het was 2024.", "fr", "Kies Nederlands of Engels."),
        ):
            answer = editor.post(
                f"/rounds/{WEEK}/issue/notes", data={"csrf": token, "text": text, "language": language}
            )
            assert answer.status_code == 422
            assert told in text_of(answer)
    with world.db.reading() as db:
        assert issue_notes.every(db) == ()


def test_only_editors_note_and_only_what_is_out(world: World) -> None:
    with world.signed_in(EVA) as editor:
        token = mark(editor.get(f"/rounds/{WEEK}/issue").text)
        form = {"csrf": token, "text": "Het was 2024.", "language": "nl"}
        assert editor.post(f"/rounds/{WEEK}/issue/notes", data=form).status_code == 404
    published(world)
    with world.signed_in(BEN) as catalyst:
        token = mark(catalyst.get("/my").text)
        form = {"csrf": token, "text": "Het was 2024.", "language": "nl"}
        assert catalyst.post(f"/rounds/{WEEK}/issue/notes", data=form).status_code == 403
        assert catalyst.post(f"/rounds/{WEEK}/issue/notes", data={**form, "csrf": "x"}).status_code == 403
    with world.db.reading() as db:
        assert issue_notes.every(db) == ()


# ------------------------------------------------------------ where it comes from


def test_each_sentence_leads_to_who_wrote_it_the_run_and_the_articles(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    speak(world, ANNA, first, so_what=f"{SO_WHAT} Nu nog meer.")
    with world.db.writing() as db:
        db.execute(
            "INSERT INTO runs (run_id, kind, started_at, code_version, model, model_revision, parameters)"
            " VALUES ('run', 'cluster', $now, '0.1.0', 'mini', 'r7', '{\"week\": \"2026-W47\"}')",
            {"now": world.clock()},
        )
        db.execute(
            "INSERT INTO fetches VALUES ('f', 'run', NULL, 'https://krant.example/x', NULL, $now, 200, 9, NULL)",
            {"now": world.clock()},
        )
        db.execute(f"UPDATE articles SET fetch_id = 'f', text_from = 'page' WHERE article_id = '{first}-0'")
    world.publish()
    with world.visitor() as client:
        text = text_of(client.get("/issues/1/provenance"))
        value = json.loads(client.get("/issues/1/provenance.json").text)
        assert 'href="/issues/1/provenance#item-1"' in client.get("/issues/1").text
    assert "Anna de Vries schreef dit op maandag 23 november 2026" in text
    assert "Dit is versie 2 van 2." in text
    assert "mini (r7)" in text
    assert "het antwoord was 200" in text
    assert "De woorden komen uit de feed zelf" in text
    cluster = value["items"][0]["cluster"]
    assert cluster["made"]["parameters"] == {"week": WEEK}
    assert cluster["articles"][0]["got"]["status"] == 200
    assert cluster["articles"][0]["copies"][0]["source"] == "Stadsblog"
    assert value["items"][0]["sentences"][0]["version"]["number"] == 2


def test_the_hash_there_is_that_of_the_bytes(world: World) -> None:
    import hashlib

    frozen = published(world)
    with world.visitor() as client:
        value = json.loads(client.get("/issues/1/provenance.json").text)
    assert value["content_hash"] == hashlib.sha256(frozen.encode()).hexdigest()


def test_nothing_there_leads_to_a_person(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first, byline="anonymous")
    speak(world, BEN, first, byline="role", language="en")
    with world.db.writing() as db:
        person = {"id": f"linkedin:{BEN.id}", "p": BEN.id, "name": BEN.name, "now": world.clock()}
        db.execute("INSERT INTO sources VALUES ($id, $id, 'linkedin', $name, 'nl', '[]', $p, 'active', $now)", person)
        db.execute(
            "INSERT INTO surfacings VALUES ('s-l', $a, 'share', $id, $p, 'e', $now, '', 'run')",
            {"a": f"{first}-0", "id": person["id"], "p": BEN.id, "now": world.clock()},
        )
    world.publish()
    with world.visitor() as client:
        faces = [
            client.get(f"/issues/1{one}").text
            for one in ("", ".json", "/provenance", "/provenance.json", "/notes.json")
        ]
        faces += [client.get(f"/issues{one}").text for one in ("", ".atom", ".json", ".feed.json", "?q=huurt")]
    assert '"brought_by": 1' in faces[3]
    for who in (ANNA, BEN, EVA):
        for face in faces:
            assert who.id not in face
            assert who.email not in face
            assert who.name not in face


def test_what_was_taken_back_since_is_said_as_such(world: World) -> None:
    published(world)
    first = world.clusters()[0]
    with world.db.writing() as db:
        db.execute(f"DELETE FROM articles WHERE article_id = '{first}-1'")
        db.execute("DELETE FROM annotations")
    with world.visitor() as client:
        text = text_of(client.get("/issues/1/provenance"))
        assert "1 artikel is later weggehaald" in text
        assert "De bewaarde versie is er niet meer." in text
        with world.db.writing() as db:
            db.execute("DELETE FROM clusters")
        assert "wordt niet meer bewaard" in text_of(client.get("/issues/1/provenance"))


def test_who_took_their_name_off_has_none_where_it_comes_from(world: World) -> None:
    published(world)
    with world.db.writing() as db:
        people.remove(db, ANNA.id, world.clock())
        people.take_name_off(db, ANNA.id)
    with world.visitor() as client:
        assert ANNA.name not in client.get("/issues/1/provenance").text
        assert ANNA.name not in client.get("/issues/1/provenance.json").text


def test_an_issue_that_is_not_there_comes_from_nowhere(world: World) -> None:
    with world.visitor() as client:
        for path in (
            "/issues/7/provenance",
            "/issues/7/provenance.json",
            "/issues/7/notes.json",
            "/issues/x/notes.json",
        ):
            assert client.get(path).status_code == 404


def test_words_told_again_are_traced_too(world: World) -> None:
    published(world)
    with world.db.writing() as db:
        made = replace(b.full_issue(number=2, week="2026-W48"), run_id="run")
        issues.freeze(db, made, world.clock())
    with world.visitor() as client:
        value = json.loads(client.get("/issues/2/provenance.json").text)
    assert {one["kind"] for one in value["earlier"]} == {"said_before", "looked_back", "tried"}
    assert built.from_json(built.to_json(made)) == made
