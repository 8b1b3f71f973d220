"""The page of sources: who feeds us, who is silent, and no number that says too little."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curate import sources as curated
from curate.errors import FetchError, RetryLaterError
from curate.people import Person
from curate.sources import Poll
from storage import sources
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, MIA, NOW, OLGA, World

SLOW = "krant.example did not answer in time; it is tried again later."
KRANT = replace(curated.feed("https://krant.example/feed"), id="De Krant")
GONE, STILL = curated.feed("https://gone.example/feed", HOSTILE), curated.feed("https://still.example/feed", "Stilte")


@pytest.fixture
def troubled(world: World) -> World:
    """A source that fails, one that is gone, and one that is silent."""
    with world.db.writing() as db:
        sources.add(db, [GONE, STILL], NOW - timedelta(days=200))
        failed = curated.after_failure(Poll(), RetryLaterError("timeout", SLOW), NOW - timedelta(days=3))
        gone = curated.after_failure(Poll(), FetchError("gone", "It is gone."), NOW)
        still = curated.after_success(Poll(), Poll(), NOW)
        sources.polled(db, [(KRANT, failed), (GONE, gone), (STILL, still)], NOW, "run")
    return world


def read(world: World, who: Person, language: str = "nl") -> str:
    with world.signed_in(who) as client:
        return str(client.get(f"/sources?lang={language}").text)


@pytest.mark.parametrize("who", [ANNA, BEN, EVA, OLGA])
def test_everybody_who_reads_boards_sees_who_fails_and_who_is_silent(troubled: World, who: Person) -> None:
    said = " ".join(read(troubled, who).split())
    assert "6 bronnen: 1 faalt en 1 is stil." in said
    assert "Faalt</span> sinds vrijdag 20 november 2026. De server antwoordt te traag." in said
    assert "Stil</span> sinds " in said
    assert "Uitgezet</span>" in said
    assert "<script" not in said


@pytest.mark.parametrize(("who", "tells"), [(ANNA, False), (BEN, False), (EVA, True), (OLGA, True)])
def test_addresses_and_reasons_word_for_word_are_for_those_who_mend(troubled: World, who: Person, tells: bool) -> None:
    said = read(troubled, who, "en")
    assert (SLOW in said) == tells
    assert (STILL.url in said) == tells
    assert ("Wait; if it lasts for days" in said) == tells
    assert "Its server answers too slowly." in said


def test_shares_are_told_as_k_of_n_and_copies_count_once(world: World) -> None:
    said = " ".join(read(world, ANNA).split())
    assert "In vier weken brachten ze 28 artikelen" in said
    assert '<li><span>De Krant</span><span class="k">9 van 28</span></li>' in said
    assert "4 bronnen · 28 van 28 artikelen" in said


def test_of_few_articles_no_number_is_given(world: World) -> None:
    world.clock.later(days=60)
    said = read(world, ANNA)
    assert "Te weinig voor cijfers" in said
    assert " van " not in said.split("Per map")[1].split("</main>")[0].replace("voorstel van de machine", "")


def test_what_people_brought_is_a_sum_and_no_persons_name_stands_there(world: World) -> None:
    with world.db.writing() as db:
        sources.add(db, [curated.of_person("link", BEN.id, BEN.name)], NOW)
        db.execute(
            "INSERT INTO surfacings SELECT 'x' || article_id, article_id, 'link', $source, $ben, article_id, $now, '',"
            " 'r' FROM articles WHERE copy_of IS NULL LIMIT 3",
            {"source": curated.of_person("link", BEN.id, BEN.name).id, "ben": BEN.id, "now": NOW},
        )
    said = read(world, ANNA)
    assert "Mensen uit het netwerk brachten er 3 van 28." in said
    assert BEN.name not in said


def test_reading_changes_nothing_and_others_are_kept_out(troubled: World) -> None:
    before = troubled.fingerprint()
    read(troubled, OLGA)
    with troubled.visitor() as client:
        assert client.get("/sources").headers["location"] == "/sign-in?next=/sources"
    with troubled.signed_in(MIA) as client:
        assert client.get("/sources").status_code == 403
        assert 'href="/sources"' not in client.get("/links/add").text
    with troubled.signed_in(OLGA) as client:
        assert client.post("/sources").status_code == 405
        assert 'href="/sources"' in client.get("/links/add").text
    after = troubled.fingerprint()
    assert after[1:] != before[1:]  # somebody signed in
    assert {name: n for name, n in after[0].items() if name != "sessions"} == {
        name: n for name, n in before[0].items() if name != "sessions"
    }
