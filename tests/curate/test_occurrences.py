"""Reading many texts at once gives what reading each gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import occurrences, vocabulary
from curate.occurrences import Occurrences

PIECES = [
    "Fenna",
    "fenna",
    "zei",
    "de",
    "dijk",
    "12",
    "1.200",
    "€5",
    "“Goed”",
    "(Delft)",
    "Gouda.",
    "Ede:",
    "it’s",
    "–",
    "",
]
read_texts = st.builds(
    lambda title, text: vocabulary.beginning(title, text, 300),
    st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join) | st.text(max_size=30),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=60),
)


def terms_of(found: Occurrences, text: int) -> set[str]:
    row = found.holds[[text]]
    return {found.terms[column] for column in row.indices}


@settings(deadline=None, max_examples=60)
@given(st.lists(read_texts, max_size=6))
def test_many_texts_hold_the_words_and_names_that_each_of_them_holds(texts: list[str]) -> None:
    words, names = occurrences.words_and_names(texts)
    for number, text in enumerate(texts):
        assert terms_of(words, number) == set(vocabulary.words_of(text))
        assert terms_of(names, number) == set(vocabulary.names_of(text))


def test_texts_are_read_batch_by_batch_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Kop {number}\nIn Gouda telde Fenna {number % 3} dijken en {number * 11} sluizen." for number in range(9)]
    whole = occurrences.words_and_names(texts)
    monkeypatch.setattr(occurrences, "_PIECE", 2)
    for one, other in zip(whole, occurrences.words_and_names(texts), strict=True):
        assert one.terms == other.terms
        assert (one.holds.toarray() == other.holds.toarray()).all()


def test_spread_says_in_how_many_texts_a_word_stands() -> None:
    words, _ = occurrences.words_and_names(["dijk water", "dijk dijk sluis"])
    assert words.spread() == {"dijk": 2, "water": 1, "sluis": 1}


# ------------------------------------------------------------ weights


def weighed(*texts: str, most: int = 100) -> np.ndarray:
    words, _ = occurrences.words_and_names(texts)
    return np.asarray(words.weighed(most) @ words.weighed(most).T.toarray())


def test_a_word_counts_once_however_often_a_text_holds_it() -> None:
    assert np.allclose(weighed("dijk water", "dijk water")[0], weighed("dijk dijk dijk water", "dijk water")[0])


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    near = weighed("dijk sluis", "dijk gemaal", "sluis polder", "dijk kade", "dijk berm")
    assert near[0, 2] > near[0, 1] > 0


def test_words_that_no_other_text_holds_make_a_text_less_like_others() -> None:
    assert weighed("dijk sluis", "dijk")[0, 1] > weighed("dijk sluis gemaal polder", "dijk")[0, 1]


def test_the_rarest_words_are_those_that_are_kept() -> None:
    texts = ["sluis dijk", "sluis dijk", "dijk kade", "kade dijk"]
    words, _ = occurrences.words_and_names(texts)
    kept = words.weighed(1)
    assert [words.terms] and {int(kept[[row]].nnz) for row in range(4)} == {1}
    near = np.asarray((kept @ kept.T).toarray())
    assert near[0, 1] > 0 and near[2, 3] > 0 and near[0, 2] == 0


@settings(deadline=None, max_examples=40)
@given(st.lists(read_texts, min_size=1, max_size=6), st.integers(1, 10))
def test_products_are_from_0_to_1_and_hold_no_more_words_than_asked(texts: list[str], most: int) -> None:
    words, _ = occurrences.words_and_names(texts)
    weighed = words.weighed(most)
    near = (weighed @ weighed.T).toarray()
    assert (near >= 0).all() and (near <= 1 + 1e-5).all()
    assert (np.diff(weighed.indptr) <= most).all()


def test_no_texts_and_texts_without_words_give_empty_rows() -> None:
    for texts in ([], ["", "\n", "— …"]):
        words, names = occurrences.words_and_names(texts)
        assert words.weighed(5).shape[0] == names.weighed(5).shape[0] == len(texts)
        assert words.weighed(5).nnz == 0
