"""Each text encoded once per model and revision."""

import numpy as np
import pytest

from storage import embeddings
from storage.database import Session

DIMENSIONS = 384


def _vector(seed: int, dimensions: int = DIMENSIONS) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    vector = np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _add(db: Session, *seeds: int, model: str = "m", revision: str = "1", dimensions: int = DIMENSIONS) -> None:
    vectors = {f"t{seed}": _vector(seed, dimensions) for seed in seeds}
    embeddings.add(db, vectors, model=model, revision=revision, run_id="run")


def test_vectors_come_out_bit_for_bit_in_the_order_asked(db: Session) -> None:
    _add(db, 1, 2, 3)
    found = embeddings.matrix(db, ["t3", "t1", "t3"], "m", "1")
    assert found.dtype == np.float32
    assert found.shape == (3, DIMENSIONS)
    assert np.array_equal(found, np.stack([_vector(3), _vector(1), _vector(3)]))


def test_adding_twice_adds_nothing_and_the_first_vector_stays(db: Session) -> None:
    _add(db, 1)
    embeddings.add(db, {"t1": _vector(9), "t2": _vector(2)}, model="m", revision="1", run_id="run")
    _add(db)
    assert db.execute("SELECT (SELECT count(*) FROM embeddings), (SELECT count(*) FROM vectors)") == [(2, 2)]
    assert np.array_equal(embeddings.matrix(db, ["t1"], "m", "1")[0], _vector(1))


def test_vectors_of_other_models_and_revisions_never_meet(db: Session) -> None:
    _add(db, 1, 2)
    _add(db, 1, revision="2")
    _add(db, 2, model="other", dimensions=8)
    asked = ["t1", "t2", "t3"]
    assert embeddings.known(db, asked, "m", "1") == {"t1", "t2"}
    assert embeddings.known(db, asked, "m", "2") == {"t1"}
    assert embeddings.known(db, asked, "other", "1") == {"t2"}
    assert embeddings.known(db, [], "m", "1") == frozenset()
    assert embeddings.matrix(db, ["t2"], "other", "1").shape == (1, 8)
    with pytest.raises(KeyError):
        embeddings.matrix(db, ["t1", "t2"], "m", "2")


@pytest.mark.parametrize("asked", [["t9"], ["t1", "t9"]])
def test_a_text_that_was_not_encoded_is_an_error_also_when_it_is_the_only_one(db: Session, asked: list[str]) -> None:
    _add(db, 1)
    with pytest.raises(KeyError, match="t9"):
        embeddings.matrix(db, asked, "m", "1")


def test_nothing_asked_is_an_empty_matrix(db: Session) -> None:
    assert embeddings.matrix(db, [], "m", "1").shape == (0, 0)


def test_many_vectors_keep_their_rows(db: Session) -> None:
    seeds = range(300)
    _add(db, *seeds)
    found = embeddings.matrix(db, [f"t{seed}" for seed in reversed(seeds)], "m", "1")
    assert np.array_equal(found, np.stack([_vector(seed) for seed in reversed(seeds)]))


def test_the_width_is_told_per_model(db: Session) -> None:
    _add(db, 1, 2)
    _add(db, 3, model="other", dimensions=8)
    assert embeddings.width(db, "m", "1") == DIMENSIONS
    assert embeddings.width(db, "other", "1") == 8
    assert embeddings.width(db, "m", "2") is None
