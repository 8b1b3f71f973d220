"""The map can be read by everyone: names stand clear, links are real, and the same week gives the same picture."""

import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from curate.people import LANGUAGES
from reports import maps
from tests.reports import builders as b

SVG = "{http://www.w3.org/2000/svg}"
PAPERS = {"light": "#fbf8f3", "dark": "#16181c"}


def drawn(cards: Any, language: Any = "nl", hrefs: Any = None) -> Any:
    return etree.fromstring(maps.svg(cards, language, hrefs or {}))


def week() -> list[Any]:
    return [
        b.card("c1", 12, title="Wat leert een wijk van een storing?", position=(0.5, 0.5)),
        b.card("c2", 5, label="zorgrobot · verpleeghuis", position=(0.52, 0.48)),
        b.card("c3", 1, label="waterschap", position=(0.0, 1.0)),
        b.card("c4", 3, label="", position=(1.0, 0.0)),
    ]


def shape_of(area: maps.Area) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a circle with its name; letters taken wide."""
    half = max(area.radius, max(maps._wide(line) for line in area.lines) * maps._LETTER / 2)
    return area.x - half, area.baseline - 11, area.x + half, area.y + area.radius


positions = st.tuples(st.floats(0, 1), st.floats(0, 1))
cards = st.lists(st.tuples(positions, st.integers(1, 40), st.text(max_size=50)), max_size=30)


@settings(deadline=None, max_examples=40)
@given(cards)
def test_no_area_or_name_covers_another_or_leaves_the_picture(given_cards: Any) -> None:
    made = [b.card(f"c{n}", size, label=label, position=at) for n, (at, size, label) in enumerate(given_cards)]
    areas, height = maps.placed(made, "nl", {})
    shapes = [shape_of(area) for area in areas]
    for left, top, right, bottom in shapes:
        assert min(left, top) >= 0
        assert right <= maps.WIDTH
        assert bottom <= height
    for one, other in combinations(shapes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@settings(deadline=None, max_examples=40)
@given(cards)
def test_every_point_lies_inside_its_area(given_cards: Any) -> None:
    made = [b.card(f"c{n}", size, position=at) for n, (at, size, _) in enumerate(given_cards)]
    for area in maps.placed(made, "nl", {})[0]:
        assert all((p.x - area.x) ** 2 + (p.y - area.y) ** 2 <= area.radius**2 for p in area.points)


def test_the_same_week_gives_the_same_map() -> None:
    assert maps.svg(week(), "nl", {}) == maps.svg(week(), "nl", {})


def test_an_area_grows_with_its_articles() -> None:
    areas, _ = maps.placed([b.card("c1", 4), b.card("c2", 16)], "nl", {})
    radius = {area.title.split(":")[1]: area.radius for area in areas}
    assert sorted(radius.values())[1] == 2 * sorted(radius.values())[0]


def test_a_lonely_cluster_stays_where_it_is() -> None:
    (left,), (right,) = (maps.placed([b.card("c1", 4, position=(x, 0.5))], "nl", {})[0] for x in (0.25, 0.75))
    assert (left.x, right.x) == (100, 300)


def test_articles_lie_in_their_area_as_they_lie_on_the_map() -> None:
    places = {"west": (0.4, 0.5), "east": (0.6, 0.5), "north": (0.5, 0.4), "south": (0.5, 0.6)}
    articles = tuple(replace(b.article(name), title=name, position=at) for name, at in places.items())
    ((area,), _) = maps.placed([replace(b.card("c1", 4), articles=articles)], "nl", {})
    at = {point.title.split(" ")[0]: (point.x, point.y) for point in area.points}
    assert at["west"][0] < at["east"][0]
    assert at["north"][1] < at["south"][1]


def test_a_map_that_was_placed_is_not_placed_again() -> None:
    maps.placed(week(), "nl", {})
    before = maps._apart.cache_info()
    maps.svg(week(), "nl", {"c1": "#c1"})
    after = maps._apart.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_is_a_link_with_a_title(language: Any) -> None:
    points = drawn(week(), language).findall(f".//{SVG}a[@class='point']")
    assert len(points) == 12 + 5 + 1 + 3
    assert all(point.get("href").startswith("https://krant.example/") for point in points)
    assert {point.findtext(f"{SVG}title") for point in points} == {"Gemeenten mogen te hoge huur beboeten (De Krant)"}


def test_a_cluster_leads_to_where_it_can_be_read() -> None:
    links = drawn(week(), "nl", {"c1": "/rounds/2026-W47/c1", "c2": "#c2"}).findall(f".//{SVG}a[@class='cluster']")
    assert [link.get("href") for link in links] == ["/rounds/2026-W47/c1", "#c2"]
    assert links[0].findtext(f"{SVG}title") == "Wat leert een wijk van een storing?: 12 artikelen uit 1 bron, 2 talen"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x"])
def test_an_address_that_nobody_should_follow_is_no_link(href: str) -> None:
    evil = [replace(b.card("c1", 1), articles=(b.article(url=href),))]
    found = drawn(evil, "nl", {"c1": href})
    assert found.findall(f".//{SVG}a") == []
    assert "Gemeenten mogen te hoge huur beboeten" in "".join(found.itertext())


def test_a_name_of_the_machine_is_slanted_and_says_so() -> None:
    found = drawn(week())
    slanted = [text.get("font-style") for text in found.iter(f"{SVG}text") if "name" in (text.get("class") or "")]
    assert slanted == [None, "italic", "italic", "italic"]
    text = " ".join("".join(found.itertext()).split())
    assert "Schuine namen zijn een voorstel van de machine." in text
    assert "zorgrobot · verpleeghuis (voorstel van de machine): 5 artikelen" in text
    assert "nog zonder titel" in text


def test_a_language_is_a_shape_with_a_word_and_not_only_a_colour() -> None:
    articles = tuple(b.article(code, language=code) for code in ("nl", "en", "de"))
    found = drawn([replace(b.card("c1"), articles=articles)])
    points = found.findall(f".//{SVG}a[@class='point']")
    assert [point[1].tag.removeprefix(SVG) for point in points] == ["circle", "path", "rect"]
    legend = ["".join(group.itertext()).strip() for group in found.iter(f"{SVG}g") if group.get("class") == "legend"]
    assert legend == ["Nederlands", "Engels", "andere taal"]


def test_the_picture_says_what_it_is() -> None:
    found = drawn(week(), "en")
    assert found.findtext(f"{SVG}title") == "Map of the week"
    assert "4 clusters with 21 articles" in found.findtext(f"{SVG}desc")
    assert found.get("aria-labelledby") == found.find(f"{SVG}title").get("id")
    assert found.get("lang") == "en"


def test_clusters_that_do_not_fit_are_counted() -> None:
    many = [b.card(f"c{n}", 2) for n in range(maps.MAX_AREAS + 3)]
    assert "3 kleinere bundels staan alleen in de lijst." in "".join(drawn(many).itertext())


def test_a_week_without_clusters_says_so() -> None:
    assert "Er zijn deze week nog geen bundels om te tekenen." in "".join(drawn([]).itertext())


def test_no_name_is_longer_than_its_room() -> None:
    for label in ("x" * 500, "词" * 60, "een heel lange naam " * 20, "· · ·", "\U0001f469\u200d\U0001f33e" * 30):
        lines = maps._lines(label)
        assert 1 <= len(lines) <= 3
        assert all(maps._wide(line) <= 18 for line in lines)


def test_hostile_names_are_only_text() -> None:
    evil = b.article(title=b.HOSTILE, source=b.HOSTILE, language='x" onload="')
    hostile = replace(b.card("c1", 0, title=b.HOSTILE, label=b.HOSTILE), articles=(evil,))
    calm = replace(b.card("c1", 0, title="kalm"), articles=(b.article(language=""),))
    tags = [
        [element.tag for element in drawn([card]).iter() if "tspan" not in str(element.tag)] for card in (hostile, calm)
    ]
    assert tags[0] == tags[1]
    assert "</title><script>alert(1)</script>" in "".join(drawn([hostile]).itertext())


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_no_text_stops_the_map(text: str) -> None:
    card = b.card("c1", 0, title=text, label=text)
    drawn([replace(card, articles=(b.article(title=text, source=text, url=text, language=text),))], "en", {"c1": text})


def test_in_a_page_the_map_needs_no_style_and_takes_the_colour_of_the_text() -> None:
    made = maps.svg(week(), "nl", {})
    assert "<style" not in made and "style=" not in made.replace("font-style=", "")
    assert {text.get("fill") or text.getparent().get("fill") for text in drawn(week()).iter(f"{SVG}text")} == {
        "currentColor"
    }


def test_as_a_file_the_map_brings_light_and_dark_paper() -> None:
    file = maps.standalone(week(), "nl", {})
    etree.fromstring(file)
    assert "--paper, #fbf8f3" in file and "--paper, #16181c" in file
    assert re.search(r"@media \(prefers-color-scheme: dark\)", file)


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[n : n + 2], 16)) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("colour", maps.THEMES)
def test_every_colour_can_be_told_from_both_papers(colour: str, paper: str) -> None:
    """WCAG 1.4.11: 3:1 for shapes."""
    lighter, darker = sorted((luminance(colour), luminance(paper)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3
