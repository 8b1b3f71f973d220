"""What an editor decides about an issue, and what becomes of it when the voices change."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from curate import candidates, issues, plans
from curate.annotations import Annotation
from curate.candidates import Earlier, Held
from curate.cards import Card
from curate.issues import Issue
from curate.plans import MACHINE, Change, Choice, Plan
from tests.curate import builders as b

SEVEN = [b.card(f"c{number}") for number in range(7)]
KEPT = [b.voice("ann", cluster=card.cluster_id) for card in SEVEN]
NO_PLAN = Plan()


def built(cards: list[Card], said: list[Annotation], plan: Plan = NO_PLAN, earlier: Earlier | None = None) -> Issue:
    return issues.build(b.frame(), cards, said, 31, plan, earlier)


def ids_of(issue: Issue) -> list[str]:
    return [item.cluster_id for item in issue.items]


def voices_of(issue: Issue, place: int = 0) -> list[str]:
    return [one.annotation_id for one in issue.items[place].voices]


def chosen(cluster: str = "c1", **changes: Any) -> Plan:
    return Plan(choices=(Choice(cluster, **changes),))


# ------------------------------------------------------------ order, leaving out, holding over


def test_the_editors_order_comes_first_and_the_rest_follows_as_it_would() -> None:
    assert ids_of(built(SEVEN, KEPT, Plan(order=("c5", "c2")))) == ["c5", "c2", "c0", "c1", "c3"]


def test_what_is_left_out_or_held_over_makes_room_for_the_next() -> None:
    plan = Plan(left_out=("c0",), held_over=("c1",))
    assert ids_of(built(SEVEN, KEPT, plan)) == ["c2", "c3", "c4", "c5", "c6"]
    sorted_ = candidates.sort(SEVEN, KEPT, plan, Earlier())
    assert [one.card.cluster_id for one in (*sorted_.left_out, *sorted_.held_over)] == ["c0", "c1"]


def test_a_plan_that_contradicts_itself_holds_over() -> None:
    places = plans.placed(["c1"], [], Plan(left_out=("c1",), held_over=("c1",)))
    assert (places.left_out, places.held_over) == ((), ("c1",))


def test_what_is_no_longer_there_is_passed_over() -> None:
    plan = Plan(("gone", "c2"), ("gone",), ("gone",), (Choice("gone", ("x",), ("x",), ("y",), "z"),), "gone", "gone")
    issue = built(SEVEN[:3], KEPT[:3], plan)
    assert ids_of(issue) == ["c2", "c0", "c1"]


def test_a_cluster_kept_after_the_plan_was_made_joins_behind_the_planned_ones() -> None:
    plan = Plan(order=("c3", "c1"))
    assert ids_of(built(SEVEN[:4], [KEPT[1], KEPT[3]], plan)) == ["c3", "c1"]
    assert ids_of(built(SEVEN[:4], KEPT[:4], plan)) == ["c3", "c1", "c0", "c2"]


def test_when_five_are_planned_a_sixth_has_no_room_and_is_seen_there() -> None:
    plan = Plan(order=tuple(f"c{number}" for number in range(1, 6)))
    places = candidates.sort(SEVEN[:6], KEPT[:6], plan, Earlier())
    assert [one.card.cluster_id for one in places.no_room] == ["c0"]


def test_moving_and_bringing_in_keep_everything() -> None:
    assert plans.moved("abc", "b", -1) == ("b", "a", "c")
    assert plans.moved("abc", "b", 1) == ("a", "c", "b")
    assert plans.moved("abc", "a", -1) == plans.moved("abc", "x", 1) == ("a", "b", "c")
    assert plans.brought_in([f"c{number}" for number in range(7)], "c6") == ("c0", "c1", "c2", "c3", "c6", "c4", "c5")


# ------------------------------------------------------------ what was held over


def held(*ids: str) -> Earlier:
    return Earlier(tuple(Held("2026-W46", b.card(one)) for one in ids))


def test_what_was_held_over_has_its_seat_behind_the_weeks_own_and_says_its_week() -> None:
    said = [*KEPT, b.voice("bob", cluster="old")]
    issue = built(SEVEN, said, Plan(), held("old"))
    assert ids_of(issue) == ["c0", "c1", "c2", "c3", "old"]
    assert [item.week for item in issue.items] == ["", "", "", "", "2026-W46"]
    assert (issue.clusters, len(issue.unannotated)) == (7, 0)


def test_what_stands_in_another_issue_is_not_published_again() -> None:
    earlier = replace(held("old"), published=frozenset({"old", "c0"}))
    said = [*KEPT, b.voice("bob", cluster="old")]
    assert ids_of(built(SEVEN, said, Plan(), earlier)) == ["c1", "c2", "c3", "c4", "c5"]


def test_what_is_held_over_waits_until_it_is_published_or_left_out() -> None:
    first, second = Plan(held_over=("a", "b", "c")), Plan(held_over=("d", "b"), left_out=("c",))
    assert plans.waiting([first], frozenset()) == ("a", "b", "c")
    assert plans.waiting([first, Plan()], frozenset()) == ("a", "b", "c"), "a week without a decision changes nothing"
    assert plans.waiting([first, second], frozenset()) == ("a", "b", "d")
    assert plans.waiting([first, second], frozenset({"b"})) == ("a", "d")


# ------------------------------------------------------------ voices, links, title


FOUR = [b.voice(name, minute) for minute, name in enumerate(["ann", "bob", "cor", "dee"])]


def test_the_editor_chooses_which_voices_are_shown_and_their_words_stay_as_they_are() -> None:
    plan = chosen(voices=("dee", "bob"), offered=("ann", "bob", "cor", "dee"))
    issue = built([b.card()], FOUR, plan)
    assert voices_of(issue) == ["bob", "dee"]
    assert {one.so_what for one in issue.items[0].voices} == {b.SO_WHAT}


def test_a_newer_version_of_a_chosen_voice_is_the_one_shown() -> None:
    plan = chosen(voices=("bob",), offered=("ann", "bob"))
    said = [*FOUR[:2], b.voice("bob", 20, version=2, so_what=f"{b.SO_WHAT} Nu anders.")]
    issue = built([b.card()], said, plan)
    assert voices_of(issue) == ["bob.2"]
    assert issue.items[0].voices[0].so_what.endswith("Nu anders.")


def test_a_newer_version_of_a_voice_that_was_not_chosen_stays_away() -> None:
    plan = chosen(voices=("ann",), offered=("ann", "bob"))
    assert voices_of(built([b.card()], [*FOUR[:2], b.voice("bob", 20, version=2)], plan)) == ["ann"]


def test_a_voice_given_after_the_choice_joins_while_there_is_room_and_is_marked_as_new() -> None:
    plan = chosen(voices=("ann",), offered=("ann", "bob"))
    assert voices_of(built([b.card()], FOUR[:3], plan)) == ["ann", "cor"]
    full = chosen(voices=("ann", "bob", "cor"), offered=("ann", "bob", "cor"))
    (item,) = candidates.sort([b.card()], FOUR, full, Earlier()).items
    assert ([one.id for one in item.shown], item.new) == (["ann", "bob", "cor"], {"dee"})


def test_when_all_chosen_voices_are_gone_our_rule_chooses() -> None:
    assert voices_of(built([b.card()], FOUR[:2], chosen(voices=("x",), offered=("x",)))) == ["ann", "bob"]


def test_when_only_one_of_two_who_differ_is_shown_nobody_is_said_to_differ() -> None:
    said = [b.voice("ann"), b.answer("bob", 1, "ann", "contrasts")]
    assert built([b.card()], said).items[0].differ
    item = built([b.card()], said, chosen(voices=("bob",), offered=("ann", "bob"))).items[0]
    assert (item.differ, item.voices[0].relation) == (False, None)


def test_the_editor_chooses_links_or_none() -> None:
    card = b.card(articles=5)
    picked = built([card], FOUR[:1], chosen(links=("c1-4", "c1-0"))).items[0]
    assert [one.article_id for one in picked.links] == ["c1-0", "c1-4"]
    assert built([card], FOUR[:1], chosen(links=())).items[0].links == ()
    assert len(built([card], FOUR[:1], chosen(links=("gone",))).items[0].links) == 3


def test_the_title_is_one_that_a_voice_gave_or_the_machines() -> None:
    said = [b.voice("ann", title="Van Ann"), b.voice("bob", 1, title="Van Bob")]
    titled = [built([b.card()], said, chosen(title=one)).items[0] for one in ("", "bob", MACHINE, "gone")]
    assert [one.title for one in titled] == ["Van Ann", "Van Bob", b.card().title, "Van Ann"]
    assert [one.titled_by for one in titled] == ["catalyst", "catalyst", "machine", "catalyst"]


def test_one_question_and_one_experiment_of_those_given_or_none() -> None:
    said = [b.voice("ann", question="Vraag A?", experiment="Proef A"), b.voice("bob", 1, question="Vraag B?")]

    def asked(**plan: Any) -> tuple[str | None, str | None]:
        issue = built([b.card()], said, Plan(**plan))
        return tuple(one and one.text for one in (issue.question, issue.experiment))  # type: ignore[return-value]

    assert asked() == ("Vraag A?", "Proef A")
    assert asked(question="bob", experiment="") == ("Vraag B?", None)
    assert asked(question="", experiment="bob") == (None, "Proef A"), "what is not there any more is passed over"


# ------------------------------------------------------------ keeping and telling


def test_a_version_comes_back_as_it_was_kept() -> None:
    full = Plan(("a",), ("b",), ("c",), (Choice("a", ("v",), ("v", "w"), (), MACHINE), Choice("b")), "", "x")
    assert plans.from_json(plans.to_json(full)) == full
    assert plans.from_json("{}") == Plan()


def test_the_log_tells_what_a_version_decided_differently() -> None:
    before = Plan(order=("a", "b", "c"))
    assert plans.changes(before, before) == (Change("nothing"),)
    assert plans.changes(before, replace(before, order=("b", "a", "c"))) == (Change("order"),)
    assert plans.changes(before, Plan(("a", "c"), left_out=("b",))) == (Change("left_out", ("b",)),)
    assert plans.changes(Plan(left_out=("b",)), Plan(held_over=("a",))) == (
        Change("held_over", ("a",)),
        Change("brought_back", ("b",)),
    )
    assert plans.changes(Plan(), chosen("a", voices=("v",), title=MACHINE)) == (
        Change("voices", ("a",)),
        Change("title", ("a",)),
    )
    assert plans.changes(Plan(), Plan(question="", experiment="v")) == (Change("question"), Change("experiment"))


NAMES = st.sampled_from([f"c{number}" for number in range(9)])
LISTS = st.lists(NAMES, max_size=9)


@st.composite
def any_plan(draw: st.DrawFn) -> Plan:
    people = st.lists(st.sampled_from(["ann", "bob", "gone"]), max_size=3).map(tuple)
    choice = st.builds(Choice, NAMES, st.none() | people, people, st.none() | LISTS.map(tuple), st.just(MACHINE))
    return Plan(
        *(tuple(draw(LISTS)) for _ in range(3)),
        tuple(draw(st.lists(choice, max_size=4))),
        draw(st.none() | st.sampled_from(["", "ann", "gone"])),
    )


@given(own=LISTS, held=LISTS, plan=any_plan())
def test_every_kept_cluster_goes_to_exactly_one_place(own: list[str], held: list[str], plan: Plan) -> None:
    places = plans.placed(own, held, plan)
    everywhere = [*places.items, *places.no_room, *places.left_out, *places.held_over]
    assert sorted(everywhere) == sorted({*own, *held})
    assert len(places.items) <= plans.MAX_ITEMS
    assert not places.no_room or len(places.items) == plans.MAX_ITEMS


@given(spoken=st.lists(st.tuples(NAMES, st.sampled_from(["ann", "bob"])), max_size=12, unique=True), plan=any_plan())
def test_no_plan_loses_a_cluster_or_changes_a_word(spoken: list[tuple[str, str]], plan: Plan) -> None:
    cards = [b.card(f"c{number}") for number in range(9)]
    said = [replace(b.voice(who, cluster=cluster), id=f"{who} {cluster}") for cluster, who in spoken]
    sorted_ = candidates.sort(cards, said, plan, Earlier())
    assert sorted(one.card.cluster_id for one in sorted_.every) == sorted({cluster for cluster, _ in spoken})
    issue = built(cards, said, plan)
    assert {voice.so_what for item in issue.items for voice in item.voices} <= {b.SO_WHAT}
    assert all(1 <= len(item.voices) <= 3 and len(item.links) <= 3 for item in issue.items)


@given(spoken=st.lists(st.tuples(NAMES, st.sampled_from(["ann", "bob"])), max_size=12, unique=True))
def test_an_empty_plan_gives_the_same_bytes_as_none(spoken: list[tuple[str, str]]) -> None:
    cards = [b.card(f"c{number}") for number in range(9)]
    said = [replace(b.voice(who, cluster=cluster), id=f"{who} {cluster}") for cluster, who in spoken]
    without = issues.to_json(issues.build(b.frame(), cards, said, 31))
    assert issues.to_json(built(cards, said, Plan(), Earlier())) == without
    assert '"week":""' not in without
    assert '"thin"' not in without


# ------------------------------------------------------------ short issues, and those frozen before


def test_an_issue_with_fewer_items_than_the_network_wants_is_a_short_one() -> None:
    frame = b.frame(thin_below=2)
    assert issues.build(frame, SEVEN, KEPT[:1], 31).thin
    assert not issues.build(frame, SEVEN, KEPT[:2], 31).thin
    assert not built(SEVEN, KEPT[:1]).thin


def test_what_was_frozen_reads_the_same_with_and_without_the_newer_fields() -> None:
    plain = built(SEVEN, KEPT)
    special = replace(built(SEVEN, [*KEPT, b.voice("bob", cluster="old")], Plan(), held("old")), thin=True)
    for one in (plain, special):
        assert issues.from_json(issues.to_json(one)) == one
