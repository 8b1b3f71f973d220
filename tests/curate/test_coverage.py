"""What feeds the network: shares, groups and what wants attention."""

from dataclasses import replace
from datetime import timedelta

from curate import coverage
from curate.coverage import Coverage, FedTheme
from curate.health import Heard
from tests.curate.test_health import NOW, ago, heard


def source(name: str, **changes: object) -> Heard:
    return replace(heard(), id=name, title=name, **changes)  # type: ignore[arg-type]


def of(*heard: Heard, **brought: str) -> Coverage:
    """The picture in which each source brought the articles named by single letters."""
    return coverage.of(heard, {name: frozenset(ids) for name, ids in brought.items()}, (), NOW)


def test_an_article_that_several_sources_brought_counts_once_for_all_and_once_for_each() -> None:
    found = of(source("a"), source("b"), a="123", b="234")
    assert found.articles == 4
    assert [(line.heard.id, line.articles) for line in found.lines] == [("a", 3), ("b", 3)]
    assert [(group.name, group.articles) for group in found.by_language] == [("nl", 4)]


def test_shares_need_eight_articles() -> None:
    assert not of(source("a"), a="1234567").has_shares
    assert of(source("a"), a="12345678").has_shares
    assert not FedTheme("t", is_named=True, articles=7, sources=(), by_people=0).has_shares


def test_what_people_bring_is_told_as_a_sum_and_never_per_person() -> None:
    found = of(source("a"), source("ann", kind="link"), source("ben", kind="linkedin"), a="1", ann="12", ben="23")
    assert (found.articles, found.by_people) == (3, 3)
    assert [line.heard.id for line in found.lines] == ["a"]
    named = {line.heard.id for group in (*found.by_folder, *found.by_language) for line in group.lines}
    assert named == {"a"}


def test_a_source_in_two_folders_stands_in_both_and_one_in_none_comes_last() -> None:
    found = of(
        source("a", tags=("Zorg", "Wonen")), source("b", tags=()), source("c", tags=("Zorg",)), a="12", b="345", c="9"
    )
    assert [(group.name, group.articles, [line.heard.id for line in group.lines]) for group in found.by_folder] == [
        ("Zorg", 3, ["a", "c"]),
        ("Wonen", 2, ["a"]),
        ("", 3, ["b"]),
    ]


def test_what_wants_attention_comes_failing_first_and_the_longest_first() -> None:
    found = of(
        source("off", is_disabled=True),
        source("quiet", newest_at=ago(40)),
        source("lately", error_kind="timeout", since=ago(1)),
        source("well"),
        source("long", error_kind="timeout", since=ago(9)),
    )
    assert [line.heard.id for line in found.troubled] == ["long", "lately", "quiet", "off"]
    assert {state: found.counted(state) for state in ("active", "failing", "silent", "disabled")} == {
        "active": 1, "failing": 2, "silent": 1, "disabled": 1,
    }  # fmt: skip


def test_new_sources_come_newest_first() -> None:
    found = of(source("old"), source("week", added_at=ago(7)), source("day", added_at=ago(1)))
    assert [line.heard.id for line in found.new(NOW)] == ["day", "week"]
    assert found.new(NOW + timedelta(days=60)) == ()


def test_without_sources_there_is_a_picture_all_the_same() -> None:
    found = of()
    assert (found.articles, found.lines, found.by_folder, found.troubled) == (0, (), (), ())
