"""What does the arithmetic of a model: the fastest that is installed, that the processor can, and that is right.

A graphics card if there is one; else OpenVINO (the extra ``fast``), in bf16 where the processor has it; else PyTorch in
bf16; else PyTorch as it is. Before one is used it encodes a few sentences, and is passed over when its vectors are not
those of plain sentence-transformers (mean cosine 0.999): vectors of all backends may be compared with each other.
"""

import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AGREES_AT = 0.999
"""Mean cosine to the vectors of plain sentence-transformers from which a backend may take its place."""
_BATCH, _OPENVINO_BATCH = 32, 16
"""Texts at once: more gains nothing on a processor and costs memory."""
_STREAMS = 2
"""Batches that OpenVINO works on side by side."""
_TRIALS = (
    "The rent of flats in the city rises again, and tenants meet on Thursday.",
    "Docenten van Deltakade schrijven zelf op wat zij van hun studenten leren.",
    "Peer consultation",
    "Elf keer dezelfde krul in eikenhout: wat een gilde van mislukken weet, en waarom dat niet in een boek past. "
    "Een leerling mag pas verder wanneer hij kan vertellen waar het misging; de meester zwijgt zolang.",
    "2026: 12.4 % of 180,000 nurses (WHO) — “nobody asked us”, https://example.org/a?b=c",
)
_LOG = logging.getLogger(__name__)


class Backend(Protocol):
    """Encodes texts with one model."""

    @property
    def name(self) -> str:
        """What it is, for people: ``openvino bf16``."""

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length."""


@dataclass(frozen=True, slots=True)
class Plain:
    """sentence-transformers as it is, in fp32, or on the graphics card."""

    model: Any
    name: str = "torch fp32"

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length."""
        import numpy as np

        made = self.model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(made, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class HalfPrecision:
    """sentence-transformers with its large products in bf16."""

    model: Any
    name: str = "torch bf16"

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            return _unit(Plain(self.model).encode(texts))


class OpenVino:
    """The transformer of the model converted in memory for OpenVINO; what follows it (pooling) stays as it is."""

    def __init__(self, model: Any) -> None:
        ov = _openvino()
        core = ov.Core()
        half = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") and processor_has_bf16()
        self.name = f"openvino {'bf16' if half else 'fp32'}"
        self._model = model
        hints = {"INFERENCE_PRECISION_HINT": "bf16" if half else "f32", "NUM_STREAMS": _STREAMS}
        self._compiled = core.compile_model(_converted(ov, model), "CPU", hints)

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length."""
        import numpy as np

        made: dict[int, NDArray[np.float32]] = {}
        # No callbacks: an object of this library that dies on one of its own threads takes the whole program with it.
        requests = deque(self._compiled.create_infer_request() for _ in range(_STREAMS))
        at_work: deque[tuple[Any, list[int], NDArray[np.int64]]] = deque()
        for rows, given in self._batches(texts):
            if not requests:
                requests.append(self._finished(at_work.popleft(), made))
            request = requests.popleft()
            request.start_async(given)
            at_work.append((request, rows, given["attention_mask"]))
        while at_work:
            self._finished(at_work.popleft(), made)
        return _unit(np.stack([made[row] for row in range(len(texts))]))

    def _finished(
        self, batch: "tuple[Any, list[int], NDArray[np.int64]]", made: "dict[int, NDArray[np.float32]]"
    ) -> Any:
        """Wait for a batch, keep its vectors, and return what worked on it."""
        request, rows, mask = batch
        request.wait()
        made.update(zip(rows, self._pooled(request, mask), strict=True))
        return request

    def _batches(self, texts: Sequence[str]) -> "Iterator[tuple[list[int], dict[str, NDArray[np.int64]]]]":
        """Yield rows and their tokens, those of like length together: a short text waits for the longest beside it."""
        tokens = self._tokens(texts)
        order = sorted(range(len(texts)), key=lambda row: -len(tokens[row]))
        for start in range(0, len(order), _OPENVINO_BATCH):
            rows = order[start : start + _OPENVINO_BATCH]
            yield rows, _padded([tokens[row] for row in rows], self._model.tokenizer.pad_token_id or 0)

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        found = self._model.tokenizer(list(texts), truncation=True, max_length=self._model.max_seq_length)
        return list(found["input_ids"])

    def _pooled(self, request: Any, mask: "NDArray[np.int64]") -> "NDArray[np.float32]":
        import numpy as np
        import torch

        features = {
            "token_embeddings": torch.from_numpy(np.array(request.get_output_tensor(0).data, dtype=np.float32)),
            "attention_mask": torch.from_numpy(mask),
        }
        with torch.inference_mode():
            for module in list(self._model)[1:]:
                features = module(features)
        return np.asarray(features["sentence_embedding"].numpy(), dtype=np.float32)


def fastest(model: Any) -> Backend:
    """Return the fastest backend here whose vectors agree with those of the model (a SentenceTransformer)."""
    plain = Plain(model)
    if model.device.type != "cpu":
        return Plain(model, f"torch on {model.device}")
    made = plain.encode(_TRIALS)
    for candidate in _candidates():
        try:
            backend = candidate(model)
            agreement = float((backend.encode(_TRIALS) * made).sum(axis=1).mean())
        except Exception as error:  # what a library raises for a model that it cannot take differs by model
            _LOG.warning("The faster way to encode cannot take this model (%s); using the next.", type(error).__name__)
            continue
        if agreement >= AGREES_AT:
            return backend
        _LOG.warning("%s gives other vectors (cosine %.4f); using the next way to encode.", backend.name, agreement)
    return plain


def _candidates() -> list[Callable[[Any], Backend]]:
    found: list[Callable[[Any], Backend]] = [OpenVino] if openvino_is_installed() else []
    return [*found, HalfPrecision] if processor_has_bf16() else found


def openvino_is_installed() -> bool:
    """Say whether the extra ``fast`` is here."""
    from importlib.util import find_spec

    return find_spec("openvino") is not None


def processor_has_bf16() -> bool:
    """Say whether this processor multiplies bf16 by itself: emulated it is slower than fp32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False  # not Linux: fp32 is right everywhere
    return "amx_bf16" in flags or "avx512_bf16" in flags


def _openvino() -> Any:
    # Its converter tells its maker of its use when this package is there to do it; without it, it tells nobody.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _converted(ov: Any, model: Any) -> Any:
    """Return the transformer as OpenVINO reads it, with any number of texts of any length."""
    import warnings

    import torch

    class Tokens(torch.nn.Module):
        def __init__(self, transformer: Any) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = torch.ones((2, 8), dtype=torch.int64)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # tracing warns of branches that do not depend on the text
        return ov.convert_model(
            Tokens(model[0].auto_model).eval(), example_input={"input_ids": example, "attention_mask": example}
        )


def _padded(tokens: "Sequence[Sequence[int]]", padding: int) -> "dict[str, NDArray[np.int64]]":
    """Return (texts, longest) tokens and which of them are no padding."""
    import numpy as np

    longest = max(len(one) for one in tokens)
    ids = np.full((len(tokens), longest), padding, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(tokens):
        ids[row, : len(one)], mask[row, : len(one)] = one, 1
    return {"input_ids": ids, "attention_mask": mask}


def _unit(rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), dtype=np.float32)
