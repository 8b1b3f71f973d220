"""Ways to encode: all give the vectors of plain sentence-transformers, and one that does not is passed over."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines import backends, model
from pipelines.backends import Backend, HalfPrecision, OpenVino, Plain
from pipelines.model import EMBEDDED

TEXTS = [
    "Vier regels voor de leerpas, en wie ze schreef.",
    "",
    "What nurses ask each other when nobody from the office is there " * 60,
    "Дискуссия о школах",
    "12.400 euro",
    *(f"Een tekst van {number} woorden " + "woord " * number for number in range(40)),
]


@pytest.fixture(scope="module")
def network() -> Any:
    return model.encoder(EMBEDDED)._model


@pytest.fixture(scope="module")
def plain(network: Any) -> NDArray[np.float32]:
    return Plain(network).encode(TEXTS)


here = pytest.mark.skipif(not backends.openvino_is_installed(), reason="the extra fast is not installed")


@pytest.mark.parametrize("kind", [HalfPrecision, pytest.param(OpenVino, marks=here)])
def test_vectors_are_those_of_plain_sentence_transformers(
    kind: type[Backend], network: Any, plain: NDArray[np.float32]
) -> None:
    backend = kind(network)  # type: ignore[call-arg]
    made = backend.encode(TEXTS)
    assert (made.shape, made.dtype) == (plain.shape, np.dtype("float32"))
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-4)
    cosine = (made * plain).sum(axis=1)
    assert cosine.mean() >= backends.AGREES_AT
    assert cosine.min() >= 0.995


def test_a_text_has_the_same_vector_whoever_stands_beside_it(network: Any) -> None:
    backend = backends.fastest(network)
    alone = backend.encode([TEXTS[0]])
    assert (alone @ backend.encode(TEXTS)[0])[0] > 0.9999


class Wrong:
    name = "wrong"

    def __init__(self, network: Any) -> None:
        self.network = network

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return -Plain(self.network).encode(texts)


def _fails(_: Any) -> Backend:
    raise RuntimeError("not this model")


def test_a_backend_that_fails_or_disagrees_is_passed_over_with_a_word(
    network: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(backends, "_candidates", lambda: [_fails, Wrong])
    with caplog.at_level(logging.WARNING):
        assert backends.fastest(network).name == "torch fp32"
    assert [record.getMessage().split()[-3:] for record in caplog.records] == [
        ["using", "the", "next."],
        ["way", "to", "encode."],
    ]


def test_without_openvino_and_without_bf16_it_is_plain(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "openvino_is_installed", lambda: False)
    monkeypatch.setattr(backends, "processor_has_bf16", lambda: False)
    assert isinstance(backends.fastest(network), Plain)
    monkeypatch.setattr(backends, "processor_has_bf16", lambda: True)
    assert backends.fastest(network).name == "torch bf16"


@here
def test_openvino_tells_nobody_of_its_use_and_ends_quietly() -> None:
    code = """
import sys
from pipelines import backends, model
for _ in range(3):
    backends.OpenVino(model.encoder(model.EMBEDDED)._model).encode(["een", "twee"] * 40)
print([name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("[]")
