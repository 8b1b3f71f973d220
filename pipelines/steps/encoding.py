"""texts without a vector of this model | encode, the longest first | keep piece by piece"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from curate import ids, models, vocabulary
from curate.clusters import Method, Text
from curate.errors import ModelError
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.model import Encoder
from storage import articles, embeddings, runs
from storage.runs import Run

_PIECE = 256
"""Texts encoded between two commits: a killed run loses at most this many."""
_STRETCH = timedelta(weeks=4)
"""Time whose articles are read at once when all of them are looked through."""

Foretell = Callable[[int, float], None]
"""Told once, when the first piece is kept and more are to come: (texts left, seconds that they may take at most)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to encode, by the hash of the text, out of how many texts that were asked for."""

    missing: Mapping[str, str]
    texts: int


def encode(home: Home, texts: Sequence[Text], run: Run, model: Encoder, notify: Notify = silent) -> int:
    """Give every text its vector and return how many had none; the longest first, kept piece by piece.

    Raises ModelError for vectors that cannot be used; nothing of that piece is kept.
    """
    return _carry_out(home, plan(home, texts, model).missing, run, model, notify)


def plan(home: Home, texts: Sequence[Text], model: Encoder) -> Plan:
    """Return what is left to encode of these texts."""
    wanted = {text_hash(text): _read(text) for text in texts}
    with home.database.reading() as db:
        known = embeddings.known(db, list(wanted), model.name, model.revision)
    return Plan({key: text for key, text in wanted.items() if key not in known}, len(wanted))


def plan_between(home: Home, since: datetime, until: datetime, model: Encoder) -> Plan:
    """Return what is left to encode of the articles of a stretch of time, which is read bit by bit."""
    with home.database.reading() as db:
        there = articles.published_between(db)
    if there is None:
        return Plan({}, 0)
    start, end = max(since, there[0]), min(until, there[1] + timedelta(seconds=1))
    missing: dict[str, str] = {}
    seen = 0
    while start < end:
        after = min(start + _STRETCH, end)
        with home.database.reading() as db:
            texts = articles.of_time(db, start, after)
        part = plan(home, texts, model)
        missing |= part.missing
        seen += part.texts
        start = after
    return Plan(missing, seen)


def embed(home: Home, planned: Plan, model: Encoder, notify: Notify = silent, foretell: Foretell | None = None) -> int:
    """Carry out a plan as a run of its own and return how many texts were encoded; killed, it keeps what was ready."""
    run = start_run(home, "embed", (model.name, model.revision), texts=planned.texts, missing=len(planned.missing))
    encoded = _carry_out(home, planned.missing, run, model, notify, foretell)
    finish_run(home, run, f"{encoded} of {planned.texts} texts encoded with {model.name}.")
    return encoded


def text_hash(text: Text) -> str:
    """Return the identity of what is encoded of a text: its title and beginning."""
    return ids.of("text", _read(text))


def _read(text: Text) -> str:
    return vocabulary.beginning(text.title, text.text, Method().first_words)


def _carry_out(
    home: Home,
    missing: Mapping[str, str],
    run: Run,
    model: Encoder,
    notify: Notify,
    foretell: Foretell | None = None,
) -> int:
    if not missing:
        return 0
    by_length = sorted(missing.items(), key=lambda one: -len(one[1]))
    backend = model.backend  # loads the model, which takes seconds: not inside a session
    with home.database.writing() as db:
        runs.note(db, run.id, backend=backend)
        width = embeddings.width(db, model.name, model.revision)
    began_s = time.monotonic()
    for start in range(0, len(by_length), _PIECE):
        piece = by_length[start : start + _PIECE]
        vectors = model.encode([text for _, text in piece], _counting(notify, start, len(by_length)))
        if fault := models.wrong(vectors, len(piece), width):
            raise ModelError(f"The model {model.name} cannot be used: {fault}. Put its folder on this machine anew.")
        width = vectors.shape[1]
        made = {key: vector for (key, _), vector in zip(piece, vectors, strict=True)}
        with home.database.writing() as db:
            embeddings.add(db, made, model=model.name, revision=model.revision, run_id=run.id)
        if foretell and not start and len(by_length) > _PIECE:
            left = len(by_length) - _PIECE
            foretell(left, (time.monotonic() - began_s) / _PIECE * left)
    return len(by_length)


def _counting(notify: Notify, start: int, total: int) -> Callable[[int], None]:
    return lambda done: notify("texts encoded", start + done, total)
