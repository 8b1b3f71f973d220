"""Finding words in issues."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from curate import searching
from curate.searching import Passage, passage

ANNA = passage("voice", "De verhuurder belt nooit terug.", "nl", "Anna de Vriès", "a1")
TITLE = passage("title", "Café Übermut en de HUUR", "nl")


def hit(query: str, *those: Passage, nameless: frozenset[str] = frozenset()) -> str:
    found = searching.found(those or (TITLE, ANNA), searching.terms(query), nameless)
    return found.passage.kind if found else ""


def test_accents_and_case_make_no_difference() -> None:
    assert [hit(one) for one in ("cafe", "CAFÉ", "ubermut", "Übermut", "cafe\u0301")] == ["title"] * 5


def test_all_words_must_stand_in_the_issue_but_not_in_one_place() -> None:
    assert hit("cafe terug") == "title"
    assert hit("cafe niets") == ""
    assert hit("") == hit("a") == hit("?! ...") == ""


def test_the_passage_with_most_words_is_shown_and_the_others_are_counted() -> None:
    found = searching.found((TITLE, ANNA), searching.terms("huur nooit terug"))
    assert found
    assert (found.passage.kind, found.others) == ("voice", 1)


def test_a_name_finds_what_that_person_said_unless_it_was_taken_off() -> None:
    assert hit("vries") == "voice"
    assert hit("vries", nameless=frozenset({"a1"})) == ""
    assert hit("verhuurder", nameless=frozenset({"a1"})) == "voice"


def test_words_are_marked_where_they_stand() -> None:
    assert searching.marked("Café en cafés", ("cafe",)) == (
        ("Café", True),
        (" en ", False),
        ("café", True),
        ("s", False),
    )
    assert searching.marked("", ("x",)) == ()


def test_an_excerpt_stands_around_the_word_that_was_found() -> None:
    text = "woord " * 200 + "speld " + "woord " * 200
    cut = searching.excerpt(text, ("speld",))
    assert "speld" in cut
    assert cut.startswith("…") and cut.endswith("…")
    assert len(cut) <= searching.EXCERPT + 2
    assert searching.excerpt("kort", ("speld",)) == "kort"


def test_at_most_eight_words_are_looked_for() -> None:
    assert len(searching.terms(" ".join(f"woord{n}" for n in range(40)))) == searching.MOST_TERMS


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=4), max_size=3))
def test_the_pieces_are_the_text(text: str, wanted: list[str]) -> None:
    terms = [searching.folded(one) for one in wanted]
    pieces = searching.marked(text, terms)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(pieces[n][1] != pieces[n + 1][1] for n in range(len(pieces) - 1))


@given(st.text(max_size=60))
def test_folding_a_text_is_folding_its_signs(text: str) -> None:
    assert searching.folded(text) == "".join(searching.folded(one) for one in text)
    assert searching.folded(unicodedata.normalize("NFC", text)) == searching.folded(unicodedata.normalize("NFD", text))


@given(st.text(alphabet=st.characters(categories=("Ll", "Lu", "Nd")), min_size=2, max_size=12))
def test_a_word_of_an_issue_is_found_and_marked(word: str) -> None:
    for term in searching.terms(word):
        assert searching.found((passage("title", f"over {word} en meer", "nl"),), (term,))
        assert any(is_marked for _, is_marked in searching.marked(f"over {word} en", (term,)))
