"""What is known of embedding models by their names, and which of their vectors may be kept."""

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ADVISED = "paraphrase-multilingual-MiniLM-L12-v2"
"""A small model that reads some fifty languages, Dutch and English among them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a model can be trusted with.

    ``languages`` are the ISO 639-1 codes that it was trained on; None when there are too many to name, or when we do
    not know the model. ``multilingual`` says whether it puts one matter in two languages close together.
    """

    languages: frozenset[str] | None = None
    multilingual: bool = False

    def reads(self, language: str) -> bool:
        """Say whether the model may be taken to know a language."""
        return self.languages is None or language in self.languages


_MANY = Profile(None, multilingual=True)
_ENGLISH = Profile(frozenset({"en"}))
_DUTCH = Profile(frozenset({"nl"}))
_KNOWN = (
    ("*multilingual*", _MANY),
    ("*labse*", _MANY),
    ("*xlm-r*", _MANY),
    ("*bge-m3*", _MANY),
    ("*arctic-embed-*-v2*", _MANY),
    ("*embeddinggemma*", _MANY),
    ("*qwen3-embedding*", _MANY),
    ("*jina-embeddings-v[3-9]*", _MANY),
    ("*robbert*", _DUTCH),
    ("*bertje*", _DUTCH),
    ("all-*", _ENGLISH),
    ("multi-qa-*", _ENGLISH),
    ("msmarco-*", _ENGLISH),
    ("paraphrase-*", _ENGLISH),
    ("bge-*-en*", _ENGLISH),
    ("e5-*", _ENGLISH),
    ("gte-small*", _ENGLISH),
    ("gte-base*", _ENGLISH),
    ("gte-large*", _ENGLISH),
    ("arctic-embed-*", _ENGLISH),
    ("snowflake-arctic-embed-*", _ENGLISH),
)
"""Patterns of the last part of a model's name in lower case; the first that fits counts. After the models' cards."""


def profile(name: str) -> Profile:
    """Return what is known of a model by its name; of one that we do not know, nothing."""
    short = name.rpartition("/")[2].lower()
    return next((known for pattern, known in _KNOWN if fnmatch(short, pattern)), Profile())


def wrong(vectors: "NDArray[np.float32]", texts: int, width: int | None) -> str | None:
    """Return what is wrong with the vectors of this many texts, or None.

    They must be (texts, d) of finite numbers and unit length, and d is ``width`` where vectors of
    the model are kept already.
    """
    import numpy as np

    if vectors.ndim != 2 or len(vectors) != texts or not vectors.shape[1]:
        return f"it gave an array of shape {vectors.shape} for {texts} texts"
    if width is not None and vectors.shape[1] != width:
        return f"its vectors have {vectors.shape[1]} numbers, those that are kept of it have {width}"
    if not np.isfinite(vectors).all():
        return "some of its numbers are none (NaN or infinite)"
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2):
        return "some of its vectors are not of unit length"
    return None
