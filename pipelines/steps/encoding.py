"""texts without a vector of this model | encode, the longest first | keep piece by piece"""

from collections.abc import Callable, Sequence

from curate import ids, vocabulary
from curate.clusters import Method, Text
from pipelines.home import Home, Notify, silent
from pipelines.model import Encoder
from storage import embeddings
from storage.runs import Run

_PIECE = 256
"""Texts encoded between two commits: a killed run loses at most this many."""


def encode(home: Home, texts: Sequence[Text], run: Run, model: Encoder, notify: Notify = silent) -> int:
    """Give every text its vector and return how many had none; the longest first, kept piece by piece."""
    wanted = {text_hash(text): _read(text) for text in texts}
    with home.database.reading() as db:
        known = embeddings.known(db, list(wanted), model.name, model.revision)
    missing = sorted(((key, text) for key, text in wanted.items() if key not in known), key=lambda one: -len(one[1]))
    for start in range(0, len(missing), _PIECE):
        piece = missing[start : start + _PIECE]
        vectors = model.encode([text for _, text in piece], _counting(notify, start, len(missing)))
        made = {key: vector for (key, _), vector in zip(piece, vectors, strict=True)}
        with home.database.writing() as db:
            embeddings.add(db, made, model=model.name, revision=model.revision, run_id=run.id)
    return len(missing)


def text_hash(text: Text) -> str:
    """Return the identity of what is encoded of a text: its title and beginning."""
    return ids.of("text", _read(text))


def _read(text: Text) -> str:
    return vocabulary.beginning(text.title, text.text, Method().first_words)


def _counting(notify: Notify, start: int, total: int) -> Callable[[int], None]:
    return lambda done: notify("texts encoded", start + done, total)
