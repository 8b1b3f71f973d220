"""The form and its rules, and the order in which voices are shown."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import annotations
from curate.annotations import BYLINES, RELATIONS, RIPENESSES, SO_WHAT_MAX, SO_WHAT_MIN, VERDICTS, Annotation, Offered
from tests.curate import builders as b

GOOD = {"verdict": "keep", "so_what": b.SO_WHAT, "ripeness": "half_baked"}


def problems(**changes: str) -> Mapping[str, str]:
    return annotations.checked({**GOOD, **changes}, Offered(frozenset({"v1"}))).problems


def words(**changes: str) -> annotations.Words:
    read = annotations.checked({**GOOD, **changes}, Offered(frozenset({"v1"}))).words
    assert read is not None
    return read


# ------------------------------------------------------------ the form


def test_a_sentence_and_two_choices_are_enough() -> None:
    read = words()
    assert (read.verdict, read.ripeness, read.so_what) == ("keep", "half_baked", b.SO_WHAT)
    assert (read.byline, read.relation, read.relation_to, read.title) == ("name", None, None, "")


@pytest.mark.parametrize("missing", ["verdict", "ripeness"])
@pytest.mark.parametrize("given_", ["", "maybe", "KEEP"])
def test_a_choice_is_never_guessed(missing: str, given_: str) -> None:
    assert problems(**{missing: given_}) == {missing: f"problem.{missing}"}


def test_an_empty_form_names_what_is_missing() -> None:
    found = annotations.checked({})
    assert found.words is None
    assert found.problems == {"verdict": "problem.verdict", "ripeness": "problem.ripeness"}


@pytest.mark.parametrize(
    ("field", "values"), [("verdict", VERDICTS), ("ripeness", RIPENESSES), ("byline", BYLINES), ("relation", RELATIONS)]
)
def test_every_choice_that_there_is_can_be_made(field: str, values: tuple[str, ...]) -> None:
    for value in values:
        assert (
            getattr(words(**{field: value}, **({"relation_to": "v1"} if field == "relation" else {})), field) == value
        )


@pytest.mark.parametrize("field", ["byline", "relation"])
def test_an_optional_choice_may_be_left_out_but_not_made_up(field: str) -> None:
    assert problems(**{field: ""}) == {}
    assert field in problems(**{field: "invented", "relation_to": "v1"})


@pytest.mark.parametrize("length", [1, SO_WHAT_MIN - 1])
def test_who_keeps_a_cluster_says_why_in_a_sentence(length: int) -> None:
    assert problems(so_what="x" * length) == {"so_what": "problem.so_what_short"}


@pytest.mark.parametrize("blank", ["", " \n\t", "\u00a0" * 50, "\u200b" * 50, "\u202e\u200b " * 30, "\x00" * 50])
def test_signs_that_nobody_sees_are_no_sentence(blank: str) -> None:
    assert problems(so_what=blank) == {"so_what": "problem.so_what_empty"}


@pytest.mark.parametrize("verdict", [one for one in VERDICTS if one != "keep"])
def test_only_who_keeps_a_cluster_must_say_why(verdict: str) -> None:
    assert problems(verdict=verdict, so_what="") == {}
    assert problems(verdict=verdict, so_what="kort") == {}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_sentence_that_is_too_long_for_a_phone_is_not_cut_but_given_back(verdict: str) -> None:
    assert problems(verdict=verdict, so_what="x" * SO_WHAT_MAX) == {}
    assert problems(verdict=verdict, so_what="x" * (SO_WHAT_MAX + 1)) == {"so_what": "problem.so_what_long"}


@pytest.mark.parametrize(
    ("field", "most"), [("title", 80), ("question", 200), ("experiment", 300), ("relation_why", 200)]
)
def test_the_other_texts_have_their_lengths_too(field: str, most: int) -> None:
    around = {"relation": "adds", "relation_to": "v1"}
    assert problems(**around, **{field: "x" * most}) == {}
    assert problems(**around, **{field: "x" * (most + 1)}) == {field: f"problem.{field}_long"}


def test_white_space_around_and_line_ends_of_any_kind_do_not_count() -> None:
    read = words(so_what=f"\r\n  {b.SO_WHAT}\r\n\tEn  dan? \r\n", title=" Een\n titel ")
    assert read.so_what == f"{b.SO_WHAT}\nEn dan?"
    assert read.title == "Een titel"
    assert problems(title=" " * 200 + "Titel") == {}


def test_a_relation_speaks_about_a_voice_that_is_there() -> None:
    assert problems(relation="contrasts", relation_to="v1") == {}
    assert problems(relation="contrasts", relation_to="v2") == {"relation_to": "problem.relation_to"}
    assert problems(relation="contrasts") == {"relation_to": "problem.relation_to"}


def test_a_voice_that_was_picked_without_a_relation_is_no_answer() -> None:
    read = words(relation="", relation_to="v1")
    assert (read.relation, read.relation_to) == (None, None)


def test_all_problems_are_told_at_once() -> None:
    assert set(problems(verdict="", so_what="x" * 700, title="x" * 90, relation="adds")) == {
        *("verdict", "so_what", "title", "relation_to"),
    }


@settings(deadline=None)
@given(
    form=st.dictionaries(
        st.sampled_from([*GOOD, "title", "byline", "relation", "relation_to", "question", "unknown"]),
        st.text(max_size=60) | st.sampled_from([*VERDICTS, *RIPENESSES, *RELATIONS, *BYLINES, "v1", b.SO_WHAT]),
    )
)
def test_any_form_is_either_understood_or_has_problems_and_what_is_kept_can_be_sent_again(form: dict[str, str]) -> None:
    found = annotations.checked(form, Offered(frozenset({"v1"})))
    assert (found.words is None) is bool(found.problems)
    if found.words is not None:
        again = {name: getattr(found.words, name) or "" for name in annotations.Words.__slots__}
        assert annotations.checked(again, Offered(frozenset({"v1"}))).words == found.words


# ------------------------------------------------------------ versions


def test_the_last_version_of_each_catalyst_counts_per_cluster() -> None:
    said = [
        b.voice("ann", 9, version=2, so_what="b" * 50),
        b.voice("ann", 1, so_what="a" * 50),
        b.voice("ann", 3, cluster="c2"),
        b.voice("bob", 5),
    ]
    assert [one.id for one in annotations.latest(said)] == ["ann", "bob", "ann.2"]
    assert [one.cluster_id for one in annotations.latest(said)] == ["c2", "c1", "c1"]


def test_who_corrects_a_word_keeps_who_answered() -> None:
    said = [b.voice("ann", 1), b.answer("bob", 2, "ann", "contrasts"), b.voice("ann", 3, version=2)]
    bob = next(one for one in annotations.latest(said) if one.person_id == "bob")
    assert bob.words.relation_to == "ann.2"
    assert bob.words.relation_why == "omdat het anders ging"
    assert [one.id for one in annotations.in_order(annotations.latest(said))] == ["ann.2", "bob"]


def test_no_words_are_no_versions() -> None:
    assert annotations.latest([]) == ()


# ------------------------------------------------------------ kept or not


def test_one_who_keeps_with_a_sentence_is_enough_and_a_lone_no_is_no_veto() -> None:
    no = b.voice("bob", verdict="not_relevant", so_what="")
    assert annotations.is_kept([b.voice("ann"), no, b.voice("cor", verdict="not_relevant")])
    assert annotations.is_kept([b.voice("ann"), b.voice("bob", verdict="wrong_cluster")])


def test_without_a_sentence_or_without_a_keep_a_cluster_is_not_kept() -> None:
    assert not annotations.is_kept([])
    assert not annotations.is_kept([b.voice("ann", so_what="")])
    assert not annotations.is_kept([b.voice("ann", verdict="not_now"), b.voice("bob", verdict="not_relevant")])


def test_two_who_say_that_it_does_not_belong_together_send_it_back() -> None:
    wrong = [b.voice(name, verdict="wrong_cluster") for name in ("bob", "cor")]
    assert not annotations.is_kept([b.voice("ann"), b.voice("dee"), *wrong])


# ------------------------------------------------------------ the order of voices


def order(*said: Annotation) -> list[str]:
    return [one.id for one in annotations.in_order(said)]


def test_voices_stand_in_order_of_time_and_the_first_has_no_other_rank() -> None:
    assert order(b.voice("cor", 3), b.voice("ann", 1), b.voice("bob", 2)) == ["ann", "bob", "cor"]


def test_the_answered_voice_comes_directly_before_its_answers() -> None:
    said = [b.voice("ann", 1), b.voice("bob", 2), b.answer("cor", 3, "ann"), b.answer("dee", 4, "ann", "contrasts")]
    assert order(*said) == ["ann", "cor", "dee", "bob"]


def test_an_answer_to_an_answer_stands_under_it() -> None:
    said = [b.voice("ann", 1), b.answer("bob", 2, "ann"), b.answer("cor", 3, "ann"), b.answer("dee", 4, "bob")]
    assert order(*said) == ["ann", "bob", "dee", "cor"]


def test_an_answer_to_a_voice_that_is_not_there_stands_by_its_time() -> None:
    assert order(b.voice("bob", 2), b.answer("ann", 1, "gone")) == ["ann", "bob"]


def test_two_who_answer_each_other_are_both_heard() -> None:
    said = [b.answer("ann", 1, "bob"), b.answer("bob", 2, "ann"), b.answer("cor", 3, "ann"), b.voice("dee", 4)]
    assert order(*said) == ["dee", "ann", "bob", "cor"]


def test_who_answers_their_own_earlier_words_is_heard_once() -> None:
    assert order(b.answer("ann", 1, "ann")) == ["ann"]


PEOPLE = "abcdefg"


@settings(deadline=None)
@given(st.data())
def test_nobodys_words_are_lost_or_doubled_whoever_answers_whom(data: st.DataObject) -> None:
    targets = data.draw(st.lists(st.sampled_from([*PEOPLE, "gone", ""]), min_size=7, max_size=7))
    minutes = data.draw(st.lists(st.integers(0, 3), min_size=7, max_size=7))
    said = [
        b.answer(name, minute, target) if target else b.voice(name, minute)
        for name, minute, target in zip(PEOPLE, minutes, targets, strict=True)
    ]
    found = annotations.in_order(said)
    assert sorted(one.id for one in found) == list(PEOPLE)
    assert annotations.in_order(data.draw(st.permutations(said))) == found


def test_a_reason_to_answer_without_an_answer_is_asked_about_and_not_dropped() -> None:
    assert problems(relation_why="omdat het anders ging") == {"relation": "problem.relation_unsaid"}


def test_what_is_folded_is_read_with_what_the_form_offered() -> None:
    offered = Offered(articles=("a", "b", "c", "d"), people=frozenset({"p"}), themes=frozenset({"t", "u"}))
    form = {
        **GOOD,
        "moves": "connect filter connect",
        "checked": "tried_myself",
        "distance": "first_hand",
        "key_articles": "c a",
        "missing": " de huurder ",
        "missing_url": "https://huurders.example/brief",
        "experiment": "Bel er drie",
        "review_on": "2026-12-14",
        "ask_who": "p",
        "links_to": "u t",
        "style": "chronology",
    }
    read = annotations.checked(form, offered).words
    assert read
    assert (read.moves, read.key_articles, read.links_to) == (("filter", "connect"), ("a", "c"), ("u", "t"))
    assert (read.review_on, read.missing, read.ask_who) == (date(2026, 12, 14), "de huurder", ("p",))


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("moves", "filter invented", "problem.moves"),
        ("key_articles", "nowhere", "problem.key_articles"),
        ("key_articles", "a b c d", "problem.key_articles_many"),
        ("ask_who", "stranger", "problem.ask_who"),
        ("links_to", "stranger", "problem.links_to"),
        ("missing_url", "javascript:alert(1)", "problem.missing_url"),
        ("missing_url", "https://example.org/" + "a" * 2000, "problem.missing_url"),
        ("review_on", "morgen", "problem.review_on"),
        ("review_on", "2026-02-30", "problem.review_on"),
        ("style", "collage", "problem.style"),
        ("checked", "maybe", "problem.checked"),
        ("distance", "far", "problem.distance"),
        ("missing", "x" * 301, "problem.missing_long"),
        ("ask_else", "x" * 201, "problem.ask_else_long"),
    ],
)
def test_what_the_form_did_not_offer_cannot_be_chosen(field: str, value: str, problem: str) -> None:
    found = annotations.checked({**GOOD, field: value}, Offered(articles=("a", "b", "c", "d")))
    assert found.problems == {field: problem}


def test_a_day_to_look_again_is_nothing_without_an_experiment() -> None:
    assert words(review_on="2026-12-14").review_on is None


def test_ways_of_adding_value_are_suggested_by_what_is_filled_in() -> None:
    assert annotations.suggested_moves(b.words()) == ()
    full = b.words(checked="tried_myself", experiment="Bel er drie", links_to=("t",), key_articles=("a", "b"))
    assert annotations.suggested_moves(full) == ("filter", "validate", "synthesize", "connect", "experiment")


def test_who_spoke_on_two_clusters_that_were_merged_said_two_things() -> None:
    there = replace(b.voice("anna", 1), id="elsewhere", written_on="c0")
    here = b.voice("anna", 2)
    assert annotations.latest([there, here]) == (there, here)
