"""What a model's name tells, and when vectors may be trusted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate import models


def unit(rows: int, width: int = 8, seed: int = 1) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((rows, width))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "x/all-mpnet-base-v2", "BAAI/bge-small-en-v1.5"])
def test_an_english_model_knows_english_and_no_dutch(name: str) -> None:
    known = models.profile(name)
    assert (known.reads("en"), known.reads("nl"), known.multilingual) == (True, False, False)


@pytest.mark.parametrize("name", [models.ADVISED, "intfloat/multilingual-e5-small", "BAAI/bge-m3", "LaBSE"])
def test_a_multilingual_model_knows_many_languages(name: str) -> None:
    known = models.profile(name)
    assert (known.reads("en"), known.reads("nl"), known.multilingual) == (True, True, True)


def test_of_a_model_that_we_do_not_know_nothing_is_held_against_it() -> None:
    known = models.profile("/srv/models/eigen-model")
    assert (known.reads("nl"), known.multilingual) == (True, False)


@given(st.integers(1, 20), st.integers(1, 40))
def test_unit_vectors_of_the_kept_width_are_not_wrong(rows: int, width: int) -> None:
    assert models.wrong(unit(rows, width), rows, None) is None
    assert models.wrong(unit(rows, width), rows, width) is None
    assert "numbers" in (models.wrong(unit(rows, width), rows, width + 1) or "")


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (unit(2), "shape (2, 8) for 3"),
        (np.zeros(3, dtype=np.float32), "shape"),
        (np.zeros((3, 0), dtype=np.float32), "shape"),
        (np.full((3, 8), np.nan, dtype=np.float32), "NaN"),
        (np.zeros((3, 8), dtype=np.float32), "unit length"),
    ],
)
def test_vectors_that_cannot_be_used_are_told(
    vectors: "np.ndarray[tuple[int, int], np.dtype[np.float32]]", said: str
) -> None:
    assert said in (models.wrong(vectors, 3, None) or "")
