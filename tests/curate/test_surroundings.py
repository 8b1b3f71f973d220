"""What an issue tells around its voices: who comes in, who does not, and only once."""

from dataclasses import replace
from datetime import date
from typing import Any

from curate import issues, surroundings
from curate.annotations import Annotation
from curate.issue_parts import Correction, Standing, WeekCount
from curate.issues import Issue
from curate.surroundings import Around, Askable, Shown
from tests.curate import builders as b


def built(around: Around, *said: Annotation, number: int = 12, clusters: tuple[str, ...] = ("c1",)) -> Issue:
    cards = [b.card(one) for one in clusters]
    return surroundings.added(issues.build(b.frame(number=number), cards, said, articles=31), said, around)


def shown(who: str, theme: str = "theme of c1", number: int = 11, **changes: Any) -> Shown:
    """What somebody said in an earlier issue, on a cluster of that week."""
    said = b.voice(who, -9000, cluster=f"old {theme}", **changes)
    return Shown(number, f"2026-W{number + 35}", theme, "Een oud thema", said)


def again(one: Shown, **changes: Any) -> Annotation:
    """Its author, who looked at it again this week."""
    before = one.annotation
    words = replace(before.words, outcome="sharpened", outcome_why="na een gesprek", **changes)
    return replace(before, id=f"{before.id}.2", version=2, words=words, written_at=b.at(5))


def askable(who: str, theme: str = "theme of c1") -> Askable:
    return Askable(f"a-{who}-{theme}", who, who.capitalize(), theme, f"wat {who} weet")


def names(issue: Issue, item: int = 0) -> list[str]:
    return [one.name for one in issue.items[item].ask]


# ------------------------------------------------------------ numbers


def test_an_item_has_the_standing_of_its_theme_and_counts_who_brought_it() -> None:
    standing = Standing("growing", (WeekCount("2026-W46", 2), WeekCount("2026-W47", 5)), 2)
    around = Around(standings={"theme of c1": standing}, brought_by={"c1": 2})
    item = built(around, b.voice("ann")).items[0]
    assert (item.standing, item.brought_by) == (standing, 2)
    assert standing.articles == 5
    bare = built(Around(), b.voice("ann")).items[0]
    assert (bare.standing, bare.brought_by) == (None, 0)


def test_what_nothing_is_known_around_has_the_bytes_it_always_had() -> None:
    said = (b.voice("ann"), b.voice("bob", 2))
    bare = issues.build(b.frame(), [b.card()], said, articles=31)
    assert issues.to_json(built(Around(), *said)) == issues.to_json(bare)
    for name in ("standing", "said_before", "review_on", "looked_back", "brought_by"):
        assert name not in issues.to_json(bare)


def test_an_issue_with_everything_around_it_comes_back_whole() -> None:
    old = shown("bob")
    around = Around(
        standings={"theme of c1": Standing("", (WeekCount("2026-W47", 5),), None)},
        brought_by={"c1": 1},
        askables=(askable("dee"),),
        shown=(shown("cor", number=10), old),
        tried=(replace(old, annotation=replace(old.annotation, words=b.words(experiment="Bel iemand."))),),
        looked_back=(again(old),),
        corrections=(Correction("Het was 2024.", "nl", 11, "2026-W46", "2026-11-18T09:00:00+00:00"),),
    )
    said = b.voice("ann", missing="de huurder", missing_url="https://huurder.example/", experiment="Doe het.",
                   review_on=date(2026, 12, 18))  # fmt: skip
    made = built(around, said)
    assert made.said_before and made.tried and made.items[0].looked_back and made.experiment
    assert made.experiment.review_on == "2026-12-18"
    assert issues.from_json(issues.to_json(made)) == made


# ------------------------------------------------------------ missing voices, people to ask


def test_missing_voices_come_from_the_voices_that_are_shown_two_at_most() -> None:
    said = [b.voice(who, n, missing=f"stem van {who}") for n, who in enumerate(("ann", "bob", "cor"))]
    hidden = b.voice("dee", 9, missing="nooit getoond")
    item = built(Around(), *said, hidden).items[0]
    assert [(one.text, one.byline) for one in item.missing] == [("stem van ann", "Ann"), ("stem van bob", "Bob")]


def test_who_shows_no_name_misses_somebody_without_a_name() -> None:
    item = built(Around(), b.voice("ann", missing="iemand", byline="anonymous")).items[0]
    assert item.missing[0].byline == ""


def test_two_people_may_be_asked_and_another_one_comes_first_each_week() -> None:
    around = Around(askables=tuple(askable(who) for who in ("bob", "cor", "dee")))
    first = [names(built(around, b.voice("ann"), number=number)) for number in (12, 13, 14)]
    assert first == [["Bob", "Cor"], ["Cor", "Dee"], ["Dee", "Bob"]]


def test_whom_a_voice_names_comes_first_if_they_may_be_asked() -> None:
    line = (askable("bob"), askable("cor"), askable("dee"), askable("eve", ""), askable("fay", "theme of c2"))
    said = b.voice("ann", ask_who=("eve", "dee", "fay", "gone"))
    assert names(built(Around(askables=line), said)) == ["Dee", "Eve"]
    assert names(built(Around(askables=line), b.voice("ann"))) == ["Bob", "Cor"], (
        "who knows about anything is not shown"
    )


def test_no_id_of_a_person_is_frozen_with_whom_to_ask() -> None:
    made = built(Around(askables=(replace(askable("bob"), person_id="person-of-bob"),)), b.voice("ann"))
    assert "person-of-bob" not in issues.to_json(made)


# ------------------------------------------------------------ then and now


def test_who_looked_again_stands_with_the_theme_that_is_here_again() -> None:
    old = shown("bob")
    made = built(Around(shown=(old,), looked_back=(again(old, so_what=f"{b.SO_WHAT} Nog steeds."),)), b.voice("ann"))
    (look,) = made.items[0].looked_back
    assert (look.then, look.now, look.outcome, look.why) == (
        b.SO_WHAT, f"{b.SO_WHAT} Nog steeds.", "sharpened", "na een gesprek",
    )  # fmt: skip
    assert (look.number, look.week, look.byline) == (11, "2026-W46", "Bob")
    assert made.looked_back == ()
    assert made.said_before is None, "the same words are not told twice"


def test_who_looked_again_at_another_theme_stands_by_itself_two_at_most_newest_first() -> None:
    olds = [shown(who, f"theme {who}") for who in ("bob", "cor", "dee")]
    looks = tuple(replace(again(one), written_at=b.at(n)) for n, one in enumerate(olds))
    made = built(Around(shown=tuple(olds), looked_back=looks), b.voice("ann"))
    assert [one.byline for one in made.looked_back] == ["Dee", "Cor"]
    assert made.looked_back[0].now == "", "words that did not change are not said twice"


def test_words_that_never_stood_in_an_issue_are_not_looked_back_at() -> None:
    old = shown("bob")
    assert built(Around(looked_back=(again(old),)), b.voice("ann")).looked_back == ()


def test_who_took_their_name_off_looks_back_without_it() -> None:
    old = shown("bob", "elsewhere")
    now = again(old, byline="anonymous")
    (look,) = built(Around(shown=(old,), looked_back=(now,)), b.voice("ann")).looked_back
    assert (look.byline, look.shown_as) == ("", "anonymous")


def test_a_voice_that_waited_and_was_looked_at_meanwhile_tells_what_it_was() -> None:
    before = b.voice("ann", 1, so_what="Dit was mijn eerste gedachte, nog lang niet af en wat te stellig.")
    now = b.voice("ann", 20, version=2, outcome="changed_my_mind", outcome_why="de cijfers")
    made = built(Around(), before, now)
    assert [one.so_what for one in made.items[0].voices] == [b.SO_WHAT]
    (look,) = made.items[0].looked_back
    assert (look.then, look.now, look.number) == (before.words.so_what, b.SO_WHAT, 0)


def test_what_became_of_an_experiment_is_told_with_the_experiment() -> None:
    old = shown("bob", experiment="Bel een oud-deelnemer.")
    made = built(Around(tried=(old,), looked_back=(again(old),)), b.voice("ann"))
    assert made.tried
    assert (made.tried.then, made.tried.outcome, made.tried.why) == (
        "Bel een oud-deelnemer.",
        "sharpened",
        "na een gesprek",
    )
    assert built(Around(tried=(old,)), b.voice("ann")).tried is None


# ------------------------------------------------------------ said before


def test_the_last_voice_on_a_theme_comes_back_once_in_an_issue() -> None:
    old = (shown("bob", number=11), shown("cor", number=10), shown("dee", "theme of c2", number=10))
    said = (b.voice("ann"), b.voice("ann", cluster="c2"))
    made = built(Around(shown=old), *said, clusters=("c1", "c2"))
    assert made.said_before
    assert (made.said_before.byline, made.said_before.number, made.said_before.cluster_id) == ("Bob", 11, "c1")


def test_what_was_brought_back_before_gives_way_to_another_theme_and_not_to_older_words() -> None:
    old = (shown("bob", number=11), shown("cor", number=10), shown("dee", "theme of c2", number=10))
    said = (b.voice("ann"), b.voice("ann", cluster="c2"))
    made = built(Around(shown=old, brought_back=frozenset({"bob"})), *said, clusters=("c1", "c2"))
    assert made.said_before
    assert made.said_before.byline == "Dee"
    assert built(Around(shown=old, brought_back=frozenset({"bob", "dee"})), *said).said_before is None


def test_a_cluster_without_a_theme_brings_nothing_back() -> None:
    card = b.card("c1", theme_id="")
    said = (b.voice("ann"),)
    made = issues.build(b.frame(), [card], said, articles=31)
    assert surroundings.added(made, said, Around(shown=(shown("bob", ""),))).said_before is None
