"""Commands about lasting themes, on two weeks of articles."""

import json
from pathlib import Path
from typing import Any

import pytest

from curate.people import person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import clustering, imports
from storage import people
from tests.pipelines.at_home import (
    NOW,
    WEEK,
    HashEncoder,
    Story,
    fingerprint,
    jsonl,
    moved,
    one,
    prose,
    week_of_articles,
    write,
)
from tests.pipelines.conftest import Duiding, refused

BEFORE = "2026-W46"
ANNA, MIA = "anna@b.example", "mia@b.example"


def week_before() -> list[dict[str, Any]]:
    """Rent and care, told the week before; learning begins later."""
    return [
        each
        | {
            "id": f"earlier {each['id']}",
            "url": f"{each['url']}-eerder",
            "text": f"{each['text']} {prose(each['id'], 20)}",
            "published_at": f"2026-11-{int(each['published_at'][8:10]) - 7}T09:00:00Z",
        }
        for each in week_of_articles()
        if not each["id"].startswith("leren")
    ]


@pytest.fixture(scope="module")
def two_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder, story = tmp_path_factory.mktemp("themes"), Story()
    home = moved(filled, folder / "home", story)
    write(home, lambda db: people.add(db, person(ANNA, "Anna", "catalyst", "nl"), NOW))
    write(home, lambda db: people.add(db, person(MIA, "Mia", "member", "nl"), NOW))
    told = week_before()
    imports.import_articles(home, jsonl(folder / "before.jsonl", told[1:]))
    clustering.cluster(home, clustering.span_of(Week.parse(BEFORE)), model=HashEncoder())
    imports.import_articles(home, jsonl(folder / "late.jsonl", told[:1]))
    story.later(minutes=1)
    clustering.cluster(home, clustering.span_of(Week.parse(WEEK)), model=HashEncoder())
    return home


@pytest.fixture
def two(two_once: Home, tmp_path: Path, duiding: Duiding) -> Home:
    """Two weeks clustered; one article came too late for the first."""
    return moved(two_once, tmp_path / "home", Story())


def listed(duiding: Duiding, *options: str) -> list[dict[str, Any]]:
    return list(duiding("themes", "list", "--json", *options).json["themes"])


def test_the_list_says_how_each_theme_stands_and_what_the_machine_named(two: Home, duiding: Duiding) -> None:
    said = duiding("themes", "list")
    assert said.code == 0
    assert said.out.startswith("3 themes.\n")
    assert said.out.count("(machine-made)") == 3
    assert "too early to say: 3 sources" in said.out
    records = listed(duiding)
    assert sorted((each["first"], each["last"], each["weeks"]) for each in records) == [
        (BEFORE, WEEK, 2),
        (BEFORE, WEEK, 2),
        (WEEK, WEEK, 1),
    ]
    assert {each["status"] for each in records} == {"too_early"}
    assert records[0]["id"][:8] in said.out


def test_themes_that_sleep_or_went_up_in_another_are_listed_when_asked_for(two: Home, duiding: Duiding) -> None:
    first, second, third = (each["id"] for each in listed(duiding))
    write(two, lambda db: db.execute(f"UPDATE theme_weeks SET status = 'dormant' WHERE theme_id = '{first}'"))
    write(two, lambda db: db.execute(f"UPDATE theme_weeks SET status = 'growing' WHERE theme_id = '{third}'"))
    run_id = one(two, f"SELECT run_id FROM counting_runs WHERE week = '{WEEK}'")
    gone = f"('x', '{WEEK}', 'merged_into', '{second}', '{third}', 0.3, '{run_id}')"
    write(two, lambda db: db.execute(f"INSERT INTO theme_changes VALUES {gone}"))
    assert [each["id"] for each in listed(duiding)] == [third]
    assert "1 theme. 2 more with --all." in duiding("themes", "list").out
    assert len(listed(duiding, "--all")) == 3
    assert "went up in" in duiding("themes", "list", "--all").out
    assert [each["id"] for each in listed(duiding, "--status", "dormant")] == [first]
    assert [each["id"] for each in listed(duiding, "--status", "growing")] == [third]


def test_a_name_is_kept_and_the_label_of_the_machine_beside_it(two: Home, duiding: Duiding) -> None:
    theme = listed(duiding)[0]
    said = duiding("themes", "name", theme["id"][:8], "  Wonen en\n huren ", "--by", ANNA, "--json")
    assert (said.code, said.json["id"], said.json["name"]) == (0, theme["id"], "Wonen en huren")
    named = next(each for each in listed(duiding) if each["named"])
    assert (named["name"], named["label"]) == ("Wonen en huren", theme["label"])
    assert duiding("themes", "list").out.count("(machine-made)") == 2
    assert f"The machine calls it: {theme['label']}" in duiding("themes", "show", theme["id"]).out
    assert duiding("themes", "name", theme["id"], "Huren", "--by", ANNA).code == 0
    assert next(each["name"] for each in listed(duiding) if each["named"]) == "Huren"


def test_a_theme_is_shown_with_its_weeks_clusters_articles_and_what_may_belong_to_it(
    two: Home, duiding: Duiding
) -> None:
    (waiting,) = duiding("themes", "suggestions", "--json").json["suggestions"]
    said = duiding("themes", "show", waiting["theme_id"][:10])
    assert said.code == 0
    for part in (BEFORE, WEEK, "cluster ", "  - huurprijs verhuurder huurcommissie deel 2", "may belong to it: "):
        assert part in said.out
    record = duiding("themes", "show", waiting["theme_id"], "--json").json
    assert [week["week"] for week in record["measured"]] == [BEFORE, WEEK]
    assert [len(week["articles"]) for week in record["measured"]] == [2, 3]
    assert [each["id"] for each in record["suggestions"]] == [waiting["id"]]


def test_a_suggestion_is_accepted_or_refused_and_is_asked_no_more(two: Home, duiding: Duiding) -> None:
    assert "1 suggestion to decide." in duiding("themes", "suggestions").out
    (waiting,) = duiding("themes", "suggestions", "--json").json["suggestions"]
    assert duiding("themes", "accept", waiting["id"][:8], "--by", ANNA).code == 0
    assert "(accepted)" in duiding("themes", "show", waiting["theme_id"]).out
    assert duiding("themes", "suggestions", "--json").json["suggestions"] == []
    (told,) = duiding("themes", "suggestions", "--all", "--json").json["suggestions"]
    assert told["decided"] == "accepted"
    assert "accepted by Anna" in duiding("themes", "suggestions", "--all").out
    assert duiding("themes", "refuse", waiting["id"], "--by", ANNA, "--json").json["decided"] == "refused"
    assert "(accepted)" not in duiding("themes", "show", waiting["theme_id"]).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "--status", "booming"), "'booming' is not a status"),
        (("show", "nowhere"), "There is no theme 'nowhere'"),
        (("show", ""), "There is no theme ''"),
        (("name", "", "Wonen", "--by", ANNA), "There is no theme"),
        (("name", "nowhere", "", "--by", ANNA), "needs a name"),
        (("name", "nowhere", "x" * 81, "--by", ANNA), "more than 80 letters"),
        (("accept", "nowhere", "--by", ANNA), "There is no suggestion 'nowhere'"),
        (("refuse", "", "--by", ANNA), "There is no suggestion ''"),
    ],
)
def test_what_cannot_be_is_one_clear_line(two: Home, duiding: Duiding, arguments: tuple[str, ...], told: str) -> None:
    before = fingerprint(two)
    assert told in refused(duiding("themes", *arguments))
    assert fingerprint(two) == before


@pytest.mark.parametrize(
    ("who", "told"), [(MIA, "Mia is a member"), ("nobody@b.example", "Nobody has"), ("x", "address")]
)
def test_only_catalysts_editors_and_operators_have_a_say(two: Home, duiding: Duiding, who: str, told: str) -> None:
    theme = listed(duiding)[0]["id"]
    (waiting,) = duiding("themes", "suggestions", "--json").json["suggestions"]
    assert told in refused(duiding("themes", "name", theme, "Wonen", "--by", who))
    assert told in refused(duiding("themes", "accept", waiting["id"], "--by", who))


def test_themes_are_exported_by_week(two: Home, duiding: Duiding) -> None:
    lines = [json.loads(line) for line in duiding("export", "themes").out.splitlines()]
    assert [each["week"] for each in lines] == [BEFORE, BEFORE, WEEK, WEEK, WEEK]
    week = duiding("export", "themes", "--week", WEEK, "--json").json["records"]
    assert week == lines[2:]
    clusters = duiding("export", "clusters", "--week", WEEK, "--json").json["records"]
    assert {each["theme"] for each in clusters if each["cluster"]} == {each["theme"] for each in week}
    assert {each["cluster"] for each in clusters if each["cluster"]} == {
        cluster["cluster"] for each in week for cluster in each["clusters"]
    }
