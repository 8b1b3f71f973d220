"""Copies: the same article twice, and never two articles on the same matter."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import copies, ids
from curate.copies import ALIKE, Sketched, folded, likeness, sketch
from tests.curate import builders as b

LONG = (
    "In ziekenhuis De Terp in Leeuwarden is het jaargesprek afgeschaft. Op veertien afdelingen komen verpleegkundigen "
    "voortaan elke zes weken bij elkaar voor intervisie: groepen van zes, anderhalf uur, zonder leidinggevende aan "
    "tafel. Iemand brengt een situatie in die blijft knagen, de anderen stellen alleen vragen. Teamleider Fenna "
    "Hoekstra begon er twee jaar geleden mee, op een afdeling en zonder toestemming. Ik schreef elk najaar dertig "
    "verslagen die niemand meer las, zegt ze. In de eerste groep hoorde ik in een uur meer over het werk dan in al "
    "die verslagen samen."
)
SAME_EVENT = (
    "Wie een intervisiegroep na twee bijeenkomsten beoordeelt, is te vroeg. Dat schrijft onderzoeker Ilse Verbruggen, "
    "die een jaar lang meekeek met de intervisie van verpleegkundigen in ziekenhuis De Terp in Leeuwarden. Op veertien "
    "afdelingen verdween tegelijk het jaargesprek. Volgens teamleider Fenna Hoekstra was dat nodig: zolang je "
    "leidinggevende meeluistert, vertel je het mooie verhaal. Verbruggen raadt aan om de groepen een jaar bij elkaar "
    "te houden."
)


def made_up(seed: int, words: int = 300) -> list[str]:
    """Words as they follow each other in no other text."""
    rng = random.Random(seed)  # noqa: S311
    return [f"w{rng.randrange(2000)}" for _ in range(words)]


def whole(id: str, body: str, minute: float = 0, **changes: Any) -> Sketched:
    return b.sketched(id, body, minute=minute, text_hash=ids.of(body), **changes)


# ------------------------------------------------------------ likeness


def test_a_text_is_wholly_like_itself_and_not_at_all_like_another() -> None:
    assert likeness(sketch(LONG), sketch(LONG)) == 1
    assert likeness(sketch(LONG), sketch(" ".join(made_up(1)))) == 0


def test_case_and_punctuation_do_not_make_another_text() -> None:
    assert sketch(LONG) == sketch(LONG.upper().replace(",", " –"))


def test_a_short_or_empty_text_has_no_sketch_and_is_like_nothing() -> None:
    assert sketch("") == sketch("te kort om te vergelijken") == ()
    assert likeness((), ()) == likeness(sketch(LONG), ()) == 0


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), kept=st.integers(0, 300))
def test_the_estimate_is_near_the_true_share_of_common_runs(seed: int, kept: int) -> None:
    one = made_up(seed)
    other = [*one[:kept], *made_up(seed + 1, 300 - kept)]
    runs = [set(zip(*(text[start:] for start in range(4)), strict=False)) for text in (one, other)]
    true = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    assert abs(likeness(sketch(" ".join(one)), sketch(" ".join(other))) - true) < 0.25


# ------------------------------------------------------------ what is a copy


def test_the_same_words_elsewhere_are_a_copy_of_what_was_published_first() -> None:
    assert folded([whole("late", LONG, 20), whole("early", LONG, 10)]) == {"late": "early"}


@pytest.mark.parametrize(
    "edited",
    [
        f"Lees ook: {LONG}",
        f"{LONG} Dit artikel verscheen eerder bij Het Halve Woord.",
        LONG.replace("veertien", "14"),
        LONG.replace(" Ik schreef elk najaar dertig", " Ik schreef elk najaar wel dertig"),
    ],
)
def test_small_edits_do_not_hide_a_copy(edited: str) -> None:
    assert folded([whole("original", LONG), whole("reprint", edited, 5)]) == {"reprint": "original"}


def test_two_articles_on_one_event_are_not_copies() -> None:
    assert folded([whole("a", LONG), whole("b", SAME_EVENT, 5)]) == {}
    assert likeness(sketch(LONG), sketch(SAME_EVENT)) < 0.3


def test_short_texts_are_copies_only_when_every_word_is_the_same() -> None:
    one, other = "Vanavond om acht uur in de bibliotheek", "Vanavond om negen uur in de bibliotheek"
    assert folded([whole("a", one), whole("b", other), whole("c", one, 5)]) == {"c": "a"}


def test_empty_articles_are_not_copies_of_each_other() -> None:
    assert folded([b.sketched("a", ""), b.sketched("b", "", minute=1)]) == {}


def test_a_chain_of_edits_leads_to_the_first_of_them() -> None:
    one = made_up(5)
    two = [*made_up(6, 24), *one[24:]]
    three = [*two[:-24], *made_up(7, 24)]
    texts = [" ".join(words) for words in (one, two, three)]
    assert likeness(sketch(texts[0]), sketch(texts[2])) < ALIKE
    chain = [whole("first", texts[0]), whole("second", texts[1], 1), whole("third", texts[2], 2)]
    assert folded(chain) == {"second": "first", "third": "first"}


def test_of_two_of_the_same_date_the_one_we_saw_first_is_the_original() -> None:
    assert folded([whole("a", LONG), whole("b", LONG, first_seen_at=b.at(30), own=False)]) == {"a": "b"}


def test_of_two_seen_at_the_same_moment_the_one_its_own_site_brought_is_the_original() -> None:
    assert folded([whole("a", LONG, own=False), whole("b", LONG)]) == {"a": "b"}


def test_between_two_that_nothing_tells_apart_the_id_decides() -> None:
    assert folded([whole("b", LONG), whole("a", LONG)]) == {"b": "a"}


# ------------------------------------------------------------ teasers that say nothing


def on_one_site(id: str, body: str = LONG, **changes: Any) -> Sketched:
    good: dict[str, Any] = {"site": "krant.example", "title": f"Over {id}", "teaser": True}
    return whole(id, body, **good | changes)


@pytest.mark.parametrize("body", [LONG, "Lees dit bericht en nog veel meer op onze eigen site"])
def test_a_teaser_that_a_site_gives_for_all_its_articles_makes_no_copies_of_them(body: str) -> None:
    assert folded([on_one_site(id, body) for id in ("huur", "zorg", "leren")]) == {}


def test_articles_that_were_folded_for_such_a_teaser_come_back() -> None:
    assert folded([on_one_site("huur"), on_one_site("zorg", copy_of="huur")]) == {"zorg": None}


def test_the_same_headline_twice_on_one_site_is_a_copy() -> None:
    assert folded([on_one_site(id, title="Huur omlaag") for id in ("a", "b")]) == {"b": "a"}


def test_a_whole_text_under_a_new_headline_is_a_copy_on_its_own_site_too() -> None:
    assert folded([on_one_site(id, teaser=False) for id in ("a", "b")]) == {"b": "a"}


def test_another_headline_over_a_reprint_elsewhere_is_a_copy() -> None:
    assert folded([whole("a", LONG), whole("b", LONG, 5, title="Huren gaan omlaag")]) == {"b": "a"}


# ------------------------------------------------------------ what must change

ORIGINS = st.fixed_dictionaries(
    {
        "site": st.sampled_from(["krant.example", "blad.example"]),
        "title": st.sampled_from(["Huur omlaag", "Huren omlaag"]),
        "first_seen_at": st.integers(0, 2).map(b.at),
        "own": st.booleans(),
        "teaser": st.booleans(),
    }
)


def test_what_is_known_already_is_not_said_again() -> None:
    assert folded([whole("a", LONG), whole("b", LONG, 5, copy_of="a")]) == {}


def test_an_earlier_original_that_turns_up_later_takes_over() -> None:
    known = [whole("b", LONG, 5), whole("c", LONG, 9, copy_of="b")]
    assert folded([*known, whole("a", LONG, 1)]) == {"b": "a", "c": "a"}


def test_a_text_that_was_corrected_into_another_is_a_copy_no_more() -> None:
    assert folded([whole("a", LONG), whole("b", SAME_EVENT, 5, copy_of="a")]) == {"b": None}


def test_an_original_outside_the_stretch_that_is_looked_at_stays_the_original() -> None:
    assert folded([whole("b", LONG, 5, copy_of="long ago")]) == {}
    new = [whole("b", LONG, 5, copy_of="long ago"), whole("c", LONG, 1)]
    assert folded(new) == {"c": "long ago"}


def test_a_text_that_a_thousand_articles_share_is_folded_quickly() -> None:
    reprints = [b.sketched(f"{number:04d}", LONG, minute=number) for number in range(1000)]
    assert set(folded(reprints).values()) == {"0000"}


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_the_outcome_does_not_depend_on_the_order_in_which_articles_came(data: st.DataObject) -> None:
    base = made_up(data.draw(st.integers(0, 50)), 120)
    articles = [
        whole(
            f"a{number}",
            " ".join([*base[: data.draw(st.sampled_from([0, 100, 110, 120]))], *made_up(number, 10)]),
            data.draw(st.integers(0, 3)),
            **data.draw(ORIGINS),
        )
        for number in range(6)
    ]
    assert folded(data.draw(st.permutations(articles))) == folded(articles)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_after_the_changes_there_is_nothing_left_to_change(data: st.DataObject) -> None:
    bodies = [LONG, SAME_EVENT, LONG.replace("zes", "6"), ""]
    articles = [
        whole(f"a{number}", data.draw(st.sampled_from(bodies)), data.draw(st.integers(0, 3)), **data.draw(ORIGINS))
        if data.draw(st.booleans())
        else b.sketched(f"a{number}", data.draw(st.sampled_from(bodies)), minute=data.draw(st.integers(0, 3)))
        for number in range(6)
    ]
    changes = folded(articles)
    after = [replace(one, copy_of=changes.get(one.id, one.copy_of)) for one in articles]
    assert folded(after) == {}
    original = {one.id: one.copy_of for one in after}
    for one in after:
        if one.copy_of:
            assert original[one.copy_of] is None
            assert next(a for a in after if a.id == one.copy_of).rank < one.rank


def test_a_sketch_is_small_sorted_and_fits_a_database_integer() -> None:
    numbers = sketch(" ".join(made_up(3, 2000)))
    assert len(numbers) == copies.SIZE
    assert list(numbers) == sorted(numbers)
    assert all(0 <= number < 2**63 for number in numbers)
