"""The issue: what of a round's voices reaches the readers, and in which order."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from curate import annotations, issues
from curate.annotations import RELATIONS, RIPENESSES, VERDICTS, Annotation
from curate.candidates import Earlier
from curate.cards import Card
from curate.issues import Issue, Item
from tests.curate import builders as b


def built(cards: list[Card], *said: Annotation) -> Issue:
    return issues.build(b.frame(), cards, said, articles=31)


def only(*said: Annotation, **card: Any) -> Item:
    (item,) = built([b.card(**card)], *said).items
    return item


def ids_of(issue: Issue) -> list[str]:
    return [item.cluster_id for item in issue.items]


# ------------------------------------------------------------ which clusters


def test_where_more_people_spoke_comes_first_and_ties_keep_the_order_of_the_round() -> None:
    cards = [b.card(f"c{number}") for number in range(1, 4)]
    said = [b.voice("ann", cluster=card.cluster_id) for card in cards]
    assert ids_of(built(cards, *said)) == ["c1", "c2", "c3"]
    assert ids_of(built(cards, *said, b.voice("bob", cluster="c3"))) == ["c3", "c1", "c2"]


def test_an_issue_has_at_most_five_items() -> None:
    cards = [b.card(f"c{number}") for number in range(7)]
    assert len(built(cards, *(b.voice("ann", cluster=card.cluster_id) for card in cards)).items) == 5


def test_a_cluster_that_nobody_keeps_is_not_in_the_issue() -> None:
    said = [b.voice("ann", verdict="not_now", cluster="c1"), b.voice("ann", verdict="not_relevant", cluster="c2")]
    assert built([b.card("c1"), b.card("c2")], *said).items == ()


def test_a_verdict_without_a_sentence_is_not_counted_among_the_voices() -> None:
    tags = [b.voice(name, cluster="c2", verdict="not_now", so_what="") for name in ("bob", "cor", "dee")]
    cards = [b.card("c1"), b.card("c2")]
    issue = built(
        cards, b.voice("ann", cluster="c1"), b.voice("bob", cluster="c1"), b.voice("ann", cluster="c2"), *tags
    )
    assert ids_of(issue) == ["c1", "c2"]
    assert [len(item.voices) for item in issue.items] == [2, 1]


def test_clusters_without_a_word_are_named_as_such_at_most_three() -> None:
    cards = [b.card(f"c{number}") for number in range(6)]
    said = [b.voice("ann", cluster="c0"), b.voice("ann", cluster="c1", verdict="not_now", so_what="")]
    assert [one.article_id for one in built(cards, *said).unannotated] == ["c2-0", "c3-0", "c4-0"]


def test_a_cluster_whose_articles_are_gone_is_not_linked() -> None:
    assert built([b.card("c1", articles=0)]).unannotated == ()


def test_a_round_without_a_voice_gives_an_issue_without_items() -> None:
    issue = built([b.card()])
    assert (issue.items, issue.question, issue.experiment) == ((), None, None)


def test_words_about_a_cluster_that_is_no_longer_there_do_not_disturb() -> None:
    assert ids_of(built([b.card("c1")], b.voice("ann"), b.voice("bob", cluster="gone"))) == ["c1"]


# ------------------------------------------------------------ what stands over it


def test_the_head_counts_articles_clusters_sources_and_languages() -> None:
    english = replace(b.card("c2"), articles=(b.card_article("x", language="en", source="Bron 1"),))
    cards = [b.card("c1"), english]
    issue = built(cards)
    assert (issue.number, issue.week, issue.network, issue.run_id) == (12, "2026-W47", "Samen Leren", "run")
    assert (issue.articles, issue.clusters, issue.sources, issue.languages) == (31, 2, 2, ("nl", "en"))
    assert issue.frozen_at == "2026-11-20T13:00:00+00:00"


def test_a_catalysts_title_wins_and_is_said_to_be_a_persons() -> None:
    item = only(b.voice("ann", 1), b.voice("bob", 2, title="Huren wordt bewijzen"))
    assert (item.title, item.titled_by) == ("Huren wordt bewijzen", "catalyst")


def test_without_a_persons_title_the_machines_title_is_shown_as_such() -> None:
    offered = b.card().title
    assert only(b.voice("ann", title="")).titled_by == "machine"
    assert only(b.voice("ann", title=offered)).titled_by == "machine"
    assert only(b.voice("ann", title=offered)).title == offered


def test_who_does_not_keep_a_cluster_does_not_name_it() -> None:
    item = only(b.voice("ann", 1, verdict="not_now", title="Onzin"), b.voice("bob", 2, title="Over huur"))
    assert item.title == "Over huur"


def test_the_title_of_a_voice_for_which_there_was_no_room_still_counts() -> None:
    said = [b.voice(name, minute) for minute, name in enumerate(["ann", "bob", "cor"])]
    assert only(*said, b.voice("dee", 9, title="Toch een naam")).title == "Toch een naam"


def test_an_item_links_three_articles_and_counts_all() -> None:
    item = only(b.voice("ann"), articles=5)
    assert [one.article_id for one in item.links] == ["c1-0", "c1-1", "c1-2"]
    assert (item.articles, len(item.sources)) == (5, 5)


# ------------------------------------------------------------ the voices


def test_at_most_three_voices_are_shown_the_earliest_first() -> None:
    said = [b.voice(name, minute) for minute, name in enumerate(["ann", "bob", "cor", "dee"])]
    assert [one.annotation_id for one in only(*said).voices] == ["ann", "bob", "cor"]


def test_disagreement_is_shown_with_whom_it_answers() -> None:
    item = only(b.voice("ann", 1), b.answer("bob", 2, "ann", "contrasts"))
    assert item.differ
    assert (item.voices[1].relation, item.voices[1].answers) == ("contrasts", "Ann")
    assert item.voices[1].relation_why == "omdat het anders ging"


def test_agreement_is_no_place_where_people_differ() -> None:
    assert not only(b.voice("ann", 1), b.answer("bob", 2, "ann", "supports")).differ


def test_disagreement_is_shown_even_when_it_comes_last() -> None:
    agreeing = [b.answer(name, minute, "ann", "supports") for minute, name in enumerate(["bob", "cor", "dee"], start=2)]
    item = only(b.voice("ann", 1), *agreeing, b.answer("eva", 9, "cor", "questions"))
    assert [one.annotation_id for one in item.voices] == ["ann", "cor", "eva"]
    assert item.differ


def test_only_the_last_version_of_a_catalyst_is_shown_and_keeps_its_answer() -> None:
    item = only(
        b.voice("ann", 1), b.answer("bob", 2, "ann", "reframes"), b.voice("ann", 3, version=2, so_what="z" * 50)
    )
    assert [(one.annotation_id, one.answers) for one in item.voices] == [("ann.2", ""), ("bob", "Ann")]


def test_an_answer_to_a_verdict_without_words_stands_by_itself() -> None:
    item = only(b.voice("ann", 1, verdict="not_now", so_what=""), b.answer("bob", 2, "ann", "contrasts"))
    assert [(one.annotation_id, one.relation, one.relation_why) for one in item.voices] == [("bob", None, "")]
    assert not item.differ


def test_nobody_is_said_to_differ_from_themselves() -> None:
    item = only(b.voice("ann", 1), b.answer("ann", 2, "ann", "contrasts", version=2))
    assert (item.voices[0].relation, item.differ) == (None, False)


def test_a_name_is_shown_only_to_whom_it_was_given() -> None:
    said = [
        b.voice("ann", 1, byline="anonymous", question="Wie deed dit al?"),
        b.answer("bob", 2, "ann", "questions", byline="role"),
    ]
    issue = built([b.card()], *said)
    assert [(one.byline, one.shown_as, one.answers) for one in issue.items[0].voices] == [
        ("", "anonymous", ""),
        ("", "role", ""),
    ]
    assert "Ann" not in issues.to_json(issue)
    assert "Bob" not in issues.to_json(issue)


def test_the_question_and_the_experiment_are_the_first_that_are_asked_in_an_item() -> None:
    said = [
        b.voice("ann", 5, cluster="c2", question="Tweede?"),
        b.voice("bob", 6, cluster="c1", question="Eerste?", experiment="Probeer het een week."),
        b.voice("cor", 1, cluster="c3", verdict="not_now", question="Nooit gezien?"),
    ]
    issue = built([b.card("c1"), b.card("c2"), b.card("c3")], *said)
    assert issue.question is not None
    assert issue.experiment is not None
    assert (issue.question.text, issue.question.byline, issue.question.cluster_id) == ("Eerste?", "Bob", "c1")
    assert (issue.experiment.text, issue.experiment.annotation_id) == ("Probeer het een week.", "bob")


# ------------------------------------------------------------ frozen

TEXT = st.text(max_size=20)
VOICES = st.builds(
    b.voice,
    st.sampled_from(["ann", "bob", "cor", "dee"]),
    st.integers(0, 50),
    cluster=st.sampled_from(["c1", "c2"]),
    version=st.integers(1, 3),
    verdict=st.sampled_from(VERDICTS),
    so_what=TEXT,
    title=TEXT,
    ripeness=st.sampled_from(RIPENESSES),
    relation=st.none() | st.sampled_from(RELATIONS),
    relation_to=st.none() | st.sampled_from(["ann", "bob.2", "cor"]),
    question=TEXT,
    experiment=TEXT,
)


@settings(deadline=None, max_examples=80)
@given(said=st.lists(VOICES, max_size=8, unique_by=lambda one: (one.cluster_id, one.id)), data=st.data())
def test_an_issue_is_read_back_as_it_was_frozen_and_the_same_words_give_the_same_bytes(
    said: list[Annotation], data: st.DataObject
) -> None:
    cards = [b.card("c1"), b.card("c2", articles=4)]
    issue = built(cards, *said)
    frozen = issues.to_json(issue)
    assert issues.from_json(frozen) == issue
    assert issues.to_json(issues.from_json(frozen)) == frozen
    assert issues.to_json(built(cards, *data.draw(st.permutations(said)))) == frozen
    assert json.loads(frozen)["number"] == 12


@settings(deadline=None, max_examples=80)
@given(said=st.lists(VOICES, max_size=8, unique_by=lambda one: (one.cluster_id, one.id)))
def test_every_sentence_in_an_issue_is_somebodys_last_word_and_none_is_empty(said: list[Annotation]) -> None:
    by_id = {(one.cluster_id, one.id): one for one in said}
    for item in built([b.card("c1"), b.card("c2")], *said).items:
        assert 1 <= len(item.voices) <= 3
        for voice in item.voices:
            source = by_id[item.cluster_id, voice.annotation_id]
            assert voice.so_what == source.words.so_what != ""
            assert all(
                other.version <= source.version
                for other in said
                if (other.cluster_id, other.person_id) == (source.cluster_id, source.person_id)
            )


def test_a_title_that_somebody_made_up_wins_from_the_offered_one_that_another_left_standing() -> None:
    card = b.card()
    said = [b.voice("ann", 1, title=card.title), b.voice("bob", 2, title="Huren wordt bewijzen")]
    item = issues.build(b.frame(), [card], said, 2).items[0]
    assert (item.title, item.titled_by) == ("Huren wordt bewijzen", "catalyst")


def test_what_most_voices_call_a_must_read_is_linked_first() -> None:
    said = [
        b.voice("anna", 1, key_articles=("c1-3",)),
        b.voice("ben", 2, key_articles=("c1-2", "c1-3")),
        b.voice("carla", 3),
    ]
    (item,) = issues.build(b.frame(), [b.card(articles=5)], said, 5).items
    assert [one.article_id for one in item.links] == ["c1-3", "c1-2", "c1-0"]


def test_a_voice_chosen_on_one_of_two_merged_clusters_does_not_become_the_other_of_the_same_person() -> None:
    there = replace(b.voice("anna", 1), id="there", written_on="c0")
    here = b.voice("anna", 2)
    assert annotations.newest([there, here]) == {"there": "there", "anna": "anna"}


# ------------------------------------------------------------ what it asks


def test_each_item_asks_what_fits_it_and_never_what_the_one_before_asked() -> None:
    cards = [b.card(f"c{number}", theme_id="") for number in range(1, 6)]
    said = [
        b.voice("ann", cluster="c1", experiment="Leg een dossier aan."),
        b.voice("ann", cluster="c2", missing="de verhuurders"),
        b.voice("ann", cluster="c3", missing="de huurders"),
        b.voice("ann", cluster="c4"),
        b.voice("ann", cluster="c5"),
    ]
    assert [item.act for item in built(cards, *said).items] == ["report", "source", "signal", "source", "signal"]


def test_an_offer_is_asked_for_where_few_may_be_asked_about_the_theme() -> None:
    cards = [b.card("c1", theme_id="t1"), b.card("c2", theme_id="t2")]
    said = [b.voice("ann", cluster=one.cluster_id) for one in cards]
    assert [item.act for item in built(cards, *said).items] == ["offer", "signal"]
    earlier = Earlier(well_asked=frozenset({"t1"}))
    issue = issues.build(b.frame(), cards, said, 31, earlier=earlier)
    assert [item.act for item in issue.items] == ["signal", "offer"]
