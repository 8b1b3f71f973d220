"""Articles: whose words and whose date count when several sources speak of one address."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import articles
from curate.articles import Article, Entry, Wording
from tests.curate import builders as b

NOW = b.at(60)
SHORT, LONG = "Een twee drie.", "woord " * 40


def worded(*entries: Entry, **page: Any) -> Wording:
    return articles.worded(entries, b.page(**page) if page else None)


# ------------------------------------------------------------ the date


def test_the_earliest_moment_that_any_source_gives_counts() -> None:
    said = [b.entry("a", published_at=b.at(5)), b.entry("b", published_at=b.at(-90)), b.entry("c", published_at=None)]
    assert articles.published_at(said, NOW) == b.at(-90)


def test_a_date_ahead_of_time_is_an_error_and_not_a_date() -> None:
    ahead = b.entry("a", published_at=NOW + timedelta(days=1, seconds=1))
    assert articles.published_at([ahead], NOW) == ahead.first_seen_at
    assert articles.published_at([ahead, b.entry("b", published_at=b.at(7))], NOW) == b.at(7)


def test_a_date_a_few_hours_ahead_is_another_time_zone() -> None:
    near = b.entry("a", published_at=NOW + timedelta(hours=10))
    assert articles.published_at([near], NOW) == near.published_at


def test_without_a_date_it_is_when_we_first_saw_it() -> None:
    said = [b.entry("a", published_at=None, first_seen_at=b.at(9)), b.entry("b", published_at=None)]
    assert articles.published_at(said, NOW) == b.at(9)


# ------------------------------------------------------------ the words


def test_the_publishers_own_title_wins_from_the_page_and_from_who_passed_it_on() -> None:
    planet = b.entry("a", own=False, title="Lezen!", first_seen_at=b.at(0))
    assert worded(planet, b.entry("b", title="Huur omlaag"), title="Huur omlaag | De Krant").title == "Huur omlaag"


def test_the_pages_title_wins_from_who_passed_it_on() -> None:
    planet = b.entry(own=False, title="Lezen!", author="")
    found = worded(planet, title="Huur omlaag", author="Redactie")
    assert (found.title, found.author) == ("Huur omlaag", "Redactie")


@pytest.mark.parametrize("title", ["", "Lezen!"])
def test_without_a_better_title_there_is_that_of_who_passed_it_on_or_else_the_address(title: str) -> None:
    assert worded(b.entry(own=False, title=title)).title == (title or "https://krant.example/huur")


def test_an_untitled_entry_of_the_publisher_does_not_hide_a_title_that_another_gives() -> None:
    said = [b.entry("a", title=""), b.entry("b", own=False, title="Huur omlaag")]
    assert worded(*said).title == "Huur omlaag"


def test_a_teaser_gives_way_to_the_page() -> None:
    found = worded(b.entry(text=SHORT, truncated=True), text=LONG)
    assert (found.text, found.text_from, found.teaser) == (LONG, "page", False)


def test_a_page_with_fewer_words_than_the_publishers_teaser_hides_its_article() -> None:
    found = worded(b.entry(text="woord " * 41, truncated=True), text="Zet eerst JavaScript aan. " * 10)
    assert (found.text, found.text_from, found.teaser) == ("woord " * 41, "feed", True)


def test_what_somebody_says_about_an_article_at_length_does_not_hide_its_page() -> None:
    share = b.entry(own=False, via="share", text="Ik vond dit goed omdat " * 20, truncated=True)
    assert worded(share, text=SHORT).text == SHORT


def test_words_of_a_whole_feed_are_no_teaser_and_those_of_a_teaser_are() -> None:
    assert not worded(b.entry(text=LONG)).teaser
    assert worded(b.entry(text=LONG, truncated=True)).teaser
    assert worded(b.entry(text="")).teaser


# ------------------------------------------------------------ walls

TEASER = "De gemeente Leeuwarden verlaagt vanaf januari de huren van honderden woningen omdat bewoners daarom vroegen."
WALL = "Wij vragen uw toestemming voor cookies van onze partners. Kies hieronder uw instellingen en ga verder. " * 9
ABOUT = f"{TEASER} Volgens wethouder Fenna Hoekstra gaat het om de wijk Bilgaard. " * 9


def announced(**changes: Any) -> Entry:
    return b.entry(title="Huren omlaag in Leeuwarden", text=TEASER, truncated=True, **changes)


def test_a_page_speaks_of_what_was_announced_or_of_something_else() -> None:
    assert articles.speaks_of(ABOUT, [announced()]) is True
    assert articles.speaks_of(WALL, [announced()]) is False


def test_a_few_words_or_those_of_who_passed_it_on_do_not_tell_what_a_page_is_about() -> None:
    short = b.entry(title="Huren omlaag", text="", truncated=True)
    assert articles.speaks_of(WALL, [short]) is None
    assert articles.speaks_of(WALL, [announced(via="share", own=False)]) is None


def behind(title: str, text: str = WALL, **changes: Any) -> Article:
    good = Article("id", "https://krant.example/huur", NOW, NOW, "nl", "page", title, "", text)
    return replace(good, **changes)


QUIET = b.entry(title="Huren omlaag", text="", truncated=True)
OTHERS = [("https://krant.example/zorg", "Zorg onder druk")]


def test_the_same_text_under_another_headline_of_the_site_is_a_wall() -> None:
    assert articles.is_wall(behind("Huren omlaag"), [QUIET], OTHERS)


@pytest.mark.parametrize(
    ("article", "entry", "others"),
    [
        (behind("Huren omlaag"), QUIET, []),
        (behind("Zorg onder druk"), QUIET, OTHERS),
        (behind("Huren omlaag", url="https://blad.example/huur"), QUIET, OTHERS),
        (behind("Huren omlaag", text_from="feed"), QUIET, OTHERS),
        (behind("Huren omlaag", ABOUT), announced(), OTHERS),
    ],
    ids=["alone", "one headline", "another site", "words of the feed", "about what was announced"],
)
def test_these_are_no_wall(article: Article, entry: Entry, others: list[tuple[str, str]]) -> None:
    assert not articles.is_wall(article, [entry], others)


def test_a_page_that_was_cut_short_gives_way_to_the_whole_text_of_the_feed() -> None:
    found = worded(b.entry(text=LONG), text=SHORT)
    assert (found.text, found.text_from) == (LONG, "feed")


def test_of_two_texts_of_like_length_the_page_is_taken() -> None:
    found = worded(b.entry(text="woord " * 48), text="woord " * 40)
    assert found.text_from == "page"


def test_without_a_page_a_whole_text_wins_from_a_longer_teaser() -> None:
    found = worded(b.entry("a", text=LONG, truncated=True), b.entry("b", text=SHORT))
    assert (found.text, found.text_from) == (SHORT, "feed")


def test_the_language_is_hinted_at_by_the_sources_and_else_by_the_page() -> None:
    assert worded(b.entry("a", language=None), b.entry("b", language="en"), language="nl").language_hint == "en"
    assert worded(b.entry(language=None), language="nl").language_hint == "nl"
    assert worded(b.entry(language=None)).language_hint is None


ENTRIES = st.lists(
    st.builds(
        b.entry,
        st.sampled_from("abcdefgh"),
        own=st.booleans(),
        title=st.sampled_from(["", "Een", "Twee"]),
        author=st.sampled_from(["", "Roos"]),
        language=st.sampled_from([None, "nl", "en"]),
        text=st.sampled_from(["", SHORT, LONG]),
        truncated=st.booleans(),
        first_seen_at=st.integers(0, 3).map(b.at),
        published_at=st.none() | st.integers(-9, 9).map(b.at),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.id,
)


@settings(deadline=None)
@given(said=ENTRIES, page=st.none() | st.sampled_from(["", SHORT, LONG]), data=st.data())
def test_the_choice_does_not_depend_on_the_order_of_the_sources(
    said: list[Entry], page: str | None, data: st.DataObject
) -> None:
    looked = None if page is None else b.page(text=page)
    other = data.draw(st.permutations(said))
    found = articles.worded(said, looked)
    assert articles.worded(other, looked) == found
    assert articles.published_at(other, NOW) == articles.published_at(said, NOW)
    assert found.title
    assert found.text in {one.text for one in said} | {page}


# ------------------------------------------------------------ identities


def article(text: str) -> Article:
    return Article("id", "https://a.example/", NOW, NOW, "nl", "page", "Titel", "", text)


def test_the_same_words_have_the_same_hash_and_a_few_words_have_none() -> None:
    words = "een twee drie vier vijf zes zeven acht"
    assert article(words).text_hash == article(f" {words.upper()}\n").text_hash != ""
    assert article(words).text_hash != article(f"{words} negen").text_hash
    assert article("een twee drie vier vijf zes zeven").text_hash == ""
    assert replace(article(words), title="Anders").text_hash == article(words).text_hash


def test_an_article_is_its_address_whatever_the_scheme() -> None:
    assert articles.article_id("http://a.example/x") == articles.article_id("https://a.example/x")
    assert articles.article_id("https://a.example/x") != articles.article_id("https://a.example/y")


def test_a_source_brings_an_article_once_and_two_sources_bring_it_twice() -> None:
    entry = articles.entry_id("s1", "guid")
    assert articles.surfacing_id("a", entry) == articles.surfacing_id("a", articles.entry_id("s1", "guid"))
    assert articles.surfacing_id("a", entry) != articles.surfacing_id("a", articles.entry_id("s2", "guid"))


def test_what_somebody_says_about_an_article_does_not_pass_for_its_text() -> None:
    teaser = b.entry("a", text="De gemeente verlaagt de huur.", truncated=True)
    share = b.entry("b", own=False, via="share", text="Ik vond dit goed omdat " * 20, truncated=True)
    assert articles.worded([share, teaser], None).text == teaser.text


def test_without_words_of_the_publisher_there_are_those_of_who_passed_it_on() -> None:
    said = [b.entry("a", text="", truncated=True), b.entry("b", own=False, text="Lees dit.", truncated=True)]
    assert articles.worded(said, None).text == "Lees dit."


@pytest.mark.parametrize("via", ["share", "comment", "link"])
def test_who_passes_an_article_on_is_not_its_author(via: articles.Via) -> None:
    share = b.entry(own=False, via=via, author="Anna de Vries")
    assert articles.worded([share], b.page(author="Redactie")).author == "Redactie"
    assert articles.worded([share], b.page(author="")).author == ""
    assert articles.worded([share], None).author == ""


def test_a_planet_names_the_author_when_neither_publisher_nor_page_does() -> None:
    planet = b.entry(own=False, author="Roos")
    assert articles.worded([planet], b.page(author="")).author == "Roos"
    assert articles.worded([planet], b.page(author="Redactie")).author == "Redactie"
    assert articles.worded([planet, b.entry("b", author="Mies")], b.page(author="Redactie")).author == "Mies"
